/** What leaves the database and what is erased from it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPORTED, exportAccount, NOT_EXPORTED } from '../../src/adapters/postgres/export.js';
import { makeRetention } from '../../src/adapters/postgres/retention.js';
import { credits } from '../../src/domain/credits.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { readKeptDays, USUAL_DAYS } from '../../src/domain/retention.js';
import { makeSweepOld } from '../../src/flow/sweep-old.js';
import { query } from '../support/admin.js';
import { CARD, call, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';

let store: TestStore;
let ids = 0;
const newId = (): string => {
  ids += 1;
  return `00000000-0000-7000-a000-${ids.toString(16).padStart(12, '0')}`;
};
beforeAll(async () => {
  store = await openTestStore(['receptionist', 'toolbench']);
});
afterAll(() => store?.close());

async function exported(id: string) {
  const lines: string[] = [];
  const count = await exportAccount(store.pool, id, (line) => lines.push(line));
  return {
    count,
    text: lines.join('\n'),
    rows: lines.map((line): { table: string; row: Record<string, unknown> } => JSON.parse(line)),
  };
}

describe('an export', () => {
  test('holds every row of the account, of every table that has any, and nobody else’s', async () => {
    const account = await store.account('x-whole');
    await store.account('x-other');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
      { kind: 'hold', account, key: 'h', credits: credits(1), by: 'operator:somebody' },
    );
    // More lines than one page.
    for (let turn = 0; turn < 7; turn += 1)
      await store.post(...Array.from({ length: 100 }, (_, n) => call(account, `k-${turn}-${n}`, 0)));
    await store.post(call(account, 'much', 70));
    const { count, rows, text } = await exported('x-whole');
    expect(count).toBe(rows.length);
    for (const table of EXPORTED.map((one) => one.table)) {
      const [{ n } = { n: 0 }] = await query<{ n: number }>(
        store.url,
        `select count(*)::int as n from ${table} t ${whose(table)}`,
        ['x-whole'],
      );
      expect([table, rows.filter((row) => row.table === table).length]).toEqual([table, n]);
    }
    const sequences = rows.filter(({ table }) => table === 'ledger_entries').map(({ row }) => row.sequence);
    expect(sequences).toEqual(sequences.map((_, place) => place + 1));
    expect(text).not.toContain('x-other');
  });

  test('knows every table that stands by an account’s number', async () => {
    const rows = await query<{ table_name: string }>(
      store.url,
      "select distinct table_name from information_schema.columns where table_schema = 'public' and column_name = 'account_no'",
    );
    const known = new Set<string>([...EXPORTED.map(({ table }) => table), ...NOT_EXPORTED]);
    expect(rows.map((row) => row.table_name).filter((table) => !known.has(table))).toEqual([]);
  });

  test('of nobody is nothing', async () => {
    expect((await exported('nobody')).count).toBeNull();
  });
});

const whose = (table: string): string => {
  const { by = 'account_no' } = EXPORTED.find((one) => one.table === table) ?? {};
  return by === 'account_id' ? 'where account_id = $1' : `where ${by} = (select no from accounts where id = $1)`;
};

describe('what is kept for a time only', () => {
  test('is swept when its time is over, and what still waits never is', async () => {
    const account = await store.account('k-old');
    await store.post({ ...call(account, 'bad', 1), meter: 'unheard' } as never);
    await query(
      store.url,
      `insert into notices (account_no, id, kind, facts, state, created_at, ended_at)
       select no, $2::uuid, 'balance_empty', '{}'::jsonb, 'sent', created_at, created_at from accounts where id = $1
       union all select no, $3::uuid, 'balance_empty', '{}'::jsonb, 'waiting', created_at, null from accounts where id = $1`,
      ['k-old', newId(), newId()],
    );
    await query(
      store.url,
      "update events set state = 'waiting' where sequence = 1 and account_no = (select no from accounts where id = 'k-old')",
    );
    await query(
      store.url,
      "insert into idempotent_answers (scope, key, request_hash, begun_at) values ('s', 'k', 'h', $1)",
      [new Date(await store.clock.now())],
    );
    const swept: string[] = [];
    const sweep = makeSweepOld(makeRetention(store.pool, store.clock), USUAL_DAYS, (table) => swept.push(table));
    expect(await sweep()).toBe(0);
    store.travel((USUAL_DAYS.notices + 1) * DAY_MS);
    expect(await sweep()).toBeGreaterThan(0);
    expect(new Set(swept)).toEqual(new Set(['refusals', 'events', 'notices', 'idempotent_answers']));
    const left = await query<{ state: string }>(
      store.url,
      'select state from notices union all select state from events',
    );
    expect(new Set(left.map(({ state }) => state))).toEqual(new Set(['waiting']));
    expect(await query(store.url, 'select 1 from refusals union all select 1 from idempotent_answers')).toEqual([]);
  });

  test('is as the setting says, and never less than the rest relies on', () => {
    expect(readKeptDays('')).toEqual({ days: USUAL_DAYS, problems: [] });
    expect(readKeptDays('notices=800, events=30')).toEqual({
      days: { ...USUAL_DAYS, notices: 800, events: 30 },
      problems: [],
    });
    expect(readKeptDays('refusals=7,lines=1,events=soon').problems).toEqual([
      'must keep refusals for at least 40 days',
      expect.stringContaining('knows no "lines"'),
      'must say whole days, such as events=90',
    ]);
  });
});
