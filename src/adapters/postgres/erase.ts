/**
 * Erases what leads to a person. Lines of the ledger name members by the product's own id, which is opaque: once the product
 * has forgotten whose it was, it leads nowhere, and the ledger stays whole. Everything here that does lead somewhere goes.
 */
import type { Pool } from 'pg';
import { isoOf } from '../../domain/instant.js';
import type { Clock } from '../../ports.js';
import { inTransaction } from './outbox.js';

export interface Erased {
  /** The address that was erased; null: none was known. */
  readonly hadAddress: boolean;
  /** Rows that named it, by table. */
  readonly cleared: Readonly<Record<string, number>>;
}

const GONE = 'erased';

/** $1: the account; $2: a pattern of the address; $3: what stands in its place. */
const CLEARING: Readonly<Record<string, string>> = {
  accounts: `update accounts set billing_email = null where no = $1::bigint and billing_email ~* ('^\\s*' || $2::text || '\\s*$') and $3::text <> ''`,
  notices: `update notices set result = regexp_replace(result, $2::text, $3::text, 'gi'),
      facts = regexp_replace(facts::text, $2::text, $3::text, 'gi')::jsonb
    where account_no = $1::bigint and (result ~* $2::text or facts::text ~* $2::text)`,
  events: `update events set body = regexp_replace(body::text, $2::text, $3::text, 'gi')::jsonb
    where account_no = $1::bigint and body::text ~* $2::text`,
  outbox: `update outbox set note = regexp_replace(note, $2::text, $3::text, 'gi') where account_no = $1::bigint and note ~* $2::text`,
  refusals: `update refusals set event = regexp_replace(event::text, $2::text, $3::text, 'gi')::jsonb,
      message = regexp_replace(message, $2::text, $3::text, 'gi')
    where account_id = (select id from accounts where no = $1::bigint) and (event::text ~* $2::text or message ~* $2::text)`,
  // Whose they are stands in none of them: the address alone finds them.
  idempotent_answers: `update idempotent_answers set body = regexp_replace(body::text, $2::text, $3::text, 'gi')::jsonb
    where body::text ~* $2::text and $1::bigint is not null`,
  // The log's rows are final: what named the address is written anew without it, under the same id and at the same instant.
  audit_log: `with named as (
      delete from audit_log where account_no = $1::bigint and (before::text ~* $2::text or after::text ~* $2::text) returning *)
    insert into audit_log (id, at, who, action, account_no, before, after)
    select id, at, who, action, account_no, regexp_replace(before::text, $2::text, $3::text, 'gi')::jsonb,
      regexp_replace(after::text, $2::text, $3::text, 'gi')::jsonb from named`,
};

/** In one transaction, with its line in the audit log. Null: there is no such account or member. */
export function eraseMember(
  pool: Pool,
  clock: Clock,
  newId: () => string,
  wish: { readonly account: string; readonly member: string; readonly by: string; readonly reason: string },
): Promise<Erased | null> {
  return inTransaction(pool, clock, async (client, at) => {
    const found = await client.query<{ no: bigint; email: string | null }>(
      'select a.no, m.email from accounts a join members m on m.account_no = a.no where a.id = $1 and m.id = $2 for update of m',
      [wish.account, wish.member],
    );
    const [row] = found.rows;
    if (row === undefined) return null;
    const values = [row.no, wish.member];
    await client.query('delete from members where account_no = $1 and id = $2', values);
    const dismissals = await client.query('delete from dismissals where account_no = $1 and member = $2', values);
    const cleared: Record<string, number> = { members: 1, dismissals: dismissals.rowCount ?? 0 };
    if (row.email !== null) {
      for (const [table, statement] of Object.entries(CLEARING)) {
        const done = await client.query(statement, [row.no, patternOf(row.email), GONE]);
        cleared[table] = done.rowCount ?? 0;
      }
    }
    await client.query(
      'insert into audit_log (id, at, who, action, account_no, after) values ($1, $2, $3, $4, $5, $6)',
      [
        newId(),
        isoOf(at),
        wish.by,
        'erase_member',
        row.no,
        JSON.stringify({ member: wish.member, reason: wish.reason }),
      ],
    );
    return { hadAddress: row.email !== null, cleared };
  });
}

/**
 * The address itself in whatever case, and no other that ends or begins with it. In the text of a JSON value what stands before it
 * may be the letter of an escaped line break.
 */
function patternOf(email: string): string {
  const address = email.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `(?:(?<![[:alnum:]._%+-])|(?<=\\\\[bfnrt]))${address}(?![[:alnum:]-]|\\.[[:alnum:]])`;
}
