/**
 * Changes of a subscription at Stripe. Each is an end to reach and not a step to make: what stands already is read first, so
 * that a wish that comes again, even after Stripe has forgotten its key, changes nothing twice.
 */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { ChangeOutcome, Checkout } from '../../ports.js';
import type { Answer, Call } from './call.js';
import { noAnswer } from './records.js';
import type { Trouble } from './trouble.js';

const MISSING = 'resource_missing';
/** Ended for good. */
const ENDED: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);
/** Billed now, or again as soon as its owner pays. */
const LIVING: ReadonlySet<string> = new Set(['trialing', 'active', 'past_due', 'unpaid']);
const SUBSCRIPTIONS_READ = 100;

type Changes = Pick<Checkout, 'living' | 'setPrice' | 'cancelAtEnd' | 'cancelNow'>;

export function makeSubscriptionChanges(stripe: Stripe, call: Call): Changes {
  const read = (id: string) => call('subscriptions.retrieve', () => stripe.subscriptions.retrieve(id));
  const update = async (id: string, params: Stripe.SubscriptionUpdateParams, idempotencyKey: string) =>
    outcomeOf(await call('subscriptions.update', () => stripe.subscriptions.update(id, params, { idempotencyKey })));

  return {
    async living(customer) {
      const listed = await call('subscriptions.list', () =>
        stripe.subscriptions.list({ customer, limit: SUBSCRIPTIONS_READ }),
      );
      if (listed.kind !== 'answer') return noAnswer(listed);
      const living = listed.value.data.filter((one) => LIVING.has(one.status));
      return { kind: 'living', subscriptions: living.map((one) => one.id) };
    },

    async setPrice({ subscription, among, price, prorates, key }) {
      const found = await read(subscription);
      if (found.kind !== 'answer') return outcomeOf(found);
      const one = found.value;
      if (ENDED.has(one.status)) return { kind: 'gone' };
      const item = one.items.data.find((each) => each.price.id === price || among.includes(each.price.id));
      if (item === undefined) return { kind: 'gone' };
      const isPriced = item.price.id === price;
      if (isPriced && !isEnding(one)) return { kind: 'done' };
      const items = isPriced ? {} : { items: [{ id: item.id, price }], proration_behavior: proration(prorates) };
      return update(subscription, { ...items, ...kept(one) }, hashedKey('price', [subscription, price, key]));
    },

    async cancelAtEnd({ subscription, key }) {
      const found = await read(subscription);
      if (found.kind !== 'answer') return outcomeOf(found);
      if (ENDED.has(found.value.status)) return { kind: 'gone' };
      if (isEnding(found.value)) return { kind: 'done' };
      return update(subscription, { cancel_at_period_end: true }, hashedKey('end', [subscription, key]));
    },

    async cancelNow({ subscription, key }) {
      const found = await read(subscription);
      if (found.kind !== 'answer') return outcomeOf(found);
      if (ENDED.has(found.value.status)) return { kind: 'done' };
      const options = { idempotencyKey: hashedKey('cancel', [subscription, key]) };
      return outcomeOf(
        await call('subscriptions.cancel', () => stripe.subscriptions.cancel(subscription, {}, options)),
      );
    },
  };
}

/** Hashed, because what an account or a wish is called may be longer than a key may be. */
export const hashedKey = (what: string, parts: readonly string[]): string =>
  `creditd-${what}-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;

const proration = (prorates: boolean) => (prorates ? ('create_prorations' as const) : ('none' as const));

const isEnding = (one: Stripe.Subscription): boolean => one.cancel_at_period_end || one.cancel_at !== null;

/** Takes back whichever of the two ways of ending it stands. */
function kept(one: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
  if (one.cancel_at_period_end) return { cancel_at_period_end: false };
  return one.cancel_at === null ? {} : { cancel_at: '' };
}

function outcomeOf(result: Answer<object> | Trouble): ChangeOutcome {
  switch (result.kind) {
    case 'answer':
      return { kind: 'done' };
    case 'card_error':
      return { kind: 'declined', message: result.decline.message };
    case 'key_reused':
      return { kind: 'key_reused' };
    case 'refused':
      return result.code === MISSING ? { kind: 'gone' } : result;
    default:
      return noAnswer(result);
  }
}
