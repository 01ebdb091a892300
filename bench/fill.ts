/**
 * Accounts and a ledger with a past, written straight into the tables as posting would have left them: every sum holds, and
 * what was posted has been counted. Set-based, because posting some millions of lines would take longer than all measurements.
 */
import type { Client } from 'pg';

export interface Filling {
  /** Ids are the prefix and a number from 1. */
  readonly prefix: string;
  readonly accounts: number;
  /** Ledger lines altogether: one grant each, the rest uses of one credit. */
  readonly rows: number;
}

/** What every account is given, in credits: no measurement uses it up. */
const CREDITS = 1_000_000;
const MICRO = 1_000_000n;
/** Uses fell into the last ten days. */
const PAST = `interval '10 days'`;

const INDEXES = ['ledger_entries_pkey', 'ledger_entries_key'] as const;
/** Below so many rows the indexes are kept up while inserting. */
const REBUILD_ABOVE = 200_000;

export async function fill(client: Client, { prefix, accounts, rows }: Filling): Promise<void> {
  const each = Math.max(1, Math.round(rows / accounts));
  await client.query(
    `insert into accounts (id, name, catalog, created_at)
     select $1 || n, 'account ' || n, 'receptionist', clock_timestamp() - ${PAST} from generate_series(1, $2::int) n`,
    [prefix, accounts],
  );
  const [mine] = [`(select no from accounts where left(id, ${prefix.length}) = ${client.escapeLiteral(prefix)}) a`];
  await client.query(
    `insert into account_settings (account_no, plan, zone, anchor, run, ordinal)
     select no, 'standard', 'UTC', clock_timestamp() - ${PAST}, 0, 0 from ${mine}`,
  );
  await client.query(
    `insert into grants (account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, begun)
     select no, gen_random_uuid(), 'promotion', 50, false, $1::bigint, $1::bigint - $2::bigint,
       clock_timestamp() - ${PAST}, clock_timestamp() - ${PAST}, true from ${mine}`,
    [BigInt(CREDITS) * MICRO, BigInt(each - 1) * MICRO],
  );
  await client.query(
    `insert into balances (account_no, lots, sequence, last_instant, settled_until)
     select no, $1::bigint, $2::bigint, clock_timestamp() - interval '1 minute', clock_timestamp() + interval '20 days' from ${mine}`,
    [BigInt(CREDITS) * MICRO - BigInt(each - 1) * MICRO, each],
  );
  await fillLines(client, mine, accounts, each);
  await client.query(
    `insert into usage_progress (account_no, days, through_sequence, first_used_at)
     select no, '{}', $1, clock_timestamp() - ${PAST} from ${mine}`,
    [each],
  );
}

/** Lines come in the order in which they were posted: an account's are spread over the table, as they are in life. */
async function fillLines(client: Client, mine: string, accounts: number, each: number): Promise<void> {
  const rebuild = accounts * each > REBUILD_ABOVE;
  const { rows: definitions } = await client.query<{ indexdef: string }>(
    `select indexdef from pg_indexes where schemaname = current_schema() and indexname = any($1)`,
    [INDEXES],
  );
  if (rebuild) await client.query(`alter table ledger_entries drop constraint ${INDEXES[0]}`);
  if (rebuild) await client.query(`drop index ${INDEXES[1]}`);
  await client.query(
    `insert into ledger_entries (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at, posted_at,
       content_hash, meter, quantity, properties, version)
     select g.account_no, s, gen_random_uuid(), 0, case when s = 1 then 'grant' else 'use' end, g.id,
       case when s = 1 then g.amount else -$2::bigint end, g.amount - (s - 1) * $2::bigint, t.at, t.at,
       md5(s::text)::uuid, case when s = 1 then null else 'answered_call' end, case when s = 1 then null else 1 end,
       case when s = 1 then null else '{"outcome":"full_conversation"}'::jsonb end, case when s = 1 then null else 'past' end
     from generate_series(1, $1::int) s cross join (select account_no, id, amount from grants where account_no in (select no from ${mine})) g
       cross join lateral (select clock_timestamp() - ${PAST} + s * ${PAST} / ($1::int + 1) as at) t`,
    [each, MICRO],
  );
  if (!rebuild) return;
  for (const { indexdef } of definitions) await client.query(indexdef);
  await client.query(`alter table ledger_entries add constraint ${INDEXES[0]} primary key using index ${INDEXES[0]}`);
}

/** Statistics, and nothing left to clean up while somebody is measured. */
export async function settleDown(client: Client): Promise<void> {
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}
