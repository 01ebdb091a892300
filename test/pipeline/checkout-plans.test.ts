/**
 * Plans that are sold by subscriptions, from an owner's wish to what stands here, in the ledger and at Stripe, over the whole
 * river and through the real SDK.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { type OwnerRiver, openOwnerRiver, sessionIn } from '../support/owner-river.js';
import { planOwner } from '../support/plan-owner.js';
import { brokenSums } from '../support/sums.js';

let owner: OwnerRiver;

beforeAll(async () => {
  owner = await openOwnerRiver();
});
afterEach(() => owner.calm());
afterAll(() => owner.river.close());

const { choose, standing, subscribed, paying, customerOf } = planOwner(() => owner);

/** What the customer's payments come to, in minor units. */
const paidBy = async (account: string): Promise<number> => {
  const customer = await customerOf(account);
  const paid = owner.control.summary().payments.filter((one) => one.customer === customer);
  return paid.reduce((sum, one) => sum + one.amountMinor, 0);
};

const clockOf = (account: string) => owner.river.desk.ledger.post([{ kind: 'settle', account: accountId(account) }]);

const TRIAL_MS = 14 * DAY_MS;
/** Past the trial's end, and past the hour for which a renewal's invoice is a draft. */
const TRIAL_OVER_MS = TRIAL_MS + 2 * HOUR_MS;

describe('a free trial', () => {
  test('A6 A12 begins by Checkout from the free plan: its credits at once, and nothing is charged', async () => {
    const account = await owner.account('trial-1');
    await subscribed(account, 'growth');
    expect(await standing(account)).toMatchObject({
      plan: 'growth',
      trial: true,
      balance: 500,
      statuses: ['trialing'],
    });
    expect(await paidBy(account)).toBe(0);
  });

  test('A16 at its end the plan begins, with one full allotment, where the clock comes before the invoice', async () => {
    const account = await owner.account('trial-2');
    await subscribed(account, 'growth');
    owner.river.travel(TRIAL_OVER_MS);
    await clockOf(account);
    const after = { plan: 'growth', trial: false, balance: 500, allotments: ['growth 500'] };
    expect(await standing(account)).toMatchObject(after);
    await owner.control.advance(TRIAL_OVER_MS);
    await owner.settled();
    expect(await standing(account)).toMatchObject({ ...after, statuses: ['active'], pastDue: false });
    expect(await paidBy(account)).toBe(2_900);
  });

  test('A16 and one where the invoice comes before the clock', async () => {
    const account = await owner.account('trial-3');
    await subscribed(account, 'growth');
    await owner.control.advance(TRIAL_OVER_MS);
    await owner.settled();
    expect(await paidBy(account)).toBe(2_900);
    owner.river.travel(TRIAL_OVER_MS);
    await clockOf(account);
    await owner.settled();
    expect(await standing(account)).toMatchObject({
      ...{ plan: 'growth', trial: false, balance: 500, allotments: ['growth 500'] },
      ...{ statuses: ['active'], pastDue: false },
    });
  });

  test('A15 is canceled at any time before its end: plan and credits stay until then, and nothing is ever charged', async () => {
    const account = await owner.account('trial-4');
    await subscribed(account, 'growth');
    expect(await owner.ask(account, 'POST', '/plan/cancel')).toMatchObject({ status: 200, body: { note: null } });
    expect(await standing(account)).toMatchObject({ plan: 'growth', next: 'free', trial: true, balance: 500 });
    await owner.travel(TRIAL_OVER_MS);
    await owner.settled();
    expect(await standing(account)).toMatchObject({ plan: 'free', trial: false, balance: 0, statuses: ['canceled'] });
    expect(await paidBy(account)).toBe(0);
  });

  test('is had once an account, and once a card under whatever account', async () => {
    const account = await owner.account('trial-5');
    await subscribed(account, 'growth');
    await owner.ask(account, 'POST', '/plan/cancel');
    await owner.travel(TRIAL_OVER_MS);
    await owner.settled();
    const again = await choose(account, { plan: 'growth', trial: true });
    expect(again).toMatchObject({ status: 422, body: { code: 'trial_used' } });
    const other = await owner.account('trial-6');
    await owner.river.attach(other, 'pm_card_visa');
    expect(await choose(other, { plan: 'growth', trial: true })).toMatchObject({
      status: 422,
      body: { code: 'trial_used' },
    });
    expect(await owner.ask(other, 'POST', '/trial', { plan: 'growth' })).toMatchObject({ status: 422 });
  });
});

describe('a plan that is paid', () => {
  test('A7 goes up at once, for the time that is left, and is mirrored before any event comes', async () => {
    const account = await paying('up-1');
    owner.control.webhooks.hold();
    expect(await choose(account, { plan: 'scale' })).toMatchObject({ status: 200, body: { note: null } });
    const stands = await standing(account);
    expect(stands).toMatchObject({ plan: 'scale', next: null, statuses: ['active'] });
    expect(stands.balance).toBeGreaterThan(1_990);
    expect(stands.balance).toBeLessThanOrEqual(2_000);
    await owner.control.webhooks.clear();
    await owner.settled();
    expect(await standing(account)).toEqual(stands);
  });

  test('A7 goes down when its period ends, and nothing is charged or given back for it before', async () => {
    const account = await paying('down-1', 'scale');
    expect(await choose(account, { plan: 'growth' })).toMatchObject({ status: 200 });
    expect(await standing(account)).toMatchObject({ plan: 'scale', next: 'growth', balance: 2_000 });
    await owner.settled();
    expect(await standing(account)).toMatchObject({ plan: 'scale', next: 'growth', balance: 2_000 });
    await owner.travel(31 * DAY_MS + 2 * HOUR_MS);
    await clockOf(account);
    await owner.settled();
    expect(await standing(account)).toMatchObject({ plan: 'growth', next: null, balance: 500, pastDue: false });
    expect(await paidBy(account)).toBe(9_900 + 2_900);
  });

  test('that was to go down and stays is charged no difference for it', async () => {
    const account = await paying('undo-1', 'scale');
    await choose(account, { plan: 'growth' });
    await choose(account, { plan: 'scale' });
    expect(await standing(account)).toMatchObject({ plan: 'scale', next: null, balance: 2_000 });
    await owner.travel(31 * DAY_MS + 2 * HOUR_MS);
    await clockOf(account);
    await owner.settled();
    expect(await paidBy(account)).toBe(9_900 + 9_900);
  });

  test('A9 is canceled for the period’s end and taken back, and nothing is granted for that', async () => {
    const account = await paying('cancel-1');
    await owner.ask(account, 'POST', '/plan/cancel');
    expect(await standing(account)).toMatchObject({ plan: 'growth', next: 'free', balance: 500 });
    expect(await owner.ask(account, 'POST', '/plan/reactivate', {})).toMatchObject({
      status: 200,
      body: { note: null },
    });
    await owner.settled();
    expect(await standing(account)).toMatchObject({ next: null, balance: 500, allotments: ['growth 500'] });
    const [living] = (await owner.stripe.subscriptions.list({ customer: await customerOf(account) })).data;
    expect(living).toMatchObject({ status: 'active', cancel_at_period_end: false });
  });

  test('A9 that is over is taken up again by Checkout, without a trial', async () => {
    const account = await paying('again-1');
    await owner.ask(account, 'POST', '/plan/cancel');
    await owner.travel(31 * DAY_MS + 2 * HOUR_MS);
    await owner.settled();
    expect(await standing(account)).toMatchObject({ plan: 'free', balance: 0, statuses: ['canceled'] });
    expect(await owner.ask(account, 'POST', '/plan/reactivate', {})).toMatchObject({ status: 404 });
    const asked = await owner.ask(account, 'POST', '/plan/reactivate', { plan: 'growth' });
    await owner.control.completeCheckout(sessionIn(asked.body.url), {});
    await owner.settled();
    expect(await standing(account)).toMatchObject({
      ...{ plan: 'growth', trial: false, balance: 500, statuses: ['canceled', 'active'] },
      allotments: ['growth 500', 'growth 500'],
    });
    expect(await paidBy(account)).toBe(2_900 + 2_900);
  });

  test('A8 A9 that is past due leads to the portal, where its invoice is paid, and is whole again', async () => {
    const account = await paying('due-1');
    await owner.control.failRenewals(await customerOf(account), 'insufficient_funds');
    await owner.travel(31 * DAY_MS + 2 * HOUR_MS);
    await clockOf(account);
    await owner.settled();
    expect(await standing(account)).toMatchObject({ plan: 'growth', pastDue: true, statuses: ['past_due'] });
    expect(await choose(account, { plan: 'scale' })).toMatchObject({ status: 402, body: { code: 'past_due' } });
    const asked = await owner.ask(account, 'POST', '/plan/reactivate', {});
    expect(asked).toMatchObject({
      status: 200,
      body: { url: expect.stringContaining(owner.river.processor.double.url) },
    });
    const page = await (await fetch(asked.body.url)).text();
    expect(page).toContain('29.00');
    await owner.control.failRenewals(await customerOf(account), null);
    const [open] = (await owner.stripe.invoices.list({ customer: await customerOf(account), status: 'open' })).data;
    await owner.stripe.invoices.pay(open?.id ?? '');
    await owner.settled();
    expect(await standing(account)).toMatchObject({
      plan: 'growth',
      pastDue: false,
      balance: 500,
      statuses: ['active'],
    });
  });

  test('ends at Stripe when its account is closed', async () => {
    const account = await paying('close-1');
    const [living] = (await owner.stripe.subscriptions.list({ customer: await customerOf(account) })).data;
    const done = await owner.close(account);
    expect(done).toMatchObject({ status: 200, body: { subscription: null } });
    expect(await owner.stripe.subscriptions.retrieve(living?.id ?? '')).toMatchObject({ status: 'canceled' });
    await owner.settled();
    expect(await standing(account)).toMatchObject({ subscription: null, balance: 0 });
  });
});

test('after all of it, every sum holds and nothing waits', async () => {
  await owner.settled();
  expect(await brokenSums(owner.river.url)).toEqual([]);
  expect(await query(owner.river.url, `select type, result from stripe_events where state = 'waiting'`)).toEqual([]);
  expect(await query(owner.river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
});
