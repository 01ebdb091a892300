/** Thousands of accounts that fall due at the same minute, on a real database: shared, bounded, once each, and in nobody's way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountId } from '../../src/domain/ids.js';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { makeBatcher } from '../../src/flow/batcher.js';
import { makeRenewDue, RENEW_BATCH_MAX } from '../../src/flow/renew-due.js';
import { query } from '../support/admin.js';
import { insertAccounts } from '../support/many-accounts.js';
import { openTestStore, type TestStore } from '../support/store.js';

const ACCOUNTS = 3_000;

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(['receptionist']);
});
afterAll(() => store.close());

/** One worker's part: a batcher of its own, and what it posted. */
function worker(elapsedMs?: () => number) {
  const seen = { batches: 0, asked: [] as AccountId[], largest: 0 };
  const batcher = makeBatcher(store.ledger, {
    ...{ lanes: 1, batchMax: 1_000, waitMs: 1 },
    onBatch: () => {
      seen.batches += 1;
    },
  });
  const accounts = {
    async due(limit: number, except?: readonly AccountId[]) {
      const due = await store.accounts.due(limit, except);
      seen.asked.push(...due);
      seen.largest = Math.max(seen.largest, due.length);
      return due;
    },
  };
  const renew = makeRenewDue(accounts, batcher, elapsedMs === undefined ? {} : { elapsedMs });
  return { seen, batcher, renew };
}

const stillDue = async (): Promise<number> =>
  (await query<{ n: number }>(store.url, 'select count(*)::int as n from balances where settled_until <= now()'))[0]
    ?.n ?? -1;

describe('accounts that fall due at one minute', () => {
  test('are shared by the workers, each gets one allotment, and debits are answered meanwhile', {
    timeout: 120_000,
  }, async () => {
    await insertAccounts(store.prisma, { prefix: 'due', count: ACCOUNTS, anchor: Date.now() - DAY_MS });
    const [first, second] = [worker(), worker()];
    let isRunning = true;
    const renewals = Promise.all([first.renew(), second.renew()]).finally(() => {
      isRunning = false;
    });
    let answeredMeanwhile = 0;
    for (let n = 0; isRunning; n += 1) {
      const before = first.seen.batches;
      const account = accountId(`due-${(n * 97) % ACCOUNTS}`);
      const use = { kind: 'use', account, key: `use-${n}`, meter: 'answered_call' } as const;
      const answer = await first.batcher.post([{ ...use, properties: { outcome: 'full_conversation' } }]);
      expect(answer).toMatchObject({ kind: 'posted', outcomes: [{ kind: 'used' }] });
      // The batch that was at the database when it came, and its own.
      expect(first.seen.batches - before).toBeLessThanOrEqual(2);
      if (isRunning) answeredMeanwhile += 1;
    }
    const settled = await renewals;
    expect(answeredMeanwhile).toBeGreaterThan(0);
    expect(Math.min(...settled)).toBeGreaterThan(0);
    expect(Math.max(first.seen.largest, second.seen.largest)).toBe(RENEW_BATCH_MAX);
    expect(await stillDue()).toBe(0);
    const allotments = await query<{ accounts: number; grants: number; credits: string }>(
      store.url,
      `select count(distinct g.account_no)::int as accounts, count(*)::int as grants, sum(g.amount)::text as credits
         from grants g join accounts a on a.no = g.account_no where a.id like 'due-%' and g.kind = 'allotment'`,
    );
    expect(allotments).toEqual([{ accounts: ACCOUNTS, grants: ACCOUNTS, credits: String(ACCOUNTS * 100_000_000) }]);
  });

  test('are not held up by those that cannot be settled, and these are left alone for longer each time', {
    timeout: 120_000,
  }, async () => {
    const broken = RENEW_BATCH_MAX + 50;
    const [long, lately] = [Date.now() - 9 * DAY_MS, Date.now() - DAY_MS];
    await insertAccounts(store.prisma, { prefix: 'broken', count: broken, anchor: long, zone: 'Nowhere/At all' });
    await insertAccounts(store.prisma, { prefix: 'sound', count: 300, anchor: lately });
    let elapsed = 0;
    const { renew, seen } = worker(() => elapsed);
    const askedOf = (prefix: string): number => seen.asked.filter((id) => id.startsWith(prefix)).length;
    expect(await renew()).toBe(300);
    expect(askedOf('sound')).toBe(300);
    expect(askedOf('broken')).toBe(broken);
    expect(await stillDue()).toBe(broken);
    expect(await renew()).toBe(0);
    expect(askedOf('broken')).toBe(broken);
    elapsed += MINUTE_MS;
    await renew();
    expect(askedOf('broken')).toBe(2 * broken);
    elapsed += MINUTE_MS;
    await renew();
    expect(askedOf('broken')).toBe(2 * broken);
    elapsed += MINUTE_MS;
    await renew();
    expect(askedOf('broken')).toBe(3 * broken);
  });
});
