/** Carries out, one by one and in the order of their instants, everything that has fallen due by the double's clock. */
import { expireSession } from './checkout.js';
import { type Due, dueOfInvoice, dueOfSubscription } from './subscription-due.js';
import type { World } from './world.js';

/** Far more than any test needs; a step that stays due would otherwise run for ever. */
const MOST_STEPS = 100_000;

/** Every step sees the instant at which it fell due as its now, so that a late tick makes no difference to what happens. */
export function runDue(world: World, untilMs: number): number {
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const next = earliest(world);
    if (next === null || next.at * 1_000 > untilMs) return steps;
    next.run({ ...world, nowMs: () => next.at * 1_000 });
  }
  throw new Error('Something in the double stays due for ever.');
}

function earliest({ state }: World): Due | null {
  let first: Due | null = null;
  const consider = (due: readonly Due[]): void => {
    for (const one of due) if (first === null || one.at < first.at) first = one;
  };
  for (const one of state.sessions) {
    if (one.status === 'open') consider([{ at: one.expiresAt, run: (world) => expireSession(world, one) }]);
  }
  for (const one of state.invoices) consider(dueOfInvoice(one));
  for (const one of state.subscriptions) consider(dueOfSubscription(one));
  return first;
}
