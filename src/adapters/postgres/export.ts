/** An account's whole history as it stands in the database, row by row, all of one instant. Reads only. */
import type { Pool } from 'pg';

interface Exported {
  readonly table: string;
  /** Whose column is the account's; the number unless something else is said. */
  readonly by?: 'no' | 'account_id';
  readonly order: string;
}

/** In the order in which they are written: who it is, what stands, what happened, what was told. */
export const EXPORTED: readonly Exported[] = [
  { table: 'accounts', by: 'no', order: 'no' },
  { table: 'account_settings', order: 'account_no' },
  { table: 'balances', order: 'account_no' },
  { table: 'members', order: 'id' },
  { table: 'subscriptions', order: 'id' },
  { table: 'invoices', order: 'period_start, id' },
  { table: 'periods', order: 'run, ordinal' },
  { table: 'payment_methods', order: 'attached_at, id' },
  { table: 'trial_cards', order: 'began_at' },
  { table: 'grants', order: 'created_at, id' },
  { table: 'ledger_entries', order: 'sequence' },
  { table: 'holds', order: 'created_at, id' },
  { table: 'reversals', order: 'created_at, key_hash' },
  { table: 'charges', order: 'created_at, id' },
  { table: 'attempts', order: 'charge_id, ordinal' },
  { table: 'incidents', order: 'opened_at, id' },
  { table: 'dismissals', order: 'dismissed_at, incident_id, member' },
  { table: 'levels', order: 'limit_key, member' },
  { table: 'level_changes', order: 'changed_at, key_hash' },
  { table: 'counters', order: 'kind, name, subject, starts_at' },
  { table: 'pools', order: 'key' },
  { table: 'pool_members', order: 'pool, member' },
  { table: 'budgets', order: 'member' },
  { table: 'usage_totals', order: 'day, meter, member' },
  { table: 'usage_periods', order: 'run, ordinal, meter, member' },
  { table: 'notices', order: 'created_at, id' },
  { table: 'events', order: 'sequence' },
  { table: 'refusals', by: 'account_id', order: 'first_seen_at, id' },
  { table: 'audit_log', order: 'at, id' },
];

/** What stands by an account's number and is no part of its history: the machinery's own. */
export const NOT_EXPORTED = ['outbox', 'drifts', 'stripe_events', 'usage_hours', 'usage_progress'] as const;

const PAGE = 500;

/**
 * One line of JSON a row: `{"table":…,"row":{…}}`, columns by their names, credits in micro-credits and money in minor units.
 * Answers how many; null: there is no such account. However long it is, only a page of it is in memory.
 */
export async function exportAccount(pool: Pool, id: string, write: (line: string) => void): Promise<number | null> {
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query('begin isolation level repeatable read read only');
    // Whoever reads the lines may be slow.
    await client.query('set local idle_in_transaction_session_timeout = 0');
    await client.query('set local statement_timeout = 0');
    const { rows } = await client.query<{ no: bigint }>('select no from accounts where id = $1', [id]);
    const [account] = rows;
    let lines = 0;
    if (account !== undefined) {
      for (const { table, by, order } of EXPORTED) {
        const [column, value] = by === 'account_id' ? ['account_id', id] : [by ?? 'account_no', account.no];
        const select = `select to_jsonb(t)::text as row from ${table} t where t.${column} = $1 order by ${order}`;
        await client.query(`declare exported no scroll cursor for ${select}`, [value]);
        for (;;) {
          const page = await client.query<{ row: string }>(`fetch ${PAGE} from exported`);
          for (const { row } of page.rows) write(`{"table":"${table}","row":${row}}`);
          lines += page.rows.length;
          if (page.rows.length < PAGE) break;
        }
        await client.query('close exported');
      }
    }
    await client.query('commit');
    failed = false;
    return account === undefined ? null : lines;
  } finally {
    client.release(failed);
  }
}
