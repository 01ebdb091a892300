/**
 * Erases a person: their id, their address and their name give way to "erased-1" everywhere, in lines of the ledger too, which
 * keep what was used, when, of which lot and with which balance. What is long is rewritten beforehand, batch by batch; what
 * bears on decisions follows in one short transaction under the account's lock. A process that dies in between is asked again
 * and goes on under the same number.
 */
import type { Pool, PoolClient } from 'pg';
import { type Instant, isoOf } from '../../domain/instant.js';
import { memberSubject } from '../../domain/windows.js';
import type { Clock } from '../../ports.js';
import { clearLines, clearRows, NAMED } from './erase-rows.js';
import { type ErasedNames, type Eraser, makeEraser } from './erase-words.js';
import { inTransaction } from './outbox.js';

export interface Erased {
  /** What stands in the person's place from now on. */
  readonly as: string;
  /** The address that was erased; false: none was known. */
  readonly hadAddress: boolean;
  /** Rows that named them, by table. */
  readonly cleared: Readonly<Record<string, number>>;
}

export interface ErasureWish {
  readonly account: string;
  readonly member: string;
  readonly by: string;
  readonly reason: string;
  /** Names that the person goes by, where the product may have written them. */
  readonly names?: readonly string[];
}

const FIRST_ROW = '(0,0)';

/** Null: there is no such account, or nothing of it has ever named such a member. */
export async function eraseMember(
  pool: Pool,
  clock: Clock,
  newId: () => string,
  wish: ErasureWish,
): Promise<Erased | null> {
  const begun = await inTransaction(pool, clock, (client, at) => begin(client, wish, at));
  if (begun === null) return null;
  const { no, email, as } = begun;
  const names = { member: wish.member, texts: [...(email === null ? [] : [email]), ...(wish.names ?? [])], as };
  const eraser = makeEraser(names);
  const cleared: Record<string, number> = {};
  const count = (table: string, rows: number): void => {
    cleared[table] = (cleared[table] ?? 0) + rows;
  };
  const alone = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => inTransaction(pool, clock, work);
  const through = await clearAll(alone, no, names, eraser, 0n, count);
  await inTransaction(pool, clock, async (client, at) => {
    await client.query('select 1 from balances where account_no = $1 for no key update', [no]);
    // What came while the batches ran.
    await clearAll((work) => work(client), no, names, eraser, through, count);
    await clearCounts(client, no, wish.member, as, count);
    await endProfile(client, no, { wish, email, eraser, at }, count);
    await client.query(
      'insert into audit_log (id, at, who, action, account_no, after) values ($1, $2, $3, $4, $5, $6)',
      [
        newId(),
        isoOf(at),
        wish.by,
        'erase_member',
        no,
        JSON.stringify({ member: as, reason: eraser.text(wish.reason) }),
      ],
    );
  });
  return { as, hadAddress: email !== null, cleared };
}

type Count = (table: string, rows: number) => void;

/** The number is kept on the member's row until the last transaction takes the row away: a second try has the same. */
async function begin(client: PoolClient, { account, member }: ErasureWish, at: Instant) {
  const found = await client.query<{ no: bigint }>('select no from accounts where id = $1 for no key update', [
    account,
  ]);
  const no = found.rows[0]?.no;
  if (no === undefined) return null;
  const values = [no, member];
  const known = await client.query<{ email: string | null; as: string | null }>(
    'select email, erasing_as as "as" from members where account_no = $1 and id = $2 for update',
    values,
  );
  const [row] = known.rows;
  if (row === undefined && !(await isNamed(client, values))) return null;
  const as = row?.as ?? (await nextName(client, no));
  await client.query(
    `insert into members (account_no, id, role, created_at, erasing_as) values ($1, $2, 'viewer', $3, $4)
     on conflict (account_no, id) do update set erasing_as = $4`,
    [...values, isoOf(at), as],
  );
  return { no, email: row?.email ?? null, as };
}

async function isNamed(client: PoolClient, values: readonly unknown[]): Promise<boolean> {
  const tables = [
    'pool_members',
    'budgets',
    'levels',
    'level_changes',
    'holds',
    'usage_totals',
    'dismissals',
    'ledger_entries',
  ];
  const any = tables.map((table) => `exists (select 1 from ${table} where account_no = $1 and member = $2)`);
  const { rows } = await client.query<{ named: boolean }>(`select ${any.join(' or ')} as named`, [...values]);
  return rows[0]?.named === true;
}

async function nextName(client: PoolClient, no: bigint): Promise<string> {
  const { rows } = await client.query<{ n: number }>(
    `select ((select count(*) from audit_log where account_no = $1 and action = 'erase_member')
      + (select count(*) from members where account_no = $1 and erasing_as is not null))::int as n`,
    [no],
  );
  return `erased-${(rows[0]?.n ?? 0) + 1}`;
}

/** Answers through which line of the ledger everything has been looked at. */
async function clearAll(
  run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>,
  no: bigint,
  names: ErasedNames,
  eraser: Eraser,
  from: bigint,
  count: Count,
): Promise<bigint> {
  const { rows } = await run((client) =>
    client.query<{ sequence: bigint }>('select sequence from balances where account_no = $1', [no]),
  );
  for (let after: bigint | null = from; after !== null; ) {
    const { changed, next } = await run((client) => clearLines(client, no, names, eraser, after ?? 0n));
    count('ledger_entries', changed);
    after = next;
  }
  for (const named of NAMED) {
    for (let after: string | null = FIRST_ROW; after !== null; ) {
      const { changed, next } = await run((client) => clearRows(client, named, no, eraser, after ?? FIRST_ROW));
      count(named.table, changed);
      after = next;
    }
  }
  return rows[0]?.sequence ?? 0n;
}

/** $1 the account, $2 the member, $3 what stands in their place. Earmarks and levels end with the person; counts go on. */
const COUNTS: readonly (readonly [table: string, text: string])[] = [
  ['pool_members', 'delete from pool_members where account_no = $1 and member = $2 and $3::text is not null'],
  ['budgets', 'delete from budgets where account_no = $1 and member = $2 and $3::text is not null'],
  ['levels', 'delete from levels where account_no = $1 and member = $2 and $3::text is not null'],
  ['dismissals', 'delete from dismissals where account_no = $1 and member = $2 and $3::text is not null'],
  ['level_changes', 'update level_changes set member = $3 where account_no = $1 and member = $2'],
  ['holds', 'update holds set member = $3 where account_no = $1 and member = $2'],
  ['counters', "update counters set name = $3 where account_no = $1 and name = $2 and kind = 'budget'"],
  [
    'usage_totals',
    `with gone as (delete from usage_totals where account_no = $1 and member = $2 returning *)
     insert into usage_totals as t select account_no, day, meter, $3, quantity, credits, events from gone
     on conflict (account_no, day, meter, member) do update set quantity = t.quantity + excluded.quantity,
       credits = t.credits + excluded.credits, events = t.events + excluded.events`,
  ],
  [
    'usage_periods',
    `with gone as (delete from usage_periods where account_no = $1 and member = $2 returning *)
     insert into usage_periods as t select account_no, run, ordinal, meter, $3, quantity, credits, events from gone
     on conflict (account_no, run, ordinal, meter, member) do update set quantity = t.quantity + excluded.quantity,
       credits = t.credits + excluded.credits, events = t.events + excluded.events`,
  ],
];

async function clearCounts(client: PoolClient, no: bigint, member: string, as: string, count: Count): Promise<void> {
  // The clock that counts usage holds this row: what it read of the person is counted before they are renamed.
  await client.query('select 1 from usage_progress where account_no = $1 for update', [no]);
  for (const [table, text] of COUNTS) count(table, (await client.query(text, [no, member, as])).rowCount ?? 0);
  const subjects = [no, memberSubject(member), memberSubject(as)];
  const done = await client.query('update counters set subject = $3 where account_no = $1 and subject = $2', subjects);
  count('counters', done.rowCount ?? 0);
}

interface Ending {
  readonly wish: ErasureWish;
  readonly email: string | null;
  readonly eraser: Eraser;
  readonly at: Instant;
}

/** The member, the account's own name and address where they are the person's, and with them the processor's customer. */
async function endProfile(client: PoolClient, no: bigint, { wish, email, eraser, at }: Ending, count: Count) {
  const { account, member } = wish;
  const gone = await client.query('delete from members where account_no = $1 and id = $2', [no, member]);
  count('members', gone.rowCount ?? 0);
  const answers = await client.query('delete from idempotent_answers where scope = $1', [
    `member:${account}/${member}`,
  ]);
  count('idempotent_answers', answers.rowCount ?? 0);
  const { rows } = await client.query<{ name: string; slug: string | null; billing_email: string | null }>(
    'select name, slug, billing_email from accounts where no = $1',
    [no],
  );
  const [row] = rows;
  if (row === undefined) return;
  const isOwn = email !== null && row.billing_email?.trim().toLowerCase() === email.trim().toLowerCase();
  const now = {
    name: row.name === member ? eraser.text(member) : eraser.text(row.name),
    slug: row.slug === null ? null : eraser.text(row.slug),
    billing: isOwn ? null : row.billing_email,
  };
  const isSame = now.name === row.name && now.slug === row.slug && now.billing === row.billing_email;
  await client.query(
    `update accounts set name = $2, slug = $3, billing_email = $4,
       customer_due_at = case when customer is null then null else $5::timestamptz end where no = $1`,
    [no, now.name, now.slug, now.billing, isoOf(at)],
  );
  count('accounts', isSame ? 0 : 1);
}
