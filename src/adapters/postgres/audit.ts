/** The audit over Postgres: a slice is one snapshot that locks nothing, and what it finds is kept in a second transaction. */
import type { Pool, PoolClient } from 'pg';
import { type AccountId, type AccountNo, accountId, accountNo } from '../../domain/ids.js';
import { isoOf } from '../../domain/instant.js';
import type { Audit, Clock, Drift } from '../../ports.js';
import { brokenSumsOf, type FoundDrift, SUMS } from './audit-sums.js';
import { inTransaction } from './outbox.js';
import { run, type Statement } from './pool.js';
import type { Prisma } from './prisma.js';
import type { Row } from './rows.js';
import { instantOf } from './views-operator.js';

export interface AuditLimits {
  readonly accounts: number;
  /** Lines that a slice reads at most, unless one account alone has more. */
  readonly lines: number;
}

const LIMITS: AuditLimits = { accounts: 500, lines: 100_000 };
/** One account with a very long ledger may take longer than anything that a debit asks. */
const STATEMENT_TIMEOUT_MS = 600_000;
const FIRST = accountNo(0);

const PICK: Statement = {
  name: 'audit_pick',
  text: `select n.account_no, a.id from (
      select account_no, sequence, sum(sequence) over (order by account_no) as lines from (
        select account_no, sequence from balances where account_no > $1 order by account_no limit $2) b) n
    join accounts a on a.no = n.account_no where n.lines - n.sequence < $3 order by n.account_no`,
};

const KEEP: Statement = {
  name: 'audit_keep',
  text: `insert into drifts (account_no, sum, detail, found_at, last_seen_at)
    select n.account_no, n.sum, n.detail, $2::timestamptz, $2::timestamptz
    from jsonb_to_recordset($1::jsonb) as n(account_no bigint, sum text, detail jsonb) order by n.account_no, n.sum
    on conflict (account_no, sum) do update set detail = excluded.detail, last_seen_at = excluded.last_seen_at, gone_at = null,
      found_at = case when drifts.gone_at is null then drifts.found_at else excluded.found_at end`,
};

const GONE: Statement = {
  name: 'audit_gone',
  text: `update drifts d set gone_at = $3::timestamptz where d.account_no = any($1::bigint[]) and d.gone_at is null
      and not exists (select 1 from jsonb_to_recordset($2::jsonb) as n(account_no bigint, sum text)
        where n.account_no = d.account_no and n.sum = d.sum)`,
};

type Names = ReadonlyMap<AccountNo, AccountId>;

export function makeAudit(prisma: Prisma, pool: Pool, clock: Clock, limits: AuditLimits = LIMITS): Audit {
  const look = async (pick: (client: PoolClient) => Promise<Row[]>) => {
    const { names, found } = await inSnapshot(pool, async (client) => {
      const names: Names = new Map((await pick(client)).map((row) => [accountNo(row.account_no), accountId(row.id)]));
      return { names, found: names.size === 0 ? [] : await brokenSumsOf(client, [...names.keys()]) };
    });
    return { names, drifts: found.map((one) => driftOf(one, names)), gone: await keep(pool, clock, names, found) };
  };
  return {
    async slice(after) {
      const { names, drifts, gone } = await look((client) =>
        run(client, PICK, [after ?? FIRST, limits.accounts, limits.lines]),
      );
      return { accounts: names.size, drifts, gone, next: [...names.keys()].at(-1) ?? null };
    },
    async account(id) {
      const { names, drifts } = await look((client) => run(client, OF_ACCOUNT, [id]));
      return names.size === 0 ? null : drifts;
    },
    async standing(limit) {
      const rows = await prisma.drift.findMany({
        where: { goneAt: null },
        orderBy: [{ lastSeenAt: 'desc' }, { accountNo: 'asc' }],
        take: limit,
        include: { account: { select: { id: true } } },
      });
      return rows.map((row) => ({
        account: accountId(row.account.id),
        accountNo: accountNo(row.accountNo),
        sum: sentenceOf(row.sum),
        detail: row.detail as unknown as Drift['detail'],
        foundAt: instantOf(row.foundAt),
        lastSeenAt: instantOf(row.lastSeenAt),
      }));
    },
  };
}

const OF_ACCOUNT: Statement = {
  name: 'audit_of_account',
  text: 'select b.account_no, a.id from accounts a join balances b on b.account_no = a.no where a.id = $1',
};

const sentenceOf = (name: string): string => SUMS.find((sum) => sum.name === name)?.sentence ?? name;

const driftOf = ({ no, sum, rows }: FoundDrift, names: Names): Drift => ({
  account: names.get(no) ?? accountId(`number ${no}`),
  accountNo: no,
  sum: sum.sentence,
  detail: rows,
});

/** Answers how many drifts are gone. Nothing is written where nothing was found and nothing stood. */
async function keep(pool: Pool, clock: Clock, names: Names, found: readonly FoundDrift[]): Promise<number> {
  const text = JSON.stringify(found.map(({ no, sum, rows }) => ({ account_no: no, sum: sum.name, detail: rows })));
  return inTransaction(pool, clock, async (client, at) => {
    if (found.length > 0) await run(client, KEEP, [text, isoOf(at)]);
    const gone = await client.query({ ...GONE, values: [[...names.keys()], text, isoOf(at)] });
    return gone.rowCount ?? 0;
  });
}

/** Every question of a slice is answered as of its first one, however long they take and whatever is posted meanwhile. */
async function inSnapshot<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // Whatever state it is in, the next who takes it must not find this snapshot.
    client.release(true);
    throw error;
  }
}
