/**
 * Usage counted from the ledger. The row of progress is the lock: a slice reads how far its accounts have been counted, adds
 * what stands behind that and says how far it came, in one transaction. So every line is counted once, whoever crashes when
 * and however many count at once, and no debit ever waits for it.
 */
import type { Pool } from 'pg';
import { type AccountNo, accountNo } from '../../domain/ids.js';
import { DAY_MS, earliest, type Instant, isoOf, later } from '../../domain/instant.js';
import { hourOf, localDay, RATE_DAYS, usualHour } from '../../domain/recent-use.js';
import {
  countUsage,
  type KnownPeriod,
  millionths,
  ofMillionths,
  type UsageCount,
  type UsageLine,
  withBurn,
} from '../../domain/usage-count.js';
import type { Clock, Totals } from '../../ports.js';
import { groupBy } from './load.js';
import { inTransaction } from './outbox.js';
import { run, type Sql } from './pool.js';
import type { Prisma } from './prisma.js';
import { daysOf } from './recent-use.js';
import { iso, type Row } from './rows.js';
import { makeTotalsReading } from './totals-reading.js';
import * as sqls from './totals-statements.js';

export interface TotalsLimits {
  /** Accounts that one slice looks at. */
  readonly page: number;
  /** Accounts that one slice counts. */
  readonly accounts: number;
  /** Lines that one slice counts, shared among its accounts. */
  readonly lines: number;
}

const LIMITS: TotalsLimits = { page: 5_000, accounts: 200, lines: 20_000 };

/** Before every account: their numbers begin with one. */
const FIRST = accountNo(0);
/** Beyond the oldest event that may still come or be given back. */
const HOURS_KEPT_MS = 60 * DAY_MS;

export function makeTotals(prisma: Prisma, pool: Pool, clock: Clock, limits: TotalsLimits = LIMITS): Totals {
  return {
    ...makeTotalsReading(prisma, clock),
    async countSlice(after) {
      const [page] = await run<Row>(pool, sqls.MOVED, [after ?? FIRST, limits.page, limits.accounts]);
      const moved: AccountNo[] = page.moved.map(accountNo);
      const last = Number(page.seen) < limits.page ? null : accountNo(page.last);
      if (moved.length === 0) return { lines: 0, next: last };
      const perAccount = Math.ceil(limits.lines / moved.length);
      const counted = await inTransaction(pool, clock, (sql, at) => countAccounts(sql, moved, perAccount, at));
      // What is not exhausted is looked at again before anybody behind it.
      if (counted.isMore) return { lines: counted.lines, next: after ?? FIRST };
      return { lines: counted.lines, next: moved.length < limits.accounts ? last : (moved.at(-1) ?? last) };
    },
  };
}

/** How far one account had been counted, and what this slice adds. */
interface Part {
  readonly no: AccountNo;
  readonly row: Row;
  readonly count: UsageCount;
  readonly through: bigint;
}

async function countAccounts(sql: Sql, moved: readonly AccountNo[], perAccount: number, at: Instant) {
  await run(sql, sqls.BEGIN_PROGRESS, [moved]);
  const taken = await run<Row>(sql, sqls.TAKE_PROGRESS, [moved]);
  const numbers = taken.map((row) => accountNo(row.account_no));
  const through = taken.map((row) => row.through_sequence);
  const found = groupBy(await run<Row>(sql, sqls.READ_LINES, [numbers, through, perAccount]), (row) => row);
  const periods = groupBy(await run<Row>(sql, sqls.READ_PERIODS, [numbers]), periodOf);
  const parts = taken.flatMap((row): Part[] => {
    const no = accountNo(row.account_no);
    const lines = found.get(no);
    if (lines === undefined) return [];
    const count = countUsage(lines.map(lineOf), row.zone, periods.get(no) ?? []);
    return [{ no, row, count, through: lines.at(-1).sequence }];
  });
  await addSums(sql, parts);
  await endProgress(sql, parts, at);
  let lines = 0;
  let isMore = false;
  for (const one of found.values()) {
    lines += one.length;
    if (one.length >= perAccount) isMore = true;
  }
  return { lines, isMore };
}

const lineOf = (row: Row): UsageLine => ({
  kind: row.kind,
  line: row.line,
  amount: row.amount,
  meter: row.meter,
  member: row.member,
  quantity: millionths(row.quantity),
  usedAt: row.used_at,
});

const periodOf = (row: Row): KnownPeriod => ({
  run: row.run,
  ordinal: row.ordinal,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
});

async function addSums(sql: Sql, parts: readonly Part[]): Promise<void> {
  const days = parts.flatMap(({ no, count }) => [...count.days.values()].map((sum) => ({ no, sum })));
  const periods = parts.flatMap(({ no, count }) => [...count.periods.values()].map((sum) => ({ no, sum })));
  const hours = parts.flatMap(({ no, count }) => [...count.hours].map(([hour, burn]) => ({ no, hour, burn })));
  const sums = (
    all: readonly { sum: { meter: string; member: string; quantity: bigint; credits: bigint; events: number } }[],
  ) => [
    all.map(({ sum }) => sum.meter),
    all.map(({ sum }) => sum.member),
    all.map(({ sum }) => ofMillionths(sum.quantity)),
    all.map(({ sum }) => sum.credits),
    all.map(({ sum }) => sum.events),
  ];
  if (days.length > 0)
    await run(sql, sqls.ADD_DAYS, [days.map(({ no }) => no), days.map(({ sum }) => sum.day), ...sums(days)]);
  if (periods.length > 0)
    await run(sql, sqls.ADD_PERIODS, [
      periods.map(({ no }) => no),
      periods.map(({ sum }) => sum.period.run),
      periods.map(({ sum }) => sum.period.ordinal),
      ...sums(periods),
    ]);
  if (hours.length > 0)
    await run(sql, sqls.ADD_HOURS, [
      hours.map(({ no }) => no),
      hours.map(({ hour }) => isoOf(hour)),
      hours.map(({ burn }) => burn),
    ]);
}

async function endProgress(sql: Sql, parts: readonly Part[], at: Instant): Promise<void> {
  const usual = await usualHours(sql, parts, at);
  const first = ({ row, count }: Part): Instant | null => earliest(row.first_used_at, count.firstUsedAt);
  await run(sql, sqls.END_PROGRESS, [
    parts.map(({ no }) => no),
    parts.map(({ through }) => through),
    parts.map((part) => iso(first(part))),
    parts.map(({ row, count }) => {
      const days = withBurn(daysOf(row.days), count.burnByDay, localDay(at, row.zone));
      return JSON.stringify(Object.fromEntries([...days].map(([day, burn]) => [day, `${burn}`])));
    }),
    parts.map(({ no, row }) => (usual.has(no) ? (usual.get(no) ?? null) : row.usual_hour)),
    parts.map(({ no, row }) => (usual.has(no) ? isoOf(hourOf(at)) : iso(row.usual_at))),
  ]);
}

/** The median is made anew once an hour: the present hour has no part in it. Null under an account: it has no habit. */
async function usualHours(sql: Sql, parts: readonly Part[], at: Instant): Promise<Map<AccountNo, bigint | null>> {
  const hour = hourOf(at);
  const stale = parts.filter(({ row }) => row.usual_at === null || row.usual_at < hour).map(({ no }) => no);
  if (stale.length === 0) return new Map();
  const since = isoOf(later(hour, -RATE_DAYS * DAY_MS));
  const hours = groupBy(await run<Row>(sql, sqls.READ_HOURS, [stale, since, isoOf(hour)]), (row) => row.burn);
  await run(sql, sqls.FORGET_HOURS, [stale, isoOf(later(hour, -HOURS_KEPT_MS))]);
  return new Map(stale.map((no) => [no, usualHour(hours.get(no) ?? [])]));
}
