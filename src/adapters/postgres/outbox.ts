/** The one way out of the database: leases for the relay, holds for the steps, an end for each. */
import type { Pool } from 'pg';
import { accountId, accountNo, outboxId } from '../../domain/ids.js';
import { type Instant, isoOf, later } from '../../domain/instant.js';
import type { Limits } from '../../domain/limits.js';
import type { Clock, Ending, Outbox, OutboxRef, StartedStep, Topic } from '../../ports.js';
import { endStep } from './ledger.js';
import type { Statement } from './pool.js';
import type { Row } from './rows.js';

/**
 * Takes due rows by moving their due time out by the lease. Two relays that choose the same row wait for each other, and
 * the second finds it no longer due: no lock outlives the statement, and no SKIP LOCKED is needed.
 */
const TAKE: Statement = {
  name: 'outbox_take',
  text: `with picked as materialized (
      select account_no, id from outbox where topic = $1 and due_at <= $2 and parked_at is null order by due_at limit $4),
    ordered as materialized (select account_no, id from picked order by account_no, id)
    update outbox o set due_at = $3 from ordered p
    where o.account_no = p.account_no and o.id = p.id and o.due_at <= $2 returning o.account_no, o.id`,
};

/** Counts the start; a row that has had too many is parked instead, out of the relay's sight until an operator sends it. */
const START: Statement = {
  name: 'outbox_start',
  text: `update outbox o set starts = o.starts + 1,
      held_until = case when o.starts < $5 then $4::timestamptz end,
      parked_at = case when o.starts < $5 then null else $3::timestamptz end
    from accounts a
    where o.account_no = $1 and o.id = $2 and a.no = o.account_no and o.parked_at is null
      and (o.held_until is null or o.held_until <= $3)
    returning o.topic, o.subject, o.asks, o.parked_at, a.id as account`,
};

const FAILED: Statement = {
  name: 'outbox_failed',
  text: `update outbox set note = $3, held_until = null, due_at = $4
    where account_no = $1 and id = $2 and held_until = $5::timestamptz`,
};

const PUT_BACK: Statement = {
  name: 'outbox_put_back',
  text: `update outbox o set due_at = $3 from unnest($1::bigint[], $2::uuid[]) as n(account_no, id)
    where o.account_no = n.account_no and o.id = n.id and o.held_until is null`,
};

const UNPARK: Statement = {
  name: 'outbox_unpark',
  text: `update outbox set parked_at = null, starts = 0, held_until = null, due_at = $2
    where parked_at is not null and ($1::text is null or topic = $1)`,
};

/** How soon a step that threw is tried again: longer each time would hide it, and parking bounds it. */
const AGAIN_AFTER_THROW_MS = 5_000;
const NOTE_LENGTH_MAX = 500;

export interface OutboxDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Told of each row that is parked: an alarm, because a person has to look. */
  readonly onParked: (step: OutboxRef & { readonly topic: string }) => void;
}

export function makePostgresOutbox({ pool, clock, limits, onParked }: OutboxDeps): Outbox {
  return {
    async takeDue(topic: Topic, limit: number) {
      const now = await clock.now();
      const values = [topic, isoOf(now), isoOf(later(now, limits.leaseMs)), limit];
      const { rows } = await pool.query<Row>({ ...TAKE, values });
      return rows.map((row: Row) => ({ accountNo: accountNo(row.account_no), id: outboxId(row.id) }));
    },
    async putBack(refs) {
      const values = [refs.map((ref) => ref.accountNo), refs.map((ref) => ref.id), isoOf(await clock.now())];
      await pool.query({ ...PUT_BACK, values });
    },
    async start(ref: OutboxRef): Promise<StartedStep | null> {
      const at = await clock.now();
      const heldUntil = later(at, limits.stepMs);
      const values = [ref.accountNo, ref.id, isoOf(at), isoOf(heldUntil), limits.startsMax];
      const { rows } = await pool.query<Row>({ ...START, values });
      const row = rows[0];
      if (row === undefined) return null;
      if (row.parked_at !== null) {
        onParked({ ...ref, topic: row.topic });
        return null;
      }
      const { topic, subject, asks } = row;
      return { ...ref, topic, account: accountId(row.account), subject, asks, at, heldUntil };
    },
    async end(ending: Ending) {
      await inTransaction(pool, clock, (client, at) => endStep(client, ending, at));
    },
    async failed({ accountNo: no, id, heldUntil }, error: string) {
      const again = later(await clock.now(), AGAIN_AFTER_THROW_MS);
      const values = [no, id, error.slice(0, NOTE_LENGTH_MAX), isoOf(again), isoOf(heldUntil)];
      await pool.query({ ...FAILED, values });
    },
    async unpark(topic) {
      const at = isoOf(await clock.now());
      const { rowCount } = await pool.query({ ...UNPARK, values: [topic, at] });
      return rowCount ?? 0;
    },
  };
}

/** A short transaction of its own; the instant is read before it begins. */
export async function inTransaction<Result>(
  pool: Pool,
  clock: Clock,
  work: (client: import('pg').PoolClient, at: Instant) => Promise<Result>,
): Promise<Result> {
  const at = await clock.now();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client, at);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    const rolledBack = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!rolledBack);
    throw error;
  }
}
