/** Lines of the ledger and charges, page by page, with what a reader needs beside them; and money by month. */
import type { Pool } from 'pg';
import type { LineKind } from '../../domain/book.js';
import type { ChargeKind, ChargeState } from '../../domain/charge.js';
import { memberId } from '../../domain/ids.js';
import { currency, minorUnits, money } from '../../domain/money.js';
import type { FailureReason } from '../../domain/notice.js';
import type { ChargeRecord, LineView, MoneyOfMonth, Reads } from '../../ports.js';
import { run, type Statement } from './pool.js';
import type { Row } from './rows.js';

/** By the ledger's own key, newest first. Lot and charge are read by their keys as well: they say what the line was. */
const LINES: Statement = {
  name: 'read_lines_page',
  text: `select e.*, g.kind as lot_kind, (g.kind = 'allotment' and g.reason = 'trial') as of_trial, case when e.kind in ('grant', 'begin') then g.charge_id end as lot_charge,
      c.id as ref_charge
    from accounts a
    join ledger_entries e on e.account_no = a.no
    left join grants g on g.account_no = e.account_no and g.id = e.lot
    left join charges c on c.account_no = e.account_no and c.id = e.ref
    where a.id = $1 and e.sequence < $2
    order by e.sequence desc limit $3`,
};

const CHARGE_COLUMNS = `c.*, coalesce(c.card_brand, p.brand) as shown_brand, coalesce(c.card_last4, p.last4) as shown_last4
    from accounts a
    join charges c on c.account_no = a.no
    left join payment_methods p on p.account_no = c.account_no and p.id = c.card`;

/** Ids grow with time, so that the newest come by the key itself. */
const CHARGES: Statement = {
  name: 'read_charges_page',
  text: `select ${CHARGE_COLUMNS}
    where a.id = $1 and ($2::uuid is null or c.id < $2::uuid) order by c.id desc limit $3`,
};

const CHARGES_NAMED: Statement = {
  name: 'read_charges_named',
  text: `select ${CHARGE_COLUMNS} where a.id = $1 and c.id = any($2::uuid[])`,
};

/** What was really paid, by the local month it was paid in, with the plan's invoices beside our own charges. */
const MONEY: Statement = {
  name: 'read_money_by_month',
  text: `select to_char(paid.at at time zone s.zone, 'YYYY-MM') as month, paid.kind, paid.currency,
      count(*) as receipts, sum(paid.paid)::bigint as paid, sum(paid.refunded)::bigint as refunded,
      sum(paid.disputed)::bigint as disputed
    from accounts a
    join account_settings s on s.account_no = a.no
    cross join lateral (
      select c.settled_at as at, c.kind, c.currency, c.paid_minor as paid, c.refunded_minor as refunded,
          coalesce(c.disputed_minor, 0) as disputed
        from charges c where c.account_no = a.no and c.paid_minor > 0 and c.settled_at is not null
      union all
      select i.paid_at, 'subscription', null, i.amount_minor, 0, 0
        from invoices i where i.account_no = a.no and i.status = 'paid' and i.paid_at is not null and i.amount_minor > 0
    ) paid
    where a.id = $1
    group by 1, 2, 3 order by 1 desc, 2`,
};

const NEWEST = '9223372036854775807';

type Part = Pick<Reads, 'lines' | 'charges' | 'chargesNamed' | 'money'>;

/** `currencyOf` says in what a catalog's plans are billed. */
export function makeLedgerReads(pool: Pool, currencyOf: (account: string) => Promise<string>): Part {
  return {
    async lines(account, { before, limit }) {
      return (await run<Row>(pool, LINES, [account, before ?? NEWEST, limit])).map(lineOf);
    },
    async charges(account, { before, limit }) {
      return (await run<Row>(pool, CHARGES, [account, before, limit])).map(chargeOf);
    },
    async chargesNamed(account, ids) {
      if (ids.length === 0) return [];
      return (await run<Row>(pool, CHARGES_NAMED, [account, ids])).map(chargeOf);
    },
    async money(account) {
      const rows = await run<Row>(pool, MONEY, [account]);
      const billed = rows.some((row) => row.currency === null) ? await currencyOf(account) : '';
      return rows.map(
        (row): MoneyOfMonth => ({
          ...{ month: row.month, kind: row.kind, currency: currency(row.currency ?? billed) },
          receipts: Number(row.receipts),
          ...{ paidMinor: row.paid, refundedMinor: row.refunded, disputedMinor: row.disputed },
        }),
      );
    },
  };
}

const lineOf = (row: Row): LineView => ({
  ...{
    sequence: Number(row.sequence),
    entry: row.key_hash,
    kind: row.kind as LineKind,
    lotKind: row.lot_kind,
    ofTrial: row.of_trial === true,
  },
  ...{ amount: row.amount, balanceAfter: row.balance_after, occurredAt: row.occurred_at, postedAt: row.posted_at },
  ...{ meter: row.meter, quantity: row.quantity === null ? null : shorter(row.quantity) },
  properties: row.properties ?? {},
  reason: row.reason,
  member: row.member === null ? null : memberId(row.member),
  pool: row.pool,
  charge: row.lot_charge ?? row.ref_charge,
});

/** "2.500000" is read as "2.5". */
const shorter = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

const chargeOf = (row: Row): ChargeRecord => ({
  ...{ id: row.id, kind: row.kind as ChargeKind, state: row.state as ChargeState, credits: row.credits },
  amount: money(row.amount_minor, row.currency),
  card:
    row.shown_brand === null || row.shown_last4 === null ? null : { brand: row.shown_brand, last4: row.shown_last4 },
  ...{ receiptUrl: row.receipt_url, receiptNumber: row.receipt_number, failure: row.failure as FailureReason | null },
  ...{ nextAttemptAt: row.next_attempt_at, createdAt: row.created_at, settledAt: row.settled_at },
  ...{ paidMinor: row.paid_minor, refundedMinor: row.refunded_minor },
  disputedMinor: row.disputed_minor ?? minorUnits(0),
  actionUntil: row.state === 'action_required' ? row.action_until : null,
});
