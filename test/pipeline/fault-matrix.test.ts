/**
 * What can go wrong between us and the processor, by number. Each fault has at least one test that carries its number in the
 * title, here or in the suite of what it strikes; the end is always one payment, one grant, the right incident, the right mail
 * and the right time of the next attempt.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { query } from '../support/admin.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type FaultyRiver, openFaultyRiver } from '../support/faulty-river.js';
import { allHeard, type LocalRiver, runDry, troubled } from '../support/local-river.js';
import { TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const FAULTS: Readonly<Record<string, string>> = {
  F16: 'the processor is silent, or its answer is cut off, and the money moved',
  F17: 'the processor is silent and nothing was done',
  F18: 'a 500 that is saved and repeated',
  F19: 'a 409: the key or the object is in use',
  F20: 'a storm of 429',
  F21: 'a 503, or a refused connection, for hours',
  F22: 'the SDK sends a request again by itself',
  F23: 'a key older than the processor remembers',
  F24: 'a 401 or 403: the key was revoked',
  F25: 'a webhook twice, or two ids for one change',
  F26: 'webhooks out of order, an older view after a newer one',
  F27: 'a webhook before the answer it belongs to',
  F28: 'a forged webhook, or another secret, or a changed byte',
  F29: 'a webhook of long ago or of the future',
  F30: 'a webhook about nobody here, of another account or mode',
  F31: 'webhooks lost for days',
  F32: 'refunds and disputes',
  F33: 'a card detached, a customer deleted behind our back',
  F34: 'a payment under way that ends later, either way',
  F55: 'a link from a mail in other hands, late, or twice',
  F56: 'an amount or a plan changed while a charge is under way',
  F57: 'a runaway of top-offs',
  F59: 'a double that drifts from what it stands for',
};

const tests = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

test('each of the faults has a test that carries its number', () => {
  const found = new Set<string>();
  for (const name of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue;
    const text = readFileSync(path.join(tests, name), 'utf8');
    for (const [id] of text.matchAll(/(?<=['"`{ ])F\d\d\b(?!:)/g)) found.add(id);
  }
  expect(Object.keys(FAULTS).filter((id) => !found.has(id))).toEqual([]);
});

const CONFIRM = 'POST /v1/payment_intents/*/confirm';
let faulty: FaultyRiver;
let river: LocalRiver;

beforeAll(async () => {
  faulty = await openFaultyRiver();
  river = faulty.river;
});
afterAll(() => faulty.close());

const control = () => river.processor.double.control;
const settled = (): Promise<void> => allHeard(river);

test('F21 away for six hours: the charge keeps its place, burns no rung and no attempt, and is paid once when it is back', async () => {
  const account = await faulty.nextAccount();
  control().fail({ kind: 'unavailable', route: CONFIRM, times: null });
  await river.calls(account, 60);
  for (let hour = 0; hour < 6; hour += 1) {
    await troubled(river, account);
    river.travel(HOUR_MS);
  }
  await troubled(river, account);
  expect(await faulty.chargeOf(account)).toMatchObject({ rung: 0, attempts: 1 });
  expect(await fateOf(river, account)).toMatchObject({ incidents: ['internal_error open'], payments: [], mails: 1 });
  control().clearFaults();
  await settled();
  expect(await faulty.chargeOf(account)).toMatchObject({ rung: 0, attempts: 1 });
  expect(await fateOf(river, account)).toEqual({
    ...TOPPED_OFF_ONCE,
    incidents: ['internal_error resolved'],
    notices: ['top_off_failed sent', 'top_off_succeeded sent'],
    mails: 2,
  });
});

test('F22 the SDK’s own second send carries the same key: one payment', async () => {
  const account = await faulty.nextAccount();
  control().fail({ kind: 'server_error', moment: 'before', route: CONFIRM });
  await river.calls(account, 60);
  await settled();
  const { intent, attempts } = await faulty.chargeOf(account);
  const sent = faulty.confirmsOf(intent);
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map((one) => one.idempotencyKey)).size).toBe(1);
  expect(attempts).toBe(1);
  expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
});

test.each([
  [401, { type: 'invalid_request_error', message: 'Invalid API Key provided' }],
  [403, { type: 'invalid_request_error', message: 'The provided key does not have the required permissions' }],
] as const)(
  'F24 a key that answers %i: a person is alarmed, the card is innocent, the owner is told once, and it is paid once mended',
  async (status, error) => {
    const account = await faulty.nextAccount();
    const before = faulty.alarms.length;
    faulty.proxy.answer({ status, error });
    await river.calls(account, 60);
    await troubled(river, account);
    expect(faulty.alarms.length).toBeGreaterThan(before);
    for (let turn = 0; turn < 3; turn += 1) {
      river.travel(10 * MINUTE_MS);
      await troubled(river, account);
    }
    expect(await faulty.chargeOf(account)).toMatchObject({ rung: 0 });
    const cards = await query<{ refused: boolean }>(
      river.url,
      `select m.refused_at is not null as refused from payment_methods m join accounts a on a.no = m.account_no where a.id = $1`,
      [account],
    );
    expect(cards).toEqual([{ refused: false }]);
    expect(await fateOf(river, account)).toMatchObject({
      ...{ payments: [], grants: [], incidents: ['internal_error open'] },
      charges: ['pending: internal_error'],
    });
    faulty.proxy.answer(null);
    await settled();
    expect(await fateOf(river, account)).toEqual({
      ...TOPPED_OFF_ONCE,
      incidents: ['internal_error resolved'],
      notices: ['top_off_failed sent', 'top_off_succeeded sent'],
      mails: 2,
    });
  },
);

test('F26 a failure that is heard of after the success, and all else in the wrong order, changes nothing any more', async () => {
  control().webhooks.hold();
  control().fail({ kind: 'decline', declineCode: 'insufficient_funds' });
  const account = await faulty.nextAccount();
  await river.calls(account, 60);
  await runDry(river, 25_000, true);
  const { wait_ms } = await faulty.chargeOf(account);
  expect(wait_ms).toBeGreaterThan(HOUR_MS - MINUTE_MS);
  expect(wait_ms).toBeLessThanOrEqual(1.1 * HOUR_MS);
  river.travel(Math.ceil(wait_ms ?? 0));
  await until(async () => (await fateOf(river, account)).charges[0] === 'succeeded', { what: 'the rung to pay' });
  await control().webhooks.release('newest_first');
  await control().webhooks.clear();
  await settled();
  expect(await fateOf(river, account)).toEqual({
    ...TOPPED_OFF_ONCE,
    incidents: ['card_declined resolved'],
    notices: ['top_off_failed sent', 'top_off_succeeded sent'],
    mails: 2,
  });
});

describe('F34 a payment that stays under way', () => {
  const underWay = async (): Promise<string> => {
    const account = await faulty.nextAccount();
    control().fail({ kind: 'processing' });
    await river.calls(account, 60);
    await until(async () => (await fateOf(river, account)).charges[0] === 'processing', {
      what: 'the payment to be under way',
    });
    return account;
  };

  test('F34 is waited for: no second intent, no second confirm, no word to the owner; then it is paid once', async () => {
    const { intents } = control().summary();
    const account = await underWay();
    for (let turn = 0; turn < 3; turn += 1) {
      river.travel(20 * MINUTE_MS);
      await runDry(river, 25_000, true);
    }
    expect(control().summary().intents).toBe(intents + 1);
    const { intent } = await faulty.chargeOf(account);
    expect(faulty.confirmsOf(intent)).toHaveLength(1);
    expect(await fateOf(river, account)).toMatchObject({
      charges: ['processing'],
      incidents: [],
      notices: [],
      payments: [],
    });
    await control().finishProcessing(intent, 'succeeded');
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('F34 and is then declined is a decline like any other: one incident, one mail, the first rung', async () => {
    const account = await underWay();
    const { intent } = await faulty.chargeOf(account);
    await control().finishProcessing(intent, 'failed', 'insufficient_funds');
    await settled();
    const { rung, wait_ms } = await faulty.chargeOf(account);
    expect(rung).toBe(1);
    expect(wait_ms).toBeGreaterThan(0.9 * HOUR_MS);
    expect(await fateOf(river, account)).toMatchObject({
      ...{ charges: ['pending: card_declined'], incidents: ['card_declined open'], payments: [] },
      ...{ notices: ['top_off_failed sent'], mails: 1 },
    });
  });
});

test('F56 what was wished when the charge was opened is what is charged: a later wish acts on the next one', async () => {
  const account = await faulty.nextAccount();
  control().fail({ kind: 'unavailable', route: CONFIRM, times: null });
  await river.calls(account, 60);
  await troubled(river, account);
  const settings = { ...TOP_OFF, amount: (TOP_OFF.amount * 2n) as typeof TOP_OFF.amount };
  await river.desk.ledger.post([{ kind: 'configure_top_off', account: accountId(account), settings }]);
  control().clearFaults();
  await settled();
  expect(await fateOf(river, account)).toMatchObject({ balance: 240, payments: [5_000], grants: [200] });
  await river.calls(account, 200, 'more');
  await settled();
  expect(await fateOf(river, account)).toMatchObject({ balance: 440, payments: [5_000, 10_000], grants: [200, 400] });
});

test('F57 a burst of use charges no more than the owner’s cap of the day, and says so once', async () => {
  const account = await faulty.nextAccount();
  const settings = { ...TOP_OFF, capDayMinor: minorUnits(12_000) };
  await river.desk.ledger.post([{ kind: 'configure_top_off', account: accountId(account), settings }]);
  for (let turn = 0; turn < 4; turn += 1) {
    await river.calls(account, 150, `burst-${turn}`);
    await settled();
  }
  const fate = await fateOf(river, account);
  expect(fate.payments.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(12_000);
  expect(fate.payments.length).toBeGreaterThan(0);
  expect(fate.incidents).toEqual(['spending_cap_reached open']);
  expect(fate.notices.filter((notice) => notice.startsWith('spending_cap_reached'))).toEqual([
    'spending_cap_reached sent',
  ]);
});

test('after all of it, every sum holds and no step is parked', async () => {
  await settled();
  expect(await brokenSums(river.url)).toEqual([]);
  expect(await query(river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
});
