/** From whatever stands on a customer's paper to the entries that it led to. Reads only. */
import type { Pool } from 'pg';
import { producerKey } from '../../domain/keys.js';
import { run, type Statement } from './pool.js';
import type { Row } from './rows.js';

export interface Traced {
  /** What the text turned out to be: "payment intent", "receipt number", "usage key", … */
  readonly as: string;
  readonly account: string;
  /** What was found, as its row's chief columns. */
  readonly what: Readonly<Record<string, unknown>>;
  /** Lines of the ledger that it led to, in order. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

/** Entries around a moment that are shown at most. */
const AROUND_MAX = 50;

const CHARGE =
  'c.account_no, c.id as charge, c.kind, c.state, c.amount_minor, c.currency, c.intent_id, c.processor_charge_id, c.receipt_number, c.created_at';

/** $1: the text. An operator asks seldom: where no index leads, the table is read. */
const BY_CHARGE: readonly (readonly [as: string, statement: Statement])[] = [
  ['charge', { name: 'trace_charge', text: `select ${CHARGE} from charges c where c.id::text = $1 limit 5` }],
  ['payment intent', { name: 'trace_intent', text: `select ${CHARGE} from charges c where c.intent_id = $1 limit 5` }],
  [
    'payment',
    { name: 'trace_payment', text: `select ${CHARGE} from charges c where c.processor_charge_id = $1 limit 5` },
  ],
  [
    'receipt number',
    { name: 'trace_receipt', text: `select ${CHARGE} from charges c where c.receipt_number = $1 limit 5` },
  ],
  [
    'failed payment',
    {
      name: 'trace_failed',
      text: `select ${CHARGE} from attempts t join charges c on c.account_no = t.account_no and c.id = t.charge_id
        where t.processor_charge_id = $1 limit 5`,
    },
  ],
  [
    'event of the processor',
    {
      name: 'trace_stripe_object',
      text: `select distinct ${CHARGE} from stripe_events s join charges c on c.id::text = s.charge
        where s.id = $1 or s.object_id = $1 or s.body::text like '%' || $2 || '%' limit 5`,
    },
  ],
];

const ENTRIES_OF_CHARGE: Statement = {
  name: 'trace_entries_of_charge',
  text: `select e.sequence, e.occurred_at, e.kind, e.amount, e.balance_after, e.lot, e.meter, e.reason from ledger_entries e
    left join grants g on g.account_no = e.account_no and g.id = e.lot
    where e.account_no = $1 and (e.ref = $2::uuid or g.charge_id = $2::uuid) order by e.sequence limit 500`,
};

const INVOICE: Statement = {
  name: 'trace_invoice',
  text: `select i.account_no, i.id as invoice, i.status, i.amount_minor, i.paid_at, i.run, i.ordinal from invoices i where i.id = $1 limit 5`,
};
const ENTRIES_OF_PERIOD: Statement = {
  name: 'trace_entries_of_period',
  text: `select e.sequence, e.occurred_at, e.kind, e.amount, e.balance_after, e.lot, e.reason from grants g
    join ledger_entries e on e.account_no = g.account_no and e.lot = g.id and e.kind in ('grant', 'begin', 'lapse')
    where g.account_no = $1 and g.run = $2 and g.ordinal = $3 order by e.sequence limit 500`,
};

const NOTICE: Statement = {
  name: 'trace_notice',
  text: `select n.account_no, n.id as notice, n.kind, n.state, n.result, n.created_at, n.facts ->> 'charge' as charge
    from notices n where n.id::text = $1 limit 5`,
};

/** One index probe an account: the use itself, and what gave it back, found by the reversals that name it. */
const KEY: Statement = {
  name: 'trace_key',
  text: `select e.account_no, e.sequence, e.occurred_at, e.posted_at, e.kind, e.amount, e.balance_after, e.lot, e.meter, e.quantity,
      e.member, e.reason from accounts a
    cross join lateral (
      select $1::uuid as key_hash
      union select r.key_hash from reversals r where r.account_no = a.no and r.use_key_hash = $1::uuid offset 0) k
    cross join lateral (select * from ledger_entries l where l.account_no = a.no and l.key_hash = k.key_hash
      order by l.line offset 0) e
    where $2::text is null or a.id = $2 order by e.account_no, e.sequence limit 500`,
};

const HOLD: Statement = {
  name: 'trace_hold',
  text: `select h.account_no, h.id as hold, h.state, h.meter, h.member, h.created_at from accounts a
    join holds h on h.account_no = a.no and h.key_hash = $1::uuid where $2::text is null or a.id = $2 limit 100`,
};

const BOUGHT: Statement = {
  name: 'trace_bought',
  text: `select ${CHARGE} from accounts a join charges c on c.account_no = a.no and c.key_hash = $1::uuid
    where $2::text is null or a.id = $2 limit 100`,
};

const AROUND: Statement = {
  name: 'trace_around',
  text: `select e.account_no, e.sequence, e.occurred_at, e.posted_at, e.kind, e.amount, e.balance_after, e.meter, e.quantity, e.member,
      e.reason from accounts a join ledger_entries e on e.account_no = a.no
    where (a.slug = $1 or a.id = $1) and e.occurred_at between $2::timestamptz and $3::timestamptz
    order by e.sequence limit ${AROUND_MAX}`,
};

const NAMES: Statement = { name: 'trace_names', text: 'select no, id from accounts where no = any($1::bigint[])' };

export interface TraceWish {
  readonly text: string;
  /** Where a usage key is looked for; left out: everywhere, account by account. */
  readonly account?: string;
  /** With a slug or an account: what happened around then. */
  readonly between?: { readonly from: string; readonly to: string };
}

/** Everything that the text can be. Empty: nothing here bears it. */
export async function trace(pool: Pool, wish: TraceWish): Promise<Traced[]> {
  const { text, between } = wish;
  if (between !== undefined) return around(pool, text, between.from, between.to);
  const found: Traced[] = [];
  for (const [as, statement] of BY_CHARGE) {
    // A text that is part of many bodies would lead anywhere: only what looks like the processor's own id is looked for in them.
    const inside = /^[a-z]+_[A-Za-z0-9]{4,}$/.test(text) ? text : '\u0001';
    const values = statement.name === 'trace_stripe_object' ? [text, inside] : [text];
    for (const row of await run<Row>(pool, statement, values)) {
      if (!found.some((one) => one.what.charge === row.charge)) found.push(await ofCharge(pool, as, row));
    }
  }
  for (const row of await run<Row>(pool, INVOICE, [text])) {
    const entries =
      row.run === null ? [] : await run<Row>(pool, ENTRIES_OF_PERIOD, [row.account_no, row.run, row.ordinal]);
    found.push(await named(pool, 'invoice', row, entries));
  }
  for (const row of await run<Row>(pool, NOTICE, [text])) {
    const entries = row.charge === null ? [] : await run<Row>(pool, ENTRIES_OF_CHARGE, [row.account_no, row.charge]);
    found.push(await named(pool, 'notice', row, entries));
  }
  return found.length > 0 ? found : ofKey(pool, wish);
}

async function ofCharge(pool: Pool, as: string, row: Row): Promise<Traced> {
  return named(pool, as, row, await run<Row>(pool, ENTRIES_OF_CHARGE, [row.account_no, row.charge]));
}

/** A key's text is not kept, only its hash: it is hashed again and looked for, with what gave it back. */
async function ofKey(pool: Pool, { text, account }: TraceWish): Promise<Traced[]> {
  const values = [producerKey(text), account ?? null];
  const found = await byAccount(pool, 'usage key', await run<Row>(pool, KEY, values), { key: text });
  for (const row of await run<Row>(pool, HOLD, values)) found.push(await named(pool, 'key of a hold', row, []));
  for (const row of await run<Row>(pool, BOUGHT, values)) found.push(await ofCharge(pool, 'key of a purchase', row));
  return found;
}

const around = async (pool: Pool, slug: string, from: string, to: string): Promise<Traced[]> =>
  byAccount(pool, 'time', await run<Row>(pool, AROUND, [slug, from, to]), { from, to });

async function byAccount(
  pool: Pool,
  as: string,
  rows: readonly Row[],
  what: Record<string, unknown>,
): Promise<Traced[]> {
  const numbers = [...new Set(rows.map((row) => row.account_no as bigint))];
  const all: Traced[] = [];
  for (const no of numbers) {
    const entries = rows.filter((row) => row.account_no === no).map(({ account_no: _, ...entry }) => entry);
    all.push(await named(pool, as, { account_no: no, ...what }, entries));
  }
  return all;
}

async function named(pool: Pool, as: string, row: Row, entries: readonly Row[]): Promise<Traced> {
  const { account_no: no, ...what } = row;
  const [account] = await run<Row>(pool, NAMES, [[no]]);
  return { as, account: account?.id ?? `number ${no}`, what, entries };
}
