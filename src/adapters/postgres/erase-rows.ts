/** Rows that name a person, batch by batch: read, rewritten here, and written back where they stood. */
import type { PoolClient } from 'pg';
import type { Eraser } from './erase-words.js';
import type { Row } from './rows.js';

export interface Named {
  readonly table: string;
  /** $1 is the account's number. */
  readonly whose: string;
  readonly texts: readonly string[];
  readonly jsons: readonly string[];
  /** The log's rows are final: what named the person is written anew, under the same id and at the same instant. */
  readonly isFinal?: true;
}

const OF_ACCOUNT = 'account_no = $1::bigint';

/** Everything beside the ledger and the counts that may name somebody. */
export const NAMED: readonly Named[] = [
  { table: 'notices', whose: OF_ACCOUNT, texts: ['result'], jsons: ['facts'] },
  { table: 'events', whose: OF_ACCOUNT, texts: ['result'], jsons: ['body'] },
  { table: 'outbox', whose: OF_ACCOUNT, texts: ['note'], jsons: [] },
  {
    ...{ table: 'refusals', whose: 'account_id = (select id from accounts where no = $1::bigint)' },
    ...{ texts: ['message', 'key'], jsons: ['event'] },
  },
  { table: 'reversals', whose: OF_ACCOUNT, texts: ['reason'], jsons: [] },
  { table: 'grants', whose: OF_ACCOUNT, texts: ['reason'], jsons: [] },
  { table: 'pools', whose: OF_ACCOUNT, texts: ['label'], jsons: [] },
  { table: 'holds', whose: OF_ACCOUNT, texts: [], jsons: ['properties'] },
  { table: 'counters', whose: OF_ACCOUNT, texts: ['subject'], jsons: [] },
  { table: 'drifts', whose: OF_ACCOUNT, texts: [], jsons: ['detail'] },
  // An attempt that is not answered has to be sent again as it was.
  { table: 'attempts', whose: `${OF_ACCOUNT} and answered_at is not null`, texts: [], jsons: ['params'] },
  // Whose they are stands in none of them.
  { table: 'idempotent_answers', whose: '$1::bigint is not null', texts: [], jsons: ['body'] },
  { table: 'audit_log', whose: OF_ACCOUNT, texts: ['who'], jsons: ['before', 'after'], isFinal: true },
];

const BATCH = 500;

/** Where to go on, and how many of the rows read were rewritten; null: the table has been read to its end. */
export interface Cleared {
  readonly changed: number;
  readonly next: string | null;
}

export async function clearRows(
  client: PoolClient,
  { table, whose, texts, jsons, isFinal }: Named,
  no: bigint,
  eraser: Eraser,
  after: string,
): Promise<Cleared> {
  const columns = [...texts, ...jsons];
  const holds = columns.map((column) => `lower(${column}::text) like any ($3::text[])`).join(' or ');
  const { rows } = await client.query<Row>(
    `select ctid::text as at, ${columns.join(', ')} from ${table} where ${whose} and ctid > $2::tid and (${holds})
     order by ctid limit ${BATCH} for update`,
    [no, after, eraser.needles.map(containing)],
  );
  let changed = 0;
  for (const row of rows) {
    const now: Row = {};
    for (const column of texts) now[column] = row[column] === null ? null : eraser.text(row[column]);
    for (const column of jsons) now[column] = eraser.json(row[column]);
    if (columns.every((column) => JSON.stringify(now[column]) === JSON.stringify(row[column]))) continue;
    const values = columns.map((column) => (jsons.includes(column) ? jsonOf(now[column]) : now[column]));
    await client.query(isFinal ? anew(table, columns, jsons) : written(table, columns, jsons), [row.at, ...values]);
    changed += 1;
  }
  const last = rows.at(-1);
  return { changed, next: rows.length < BATCH || last === undefined ? null : last.at };
}

const containing = (needle: string): string => `%${needle.replace(/[\\%_]/g, '\\$&')}%`;
const jsonOf = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const placeOf = (column: string, index: number, jsons: readonly string[]): string =>
  `$${index + 2}::${jsons.includes(column) ? 'jsonb' : 'text'}`;

const written = (table: string, columns: readonly string[], jsons: readonly string[]): string =>
  `update ${table} set ${columns.map((column, index) => `${column} = ${placeOf(column, index, jsons)}`).join(', ')} where ctid = $1::tid`;

const anew = (table: string, columns: readonly string[], jsons: readonly string[]): string =>
  `with gone as (delete from ${table} where ctid = $1::tid returning *)
   insert into ${table} select r.* from gone g cross join lateral jsonb_populate_record(null::${table}, to_jsonb(g)
     || jsonb_build_object(${columns.map((column, index) => `'${column}', ${placeOf(column, index, jsons)}`).join(', ')})) r`;

/** Lines of the ledger in their order: who used it, what it was asked with and why; never what it came to. */
export async function clearLines(
  client: PoolClient,
  no: bigint,
  names: { readonly member: string; readonly as: string },
  eraser: Eraser,
  after: bigint,
): Promise<{ readonly changed: number; readonly next: bigint | null }> {
  const { rows } = await client.query<Row>(
    `select sequence, member, properties, reason from ledger_entries where account_no = $1::bigint and sequence > $2::bigint
       and (member = $3 or lower(properties::text) like any ($4::text[]) or lower(reason) like any ($4::text[]))
     order by sequence limit ${BATCH}`,
    [no, after, names.member, eraser.needles.map(containing)],
  );
  const changes = rows.flatMap((row) => {
    const now = {
      sequence: `${row.sequence}`,
      member: row.member === names.member ? names.as : row.member,
      properties: eraser.json(row.properties),
      reason: row.reason === null ? null : eraser.text(row.reason),
    };
    const isSame =
      JSON.stringify([now.member, now.properties, now.reason]) ===
      JSON.stringify([row.member, row.properties, row.reason]);
    return isSame ? [] : [now];
  });
  if (changes.length > 0) {
    await client.query("select set_config('creditd.erasing', 'on', true)");
    await client.query(
      `update ledger_entries e set member = n.member, properties = n.properties, reason = n.reason
       from jsonb_to_recordset($2::jsonb) as n(sequence bigint, member text, properties jsonb, reason text)
       where e.account_no = $1::bigint and e.sequence = n.sequence`,
      [no, JSON.stringify(changes)],
    );
    await client.query("select set_config('creditd.erasing', '', true)");
  }
  const last = rows.at(-1);
  return { changed: changes.length, next: rows.length < BATCH || last === undefined ? null : last.sequence };
}
