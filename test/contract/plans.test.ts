import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtInText } from '../../src/adapters/catalog/built-in.js';
import { loadCatalog } from '../../src/adapters/catalog/load.js';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import { olderCatalogs, rememberCatalogs } from '../../src/adapters/postgres/catalog-versions.js';
import type { AccountId } from '../../src/domain/ids.js';
import { DAY_MS, type Instant, instant, later, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { InvoiceStatus, SubscriptionView } from '../../src/domain/plan-state.js';
import { query } from '../support/admin.js';
import { CARD, openTestStore, type TestStore } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterEach(async () => {
  expect(await brokenSums(store.url)).toEqual([]);
});
afterAll(() => store.close());

const free = async (id: string, fingerprint: string): Promise<AccountId> => {
  const account = await store.account(id, { catalog: 'atlios', plan: 'free' });
  await store.post({ kind: 'attach_card', account, card: { ...CARD, processorId: `pm_${id}`, fingerprint } });
  return account;
};

const row = async (account: AccountId) => {
  const [found] = await query<Record<string, unknown>>(
    store.url,
    `select s.*, ((b.lots - b.debt) / 1000000)::text as balance, b.settled_until from account_settings s
     join balances b using (account_no) join accounts a on a.no = s.account_no where a.id = $1`,
    [account],
  );
  return found ?? {};
};

const moment = async (): Promise<Instant> => instant(Math.floor((await store.clock.now()) / 1_000) * 1_000);

describe('plans on Postgres', () => {
  test('of two accounts that begin a trial with one card at once, one gets it and the other is told why not', async () => {
    const [one, two] = [await free('p-one', 'fp_shared'), await free('p-two', 'fp_shared')];
    const outcomes = await Promise.all(
      [one, two].map(async (account) => (await store.post({ kind: 'start_trial', account, plan: 'growth' }))[0]),
    );
    const said = outcomes.map((outcome) => (outcome?.kind === 'refused' ? outcome.reason : outcome?.kind));
    expect(said.sort()).toEqual(['trial_started', 'trial_used']);
    const [again] = await store.post({
      kind: 'start_trial',
      account: said[0] === 'trial_used' ? one : two,
      plan: 'growth',
    });
    expect(again).toMatchObject({ kind: 'refused', reason: 'trial_used' });
    const balances = [await row(one), await row(two)].map((found) => found.balance);
    expect(balances.sort()).toEqual(['0', '500']);
  });

  test('both in one batch, the one that can have it has it all the same', async () => {
    const [one, two] = [await free('p-three', 'fp_batch'), await free('p-four', 'fp_batch')];
    const outcomes = await store.post(
      { kind: 'start_trial', account: one, plan: 'growth' },
      { kind: 'start_trial', account: two, plan: 'growth' },
    );
    expect(outcomes).toMatchObject([{ kind: 'trial_started' }, { kind: 'refused', reason: 'trial_used' }]);
  });

  test('what a trial is survives being written and read, and its end is found by the clock', async () => {
    const account = await free('p-trial', 'fp_trial');
    await store.post({ kind: 'start_trial', account, plan: 'growth' });
    const due = async () => (await store.accounts.due(1_000)).includes(account);
    expect(await due()).toBe(false);
    store.travel(11 * DAY_MS + MINUTE_MS);
    expect(await due()).toBe(true);
    await store.post({ kind: 'settle', account });
    expect(await row(account)).toMatchObject({ trial_told: true, balance: '500' });
    store.travel(3 * DAY_MS);
    await store.post({ kind: 'settle', account });
    expect(await row(account)).toMatchObject({
      trial_ends_at: null,
      plan: 'growth',
      period_every: 'month',
      balance: '500',
    });
    const notices = await query(
      store.url,
      `select n.kind from notices n join accounts a on a.no = n.account_no where a.id = $1 and n.kind = 'trial_ending'`,
      [account],
    );
    expect(notices).toHaveLength(1);
  });

  test('past due stops after the grace and is given back once, over as many transactions as it takes', async () => {
    const account = await free('p-due', 'fp_due');
    await store.post({ kind: 'change_plan', account, plan: 'growth' });
    const agree = async (status: InvoiceStatus) => {
      const at = await moment();
      const view = {
        id: 'in_1',
        subscription: null,
        status,
        periodStart: at,
        amountMinor: minorUnits(2_900),
        paidAt: null,
      };
      return store.post({ kind: 'agree_invoice', account, view });
    };
    await agree('failed');
    expect((await row(account)).balance).toBe('500');
    store.travel(3 * DAY_MS + MINUTE_MS);
    await store.post({ kind: 'settle', account });
    expect(await row(account)).toMatchObject({ past_due_stopped: true, balance: '0' });
    await agree('paid');
    expect(await row(account)).toMatchObject({ past_due_since: null, past_due_stopped: false, balance: '500' });
    await agree('paid');
    await agree('failed');
    expect((await row(account)).balance).toBe('500');
    const [invoice] = await query(store.url, `select status, run, ordinal from invoices where id = 'in_1'`);
    expect(invoice).toMatchObject({ status: 'paid', ordinal: 0 });
  });

  test('a subscription is stored with its version, and a view of an older one is stale', async () => {
    const account = await free('p-sub', 'fp_sub');
    const start = await moment();
    const view: SubscriptionView = {
      id: 'sub_1',
      status: 'incomplete',
      createdAt: start,
      priceIds: ['price_of_none'],
      anchor: start,
      currentPeriod: { start, end: later(start, 30 * DAY_MS) },
      trialEnd: null,
      cancelAtPeriodEnd: false,
      cancelAt: null,
      endedAt: null,
      collectionPaused: false,
    };
    const mirror = (version: number) => store.post({ kind: 'mirror_subscription', account, version, view });
    const outcomes = await Promise.all([mirror(0), mirror(0)]);
    expect(outcomes.map(([one]) => one?.kind).sort()).toEqual(['mirrored', 'stale']);
    expect((await mirror(1))[0]).toMatchObject({ kind: 'mirrored', version: 2 });
    const [stored] = await query(
      store.url,
      `select status, version, price_ids, anchor from subscriptions where id = 'sub_1'`,
    );
    expect(stored).toMatchObject({ status: 'incomplete', version: 2, price_ids: ['price_of_none'] });
    const [refused] = await store.post({
      kind: 'mirror_subscription',
      account,
      version: 2,
      view: { ...view, status: 'active' },
    });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'unknown_plan' });
  });

  test('a closed account refuses what is not done, however its batch is decided', async () => {
    const account = await free('p-closed', 'fp_closed');
    await store.post({ kind: 'change_plan', account, plan: 'growth' });
    const [closed] = await store.post({ kind: 'close_account', account, reason: 'the owner asked' });
    expect(closed).toMatchObject({ kind: 'closed', lapsed: 500_000_000n });
    const fix = { kind: 'use', account, meter: 'fix' } as const;
    const outcomes = await store.post({ ...fix, key: 'a' }, { ...fix, key: 'b', mode: 'happened' });
    expect(outcomes).toMatchObject([{ kind: 'refused', reason: 'account_closed' }, { kind: 'used' }]);
    expect((await row(account)).balance).toBe('-1');
  });
});

describe('versions of a catalog', () => {
  const text = builtInText('receptionist');
  const dearer = text.replace('allotment: 100', 'allotment: 120');
  const fileOf = (body: string) => {
    const loaded = loadCatalog(body, 'receptionist');
    if (loaded.kind === 'invalid') throw new Error('the catalog is broken');
    return { catalog: loaded.catalog, text: body };
  };

  test('are kept with when another took their place, and found again at the next start', async () => {
    const [first, second] = [fileOf(text), fileOf(dearer)];
    expect(second.catalog.version).not.toBe(first.catalog.version);
    const start = await store.clock.now();
    await rememberCatalogs(store.prisma, [first], new Date(start));
    await rememberCatalogs(store.prisma, [second], new Date(later(start, DAY_MS)));
    const older = await olderCatalogs(store.prisma, [second], later(start, 2 * DAY_MS));
    expect(older).toMatchObject([{ version: first.catalog.version, replacedAt: later(start, DAY_MS) }]);
    const versions = makeCatalogs([second], older).versions('receptionist');
    expect(versions.get(first.catalog.version)?.catalog.plans[0]?.allotment).toBe(100_000_000n);
    expect(makeCatalogs([second], older).versions('rheos').size).toBe(0);
    // Nothing that is still accepted can have been quoted by it.
    expect(await olderCatalogs(store.prisma, [second], later(start, 60 * DAY_MS))).toEqual([]);
  });

  test('that come back are in force again', async () => {
    const [first, second] = [fileOf(text), fileOf(dearer)];
    const start = later(await store.clock.now(), 3 * DAY_MS);
    await rememberCatalogs(store.prisma, [first], new Date(start));
    const older = await olderCatalogs(store.prisma, [first], start);
    expect(older.map((one) => one.version)).toEqual([second.catalog.version]);
    expect(readCatalogs(['receptionist']).kind).toBe('loaded');
  });

  test('that this release cannot read any more price nothing, and stop nothing', () => {
    const replacedAt = instant(0);
    const broken = { catalog: 'receptionist', version: 'v0-old', text: 'format: 0', replacedAt };
    expect(makeCatalogs([fileOf(text)], [broken]).versions('receptionist').size).toBe(0);
  });
});
