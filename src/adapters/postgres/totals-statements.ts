/** Statements of counting: read lines behind the posting, add to the totals, say how far. None of them locks a balance. */
import type { Statement } from './pool.js';

/**
 * Accounts whose ledger has moved past what was counted, among the next of them by number. How many accounts one slice looks
 * at is bounded by the inner limit, because `sequence` stands in no index: an index on it would cost every debit its HOT update.
 */
export const MOVED: Statement = {
  name: 'totals_moved',
  text: `with page as (
      select account_no, sequence from balances where account_no > $1 order by account_no limit $2)
    select (select max(account_no) from page) as last, (select count(*) from page) as seen,
      array(select g.account_no from page g left join usage_progress p on p.account_no = g.account_no
        where g.sequence > coalesce(p.through_sequence, 0) order by g.account_no limit $3) as moved`,
};

export const BEGIN_PROGRESS: Statement = {
  name: 'totals_begin',
  text: `insert into usage_progress (account_no, days) select n, '{}'::jsonb from unnest($1::bigint[]) n order by n
    on conflict (account_no) do nothing`,
};

/**
 * Takes the accounts for this transaction and reads how far they have been counted: whoever waited here reads what the other
 * has written. Rows are locked in no promised order; of two slices that lock each other out Postgres ends one, whole.
 */
export const TAKE_PROGRESS: Statement = {
  name: 'totals_take',
  text: `update usage_progress p set through_sequence = p.through_sequence from account_settings s
    where p.account_no = any($1::bigint[]) and s.account_no = p.account_no
    returning p.account_no, p.through_sequence, p.first_used_at, p.days, p.usual_hour, p.usual_at, s.zone`,
};

/** Lines of an account become visible in the order of their sequence: they are posted under its lock. */
export const READ_LINES: Statement = {
  name: 'totals_lines',
  text: `select k.account_no, l.sequence, l.kind, l.line, l.amount, l.meter, l.member, l.quantity,
      case when l.kind = 'use' then l.occurred_at else u.used_at end as used_at
    from unnest($1::bigint[], $2::bigint[]) as k(account_no, through)
    cross join lateral (
      select * from ledger_entries e where e.account_no = k.account_no and e.sequence > k.through
      order by e.sequence limit $3) l
    left join lateral (
      select min(e.occurred_at) as used_at from ledger_entries e
      where e.account_no = k.account_no and e.key_hash = l.ref and e.kind = 'use') u on l.kind = 'give_back'
    order by k.account_no, l.sequence`,
};

/** The last periods of each account: as far back as an event may happen for any period of a week or longer. */
export const READ_PERIODS: Statement = {
  name: 'totals_periods',
  text: `select k.account_no, p.run, p.ordinal, p.starts_at, p.ends_at from unnest($1::bigint[]) as k(account_no)
    cross join lateral (
      select * from periods q where q.account_no = k.account_no order by q.run desc, q.ordinal desc limit 64) p`,
};

export const ADD_DAYS: Statement = {
  name: 'totals_add_days',
  text: `insert into usage_totals as t (account_no, day, meter, member, quantity, credits, events)
    select * from unnest($1::bigint[], $2::date[], $3::text[], $4::text[], $5::numeric[], $6::bigint[], $7::bigint[])
    on conflict (account_no, day, meter, member) do update set quantity = t.quantity + excluded.quantity,
      credits = t.credits + excluded.credits, events = t.events + excluded.events`,
};

export const ADD_PERIODS: Statement = {
  name: 'totals_add_periods',
  text: `insert into usage_periods as t (account_no, run, ordinal, meter, member, quantity, credits, events)
    select * from unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[], $6::numeric[], $7::bigint[], $8::bigint[])
    on conflict (account_no, run, ordinal, meter, member) do update set quantity = t.quantity + excluded.quantity,
      credits = t.credits + excluded.credits, events = t.events + excluded.events`,
};

export const ADD_HOURS: Statement = {
  name: 'totals_add_hours',
  text: `insert into usage_hours as t (account_no, hour, burn)
    select * from unnest($1::bigint[], $2::timestamptz[], $3::bigint[])
    on conflict (account_no, hour) do update set burn = t.burn + excluded.burn`,
};

/** Hours with use before the present one, for the median. */
export const READ_HOURS: Statement = {
  name: 'totals_hours',
  text: `select account_no, burn from usage_hours
    where account_no = any($1::bigint[]) and hour >= $2::timestamptz and hour < $3::timestamptz and burn > 0`,
};

/** Hours that nothing looks at any more, late events and reversals among what could still change them. */
export const FORGET_HOURS: Statement = {
  name: 'totals_forget_hours',
  text: `delete from usage_hours where account_no = any($1::bigint[]) and hour < $2::timestamptz`,
};

export const END_PROGRESS: Statement = {
  name: 'totals_end',
  text: `update usage_progress p set through_sequence = n.through, first_used_at = n.first_used_at, days = n.days,
      usual_hour = n.usual_hour, usual_at = n.usual_at
    from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::jsonb[], $5::bigint[], $6::timestamptz[])
      as n(account_no, through, first_used_at, days, usual_hour, usual_at)
    where p.account_no = n.account_no`,
};
