/** What an operator looks for is found by an index: tables of some thousand rows, and the plans that Postgres chooses for them. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trace } from '../../src/adapters/postgres/trace.js';
import { execute, query } from '../support/admin.js';
import { openTestStore, type TestStore } from '../support/store.js';

const LARGE = [
  'ledger_entries',
  'charges',
  'attempts',
  'grants',
  'holds',
  'notices',
  'invoices',
  'stripe_events',
  'reversals',
];
const CHARGE = '00000000-0000-4000-8000-000000000007';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const id = (kind: string, n: string) => `('${kind}0000000-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  for (let n = 0; n < 20; n += 1) await store.account(`trace-${n}`, { slug: `slug-${n}` });
  await execute(
    store.url,
    `set session_replication_role = replica;
     insert into ledger_entries (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at, posted_at, ref)
       select 1 + n % 20, 10 + n / 20, ${id('1', 'n')}, 0, 'use', ${id('4', 'n % 50')}, 0, 0, t, t, case when n % 900 = 0 then ${id('0', 'n')} end
       from (select n, timestamptz '2026-01-01' + n * interval '1 minute' as t from generate_series(1, 30000) n) s;
     update balances set sequence = 1509;
     insert into charges (account_no, id, kind, state, version, credits, amount_minor, currency, intent_id, created_at, processor_charge_id, receipt_number)
       select 1 + n % 20, ${id('0', 'n')}, 'pack', 'pending', 1, 1, 1, 'usd', 'pi_' || n, '2026-01-01', 'ch_' || n, 'r-' || n from generate_series(1, 5000) n;
     insert into attempts (account_no, charge_id, ordinal, params, fingerprint, first_sent_at, processor_charge_id)
       select account_no, id, 1, '{}', 'f', '2026-01-01', 'chf_' || intent_id from charges;
     insert into grants (account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, begun, closed, charge_id, run, ordinal)
       select 1 + n % 20, ${id('4', 'n')}, 'promotion', 50, false, 1, 0, '2026-01-01', '2026-01-01', true, true, ${id('0', 'n')}, null, null
       from generate_series(1, 5000) n;
     insert into notices (account_no, id, kind, facts, state, created_at)
       select 1 + n % 20, ${id('5', 'n')}, 'balance_empty', '{}', 'waiting', '2026-01-01' from generate_series(1, 5000) n;
     insert into invoices (account_no, id, status, period_start, amount_minor, run, ordinal)
       select 1 + n % 20, 'in_' || n, 'paid', '2026-01-01', 1, 0, 0 from generate_series(1, 5000) n;
     insert into stripe_events (id, step, type, livemode, source, created_at, received_at, object_id, charge, body, state, done_at, account_no)
       select 'evt_' || n, ${id('6', 'n')}, 'charge.refunded', false, 'poll', '2026-01-01', '2026-01-01', 're_' || n, ${id('0', 'n')}::text,
         jsonb_build_object('intent', 'pi_' || n, 'invoice', 'inv_' || n), 'done', '2026-01-01', 1 from generate_series(1, 5000) n;
     insert into holds (account_no, id, key_hash, content_hash, amount, open, state, created_at, expires_at)
       select 1 + n % 20, ${id('8', 'n')}, ${id('9', 'n')}, ${id('9', 'n')}, 1, 0, 'released', '2026-01-01', '2026-01-02' from generate_series(1, 5000) n;
     insert into reversals (account_no, key_hash, content_hash, use_key_hash, created_at)
       select 1 + n % 20, ${id('9', 'n')}, ${id('9', 'n')}, ${id('9', 'n')}, '2026-01-01' from generate_series(1, 5000) n;
     analyze`,
  );
});
afterAll(() => store?.close());

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Tables that the plan reads from one end to the other. */
const readWhole = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : []),
  ...(plan.Plans ?? []).flatMap(readWhole),
];

/** Everything that a trace asks, each with the plan that is chosen for exactly these values. */
async function plansOf(wish: Parameters<typeof trace>[1]) {
  const asked: { text: string; values: unknown[] }[] = [];
  const watched = {
    query(one: { text: string; values: unknown[] }) {
      asked.push(one);
      return store.pool.query(one);
    },
  };
  const found = await trace(watched as unknown as Pool, wish);
  const whole: string[] = [];
  for (const { text, values } of asked) {
    const [row] = await query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
      store.url,
      `explain (format json) ${text}`,
      values,
    );
    whole.push(...(row === undefined ? [] : readWhole(row['QUERY PLAN'][0].Plan)));
  }
  return { found, asked: asked.length, whole };
}

test.each([
  ['a charge', { text: CHARGE }, 'charge'],
  ['a payment intent', { text: 'pi_7' }, 'payment intent'],
  ['a payment', { text: 'ch_7' }, 'payment'],
  ['a failed payment', { text: 'chf_pi_7' }, 'failed payment'],
  ['a receipt', { text: 'r-7' }, 'receipt number'],
  ['a refund', { text: 're_7' }, 'event of the processor'],
  ['what an event names', { text: 'inv_7' }, 'event of the processor'],
  ['an event', { text: 'evt_7' }, 'event of the processor'],
  ['an invoice', { text: 'in_7' }, 'invoice'],
  ['a notice', { text: '50000000-0000-4000-8000-000000000007' }, 'notice'],
  ['a moment', { text: 'slug-7', between: { from: '2026-01-03T00:00:00Z', to: '2026-01-03T01:00:00Z' } }, 'time'],
])('%s is found without reading a whole table', async (_, wish, as) => {
  const { found, whole } = await plansOf(wish);
  expect(found.map((one) => one.as)).toEqual([as]);
  expect(whole.filter((table) => LARGE.includes(table))).toEqual([]);
});

test.each([{ text: 'nobody knows' }, { text: 'nobody knows', account: 'trace-3' }])(
  'a key that nobody knows is looked for account by account, in no table as a whole: $account',
  async (wish) => {
    const { found, asked, whole } = await plansOf(wish);
    expect(found).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(whole.filter((table) => LARGE.includes(table))).toEqual([]);
  },
);

test('a moment is found among thousands of lines by halving, and shows what happened then', async () => {
  const between = { from: '2026-01-10T00:00:00Z', to: '2026-01-10T02:00:00Z' };
  const { found, asked } = await plansOf({ text: 'trace-3', between });
  const times = found.flatMap(({ entries }) => entries.map((one) => new Date(Number(one.occurred_at)).toISOString()));
  expect(times).toHaveLength(6);
  expect(times.every((time) => time >= '2026-01-10T00:00' && time <= '2026-01-10T02:00:01')).toBe(true);
  expect(asked).toBeLessThan(20);
});
