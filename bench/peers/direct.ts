/** Rows written without a queue and without a rule: what Postgres itself takes of the same rows, and one function an event. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { EventSource } from '../events.js';

/** creditd's own number of batches in flight, and of rows in one. */
const CONNECTIONS = 4;
const BATCH = 1_000;
const FUNCTION_CONNECTIONS = 16;
const WARM_SHARE = 0.2;

/** A copy of the ledger with the rows it has now and all of its indexes, and a debit as a function. */
export const PREPARE_DIRECT = [
  'create table if not exists bench_lines (like ledger_entries including all)',
  'insert into bench_lines select * from ledger_entries on conflict do nothing',
  `create or replace function bench_debit(_account text, _key uuid, _amount bigint, _occurred timestamptz, _meter text, _properties jsonb)
   returns bigint language plpgsql as $$
   declare _no bigint; _balance balances; _lot uuid; _at timestamptz;
   begin
     select no into strict _no from accounts where id = _account;
     select * into strict _balance from balances where account_no = _no for no key update;
     if exists (select 1 from ledger_entries where account_no = _no and key_hash = _key) then return _balance.lots; end if;
     select id into strict _lot from grants where account_no = _no and not closed and remaining >= _amount limit 1;
     _at := clock_timestamp();
     insert into ledger_entries (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at, posted_at,
       content_hash, meter, quantity, properties, version)
     values (_no, _balance.sequence + 1, _key, 0, 'use', _lot, -_amount, _balance.lots - _amount, _occurred, _at, _key, _meter, 1,
       _properties, 'peer');
     update grants set remaining = remaining - _amount where account_no = _no and id = _lot;
     update balances set lots = lots - _amount, sequence = sequence + 1, last_instant = _at where account_no = _no;
     return _balance.lots - _amount;
   end $$`,
];

const INSERT = {
  name: 'bare_insert',
  text: `insert into bench_lines (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at, posted_at,
      content_hash, meter, quantity, properties, version)
    select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::smallint[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[],
      $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::text[], $13::numeric[], $14::jsonb[], $15::text[])`,
};

export interface Direct {
  /** Rows a second. */
  bare(seconds: number, accounts: number, atMiddle: () => Promise<unknown>): Promise<number>;
  /** Events a second. */
  perEvent(seconds: number, source: EventSource, atMiddle: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export function openDirect(databaseUrl: string): Direct {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: FUNCTION_CONNECTIONS });
  let sequence = 1_000_000_000;
  return {
    bare(seconds, accounts, atMiddle) {
      return inWindow(seconds, CONNECTIONS, atMiddle, async () => {
        await pool.query({ ...INSERT, values: batchOf(accounts, () => (sequence += 1)) });
        return BATCH;
      });
    },
    perEvent(seconds, source, atMiddle) {
      return inWindow(seconds, FUNCTION_CONNECTIONS, atMiddle, async () => {
        const event = source.next();
        await pool.query({
          name: 'debit',
          text: 'select bench_debit($1, $2, $3, $4, $5, $6)',
          values: [event.account, randomUUID(), 1_000_000, event.occurredAt, event.meter, event.properties],
        });
        return 1;
      });
    },
    close: () => pool.end(),
  };
}

/** The same columns with values of the same size as creditd writes them. */
function batchOf(accounts: number, nextSequence: () => number): unknown[][] {
  const at = new Date().toISOString();
  const rows = Array.from({ length: BATCH }, () => [
    ...[1 + Math.floor(Math.random() * accounts), nextSequence(), randomUUID(), 0, 'use', randomUUID(), -1_000_000],
    ...[
      999_999_000_000,
      at,
      at,
      randomUUID(),
      'answered_call',
      1,
      '{"outcome":"full_conversation"}',
      '0123456789abcdef',
    ],
  ]);
  return Array.from({ length: 15 }, (_, column) => rows.map((row) => row[column]));
}

/** So many at once, each doing one after the other; what is done before the window's first part has passed is not counted. */
async function inWindow(
  seconds: number,
  lanes: number,
  atMiddle: () => Promise<unknown>,
  one: () => Promise<number>,
): Promise<number> {
  const began = performance.now();
  const from = began + seconds * WARM_SHARE * 1_000;
  const until = began + seconds * 1_000;
  let done = 0;
  let middle: Promise<unknown> | null = null;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const count = await one();
      const now = performance.now();
      if (now >= from && now < until) done += count;
      if (now > (from + until) / 2) middle ??= atMiddle();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await middle;
  return done / (seconds * (1 - WARM_SHARE));
}
