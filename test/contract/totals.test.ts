import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTotals, type TotalsLimits } from '../../src/adapters/postgres/totals.js';
import type { Command } from '../../src/domain/commands.js';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { type AccountId, memberId } from '../../src/domain/ids.js';
import { DAY_MS, type Instant, isoOf, later } from '../../src/domain/instant.js';
import { makeTotalUsage } from '../../src/flow/total-usage.js';
import { execute, query } from '../support/admin.js';
import { call, openTestStore, type TestStore } from '../support/store.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Small slices, so that every test crosses their seams. */
const SMALL: TotalsLimits = { page: 3, accounts: 2, lines: 6 };
const totalsOf = (limits: TotalsLimits = SMALL) => makeTotals(store.prisma, store.pool, store.clock, limits);
const countAll = () => makeTotalUsage(totalsOf())();

const dayOf = (at: Instant): string => isoOf(at).slice(0, 10);
const used = (account: AccountId, key: string, size: number, more: object = {}): Command =>
  ({ ...call(account, key, size), ...more }) as Command;

/** "2026-03-01 answered_call 5 in 1": a row of what was counted. */
async function days(account: AccountId, wish: { member?: string; byMember?: boolean } = {}): Promise<string[]> {
  const rows = await totalsOf().byDay({
    account,
    from: '2020-01-01',
    to: '2040-01-01',
    ...(wish.member === undefined ? {} : { member: memberId(wish.member) }),
    ...(wish.byMember === undefined ? {} : { byMember: wish.byMember }),
  });
  return rows.map(
    (row) =>
      `${row.day} ${row.meter}${row.member === null ? '' : ` by ${row.member}`} ${formatCredits(row.credits)} for ${row.quantity} in ${row.events}`,
  );
}

/** What is wrong with the totals of every account, asked of the ledger itself. */
const wrongTotals = () =>
  query(
    store.url,
    `select a.id, l.credits, coalesce(t.credits, 0) as counted, l.events, coalesce(t.events, 0) as told from accounts a
     join (select account_no, -sum(amount) filter (where kind in ('use', 'give_back')) as credits,
         count(*) filter (where kind = 'use' and line = 0) as events from ledger_entries group by 1) l on l.account_no = a.no
     left join (select account_no, sum(credits) as credits, sum(events) as events from usage_totals group by 1) t
       on t.account_no = a.no
     where coalesce(l.credits, 0) <> coalesce(t.credits, 0) or coalesce(l.events, 0) <> coalesce(t.events, 0)`,
  );
/** Hours of long ago are forgotten: the account whose lines lie there is left out. */
const wrongHours = () =>
  query(
    store.url,
    `select t.account_no from (select t.account_no, sum(t.credits) as credits from usage_totals t
       join accounts a on a.no = t.account_no where a.id <> 't-dst' group by 1) t
     left join (select account_no, sum(burn) as burn from usage_hours group by 1) h using (account_no)
     where coalesce(t.credits, 0) <> coalesce(h.burn, 0)`,
  );

describe('usage counted from the ledger', () => {
  test('is by day, meter and member: quantities and events as they ran, credits as they were used', async () => {
    const account = await store.account('t-sums');
    const today = dayOf(await store.clock.now());
    await store.post(
      used(account, 'k1', 2, { member: memberId('ada') }),
      used(account, 'k2', 3, { member: memberId('ada') }),
      used(account, 'k3', 4),
    );
    await countAll();
    expect(await days(account)).toEqual([`${today} answered_call 9 for 9 in 3`]);
    expect(await days(account, { byMember: true })).toEqual([
      `${today} answered_call 4 for 4 in 1`,
      `${today} answered_call by ada 5 for 5 in 2`,
    ]);
    expect(await days(account, { member: 'ada' })).toEqual([`${today} answered_call by ada 5 for 5 in 2`]);
  });

  test('goes by when the work happened, and a reversal subtracts on the day of its use', async () => {
    const account = await store.account('t-late');
    const now = await store.clock.now();
    const before = later(now, -3 * DAY_MS);
    await store.post(used(account, 'late', 10, { occurredAt: before }), used(account, 'now', 5));
    await countAll();
    await store.post({ kind: 'reverse', account, key: 'r', of: 'late', credits: credits(4) });
    await countAll();
    expect(await days(account)).toEqual([
      `${dayOf(before)} answered_call 6 for 10 in 1`,
      `${dayOf(now)} answered_call 5 for 5 in 1`,
    ]);
  });

  test('a use of many lots is one event, and what is neither use nor reversal counts nothing', async () => {
    const account = await store.account('t-lots');
    await store.post(
      { kind: 'grant', account, key: 'g', origin: 'promotion', credits: credits(30) },
      used(account, 'k', 120),
      used(account, 'debt', 30),
      { kind: 'grant', account, key: 'pays', origin: 'promotion', credits: credits(50) },
    );
    await countAll();
    expect(await days(account)).toEqual([`${dayOf(await store.clock.now())} answered_call 150 for 150 in 2`]);
  });

  test('a day is the account’s own: the days on which clocks change have 23 and 25 hours', async () => {
    const account = await store.account('t-dst', { zone: 'Europe/Berlin' });
    const insert = (sequence: number, at: string) =>
      `insert into ledger_entries (account_no, sequence, key_hash, line, kind, amount, balance_after, occurred_at, posted_at, meter, quantity)
       select no, ${100 + sequence}, md5('dst${sequence}')::uuid, 0, 'use', -1000000, 0, '${at}', '${at}', 'call', 1 from accounts where id = 't-dst'`;
    // Lines as they would stand there: the spring day ends an hour sooner, the autumn day an hour later.
    const instants = [
      '2026-03-28T23:00:00Z', // 29 March, 00:00
      '2026-03-29T21:59:59.999Z', // 29 March, 23:59
      '2026-03-29T22:00:00Z', // 30 March, 00:00
      '2026-10-24T22:00:00Z', // 25 October, 00:00
      '2026-10-25T22:59:59.999Z', // 25 October, 23:59
      '2026-10-25T23:00:00Z', // 26 October, 00:00
    ];
    for (const [place, at] of instants.entries()) await execute(store.url, insert(place, at));
    await execute(
      store.url,
      `update balances set sequence = 105 where account_no = (select no from accounts where id = 't-dst')`,
    );
    await countAll();
    expect(await days(account)).toEqual([
      '2026-03-29 call 2 for 2 in 2',
      '2026-03-30 call 1 for 1 in 1',
      '2026-10-25 call 2 for 2 in 2',
      '2026-10-26 call 1 for 1 in 1',
    ]);
    expect(await wrongTotals()).toEqual([]);
  });

  test('is by period too, split at the instant at which the period began, and a reversal in a later period belongs to the use’s', async () => {
    const account = await store.account('t-period');
    await store.post(used(account, 'old', 10));
    store.travel(31 * DAY_MS);
    await store.post({ kind: 'settle', account }, used(account, 'new', 7), {
      kind: 'reverse',
      account,
      key: 'r-old',
      of: 'old',
      credits: credits(2),
    });
    await countAll();
    const now = await totalsOf().thisPeriod({ account });
    expect(now.map((row) => `${row.meter} ${formatCredits(row.credits)} in ${row.events}`)).toEqual([
      'answered_call 7 in 1',
    ]);
    const all = await query<{ credits: string }>(
      store.url,
      `select (credits / 1000000)::text as credits from usage_periods
       where account_no = (select no from accounts where id = 't-period') order by ordinal`,
    );
    expect(all.map((row) => row.credits)).toEqual(['8', '7']);
  });

  test('two that count at once, while events are posted, count every line once', async () => {
    const accounts = await Promise.all(Array.from({ length: 7 }, (_, place) => store.account(`t-two-${place}`)));
    const workers = [makeTotalUsage(totalsOf()), makeTotalUsage(totalsOf())];
    for (let round = 0; round < 8; round += 1) {
      const events = accounts.flatMap((account) => [
        used(account, `k${round}a`, 1),
        used(account, `k${round}b`, 2),
        ...(round % 3 === 2 ? [{ kind: 'reverse', account, key: `r${round}`, of: `k${round - 1}b` } as const] : []),
      ]);
      await Promise.all([store.post(...events), ...workers.map((work) => work())]);
    }
    await countAll();
    expect(await wrongTotals()).toEqual([]);
    expect(await wrongHours()).toEqual([]);
  });

  test('a process that dies within a slice has counted nothing of it, and the next counts it once', async () => {
    const account = await store.account('t-crash');
    await store.post(used(account, 'k', 5));
    // The last statement of a slice cannot be carried out: as a crash before the commit, all of it is undone.
    await execute(
      store.url,
      `create function stop_counting() returns trigger language plpgsql as $$ begin
         if new.through_sequence <> old.through_sequence then raise exception 'the power is gone'; end if; return new;
       end $$;
       create trigger stop_counting before update on usage_progress for each row execute function stop_counting()`,
    );
    await expect(countAll()).rejects.toThrow('the power is gone');
    expect(await days(account)).toEqual([]);
    await execute(store.url, `drop trigger stop_counting on usage_progress; drop function stop_counting()`);
    await countAll();
    await countAll();
    expect(await days(account)).toEqual([`${dayOf(await store.clock.now())} answered_call 5 for 5 in 1`]);
    expect(await wrongTotals()).toEqual([]);
  });

  test('a debit does not wait for a slice that is under way', async () => {
    const account = await store.account('t-wait');
    await store.post(used(account, 'k', 1));
    await countAll();
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      await client.query('update usage_progress set through_sequence = through_sequence');
      const outcomes = await store.post(used(account, 'k2', 1));
      expect(outcomes).toMatchObject([{ kind: 'used' }]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('counting anew from the first line comes to the same', async () => {
    const sums = () => query(store.url, `select * from usage_totals order by account_no, day, meter, member`);
    await countAll();
    const before = await sums();
    await execute(
      store.url,
      `delete from usage_totals; delete from usage_periods; delete from usage_hours; delete from usage_progress`,
    );
    await countAll();
    expect(await sums()).toEqual(before);
    expect(await wrongHours()).toEqual([]);
  });

  test('an account with more lines than a slice takes is counted to its end within one tick', async () => {
    const account = await store.account('t-many');
    await store.post(...Array.from({ length: 40 }, (_, place) => used(account, `k${place}`, 1)));
    await countAll();
    expect(await days(account)).toEqual([`${dayOf(await store.clock.now())} answered_call 40 for 40 in 40`]);
  });
});
