/**
 * The sums that always hold, as questions: each selects what does not hold, of the accounts it is asked of. No foreign keys
 * guard the ledger's lines and few constraints could see across rows; these stand for them.
 */
import { type AccountNo, accountNo } from '../../domain/ids.js';
import { run, type Sql } from './pool.js';
import type { Row } from './rows.js';

export interface Sum {
  /** Kept beside what is found, and a metric's label. */
  readonly name: string;
  /** What should be true. */
  readonly sentence: string;
  /** $1: account numbers. Selects account_no and whatever a person needs to find the lines. */
  readonly text: string;
}

const LINES = 'ledger_entries e where e.account_no = any($1::bigint[])';

export const SUMS: readonly Sum[] = [
  {
    name: 'lot_lines',
    sentence: 'per lot, the lines add up to what remains',
    text: `select g.account_no, g.id as lot, g.kind, g.remaining, coalesce(l.lines, 0) as lines from grants g
      left join (select e.account_no, e.lot, sum(e.amount) as lines from ${LINES} and e.lot is not null group by 1, 2) l
        on l.account_no = g.account_no and l.lot = g.id
      where g.account_no = any($1::bigint[]) and coalesce(l.lines, 0) <> g.remaining`,
  },
  {
    name: 'account_lines',
    sentence: 'per account, the lines add up to what remains of its lots',
    text: `select b.account_no, coalesce(g.remaining, 0) as remaining, coalesce(l.lines, 0) as lines from balances b
      left join (select account_no, sum(remaining) as remaining from grants where account_no = any($1::bigint[]) group by 1) g
        on g.account_no = b.account_no
      left join (select e.account_no, sum(e.amount) as lines from ${LINES} group by 1) l on l.account_no = b.account_no
      where b.account_no = any($1::bigint[]) and coalesce(g.remaining, 0) <> coalesce(l.lines, 0)`,
  },
  {
    name: 'line_lot',
    sentence: 'every line is on a lot of its account, or is zero',
    text: `select e.account_no, e.sequence, e.lot, e.amount from ledger_entries e
      left join grants g on g.account_no = e.account_no and g.id = e.lot
      where e.account_no = any($1::bigint[])
        and ((e.lot is null and e.amount <> 0) or (e.lot is not null and g.id is null))`,
  },
  {
    name: 'sequence',
    sentence: 'lines are numbered from 1 without a gap, and the balance knows the last number',
    text: `select b.account_no, b.sequence, coalesce(l.lines, 0) as lines, coalesce(l.last, 0) as last from balances b
      left join (select e.account_no, count(*) as lines, max(e.sequence) as last from ${LINES} group by 1) l
        on l.account_no = b.account_no
      where b.account_no = any($1::bigint[]) and (b.sequence <> coalesce(l.lines, 0) or b.sequence <> coalesce(l.last, 0))`,
  },
  {
    name: 'balance_after',
    sentence: 'the balance after each line is the one before it and the line, and overage leaves it alone',
    text: `select c.account_no, c.sequence, c.balance_after, c.expected from (
        select e.account_no, e.sequence, e.balance_after,
          coalesce(lag(e.balance_after) over (partition by e.account_no order by e.sequence), 0)
            + case when g.kind = 'overage' then 0 else e.amount end as expected
        from ledger_entries e left join grants g on g.account_no = e.account_no and g.id = e.lot
        where e.account_no = any($1::bigint[])) c
      where c.balance_after <> c.expected`,
  },
  {
    name: 'hot_row',
    sentence: 'the balance is what the lots add up to',
    text: `select b.account_no, b.lots, b.debt, b.overage, coalesce(g.lots, 0) as lots_of_grants,
        coalesce(g.debt, 0) as debt_of_grants, coalesce(g.overage, 0) as overage_of_grants
      from balances b left join (
        select account_no, sum(remaining) filter (where kind not in ('debt', 'overage')) as lots,
          -sum(remaining) filter (where kind = 'debt') as debt, -sum(remaining) filter (where kind = 'overage') as overage
        from grants where account_no = any($1::bigint[]) group by 1) g on g.account_no = b.account_no
      where b.account_no = any($1::bigint[])
        and (b.lots <> coalesce(g.lots, 0) or b.debt <> coalesce(g.debt, 0) or b.overage <> coalesce(g.overage, 0))`,
  },
  {
    name: 'held',
    sentence: 'what is held is the sum of the open holds',
    text: `select b.account_no, b.held, coalesce(h.held, 0) as open_holds from balances b
      left join (select account_no, sum(open) as held from holds where account_no = any($1::bigint[]) and state = 'open'
        group by 1) h on h.account_no = b.account_no
      where b.account_no = any($1::bigint[]) and b.held <> coalesce(h.held, 0)`,
  },
  {
    name: 'debt_last',
    sentence: 'there is debt only while no spendable lot is above zero',
    text: `select g.account_no, g.id as lot, g.remaining from grants g
      where g.account_no = any($1::bigint[]) and g.kind not in ('debt', 'overage') and g.remaining > 0
        and exists (select 1 from grants d where d.account_no = g.account_no and d.kind = 'debt' and d.remaining < 0)`,
  },
  {
    name: 'first_line',
    sentence: 'a lot has its first line once it has begun, and none before',
    text: `select g.account_no, g.id as lot, g.begun from grants g
      where g.account_no = any($1::bigint[]) and g.kind not in ('debt', 'overage') and g.amount > 0
        and g.begun <> exists (select 1 from ledger_entries e where e.account_no = g.account_no and e.lot = g.id)`,
  },
  {
    name: 'charge_grant',
    sentence: 'each succeeded purchase or top-off has exactly one grant, of its credits, and no other charge has one',
    text: `select c.account_no, c.id as charge, c.kind, c.state, count(g.id) as grants from charges c
      left join grants g on g.account_no = c.account_no and g.charge_id = c.id and g.kind in ('purchase', 'top_off')
      where c.account_no = any($1::bigint[]) group by c.account_no, c.id
      having count(g.id) <> case when c.state = 'succeeded' and c.kind <> 'overage' then 1 else 0 end
        or bool_or(g.amount <> c.credits)`,
  },
  {
    name: 'overage_bill',
    sentence: 'each overage charge has one billing line for each lot it bills, and they add up to its credits',
    text: `select c.account_no, c.id as charge, c.credits, coalesce(l.billed, 0) as billed from charges c
      left join (select e.account_no, e.ref, sum(e.amount) as billed, count(*) as lines, count(distinct e.lot) as lots
        from ${LINES} and e.kind = 'bill' group by 1, 2) l on l.account_no = c.account_no and l.ref = c.id
      where c.account_no = any($1::bigint[]) and c.kind = 'overage'
        and (coalesce(l.billed, 0) <> c.credits or l.lines <> l.lots)`,
  },
  {
    name: 'one_allotment',
    sentence: 'a period of a run has one allotment',
    text: `select account_no, run, ordinal, count(*) as allotments from grants
      where account_no = any($1::bigint[]) and kind = 'allotment' and reason is null
      group by 1, 2, 3 having count(*) > 1`,
  },
  {
    name: 'given_back',
    sentence: 'no use is given back more than it took, and its reversals say what its lines say',
    text: `select u.account_no, u.key_hash as key, u.taken, b.back, coalesce(r.said, 0) as said
      from (select e.account_no, e.ref, sum(e.amount) as back from ${LINES} and e.ref is not null group by 1, 2) b
      join lateral (select l.account_no, l.key_hash, -sum(l.amount) as taken from ledger_entries l
        where l.account_no = b.account_no and l.key_hash = b.ref and l.kind = 'use' group by 1, 2) u on true
      left join (select account_no, use_key_hash, sum(amount) as said from reversals
        where account_no = any($1::bigint[]) and applied_at is not null group by 1, 2) r
        on r.account_no = u.account_no and r.use_key_hash = u.key_hash
      where b.back > u.taken or b.back <> coalesce(r.said, 0)`,
  },
  {
    name: 'watched_over',
    sentence: 'whatever is still to be done has a row in the outbox',
    text: `select w.account_no, w.topic, w.subject from (
        select account_no, 'charge' as topic, id::text as subject from charges
          where account_no = any($1::bigint[]) and state in ('pending', 'processing', 'action_required')
        union all
        select account_no, 'notice', id::text from notices where account_no = any($1::bigint[]) and state = 'waiting') w
      where not exists (select 1 from outbox o
        where o.account_no = w.account_no and o.topic = w.topic and o.subject::text = w.subject)
      union all
      select distinct v.account_no, 'event', 'all' from events v where v.account_no = any($1::bigint[])
        and v.state = 'waiting' and not exists (select 1 from outbox o where o.account_no = v.account_no and o.topic = 'event')`,
  },
];

export interface FoundDrift {
  readonly no: AccountNo;
  readonly sum: Sum;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Rows of one drift that are kept: a ledger that is wrong from its first line on is named once, not a million times. */
const ROWS_KEPT = 5;

/** What does not hold of these accounts. Asked within one snapshot, every answer is about the same instant. */
export async function brokenSumsOf(sql: Sql, accounts: readonly AccountNo[]): Promise<FoundDrift[]> {
  const found: FoundDrift[] = [];
  for (const sum of SUMS) {
    const rows = await run<Row>(sql, { name: `audit_${sum.name}`, text: sum.text }, [accounts]);
    const byAccount = new Map<AccountNo, Record<string, unknown>[]>();
    for (const { account_no, ...row } of rows) {
      const no = accountNo(account_no);
      const kept = byAccount.get(no) ?? [];
      byAccount.set(no, kept);
      if (kept.length < ROWS_KEPT) kept.push(written(row));
    }
    for (const [no, kept] of byAccount) found.push({ no, sum, rows: kept });
  }
  return found;
}

const written = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
  );
