/** A subscription's events in every order, each twice: what stands at the end is what Stripe says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../support/admin.js';
import { customerOf as customerIn, type OwnerRiver, openOwnerRiver, sessionIn } from '../support/owner-river.js';
import { brokenSums } from '../support/sums.js';

let owner: OwnerRiver;

beforeAll(async () => {
  owner = await openOwnerRiver();
});
afterAll(() => owner.river.close());

function permutations<One>(all: readonly One[]): One[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((one, at) => permutations(all.filter((_, place) => place !== at)).map((rest) => [one, ...rest]));
}

const customerOf = (account: string) => customerIn(owner.river, account);

/** Begun by Checkout and changed at Stripe, and not a word of it was heard here. */
async function unheard(account: string, change: (subscription: string) => Promise<unknown>): Promise<void> {
  await owner.account(account);
  const asked = await owner.ask(account, 'PUT', '/plan', { plan: 'growth', trial: false });
  await owner.control.completeCheckout(sessionIn(asked.body.url), { card: 'pm_card_visa' });
  const [one] = (await owner.stripe.subscriptions.list({ customer: await customerOf(account) })).data;
  await change(one?.id ?? '');
}

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: { readonly customer?: string } };
}

const eventOf = (customer: string, type: string): Told | undefined =>
  (owner.control.events() as unknown as Told[]).findLast(
    (event) => event.type === type && event.data.object.customer === customer,
  );

async function heardInEveryOrder(
  name: string,
  types: readonly string[],
  change: (subscription: string) => Promise<unknown>,
): Promise<unknown[]> {
  const orders = permutations(types);
  const accounts = orders.map((_, place) => `${name}-${place}`);
  owner.control.webhooks.drop({ times: 100_000 });
  for (const account of accounts) await unheard(account, change);
  await owner.control.webhooks.clear();
  for (const [place, order] of orders.entries()) {
    const customer = await customerOf(accounts[place] ?? '');
    for (const type of order) {
      const event = eventOf(customer, type);
      if (event === undefined) throw new Error(`Stripe has told nothing of ${type}`);
      owner.control.webhooks.replay(event.id);
      owner.control.webhooks.replay(event.id);
      await owner.control.webhooks.idle();
    }
  }
  await owner.settled();
  const all: unknown[] = [];
  for (const account of accounts) all.push({ ...(await owner.standing(account)), subscription: null });
  return all;
}

test('moved to a higher plan and canceled for its period’s end: the plan is that one, with one allotment', async () => {
  const price = 'price_atlios_scale';
  const types = [
    'checkout.session.completed',
    'customer.subscription.created',
    'customer.subscription.updated',
    'invoice.paid',
  ];
  const all = await heardInEveryOrder('moved', types, async (id) => {
    const one = await owner.stripe.subscriptions.retrieve(id);
    await owner.stripe.subscriptions.update(id, { items: [{ id: one.items.data[0]?.id ?? '', price }] });
    await owner.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  });
  expect(all).toHaveLength(24);
  const stands = { plan: 'scale', next: 'free', trial: false, pastDue: false, balance: 2_000, subscription: null };
  for (const one of all) expect(one).toEqual({ ...stands, allotments: ['scale 2000'], statuses: ['active'] });
});

test('ended at once: the free plan is left, and nothing of the paid one', async () => {
  const types = [
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.deleted',
    'invoice.paid',
  ];
  const all = await heardInEveryOrder('ended', types, async (id) => {
    await owner.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await owner.stripe.subscriptions.cancel(id);
  });
  expect(all).toHaveLength(24);
  const stands = { plan: 'free', next: null, trial: false, pastDue: false, balance: 0, subscription: null };
  for (const one of all) expect(one).toEqual({ ...stands, allotments: [], statuses: ['canceled'] });
});

test('after all of it, every sum holds and no event waits', async () => {
  expect(await brokenSums(owner.river.url)).toEqual([]);
  expect(await query(owner.river.url, `select type, result from stripe_events where state = 'waiting'`)).toEqual([]);
});
