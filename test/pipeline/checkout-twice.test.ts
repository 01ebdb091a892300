/** A wish for a plan that comes twice, at once, half, late, from elsewhere or while charging is stopped: nobody pays twice. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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

const { choose, standing, paying, customerOf } = planOwner(() => owner);

const openSessions = async (account: string): Promise<number> =>
  (await owner.stripe.checkout.sessions.list({ customer: await customerOf(account), status: 'open' })).data.length;

describe('a wish that comes twice, or half', () => {
  test('is one session under one key, and another under another, which ends the first', async () => {
    const account = await owner.account('twice-1');
    const [first, again] = [
      await choose(account, { plan: 'growth' }, 'k-1'),
      await choose(account, { plan: 'growth' }, 'k-1'),
    ];
    expect(again.body.url).toBe(first.body.url);
    expect(await openSessions(account)).toBe(1);
    // Of two that were made in one second any may be the one that stands.
    await owner.control.advance(2_000);
    const second = await choose(account, { plan: 'scale' }, 'k-2');
    expect(second.body.url).not.toBe(first.body.url);
    expect(await openSessions(account)).toBe(1);
    await expect(owner.control.completeCheckout(sessionIn(first.body.url), {})).rejects.toThrow();
  });

  test('of several at once one session can be paid, and no more', async () => {
    const account = await owner.account('twice-2');
    const all = await Promise.all([1, 2, 3, 4].map((n) => choose(account, { plan: 'growth' }, `at-once-${n}`)));
    expect(all.every((one) => one.status === 200 || one.body.code === 'conflict')).toBe(true);
    const open = await owner.stripe.checkout.sessions.list({ customer: await customerOf(account), status: 'open' });
    expect(open.data).toHaveLength(1);
    expect(all.map((one) => one.body.url)).toContain(open.data[0]?.url);
  });

  test('whose first session was paid unheard becomes a change of what was begun, never a second subscription', async () => {
    const account = await owner.account('twice-3');
    const first = await choose(account, { plan: 'growth', trial: false });
    owner.control.webhooks.hold();
    await owner.control.completeCheckout(sessionIn(first.body.url), {});
    expect(await choose(account, { plan: 'scale', trial: false })).toMatchObject({ status: 200, body: { note: null } });
    expect(await standing(account)).toMatchObject({ plan: 'scale', statuses: ['active'] });
    await owner.control.webhooks.clear();
    await owner.settled();
    expect((await owner.stripe.subscriptions.list({ customer: await customerOf(account) })).data).toHaveLength(1);
    expect(await openSessions(account)).toBe(0);
  });

  test('whose session was made and not answered is asked for again, and is the one that was made', async () => {
    const account = await owner.account('half-1');
    owner.control.fail({ kind: 'timeout', moment: 'after', route: 'POST /v1/checkout/sessions', times: 2 });
    expect(await choose(account, { plan: 'growth' }, 'half')).toMatchObject({ status: 503 });
    owner.control.clearFaults();
    expect(await choose(account, { plan: 'growth' }, 'half')).toMatchObject({ status: 200 });
    expect(await openSessions(account)).toBe(1);
  });

  test('whose change was made and not answered is found done, and is charged once', async () => {
    const account = await paying('half-2');
    owner.control.fail({ kind: 'timeout', moment: 'after', route: 'POST /v1/subscriptions/*', times: 2 });
    expect(await choose(account, { plan: 'scale' }, 'up')).toMatchObject({ status: 503 });
    owner.control.clearFaults();
    expect(await choose(account, { plan: 'scale' }, 'up')).toMatchObject({ status: 200, body: { note: null } });
    expect(await standing(account)).toMatchObject({ plan: 'scale' });
    const [one] = (await owner.stripe.subscriptions.list({ customer: await customerOf(account) })).data;
    const lines = (await owner.stripe.invoices.createPreview({ subscription: one?.id ?? '' })).lines.data;
    expect(lines.filter((line) => line.amount < 0)).toHaveLength(1);
  });

  test('that lags behind what stands does not bring it back: the first answer under its key is given again', async () => {
    const account = await paying('late-1');
    await choose(account, { plan: 'scale' }, 'first');
    await choose(account, { plan: 'growth' }, 'second');
    expect(await choose(account, { plan: 'scale' }, 'first')).toMatchObject({ status: 200 });
    expect(await standing(account)).toMatchObject({ plan: 'scale', next: 'growth' });
  });
});

describe('nobody', () => {
  test('is led anywhere but home: to this address, or the product’s own', async () => {
    const account = await owner.account('home-1');
    const away = { plan: 'growth', returnUrl: 'https://elsewhere.example/billing' };
    expect(await choose(account, away)).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(await choose(account, { plan: 'growth', returnUrl: 'javascript:alert(1)' })).toMatchObject({ status: 400 });
    const home = await choose(account, { plan: 'growth', returnUrl: `${owner.river.apiUrl}/somewhere?a=1` });
    const session = await owner.stripe.checkout.sessions.retrieve(sessionIn(home.body.url));
    expect(session.success_url).toBe(`${owner.river.apiUrl}/somewhere?a=1&checkout=done`);
    expect(session.cancel_url).toBe(`${owner.river.apiUrl}/somewhere?a=1&checkout=canceled`);
  });

  test('buys a plan while charging is stopped, and whoever has one may leave it', async () => {
    const [free, paid] = [await owner.account('stop-1'), await paying('stop-2')];
    await owner.charging('stopped');
    expect(await choose(free, { plan: 'growth' })).toMatchObject({ status: 503, body: { code: 'charging_stopped' } });
    expect(await choose(paid, { plan: 'scale' })).toMatchObject({ status: 503, body: { code: 'charging_stopped' } });
    expect(await owner.ask(paid, 'POST', '/plan/cancel')).toMatchObject({ status: 200 });
    await owner.charging('on');
  });

  test('has a plan that is sold for money without paying for it', async () => {
    const account = await owner.account('unpaid-1');
    const asked = await choose(account, { plan: 'scale', trial: false });
    expect(asked.body.url).toBeDefined();
    expect(await standing(account)).toMatchObject({ plan: 'free', balance: 0 });
  });
});

test('after all of it, every sum holds and nothing waits', async () => {
  await owner.settled();
  expect(await brokenSums(owner.river.url)).toEqual([]);
  expect(await query(owner.river.url, `select type, result from stripe_events where state = 'waiting'`)).toEqual([]);
  expect(await query(owner.river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
});
