/** Funds that go and come back, on Postgres: the lines that are undone and the lots that are over are read cold. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { type AccountId, type ChargeId, chargeId, type LotId, lotId } from '../../src/domain/ids.js';
import { DAY_MS, HOUR_MS, later } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { IntentView } from '../../src/domain/payment.js';
import { query } from '../support/admin.js';
import { CARD, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(['receptionist']);
});
afterAll(async () => {
  expect(await brokenSums(store.url)).toEqual([]);
  await store.close();
});

const viewOf = (charge: ChargeId, refunded: number): IntentView => ({
  ...{ intentId: `pi_${charge}`, status: 'succeeded', amountMinor: minorUnits(5000), currency: currency('usd') },
  ...{ deployment: null, account: null, charge, lastDecline: null },
  payment: {
    ...{ processorChargeId: 'ch_1', paidMinor: minorUnits(5000), refundedMinor: minorUnits(refunded) },
    ...{ disputedMinor: minorUnits(0), dispute: null, brand: 'visa', last4: '4242', fingerprint: 'fp_1' },
    ...{ receiptUrl: null, receiptNumber: null },
  },
});

const chargeOf = async (account: AccountId) => {
  const [row] = await query<{ id: string; version: number }>(
    store.url,
    'select c.id, c.version from charges c join accounts a on a.no = c.account_no where a.id = $1',
    [account],
  );
  if (row === undefined) throw new Error(`${account} has no charge`);
  return { id: chargeId(row.id), version: row.version };
};

async function tell(account: AccountId, refunded: number, version?: number) {
  const charge = await chargeOf(account);
  const [outcome] = await store.post({
    ...{ kind: 'agree', account, charge: charge.id, version: version ?? charge.version },
    ...{ view: viewOf(charge.id, refunded), decline: null, looked: false },
  });
  return outcome?.kind;
}

/** What each lot holds that has held anything, by its kind. */
const lotsOf = (account: AccountId) =>
  query<{ id: string; kind: string; remaining: number; closed: boolean }>(
    store.url,
    `select g.id, g.kind, (g.remaining / 1000000)::int as remaining, g.closed from grants g
      join accounts a on a.no = g.account_no where a.id = $1 order by g.kind, g.created_at`,
    [account],
  );
const heldBy = async (account: AccountId) =>
  (await lotsOf(account)).map(({ kind, remaining }) => `${kind} ${remaining}`);
const idOf = async (account: AccountId, kind: string): Promise<LotId> =>
  lotId((await lotsOf(account)).find((lot) => lot.kind === kind)?.id ?? '');

/** 40 of the allotment and 50 of a paid top-off of 200, after which none follows. */
async function bought(id: string): Promise<AccountId> {
  const account = await store.account(id);
  const use = (key: string, amount: number, lot?: LotId) =>
    ({ kind: 'use', account, key, credits: credits(amount), ...(lot === undefined ? {} : { lot }) }) as const;
  await store.post(
    { kind: 'attach_card', account, card: CARD },
    { kind: 'configure_top_off', account, settings: TOP_OFF },
    use('low', 60),
  );
  await tell(account, 0);
  await store.post(
    { kind: 'configure_top_off', account, settings: { ...TOP_OFF, enabled: false } },
    use('own', 150, await idOf(account, 'top_off')),
  );
  return account;
}

describe('a refund that fails', () => {
  test('undoes the claw-back’s own lines, in parts and whole: lots that were emptied by it are open again', async () => {
    const account = await bought('f-undone');
    const before = await heldBy(account);
    expect(before).toEqual(['allotment 40', 'top_off 50']);
    await tell(account, 5000);
    expect(await heldBy(account)).toEqual(['allotment 0', 'debt -110', 'top_off 0']);
    await tell(account, 2500);
    expect(await heldBy(account)).toEqual(['allotment 0', 'debt -10', 'top_off 0']);
    await tell(account, 1000);
    expect(await heldBy(account)).toEqual(['allotment 40', 'debt 0', 'top_off 10']);
    await tell(account, 0);
    expect(await heldBy(account)).toEqual(['allotment 40', 'debt 0', 'top_off 50']);
  });

  test('undoes it once, however often and by however many it is told at once', async () => {
    const account = await bought('f-raced');
    await tell(account, 5000);
    const { version } = await chargeOf(account);
    const said = await Promise.all(Array.from({ length: 5 }, () => tell(account, 0, version)));
    expect(said.filter((kind) => kind === 'agreed')).toHaveLength(1);
    expect(said.filter((kind) => kind === 'stale')).toHaveLength(4);
    expect(await heldBy(account)).toEqual(['allotment 40', 'debt 0', 'top_off 50']);
  });

  test('gives what a lapsed lot had held as a returned one', async () => {
    const account = await bought('f-lapsed');
    const expiresAt = later(await store.clock.now(), HOUR_MS);
    await store.post(
      { kind: 'use', account, key: 'all', credits: credits(90) },
      { kind: 'grant', account, key: 'soon', origin: 'promotion', credits: credits(40), expiresAt },
    );
    await tell(account, 1000);
    expect(await heldBy(account)).toEqual(['allotment 0', 'promotion 0', 'top_off 0']);
    store.travel(2 * HOUR_MS);
    await tell(account, 0);
    expect(await heldBy(account)).toEqual(['allotment 0', 'promotion 0', 'returned 40', 'top_off 0']);
  });
});

describe('voiding a lot that is over', () => {
  const voided = (account: AccountId, key: string, lot: LotId) =>
    store.post({ kind: 'void', account, key, lot, reason: 'a mistake' });

  test('says what has become of it, under every new key, and of what is no lot that there is none', async () => {
    const account = await store.account('v-over');
    const expiresAt = later(await store.clock.now(), DAY_MS);
    await store.post(
      { kind: 'grant', account, key: 'a', origin: 'promotion', credits: credits(5) },
      { kind: 'grant', account, key: 'b', origin: 'adjustment', credits: credits(5), expiresAt },
    );
    const [empty, lapsed] = [await idOf(account, 'promotion'), await idOf(account, 'adjustment')];
    expect(await voided(account, 'v1', empty)).toMatchObject([{ kind: 'voided' }]);
    expect(await voided(account, 'v1', empty)).toMatchObject([{ kind: 'voided', replayed: true }]);
    expect(await voided(account, 'v2', empty)).toMatchObject([
      { kind: 'refused', reason: 'lot_empty', message: expect.stringContaining('used, voided or taken back') },
    ]);
    store.travel(2 * DAY_MS);
    expect(await voided(account, 'v3', lapsed)).toMatchObject([
      { kind: 'refused', reason: 'lot_lapsed', message: expect.stringContaining('nothing is left of it') },
    ]);
    const other = await store.account('v-other');
    for (const lot of [lotId('no-uuid'), lotId('00000000-0000-7000-8000-00000000dead')])
      expect(await voided(account, 'v4', lot)).toMatchObject([{ kind: 'refused', reason: 'lot_unknown' }]);
    expect(await voided(other, 'v4', empty)).toMatchObject([{ kind: 'refused', reason: 'lot_unknown' }]);
  });
});
