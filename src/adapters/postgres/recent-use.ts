/** What decisions read of an account's allotments and of its recent use: one statement for all accounts of a batch. */
import type { GrantedAllotments } from '../../domain/account.js';
import { microCredits, NO_CREDITS } from '../../domain/credits.js';
import { type AccountNo, accountNo } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import { hourOf, type LocalDay, NO_USE, type RecentUse } from '../../domain/recent-use.js';
import { run, type Sql, type Statement } from './pool.js';
import type { Row } from './rows.js';

/**
 * Lines that no clock has counted yet and that are still looked at: the clock counts within seconds, so that only a burst
 * larger than this between two of its ticks is seen a tick late.
 */
const TAIL_MAX = 5_000;

/**
 * The hour is what the clock has counted and the lines behind it, in one snapshot, so that no line is missed or taken twice.
 * Only accounts whose top-offs could be paused have their lines read.
 */
const LOAD_RECENT_USE: Statement = {
  name: 'cold_recent_use',
  text: `select s.account_no, s.run, s.ordinal, a.granted, p.first_used_at, p.days, p.usual_hour,
      (coalesce(h.burn, 0) + coalesce(t.burn, 0))::bigint as hour_burn
    from account_settings s
    left join usage_progress p on p.account_no = s.account_no
    left join usage_hours h on h.account_no = s.account_no and h.hour = $2::timestamptz
    left join lateral (
      select sum(g.amount)::bigint as granted from grants g
      where g.account_no = s.account_no and g.kind = 'allotment' and g.run = s.run
        and g.ordinal is not distinct from s.ordinal) a on true
    left join lateral (
      select -sum(l.amount) as burn from (
        select e.kind, e.amount, e.occurred_at, e.ref from ledger_entries e
        where e.account_no = s.account_no and e.sequence > coalesce(p.through_sequence, 0)
        order by e.sequence limit ${TAIL_MAX}) l
      where (l.kind = 'use' and l.occurred_at >= $2::timestamptz and l.occurred_at < $2::timestamptz + interval '1 hour')
        or (l.kind = 'give_back' and exists (
          select 1 from ledger_entries u where u.account_no = s.account_no and u.key_hash = l.ref and u.kind = 'use'
            and u.occurred_at >= $2::timestamptz and u.occurred_at < $2::timestamptz + interval '1 hour'))
      ) t on s.top_off_enabled and s.top_off_paused_at is null
    where s.account_no = any($1::bigint[])`,
};

export interface UseOfAccount {
  readonly allotments: GrantedAllotments;
  readonly recentUse: RecentUse;
}

export async function loadRecentUse(
  sql: Sql,
  numbers: readonly AccountNo[],
  now: Instant,
): Promise<Map<AccountNo, UseOfAccount>> {
  const rows = await run<Row>(sql, LOAD_RECENT_USE, [numbers, isoOf(hourOf(now))]);
  return new Map(rows.map((row) => [accountNo(row.account_no), useOf(row)]));
}

const useOf = (row: Row): UseOfAccount => ({
  allotments: { run: row.run, ordinal: row.ordinal, granted: row.granted ?? NO_CREDITS },
  recentUse: recentUseOf(row),
});

/** From a row of progress, with or without this hour's burn. An account that was never counted has none. */
export const recentUseOf = (row: Row): RecentUse => ({
  ...NO_USE,
  hour: row.hour_burn ?? NO_CREDITS,
  usualHour: row.usual_hour ?? null,
  firstUsedAt: row.first_used_at ?? null,
  days: daysOf(row.days ?? {}),
});

/** Days as they are stored: micro-credits as strings, because JSON's numbers end at 2^53. */
export const daysOf = (stored: Readonly<Record<string, string>>): Map<LocalDay, ReturnType<typeof microCredits>> =>
  new Map(Object.entries(stored).map(([day, burn]) => [day, microCredits(BigInt(burn))]));
