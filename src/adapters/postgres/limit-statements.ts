/** Statements for levels, counts within windows, pools and budgets. */
import type { Statement } from './pool.js';

export const LOAD_LEVELS: Statement = {
  name: 'limits_levels',
  text: `select * from levels where account_no = any($1::bigint[])`,
};

export const LOAD_LEVEL_CHANGES: Statement = {
  name: 'limits_level_changes',
  text: `select c.* from unnest($1::bigint[], $2::uuid[]) as k(account_no, key_hash)
    join level_changes c on c.account_no = k.account_no and c.key_hash = k.key_hash`,
};

/** Of each count that is asked for, the window that began last: one index probe, however many have ended. */
export const LOAD_WINDOWS: Statement = {
  name: 'limits_windows',
  text: `select w.* from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) as n(account_no, name, subject, at)
    cross join lateral (
      select * from counters c where c.account_no = n.account_no and c.kind = 'window' and c.name = n.name
        and c.subject = n.subject and c.starts_at <= n.at order by c.starts_at desc limit 1) w`,
};

/** For a reader: the windows that are not over, the newest first, and no more than can be shown. */
export const LOAD_CURRENT_WINDOWS: Statement = {
  name: 'limits_current_windows',
  text: `select * from counters where account_no = $1 and kind = 'window' and starts_at <= $2::timestamptz
      and (ends_at is null or ends_at > $2::timestamptz)
    order by starts_at desc, count desc limit $3`,
};

/** What pools and budgets have used in periods that are not over. */
export const LOAD_CREDITS_USED: Statement = {
  name: 'limits_credits_used',
  text: `select * from counters where account_no = any($1::bigint[]) and kind in ('pool', 'budget')
      and (ends_at is null or ends_at > $2::timestamptz)`,
};

export const LOAD_POOLS: Statement = {
  name: 'limits_pools',
  text: `select * from pools where account_no = any($1::bigint[]) order by account_no, key`,
};
export const LOAD_POOL_MEMBERS: Statement = {
  name: 'limits_pool_members',
  text: `select * from pool_members where account_no = any($1::bigint[]) order by account_no, pool, member`,
};
export const LOAD_BUDGETS: Statement = {
  name: 'limits_budgets',
  text: `select * from budgets where account_no = any($1::bigint[]) order by account_no, member`,
};

export const SAVE_LEVELS: Statement = {
  name: 'limits_save_levels',
  text: `insert into levels select * from jsonb_populate_recordset(null::levels, $1::jsonb)
    on conflict (account_no, limit_key, member) do update set value = excluded.value, changed_at = excluded.changed_at`,
};
export const INSERT_LEVEL_CHANGES: Statement = {
  name: 'limits_insert_level_changes',
  text: `insert into level_changes select * from jsonb_populate_recordset(null::level_changes, $1::jsonb)`,
};

/** Adds to counts, whether they were loaded or not. */
export const ADD_COUNTS: Statement = {
  name: 'limits_add_counts',
  text: `insert into counters (account_no, kind, name, subject, starts_at, ends_at, count)
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[])
    on conflict (account_no, kind, name, subject, starts_at) do update
      set count = counters.count + excluded.count, ends_at = excluded.ends_at`,
};
/** What is given back to a window that has been swept is nobody's any more. */
export const TAKE_COUNTS: Statement = {
  name: 'limits_take_counts',
  text: `update counters c set count = greatest(c.count + n.count, 0)
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
      as n(account_no, kind, name, subject, starts_at, count)
    where c.account_no = n.account_no and c.kind = n.kind and c.name = n.name and c.subject = n.subject
      and c.starts_at = n.starts_at`,
};
export const SWEEP_COUNTS: Statement = {
  name: 'limits_sweep_counts',
  text: `delete from counters c using unnest($1::bigint[], $2::timestamptz[]) as n(account_no, before)
    where c.account_no = n.account_no and c.ends_at < n.before`,
};

export const SAVE_POOLS: Statement = {
  name: 'limits_save_pools',
  text: `insert into pools select * from jsonb_populate_recordset(null::pools, $1::jsonb)
    on conflict (account_no, key) do update
      set label = excluded.label, credits = excluded.credits, when_used = excluded.when_used`,
};
export const REMOVE_POOLS: Statement = {
  name: 'limits_remove_pools',
  text: `delete from pools p using jsonb_populate_recordset(null::pools, $1::jsonb) n
    where p.account_no = n.account_no and p.key = n.key`,
};
export const CLEAR_POOL_MEMBERS: Statement = {
  name: 'limits_clear_pool_members',
  text: `delete from pool_members m using jsonb_populate_recordset(null::pool_members, $1::jsonb) n
    where m.account_no = n.account_no and m.pool = n.pool`,
};
export const INSERT_POOL_MEMBERS: Statement = {
  name: 'limits_insert_pool_members',
  text: `insert into pool_members select * from jsonb_populate_recordset(null::pool_members, $1::jsonb)`,
};
export const SAVE_BUDGETS: Statement = {
  name: 'limits_save_budgets',
  text: `insert into budgets select * from jsonb_populate_recordset(null::budgets, $1::jsonb)
    on conflict (account_no, member) do update set credits = excluded.credits`,
};
export const REMOVE_BUDGETS: Statement = {
  name: 'limits_remove_budgets',
  text: `delete from budgets b using jsonb_populate_recordset(null::budgets, $1::jsonb) n
    where b.account_no = n.account_no and b.member = n.member`,
};
