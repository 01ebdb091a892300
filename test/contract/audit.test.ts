import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAudit } from '../../src/adapters/postgres/audit.js';
import { SUMS } from '../../src/adapters/postgres/audit-sums.js';
import { credits } from '../../src/domain/credits.js';
import type { AccountId } from '../../src/domain/ids.js';
import { auditAll, makeAuditTick } from '../../src/flow/audit.js';
import type { Drift } from '../../src/ports.js';
import { query } from '../support/admin.js';
import { CARD, call, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
const auditOf = (limits = { accounts: 3, lines: 50 }) => makeAudit(store.prisma, store.pool, store.clock, limits);

beforeAll(async () => {
  store = await openTestStore();
  for (let n = 0; n < 7; n += 1) await lived(`fill-${n}`);
});
afterAll(() => store.close());

/** An account with a bit of everything: uses, a grant, a hold, a reversal, debt paid, an open charge. */
async function lived(id: string): Promise<AccountId> {
  const account = await store.account(id);
  const grant = { kind: 'grant', account, origin: 'promotion' } as const;
  await store.post(
    ...[call(account, 'a', 20), call(account, 'b', 30)],
    { ...grant, key: 'g', credits: credits(25) },
    { kind: 'hold', account, key: 'h', credits: credits(5) },
    { kind: 'reverse', account, key: 'r', of: 'a', credits: credits(7) },
    { kind: 'attach_card', account, card: CARD },
    { kind: 'configure_top_off', account, settings: TOP_OFF },
    ...[call(account, 'c', 60), call(account, 'd', 70)],
    { ...grant, key: 'i', credits: credits(90) },
  );
  return account;
}

const no = '(select no from accounts where id = $1)';
/** As a hand in the database would: past the walls that keep a worker from doing it. */
async function planted(account: string, sql: string): Promise<void> {
  const client = await store.pool.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query("select set_config('creditd.planted', $1, true)", [account]);
    await client.query(sql.replaceAll('$1', "current_setting('creditd.planted')"));
    await client.query('commit');
  } finally {
    client.release();
  }
}

const found = async (account: string): Promise<string[]> =>
  ((await auditOf().account(account)) ?? []).map(
    ({ sum }) => SUMS.find(({ sentence }) => sentence === sum)?.name ?? sum,
  );

const ONE_LINE = `account_no = ${no} and sequence = (select max(sequence) from ledger_entries where account_no = ${no})`;
const ANY_LOT = `(select id from grants where account_no = ${no} and kind = 'promotion' and remaining > 0 order by id limit 1)`;

/** What a hand, a lost write or a defect could leave behind, and which sums must say so. */
const PLANTED: readonly (readonly [what: string, sql: string, sums: readonly string[]])[] = [
  [
    'a line that lost a credit',
    `update ledger_entries set amount = amount - 1000000 where ${ONE_LINE}`,
    ['lot_lines', 'account_lines', 'balance_after'],
  ],
  [
    'a lot that holds more than its lines',
    `update grants set remaining = remaining + 1 where account_no = ${no} and id = ${ANY_LOT}`,
    ['lot_lines', 'account_lines', 'hot_row'],
  ],
  [
    'a line on a lot that is not there',
    `update ledger_entries set lot = '00000000-0000-7000-8000-00000000dead' where ${ONE_LINE}`,
    ['line_lot', 'lot_lines'],
  ],
  ['a line that is gone', `delete from ledger_entries where ${ONE_LINE}`, ['sequence', 'lot_lines', 'account_lines']],
  ['a gap in the middle', `update ledger_entries set sequence = sequence + 1000 where ${ONE_LINE}`, ['sequence']],
  [
    'a balance after that does not follow',
    `update ledger_entries set balance_after = balance_after + 5 where ${ONE_LINE}`,
    ['balance_after'],
  ],
  ['a balance that is not its lots', `update balances set lots = lots + 1 where account_no = ${no}`, ['hot_row']],
  ['a hold that nothing holds', `update balances set held = held + 1 where account_no = ${no}`, ['held']],
  [
    'debt beside credits',
    `update grants set remaining = -3 where account_no = ${no} and kind = 'debt'`,
    ['debt_last', 'lot_lines', 'hot_row'],
  ],
  [
    'a lot without a line',
    `insert into grants (account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, begun, closed)
     select no, '00000000-0000-7000-8000-00000000beef', 'promotion', 50, false, 5, 0, created_at, created_at, true, true from accounts where id = $1`,
    ['first_line'],
  ],
  [
    'a paid top-off without its credits',
    `update charges set state = 'succeeded' where account_no = ${no}`,
    ['charge_grant'],
  ],
  [
    'an overage charge that bills nothing',
    `insert into charges (account_no, id, kind, state, version, credits, amount_minor, currency, created_at)
     select no, '00000000-0000-7000-8000-0000000000e1', 'overage', 'succeeded', 1, 1000000, 100, 'usd', created_at from accounts where id = $1`,
    ['overage_bill'],
  ],
  [
    'a second allotment of one period',
    `insert into grants (account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, begun, closed, run, ordinal)
     select account_no, '00000000-0000-7000-8000-0000000000a2', kind, priority, paid, 0, 0, created_at, effective_at, true, true, run, ordinal
     from grants where account_no = ${no} and kind = 'allotment' limit 1`,
    ['one_allotment'],
  ],
  [
    'a reversal that says more than its lines',
    `update reversals set amount = amount + 1 where account_no = ${no}`,
    ['given_back'],
  ],
  [
    'an open charge that nobody will look at',
    `delete from outbox where account_no = ${no} and topic = 'charge'`,
    ['watched_over'],
  ],
];

describe('the audit', () => {
  it('finds nothing where nothing is wrong, in slices that miss no account', async () => {
    const report = await auditAll(auditOf());
    expect(report.drifts).toEqual([]);
    expect(report.accounts).toBe(await store.prisma.account.count());
    expect(await brokenSums(store.url)).toEqual([]);
  });

  it.each(PLANTED)('names the account, the sum and the lines of %s', async (what, sql, sums) => {
    const id = `drift ${what}`;
    await lived(id);
    if (what === 'a second allotment of one period')
      await query(store.url, 'drop index if exists grants_one_allotment');
    await planted(id, sql);
    expect(await found(id)).toEqual(expect.arrayContaining([...sums]));
    for (const drift of (await auditOf().account(id)) as Drift[]) {
      expect(drift.account).toBe(id);
      expect(drift.detail.length).toBeGreaterThan(0);
    }
  });

  it('plants at least one drift of every kind that it knows', () => {
    const planted = new Set(PLANTED.flatMap(([, , sums]) => sums));
    expect(SUMS.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });

  it('finds each of them on its way round, keeps it, says it to people, and freezes nothing', async () => {
    const said: unknown[] = [];
    const log = {
      ...store.log,
      error: (fields: unknown) => said.push(fields),
      info: () => undefined,
      warn: () => undefined,
    };
    const tick = makeAuditTick({ audit: auditOf({ accounts: 4, lines: 400 }), log });
    let complete = false;
    while (!complete) complete = (await tick()).complete;
    const standing = await auditOf().standing(1_000);
    expect(new Set(standing.map(({ account }) => account)).size).toBe(PLANTED.length);
    expect(said.length).toBeGreaterThanOrEqual(PLANTED.length);
    const account = `drift ${PLANTED[6]?.[0]}` as AccountId;
    const [outcome] = await store.post(call(account, 'after', 1));
    expect(outcome?.kind).toBe('used');
  });

  it('forgets a drift that is gone, and remembers since when one stands', async () => {
    const id = 'drift that is mended';
    await lived(id);
    await planted(id, `update balances set held = held + 1 where account_no = ${no}`);
    await auditOf().account(id);
    const since = async () => (await auditOf().standing(1_000)).find(({ account }) => account === id)?.foundAt;
    const first = await since();
    store.travel(60_000);
    await auditOf().account(id);
    expect(await since()).toBe(first);
    await planted(id, `update balances set held = held - 1 where account_no = ${no}`);
    expect(await found(id)).toEqual([]);
    expect(await since()).toBeUndefined();
  });

  it('locks nothing: while it looks, a debit of the same account goes through, and is not half seen', async () => {
    const account = await lived('busy');
    const audit = makeAudit(store.prisma, store.pool, store.clock);
    let going = true;
    const posting = (async () => {
      for (let n = 0; going; n += 1) await store.post(call(account, `busy-${n}`, 1));
    })();
    for (let turn = 0; turn < 15; turn += 1) expect(await audit.account('busy')).toEqual([]);
    going = false;
    await posting;
    expect(await audit.account('nobody')).toBeNull();
  });
});
