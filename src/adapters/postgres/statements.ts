/** Every statement of the hot path, named, with what it guarantees. Each works on a whole batch, whatever its size. */
import type { Statement } from './pool.js';

/**
 * Locks the accounts of a batch in ascending number, so that two batches can wait for each other but never in a circle,
 * and reads the database's clock. What is decided on is read by later statements: the one that waits for a lock sees the
 * table as it was before it waited. (Lock, look for the key and write in one statement debits twice under contention.)
 */
export const LOCK: Statement = {
  name: 'ledger_lock',
  text: `select b.account_no, b.lots, b.debt, b.overage, b.held, b.sequence, b.last_instant, b.settled_until, b.look_below,
      b.watched
    from balances b where b.account_no = any($1::bigint[]) order by b.account_no for no key update`,
};

/** The same rows for whoever only reads, under a snapshot and without a lock. */
export const LOOK: Statement = { name: 'ledger_look', text: LOCK.text.replace(' for no key update', '') };

/** The database's time and the operator's switch, asked once the locks are held. */
export const READ_CLOCK: Statement = {
  name: 'ledger_clock',
  text: `select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms,
    (select charging from deployment where one = 1) as charging`,
};

export const LOAD_LOTS: Statement = {
  name: 'ledger_lots',
  text: `select account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, expires_at, begun, closed,
      charge_id, run, ordinal, reason
    from grants where account_no = any($1::bigint[]) and not closed`,
};

/** What stands under each key of the batch. The lateral with OFFSET 0 keeps the plan at one index probe a key. */
export const LOAD_KNOWN: Statement = {
  name: 'ledger_known',
  text: `select k.account_no, k.key_hash, e.line, e.content_hash, e.amount, e.balance_after
    from unnest($1::bigint[], $2::uuid[]) as k(account_no, key_hash)
    cross join lateral (
      select l.line, l.content_hash, l.amount, l.balance_after from ledger_entries l
      where l.account_no = k.account_no and l.key_hash = k.key_hash order by l.line offset 0) e`,
};

/** Reversals that wait for a use of the batch, and those that stand under one of its keys. */
export const LOAD_WAITING: Statement = {
  name: 'ledger_waiting',
  text: `select k.account_no, r.key_hash, r.use_key_hash, r.amount, r.reason
    from unnest($1::bigint[], $2::uuid[]) as k(account_no, key_hash)
    cross join lateral (
      select v.key_hash, v.use_key_hash, v.amount, v.reason from reversals v
      where v.account_no = k.account_no and (v.use_key_hash = k.key_hash or v.key_hash = k.key_hash)
        and v.applied_at is null offset 0) r`,
};

export const INSERT_LINES: Statement = {
  name: 'ledger_insert_lines',
  text: `insert into ledger_entries (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at,
      posted_at, content_hash, meter, quantity, properties, member, pool, version, ref, reason)
    select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::smallint[], $5::text[], $6::uuid[], $7::bigint[],
      $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::text[], $13::numeric[], $14::jsonb[],
      $15::text[], $16::text[], $17::text[], $18::uuid[], $19::text[])`,
};

export const UPDATE_BALANCES: Statement = {
  name: 'ledger_update_balances',
  text: `update balances b set lots = n.lots, debt = n.debt, overage = n.overage, held = n.held, sequence = n.sequence,
      last_instant = n.last_instant, settled_until = n.settled_until, look_below = n.look_below, watched = n.watched
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[],
      $8::timestamptz[], $9::bigint[], $10::boolean[]) as n(account_no, lots, debt, overage, held, sequence, last_instant, settled_until,
      look_below, watched)
    where b.account_no = n.account_no`,
};

export const UPDATE_LOTS: Statement = {
  name: 'ledger_update_lots',
  text: `update grants g set remaining = n.remaining, begun = n.begun, closed = n.closed
    from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::boolean[], $5::boolean[])
      as n(account_no, id, remaining, begun, closed)
    where g.account_no = n.account_no and g.id = n.id`,
};

export const INSERT_LOTS: Statement = {
  name: 'ledger_insert_lots',
  text: `insert into grants select * from jsonb_populate_recordset(null::grants, $1::jsonb)`,
};

/**
 * Asks for a step. A row that exists is asked once more and becomes due, so that whoever is at it now looks again when it
 * ends; a parked row stays parked until an operator sends it again.
 */
export const ASK: Statement = {
  name: 'outbox_ask',
  text: `insert into outbox (account_no, id, topic, subject, due_at, asks, starts, created_at)
    select n.account_no, n.id, n.topic, n.subject, n.due_at, 1, 0, n.created_at
    from unnest($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
      as n(account_no, id, topic, subject, due_at, created_at)
    order by n.account_no, n.topic, n.subject
    on conflict (account_no, topic, subject) do update set asks = outbox.asks + 1, due_at = excluded.due_at`,
};

/**
 * Ends a step that was asked for again meanwhile by making its row due at once, and any other by its own wish. Both only
 * under the hold that the step took: a process that was frozen past it must not end what another is at.
 */
export const END_DELETE: Statement = {
  name: 'outbox_end_delete',
  text: `delete from outbox where account_no = $1 and id = $2 and asks = $3 and held_until = $4::timestamptz`,
};
export const END_KEEP: Statement = {
  name: 'outbox_end_keep',
  text: `update outbox set due_at = case when asks = $3 and $4::timestamptz is not null then $4::timestamptz else $5::timestamptz end,
      held_until = null, starts = 0, note = $6
    where account_no = $1 and id = $2 and held_until = $7::timestamptz`,
};

/** A refusal is one row however often the same event comes; when it comes again it is open again. */
export const RECORD_REFUSALS: Statement = {
  name: 'refusals_record',
  text: `insert into refusals (id, account_id, key, identity, reason, message, mode, event, times, first_seen_at, last_seen_at)
    select n.id, n.account_id, n.key, n.identity, n.reason, n.message, n.mode, n.event, 1, n.seen, n.seen
    from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::timestamptz[])
      as n(id, account_id, key, identity, reason, message, mode, event, seen)
    order by n.account_id, n.identity
    on conflict (account_id, identity) do update set times = refusals.times + 1, last_seen_at = excluded.last_seen_at,
      reason = excluded.reason, message = excluded.message, settled_at = null`,
};
