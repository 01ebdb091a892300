/** Subscriptions at Stripe and the plans they drive here, over webhooks and the real SDK. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import { sdk } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { FRAME } from '../support/catalogs.js';
import { allHeard, type LocalRiver, openLocalRiver } from '../support/local-river.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const PLANS = `plans:
  - { key: free, label: Free, allotment: 10, every: month }
  - { key: pro, label: Pro, allotment: 500, every: month, stripe_prices: [price_pro] }
  - { key: team, label: Team, allotment: 2000, every: month, stripe_prices: [price_team] }`;
const CATALOG = `${FRAME.replace(/plans: .*/, PLANS)}
meters: { call: { label: Call, group: Calls, rate: 1 } }
`;

const MONTHLY = { interval: 'month', count: 1 } as const;

const folder = scratchFolder();
let river: LocalRiver;
let accounts = 0;

beforeAll(async () => {
  const file = path.join(folder, 'plans.yaml');
  writeFileSync(file, CATALOG);
  river = await openLocalRiver({ webhooks: true, catalogs: [file] });
  for (const [id, unitAmount] of [
    ['price_pro', 2_900],
    ['price_team', 9_900],
    ['price_unnamed', 100],
  ] as const) {
    await control().seedPrice({ id, productName: id, unitAmount, currency: 'usd', recurring: MONTHLY });
  }
  await river.startWorker();
});
afterAll(async () => {
  await river.close();
  removeScratch(folder);
});

const control = () => river.processor.double.control;
const stripe = () => sdk(river.processor.double);
const settled = (): Promise<void> => allHeard(river);

/** An account on the free plan with a card at Stripe. */
async function account(): Promise<{ readonly id: string; readonly customer: string; readonly card: string }> {
  accounts += 1;
  const id = `plan-${accounts}`;
  const anchor = later(await river.store.clock.now(), -DAY_MS);
  const profile = { name: id, slug: null, catalog: 'test', plan: 'free', zone: 'UTC', billingEmail: null };
  await river.desk.openAccount({ ...profile, id: accountId(id), anchor, owners: [] });
  await river.attach(id, 'pm_card_visa');
  const [row] = await query<{ customer: string; card: string }>(
    river.url,
    `select a.customer, p.processor_id as card from accounts a join payment_methods p on p.account_no = a.no where a.id = $1`,
    [id],
  );
  return { id, customer: row?.customer ?? '', card: row?.card ?? '' };
}

const subscribe = ({ customer, card }: { readonly customer: string; readonly card: string }, price: string) =>
  stripe().subscriptions.create({ customer, items: [{ price }], default_payment_method: card });

const standing = async (id: string) => {
  const [row] = await query<{ plan: string; subscription: string | null; past_due: boolean; balance: number }>(
    river.url,
    `select s.plan, s.subscription, s.past_due_since is not null as past_due, ((b.lots - b.debt) / 1000000)::int as balance
     from account_settings s join balances b using (account_no) join accounts a on a.no = s.account_no where a.id = $1`,
    [id],
  );
  return row;
};

describe('a subscription at Stripe', () => {
  test('brings its plan with one allotment, and its end brings the free plan back', async () => {
    const owner = await account();
    expect(await standing(owner.id)).toMatchObject({ plan: 'free', balance: 10 });
    const made = await subscribe(owner, 'price_pro');
    await settled();
    expect(await standing(owner.id)).toMatchObject({ plan: 'pro', subscription: made.id, balance: 500 });
    await stripe().subscriptions.cancel(made.id);
    await settled();
    expect(await standing(owner.id)).toMatchObject({ plan: 'free' });
  });

  test.each(['oldest_first', 'newest_first'] as const)(
    'whose events come later and %s ends where Stripe is',
    async (order) => {
      control().webhooks.hold();
      const owner = await account();
      const made = await subscribe(owner, 'price_pro');
      const [item] = made.items.data;
      await stripe().subscriptions.update(made.id, {
        items: [{ id: item?.id ?? '', price: 'price_team' }],
        proration_behavior: 'always_invoice',
      });
      await control().webhooks.release(order);
      await control().webhooks.clear();
      await settled();
      expect(await standing(owner.id)).toMatchObject({ plan: 'team', subscription: made.id });
    },
  );

  test('heard of twice and again days later grants its allotment once', async () => {
    const owner = await account();
    control().webhooks.duplicate({ times: 50 });
    await subscribe(owner, 'price_pro');
    await settled();
    await control().webhooks.clear();
    for (const event of control().events()) control().webhooks.replay(String(event.id));
    await settled();
    expect(await standing(owner.id)).toMatchObject({ plan: 'pro', balance: 500 });
  });

  test('whose webhooks were lost is caught up with by the poller', async () => {
    const owner = await account();
    await settled();
    await river.poll();
    control().webhooks.drop({ times: 1_000 });
    await subscribe(owner, 'price_pro');
    await settled();
    expect(await standing(owner.id)).toMatchObject({ plan: 'free' });
    await control().webhooks.clear();
    await river.poll();
    await settled();
    expect(await standing(owner.id)).toMatchObject({ plan: 'pro' });
  });

  test('of a price that no plan names changes nothing, and its events wait for the catalog or for its end', async () => {
    const owner = await account();
    const made = await subscribe(owner, 'price_unnamed');
    await control().webhooks.idle();
    const waiting = () =>
      query<{ note: string | null }>(
        river.url,
        `select o.note from outbox o join accounts a on a.no = o.account_no where a.id = $1 and o.note like 'No plan of%'`,
        [owner.id],
      );
    await until(async () => (await waiting()).length > 0, { what: 'the event to wait' });
    expect(await standing(owner.id)).toMatchObject({ plan: 'free', balance: 10 });
    await stripe().subscriptions.cancel(made.id);
    await settled();
    expect(await waiting()).toEqual([]);
  });
});

test('a renewal that is declined makes the account past due, and paying ends it', async () => {
  const owner = await account();
  const made = await subscribe(owner, 'price_pro');
  await settled();
  await control().failRenewals(made.id, 'insufficient_funds');
  for (let day = 0; day < 33; day += 3) {
    await control().advance(3 * DAY_MS);
    river.travel(3 * DAY_MS);
  }
  await settled();
  expect(await standing(owner.id)).toMatchObject({ plan: 'pro', past_due: true });
  await control().failRenewals(made.id, null);
  const open = await stripe().invoices.list({ subscription: made.id, status: 'open' });
  await stripe().invoices.pay(open.data[0]?.id ?? '');
  await settled();
  expect(await standing(owner.id)).toMatchObject({ plan: 'pro', past_due: false });
  expect(await brokenSums(river.url)).toEqual([]);
});
