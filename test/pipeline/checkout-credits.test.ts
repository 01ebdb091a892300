/** Credits and cards by Checkout, and payments that their owner approves by a link: over the whole river, on the real SDK. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { runDry } from '../support/local-river.js';
import { type OwnerRiver, openOwnerRiver, sessionIn } from '../support/owner-river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

let owner: OwnerRiver;

beforeAll(async () => {
  owner = await openOwnerRiver('receptionist');
});
afterEach(() => owner.calm());
afterAll(() => owner.river.close());

const PACK = { credits: '200' };
const buy = (account: string, key?: string, body: object = PACK) =>
  owner.ask(account, 'POST', '/checkout/credits', body, key);

const account = (id: string) => owner.account(id, 'standard');

const chargesOf = (id: string) =>
  query<{ state: string; kind: string; paid: number; intent: string | null }>(
    owner.river.url,
    `select c.state, c.kind, c.paid_minor::int as paid, c.intent_id as intent from charges c
     join accounts a on a.no = c.account_no where a.id = $1 order by c.created_at, c.id`,
    [id],
  );
const grantsOf = async (id: string): Promise<number[]> => {
  const rows = await query<{ credits: number }>(
    owner.river.url,
    `select (g.amount / 1000000)::int as credits from grants g join accounts a on a.no = g.account_no
     where a.id = $1 and g.kind = 'purchase'`,
    [id],
  );
  return rows.map((row) => row.credits);
};
const paymentsOf = (id: string) =>
  owner.control
    .summary()
    .payments.filter((one) => one.metadata.creditd_account === id)
    .map((one) => one.amountMinor);

describe('credits by Checkout', () => {
  test('A28 are asked for once, paid on the processor’s page and granted once, under the charge’s own name', async () => {
    const id = await account('pack-1');
    const asked = await buy(id, 'pack');
    expect(asked).toMatchObject({ status: 201, body: { url: expect.any(String), charge: expect.any(String) } });
    expect(await buy(id, 'pack')).toEqual(asked);
    expect(await chargesOf(id)).toMatchObject([{ state: 'pending', kind: 'pack', intent: null }]);
    const session = await owner.stripe.checkout.sessions.retrieve(sessionIn(asked.body.url));
    expect(session.metadata).toMatchObject({ creditd_account: id, creditd_charge: asked.body.charge });
    owner.control.webhooks.duplicate({ times: 10 });
    await owner.control.completeCheckout(session.id, { card: 'pm_card_visa' });
    await owner.settled();
    expect(await chargesOf(id)).toMatchObject([{ state: 'succeeded', paid: session.amount_total }]);
    expect(await grantsOf(id)).toEqual([200]);
    expect(paymentsOf(id)).toEqual([session.amount_total]);
    const [payment] = owner.control.summary().payments.filter((one) => one.metadata.creditd_account === id);
    expect(payment?.metadata).toMatchObject({ creditd_kind: 'pack', creditd_credits: '200' });
    expect(await buy(id, 'pack')).toMatchObject({ status: 409, body: { code: 'charge_ended' } });
  });

  test('are a conflict where one key is used for two wishes', async () => {
    const id = await account('pack-2');
    await buy(id, 'one');
    expect(await buy(id, 'one', { credits: '400' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await chargesOf(id)).toHaveLength(1);
  });

  test('that are not paid in time are no charge any more, and nothing is granted', async () => {
    const id = await account('pack-3');
    await buy(id);
    await owner.travel(3 * HOUR_MS);
    await owner.settled();
    expect(await chargesOf(id)).toMatchObject([{ state: 'canceled', paid: 0 }]);
    expect([await grantsOf(id), paymentsOf(id)]).toEqual([[], []]);
  });

  test('that are paid though their time seemed over here are granted all the same: paid beats every state', async () => {
    const id = await account('pack-4');
    const asked = await buy(id);
    owner.river.travel(3 * HOUR_MS);
    await until(async () => (await chargesOf(id))[0]?.state === 'canceled', { timeoutMs: 30_000, what: 'the end' });
    await owner.control.completeCheckout(sessionIn(asked.body.url), { card: 'pm_card_visa' });
    await owner.settled();
    expect(await chargesOf(id)).toMatchObject([{ state: 'succeeded' }]);
    expect(await grantsOf(id)).toEqual([200]);
  });

  test.each([
    ['succeeded', 'succeeded', [200]],
    ['failed', 'canceled', []],
  ] as const)('whose payment takes its time end as it does: %s', async (outcome, state, granted) => {
    const id = await account(`pack-later-${outcome}`);
    const asked = await buy(id);
    const session = sessionIn(asked.body.url);
    await owner.control.completeCheckout(session, { settlesLater: true });
    await owner.settled();
    expect(await grantsOf(id)).toEqual([]);
    await owner.control.settleCheckout(session, outcome);
    await owner.settled();
    await owner.travel(3 * HOUR_MS);
    await owner.settled();
    expect(await chargesOf(id)).toMatchObject([{ state }]);
    expect(await grantsOf(id)).toEqual(granted);
  });

  test.each(['before', 'after'] as const)(
    'whose session was not answered (%s it was made) are asked for again: one charge, one session',
    async (moment) => {
      const id = await account(`pack-half-${moment}`);
      owner.control.fail({ kind: 'timeout', moment, route: 'POST /v1/checkout/sessions', times: 2 });
      expect(await buy(id, 'half')).toMatchObject({ status: 503 });
      owner.control.clearFaults();
      const asked = await buy(id, 'half');
      expect(asked.status).toBe(201);
      expect(await chargesOf(id)).toHaveLength(1);
      const [row] = await query<{ customer: string }>(owner.river.url, 'select customer from accounts where id = $1', [
        id,
      ]);
      const open = await owner.stripe.checkout.sessions.list({ customer: row?.customer ?? '' });
      expect(open.data).toHaveLength(1);
    },
  );

  test('of two requests at once under one key there is one charge and one session', async () => {
    const id = await account('pack-5');
    const all = await Promise.all([buy(id, 'both'), buy(id, 'both'), buy(id, 'both')]);
    const urls = new Set(all.flatMap((one) => (one.status === 201 ? [one.body.url] : [])));
    expect(urls.size).toBe(1);
    expect(await chargesOf(id)).toHaveLength(1);
  });

  test('are not sold while charging is stopped', async () => {
    const id = await account('pack-6');
    await owner.charging('stopped');
    expect(await buy(id)).toMatchObject({ status: 503, body: { code: 'charging_stopped' } });
    await owner.charging('on');
  });
});

describe('a card by Checkout', () => {
  test('A8 comes after the cards that are there, charges nothing, and is put first where the owner says so', async () => {
    const id = await account('card-1');
    await owner.river.attach(id, 'pm_card_visa');
    const asked = await owner.ask(id, 'POST', '/checkout/card', {}, 'card');
    expect(asked).toMatchObject({ status: 201 });
    expect((await owner.ask(id, 'POST', '/checkout/card', {}, 'card')).body.url).toBe(asked.body.url);
    await owner.control.completeCheckout(sessionIn(asked.body.url), { card: 'pm_card_mastercard' });
    await owner.settled();
    const cards = async (): Promise<{ id: string; last4: string }[]> =>
      (await owner.ask(id, 'GET', '/payment-methods')).body.cards;
    expect((await cards()).map((card) => card.last4)).toEqual(['4242', '4444']);
    const order = [...(await cards())].reverse().map((card) => card.id);
    expect(await owner.ask(id, 'PUT', '/payment-methods/order', { cards: order })).toMatchObject({ status: 200 });
    expect((await cards()).map((card) => card.last4)).toEqual(['4444', '4242']);
    expect(paymentsOf(id)).toEqual([]);
  });

  test('A8 is changed, and invoices are seen, in the portal', async () => {
    const id = await account('portal-1');
    const asked = await owner.ask(id, 'POST', '/portal', {});
    expect(asked).toMatchObject({ status: 201, body: { expiresAt: null } });
    expect((await fetch(asked.body.url)).status).toBe(200);
    expect(await owner.ask(id, 'POST', '/portal', { returnUrl: 'https://elsewhere.example' })).toMatchObject({
      status: 400,
    });
  });
});

describe('a payment that the bank asked about', () => {
  /** A top-off whose card wants its owner. */
  async function waiting(id: string): Promise<string> {
    await owner.river.account(id, 'pm_card_authenticationRequired');
    await owner.river.calls(id, 60);
    await until(async () => (await chargesOf(id))[0]?.state === 'action_required', {
      timeoutMs: 30_000,
      what: 'the bank to ask',
    });
    await runDry(owner.river, 30_000, true);
    const [row] = await query<{ id: string }>(
      owner.river.url,
      'select c.id from charges c join accounts a on a.no = c.account_no where a.id = $1',
      [id],
    );
    return row?.id ?? '';
  }
  const approve = (id: string, charge: string) => owner.ask(id, 'POST', `/charges/${charge}/authenticate`);
  const page = async (charge: string, query = '') => {
    const answer = await fetch(`${owner.river.apiUrl}/pay/${charge}${query}`, { headers: { accept: 'text/html' } });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  test('is shown by its link, which changes nothing and tells nobody anything it should not', async () => {
    const charge = await waiting('pay-1');
    const before = [await chargesOf('pay-1'), owner.control.journal().length];
    const shown = await page(charge);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('$50.00');
    expect(shown.text).toContain('200 credits');
    expect(shown.headers.get('referrer-policy')).toBe('no-referrer');
    expect(shown.text).not.toMatch(/_secret_|pi_|pm_|cus_|pay-1@/);
    expect([await chargesOf('pay-1'), owner.control.journal().length]).toEqual(before);
    expect((await page('00000000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await page('not-a-charge')).status).toBe(404);
  });

  test('leads to the bank’s page as often as it is asked for, and is paid once', async () => {
    const charge = await waiting('pay-2');
    const first = await approve('pay-2', charge);
    expect(first).toMatchObject({ status: 200, body: { state: 'action_required', url: expect.any(String) } });
    expect((await approve('pay-2', charge)).body.url).toBe(first.body.url);
    const [{ intent } = { intent: null }] = await chargesOf('pay-2');
    const back = await owner.control.completeAuthentication(intent ?? '', true);
    expect(back).toContain(`${owner.river.apiUrl}/pay/${charge}?back=1`);
    await owner.settled();
    expect(await chargesOf('pay-2')).toMatchObject([{ state: 'succeeded' }]);
    expect(paymentsOf('pay-2')).toEqual([5_000]);
    expect((await page(charge, '?back=1')).text).toContain('has been made');
    expect(await approve('pay-2', charge)).toMatchObject({ status: 409, body: { code: 'charge_ended' } });
  });

  test('is approved by its own owner alone', async () => {
    const charge = await waiting('pay-3');
    await owner.account('pay-other', 'standard');
    expect(await approve('pay-other', charge)).toMatchObject({ status: 404, body: { code: 'charge_unknown' } });
    const until = later(await owner.river.store.clock.now(), HOUR_MS);
    const call = (token: string, id: string) =>
      fetch(`${owner.river.apiUrl}/v1/accounts/${id}/charges/${charge}/authenticate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    const viewer = owner.sessions.mint({ account: 'pay-3', member: 'viewer-1', role: 'viewer', until });
    expect((await call(viewer, 'pay-3')).status).toBe(403);
    const stranger = owner.sessions.mint({ account: 'pay-other', member: 'owner-1', role: 'owner', until });
    expect((await call(stranger, 'pay-3')).status).toBe(404);
    expect(await chargesOf('pay-3')).toMatchObject([{ state: 'action_required' }]);
  });

  test('ends after 72 hours: nothing can be approved, and no intent is left parked', async () => {
    const charge = await waiting('pay-4');
    const [{ intent } = { intent: null }] = await chargesOf('pay-4');
    await owner.travel(73 * HOUR_MS);
    await owner.settled();
    expect(await chargesOf('pay-4')).toMatchObject([{ state: 'failed' }]);
    expect(await approve('pay-4', charge)).toMatchObject({ status: 409, body: { code: 'charge_ended' } });
    expect((await page(charge)).text).toContain('does not wait for approval any more');
    expect((await owner.stripe.paymentIntents.retrieve(intent ?? '')).status).toBe('canceled');
    expect(paymentsOf('pay-4')).toEqual([]);
  });
});

test('after all of it, every sum holds and nothing waits', async () => {
  await owner.settled();
  expect(await brokenSums(owner.river.url)).toEqual([]);
  expect(await query(owner.river.url, `select type, result from stripe_events where state = 'waiting'`)).toEqual([]);
  expect(await query(owner.river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
});
