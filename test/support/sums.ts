/**
 * The sums that always hold, asked of a database as it stands. Empty when all of them do. Asked twice: as the product's own
 * audit asks, and independently of it, so that neither can be wrong alone.
 */
import pg from 'pg';
import { brokenSumsOf } from '../../src/adapters/postgres/audit-sums.js';
import { accountNo } from '../../src/domain/ids.js';
import { query } from './admin.js';

const CHECKS: readonly (readonly [name: string, sql: string])[] = [
  [
    'per lot, the lines add up to what remains',
    `select g.account_no, g.id from grants g
     left join (select account_no, lot, sum(amount) as lines from ledger_entries where lot is not null group by 1, 2) l
       on l.account_no = g.account_no and l.lot = g.id
     where coalesce(l.lines, 0) <> g.remaining`,
  ],
  [
    'per account, the lines add up to what remains',
    `select a.account_no from (select account_no, sum(remaining) as remaining from grants group by 1) a
     join (select account_no, sum(amount) as lines from ledger_entries group by 1) l using (account_no)
     where a.remaining <> l.lines`,
  ],
  [
    'every line is on a lot of its account, or is zero',
    `select e.account_no, e.sequence from ledger_entries e left join grants g on g.account_no = e.account_no and g.id = e.lot
     where (e.lot is null and e.amount <> 0) or (e.lot is not null and g.id is null)`,
  ],
  [
    'sequences have no gaps',
    `select b.account_no from balances b join (select account_no, count(*) as n, max(sequence) as top from ledger_entries group by 1) e
     using (account_no) where b.sequence <> e.n or e.n <> e.top`,
  ],
  [
    'balance after is a chain, which overage leaves alone',
    `select account_no, sequence from (
       select e.account_no, e.sequence, e.balance_after,
         coalesce(lag(e.balance_after) over w, 0) + case when g.kind = 'overage' then 0 else e.amount end as expected
       from ledger_entries e left join grants g on g.account_no = e.account_no and g.id = e.lot
       window w as (partition by e.account_no order by e.sequence)) c
     where balance_after <> expected`,
  ],
  [
    'the hot row is what the lots and holds add up to',
    `select b.account_no from balances b
     left join (select account_no,
         sum(remaining) filter (where kind not in ('debt', 'overage')) as lots,
         -coalesce(sum(remaining) filter (where kind = 'debt'), 0) as debt,
         -coalesce(sum(remaining) filter (where kind = 'overage'), 0) as overage
       from grants group by 1) g using (account_no)
     left join (select account_no, sum(open) as held from holds where state = 'open' group by 1) h using (account_no)
     where b.lots <> coalesce(g.lots, 0) or b.debt <> coalesce(g.debt, 0) or b.overage <> coalesce(g.overage, 0)
       or b.held <> coalesce(h.held, 0)`,
  ],
  ['debt stands only while nothing spendable is left', `select account_no from balances where debt > 0 and lots > 0`],
  [
    'each succeeded purchase or top-off has exactly one grant',
    `select c.account_no, c.id from charges c left join grants g on g.account_no = c.account_no and g.charge_id = c.id
     where (c.kind in ('top_off', 'pack')) and (c.state = 'succeeded') <> (g.id is not null)`,
  ],
  [
    'one allotment a period',
    `select account_no, run, ordinal from grants where kind = 'allotment' and reason is null group by 1, 2, 3 having count(*) > 1`,
  ],
];

export async function brokenSums(url: string): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, sql] of CHECKS) {
    const rows = await query(url, sql);
    if (rows.length > 0)
      broken.push(
        `${name}: ${JSON.stringify(rows.slice(0, 3), (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
      );
  }
  return [...broken, ...(await foundByAudit(url))];
}

async function foundByAudit(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ no: string }>('select no from accounts');
    const found = await brokenSumsOf(
      client,
      rows.map((row) => accountNo(BigInt(row.no))),
    );
    return found.map(({ no, sum, rows: lines }) => `${sum.sentence} (account ${no}): ${JSON.stringify(lines)}`);
  } finally {
    await client.end();
  }
}
