/** Steering what people and time would do: complete a Checkout, let time pass, have renewals fail. */
import { z } from 'zod';
import { runDue } from './billing-clock.js';
import type { BillingSettings } from './billing-state.js';
import { priceJson } from './catalog-json.js';
import { sessionOf } from './checkout.js';
import { type Attempted, attempt, settle, type Wish } from './checkout-pay.js';
import { seedPrice } from './prices.js';
import { type JsonObject, Problem } from './problem.js';
import type { Store } from './state.js';
import type { World } from './world.js';

export type PriceSeed = Parameters<typeof seedPrice>[1];
export type BillingKnobs = Partial<Omit<BillingSettings, 'failing'>>;

export interface BillingControl {
  /** Does what a person does on the session's page. Throws where the session is over. */
  completeCheckout(
    session: string,
    wish: { readonly card?: string; readonly email?: string; readonly settlesLater?: boolean },
  ): Promise<Attempted>;
  /** Ends a payment that was left under way by `settlesLater`. */
  settleCheckout(session: string, outcome: 'succeeded' | 'failed'): Promise<void>;
  /** Carries out what has fallen due by now, and says how many steps that were. */
  tick(): Promise<number>;
  /** The renewals of a customer or a subscription are declined with this code, until it is null. */
  failRenewals(customerOrSubscription: string, declineCode: string | null): Promise<void>;
  /** How long renewals stay drafts, when failed ones are tried again, and what follows the last try. */
  billing(knobs: BillingKnobs): Promise<BillingSettings>;
  /** A price whose id a catalog names. One that is there already stays as it is. */
  seedPrice(seed: PriceSeed): Promise<JsonObject>;
}

export function makeBillingControl(world: World, store: Store): BillingControl {
  const kept = async <T>(value: T): Promise<T> => {
    await store.persist();
    return value;
  };
  return {
    completeCheckout: async (id, { card = 'pm_card_visa', ...rest }) => {
      const wish: Wish = { card, ...rest };
      return kept(attempt(world, sessionOf(world, id), wish));
    },
    settleCheckout: async (id, outcome) => kept(settle(world, sessionOf(world, id), outcome)),
    tick: async () => {
      const steps = runDue(world, world.nowMs());
      if (steps > 0) await store.persist();
      return steps;
    },
    failRenewals: (target, declineCode) => {
      if (declineCode === null) delete world.state.billing.failing[target];
      else world.state.billing.failing[target] = declineCode;
      return kept(undefined);
    },
    billing: (knobs) => kept(Object.assign(world.state.billing, knobs)),
    seedPrice: async (seed) => kept(priceJson(seedPrice(world, seed))),
  };
}

const completeSchema = z.strictObject({
  card: z.string().min(1).optional(),
  email: z.email().optional(),
  settlesLater: z.boolean().optional(),
});
const settleSchema = z.strictObject({ outcome: z.enum(['succeeded', 'failed']) });
const failSchema = z.strictObject({ target: z.string().min(1), declineCode: z.string().min(1).nullable() });
const knobsSchema = z.strictObject({
  draftSeconds: z.int().nonnegative().optional(),
  retrySeconds: z.array(z.int().positive()).max(8).optional(),
  afterLastRetry: z.enum(['cancel', 'unpaid', 'past_due']).optional(),
});
const seedSchema = z.strictObject({
  id: z.string().regex(/^\w{1,100}$/),
  productName: z.string().min(1),
  currency: z.string().regex(/^[a-z]{3}$/),
  unitAmount: z.int().nonnegative(),
  recurring: z
    .strictObject({ interval: z.enum(['day', 'week', 'month', 'year']), count: z.int().positive() })
    .nullable()
    .default(null),
});

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

/** Reads the body by the schema, does the work and answers; what was wrong with either is told with 400. */
async function doing<T>(schema: z.ZodType<T>, body: unknown, work: (wish: T) => Promise<unknown>): Promise<Answer> {
  const wish = schema.safeParse(body);
  if (!wish.success) return { status: 400, value: { problem: z.prettifyError(wish.error) } };
  try {
    return { status: 200, value: (await work(wish.data)) ?? {} };
  } catch (error) {
    if (error instanceof Problem) return { status: 400, value: { problem: error.fields.message } };
    throw error;
  }
}

/** Null where there is no such door. */
export async function answerBillingControl(
  control: BillingControl,
  method: string,
  path: string,
  body: unknown,
): Promise<Answer | null> {
  if (method !== 'POST') return null;
  const [, session = '', verb] = /^\/_double\/checkout\/(\w+)\/(complete|settle)$/.exec(path) ?? [];
  if (verb === 'complete') {
    // A property that was not sent must be absent, not undefined.
    return doing(completeSchema, body, (wish) => control.completeCheckout(session, JSON.parse(JSON.stringify(wish))));
  }
  if (verb === 'settle') return doing(settleSchema, body, ({ outcome }) => control.settleCheckout(session, outcome));
  switch (path) {
    case '/_double/tick':
      return { status: 200, value: { steps: await control.tick() } };
    case '/_double/renewals':
      return doing(failSchema, body, ({ target, declineCode }) => control.failRenewals(target, declineCode));
    case '/_double/billing':
      return doing(knobsSchema, body, (knobs) => control.billing(JSON.parse(JSON.stringify(knobs))));
    case '/_double/prices':
      return doing(seedSchema, body, (seed) => control.seedPrice(seed));
    default:
      return null;
  }
}
