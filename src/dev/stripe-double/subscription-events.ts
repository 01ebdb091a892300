/** Every change of a subscription and its end: what is different goes out as an event beside the new state. */
import type { StoredSubscription } from './billing-state.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { missing } from './problem.js';
import { subscriptionJson } from './subscription-json.js';
import { epochSeconds, type World } from './world.js';

export function subscriptionOf(world: World, id: string, param = 'id', status = 404): StoredSubscription {
  const found = world.state.subscriptions.find((one) => one.id === id);
  if (found === undefined) throw missing('subscription', id, param, status);
  return found;
}

/** Runs the change, then announces it with the former values. A change that changed nothing is not announced. */
export function changeSubscription(world: World, subscription: StoredSubscription, change: () => void): void {
  const before = structuredClone(subscriptionJson(world, subscription));
  change();
  const after = subscriptionJson(world, subscription);
  const previous = differing(before, after);
  if (Object.keys(previous).length > 0) emit(world, 'customer.subscription.updated', after, previous);
}

const ENDED: ReadonlySet<StoredSubscription['status']> = new Set(['canceled', 'incomplete_expired']);
export const hasEnded = (one: StoredSubscription): boolean => ENDED.has(one.status);

/** At once and for good. What it still owes stays owed, but is not tried again by itself. */
export function endSubscription(
  world: World,
  subscription: StoredSubscription,
  reason: StoredSubscription['cancelReason'],
): void {
  const now = epochSeconds(world);
  subscription.status = 'canceled';
  subscription.endedAt = now;
  subscription.canceledAt ??= now;
  subscription.cancelReason = reason ?? subscription.cancelReason;
  subscription.pending = [];
  for (const one of world.state.invoices) {
    if (one.subscription !== subscription.id || (one.status !== 'draft' && one.status !== 'open')) continue;
    one.autoAdvance = false;
    one.nextAttempt = null;
    one.finalizesAt = null;
  }
  emit(world, 'customer.subscription.deleted', subscriptionJson(world, subscription));
}

/** A card that was removed pays no subscription any more. */
export function forgetCard(world: World, method: string): void {
  for (const one of world.state.subscriptions) {
    if (one.paymentMethod !== method || hasEnded(one)) continue;
    changeSubscription(world, one, () => {
      one.paymentMethod = null;
    });
  }
}

/** With a customer go their subscriptions. */
export function endAllOf(world: World, customer: string): void {
  for (const one of world.state.subscriptions) {
    if (one.customer === customer && !hasEnded(one)) endSubscription(world, one, 'cancellation_requested');
  }
}
