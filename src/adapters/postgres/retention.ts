/** Deletes what has been kept for long enough, by index and a bounded number at once, so that no debit waits for it. */
import type { Pool } from 'pg';
import { isoOf, later } from '../../domain/instant.js';
import type { Clock, KeptTable, Retention } from '../../ports.js';
import type { Statement } from './pool.js';

const BATCH = 1_000;

/** $1: what ended before; $2: how many at most. What still waits for its step is never old enough. */
const SWEEPS: Readonly<Record<KeptTable, Statement>> = {
  refusals: {
    name: 'sweep_refusals',
    text: `delete from refusals where id in (
      select id from refusals where last_seen_at < $1::timestamptz order by last_seen_at limit $2)`,
  },
  events: {
    name: 'sweep_events',
    text: `delete from events e using (
        select account_no, sequence from events where created_at < $1::timestamptz and state <> 'waiting'
          order by created_at limit $2) o
      where e.account_no = o.account_no and e.sequence = o.sequence and e.state <> 'waiting'`,
  },
  notices: {
    name: 'sweep_notices',
    text: `delete from notices n using (
        select account_no, id from notices where ended_at < $1::timestamptz and state <> 'waiting' order by ended_at limit $2) o
      where n.account_no = o.account_no and n.id = o.id and n.state <> 'waiting'`,
  },
  stripe_events: {
    name: 'sweep_stripe_events',
    text: `delete from stripe_events where id in (
      select id from stripe_events where done_at is not null and done_at < $1::timestamptz order by done_at limit $2)`,
  },
  idempotent_answers: {
    name: 'sweep_answers',
    text: `delete from idempotent_answers a using (
        select scope, key from idempotent_answers where begun_at < $1::timestamptz order by begun_at limit $2) o
      where a.scope = o.scope and a.key = o.key and a.begun_at < $1::timestamptz`,
  },
};

export const makeRetention = (pool: Pool, clock: Clock): Retention => ({
  async sweep(table, keptMs) {
    const before = isoOf(later(await clock.now(), -keptMs));
    const { rowCount } = await pool.query({ ...SWEEPS[table], values: [before, BATCH] });
    return rowCount ?? 0;
  },
});
