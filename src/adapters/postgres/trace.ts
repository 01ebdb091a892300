/** From whatever stands on a customer's paper to the entries that it led to. Reads only. */
import type { Pool } from 'pg';
import { engineKey, producerKey } from '../../domain/keys.js';
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

/** Lines that are looked through for a moment: a use may be posted long after it happened. */
const AROUND_LOOKED_AT = 100_000;
/** Entries around a moment that are shown at most. */
const AROUND_MAX = 50;

/** How far behind a purchase its credits are followed: what came of them later is asked for by its own key or time. */
const LINES_LOOKED_AT = 20_000;

const ENTRY = 'e.sequence, e.occurred_at, e.kind, e.amount, e.balance_after, e.lot, e.meter, e.reason';
const CHARGE =
  'c.account_no, c.id as charge, c.kind, c.state, c.amount_minor, c.currency, c.intent_id, c.processor_charge_id, c.receipt_number, c.created_at';

/** $1: the text, or null where it is no id of ours. Each is found by an index of its own. */
const BY_CHARGE: readonly (readonly [as: string, statement: Statement, by: 'uuid' | 'text'])[] = [
  ['charge', { name: 'trace_charge', text: `select ${CHARGE} from charges c where c.id = $1::uuid limit 5` }, 'uuid'],
  [
    'payment intent',
    { name: 'trace_intent', text: `select ${CHARGE} from charges c where c.intent_id = $1 limit 5` },
    'text',
  ],
  [
    'payment',
    { name: 'trace_payment', text: `select ${CHARGE} from charges c where c.processor_charge_id = $1 limit 5` },
    'text',
  ],
  [
    'receipt number',
    { name: 'trace_receipt', text: `select ${CHARGE} from charges c where c.receipt_number = $1 limit 5` },
    'text',
  ],
  [
    'failed payment',
    {
      name: 'trace_failed',
      text: `select ${CHARGE} from (select account_no, charge_id from attempts where processor_charge_id = $1 limit 5) t
        join charges c on c.account_no = t.account_no and c.id = t.charge_id`,
    },
    'text',
  ],
];

/** What the processor's events name: refunds, disputes, invoices, sessions. Which of our charges each was about stands beside. */
const NAMED_BY_EVENTS = ['customer', 'intent', 'paymentMethod', 'setupIntent', 'subscription', 'invoice', 'session'];
const EVENTS_READ = 50;
const BY_EVENT: readonly Statement[] = [
  { name: 'trace_event', text: 'select charge from stripe_events where id = $1 and charge is not null' },
  {
    name: 'trace_event_object',
    text: `select charge from stripe_events where object_id = $1 and charge is not null limit ${EVENTS_READ}`,
  },
  {
    name: 'trace_event_names',
    text: `select charge from stripe_events where charge is not null
      and (${NAMED_BY_EVENTS.map((name) => `body @> jsonb_build_object('${name}', $1::text)`).join(' or ')}) limit ${EVENTS_READ}`,
  },
];
const CHARGES: Statement = {
  name: 'trace_charges',
  text: `select ${CHARGE} from charges c where c.id = any($1::uuid[]) limit 5`,
};

/** Lines that name the charge, and the lines of lots that it brought, from the first of those on. */
const ENTRIES_OF_CHARGE: Statement = {
  name: 'trace_entries_of_charge',
  text: `with named as (
      select e.* from ledger_entries e where e.account_no = $1 and e.ref = $2::uuid order by e.sequence limit 500),
    first as (select min(sequence) as sequence from named),
    lots as (select id from grants where account_no = $1 and charge_id = $2::uuid)
    select ${ENTRY} from (
      select * from named union
      select e.* from first f cross join lateral (
        select * from ledger_entries l where l.account_no = $1 and l.sequence > f.sequence
          and l.sequence <= f.sequence + ${LINES_LOOKED_AT} order by l.sequence offset 0) e
      where e.lot in (select id from lots)) e
    order by e.sequence limit 500`,
};

const INVOICE: Statement = {
  name: 'trace_invoice',
  text: `select i.account_no, i.id as invoice, i.status, i.amount_minor, i.paid_at, i.run, i.ordinal from invoices i where i.id = $1 limit 5`,
};
/** The allotment's own lines, by the keys that the engine gives them. */
const LOTS_OF_PERIOD: Statement = {
  name: 'trace_lots_of_period',
  text: `select id from grants where account_no = $1 and run = $2 and ordinal = $3 and kind = 'allotment' limit 50`,
};
const BY_KEYS: Statement = {
  name: 'trace_by_keys',
  text: `select ${ENTRY} from ledger_entries e where e.account_no = $1 and e.key_hash = any($2::uuid[]) order by e.sequence limit 500`,
};

const NOTICE: Statement = {
  name: 'trace_notice',
  text: `select n.account_no, n.id as notice, n.kind, n.state, n.result, n.created_at, n.facts ->> 'charge' as charge
    from notices n where n.id = $1::uuid limit 5`,
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
    cross join lateral (select * from holds x where x.account_no = a.no and x.key_hash = $1::uuid offset 0) h
    where $2::text is null or a.id = $2 limit 100`,
};

const BOUGHT: Statement = {
  name: 'trace_bought',
  text: `select ${CHARGE} from accounts a
    cross join lateral (select * from charges x where x.account_no = a.no and x.key_hash = $1::uuid offset 0) c
    where $2::text is null or a.id = $2 limit 100`,
};

const BEARERS: Statement = {
  name: 'trace_bearers',
  text: `select a.no, b.sequence from (
      select no from accounts where id = $1 union select no from accounts where slug = $1 limit 20) a
    join balances b on b.account_no = a.no`,
};
/** Lines were posted in the order of their numbers: the first one since an instant is found by halving. */
const POSTED_AT: Statement = {
  name: 'trace_posted_at',
  text: 'select posted_at from ledger_entries where account_no = $1 and sequence = $2',
};
const AROUND: Statement = {
  name: 'trace_around',
  text: `select * from (
      select e.account_no, e.sequence, e.occurred_at, e.posted_at, e.kind, e.amount, e.balance_after, e.meter, e.quantity, e.member,
        e.reason from ledger_entries e where e.account_no = $1 and e.sequence >= $4 and e.sequence < $4 + ${AROUND_LOOKED_AT}
      order by e.sequence offset 0) e
    where e.occurred_at between $2::timestamptz and $3::timestamptz order by e.sequence limit ${AROUND_MAX}`,
};

const NAMES: Statement = { name: 'trace_names', text: 'select no, id from accounts where no = any($1::bigint[])' };

export interface TraceWish {
  readonly text: string;
  /** Where a usage key is looked for; left out: everywhere, account by account. */
  readonly account?: string;
  /** With a slug or an account: what happened around then. */
  readonly between?: { readonly from: string; readonly to: string };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Everything that the text can be. Empty: nothing here bears it. */
export async function trace(pool: Pool, wish: TraceWish): Promise<Traced[]> {
  const { text, between } = wish;
  if (between !== undefined) return around(pool, text, between.from, between.to);
  const found: Traced[] = [];
  const add = async (as: string, rows: readonly Row[]): Promise<void> => {
    for (const row of rows)
      if (!found.some((one) => one.what.charge === row.charge)) found.push(await ofCharge(pool, as, row));
  };
  const id = UUID.test(text) ? text : null;
  for (const [as, statement, by] of BY_CHARGE)
    await add(as, await run<Row>(pool, statement, [by === 'uuid' ? id : text]));
  await add('event of the processor', await ofEvents(pool, text));
  for (const row of await run<Row>(pool, INVOICE, [text])) {
    const entries = row.run === null ? [] : await ofPeriod(pool, row);
    found.push(await named(pool, 'invoice', row, entries));
  }
  for (const row of await run<Row>(pool, NOTICE, [id])) {
    const entries = row.charge === null ? [] : await run<Row>(pool, ENTRIES_OF_CHARGE, [row.account_no, row.charge]);
    found.push(await named(pool, 'notice', row, entries));
  }
  return found.length > 0 ? found : ofKey(pool, wish);
}

async function ofCharge(pool: Pool, as: string, row: Row): Promise<Traced> {
  return named(pool, as, row, await run<Row>(pool, ENTRIES_OF_CHARGE, [row.account_no, row.charge]));
}

/** Events say in their metadata which charge they are about; whatever else stands there is nobody's charge. */
async function ofEvents(pool: Pool, text: string): Promise<Row[]> {
  const charges = new Set<string>();
  for (const statement of BY_EVENT)
    for (const row of await run<Row>(pool, statement, [text])) if (UUID.test(row.charge)) charges.add(row.charge);
  return charges.size === 0 ? [] : run<Row>(pool, CHARGES, [[...charges]]);
}

async function ofPeriod(pool: Pool, { account_no: no, run: cycle, ordinal }: Row): Promise<Row[]> {
  const lots = await run<Row>(pool, LOTS_OF_PERIOD, [no, cycle, ordinal]);
  const ends = lots.flatMap(({ id }) => [`begin:${id}`, `lapse:${id}`, `end:${id}:${cycle}`]);
  return run<Row>(pool, BY_KEYS, [no, [`allotment:${cycle}:${ordinal}`, ...ends].map(engineKey)]);
}

/** A key's text is not kept, only its hash: it is hashed again and looked for, with what gave it back. */
async function ofKey(pool: Pool, { text, account }: TraceWish): Promise<Traced[]> {
  const values = [producerKey(text), account ?? null];
  const found = await byAccount(pool, 'usage key', await run<Row>(pool, KEY, values), { key: text });
  for (const row of await run<Row>(pool, HOLD, values)) found.push(await named(pool, 'key of a hold', row, []));
  for (const row of await run<Row>(pool, BOUGHT, values)) found.push(await ofCharge(pool, 'key of a purchase', row));
  return found;
}

async function around(pool: Pool, slug: string, from: string, to: string): Promise<Traced[]> {
  const rows: Row[] = [];
  for (const { no, sequence } of await run<Row>(pool, BEARERS, [slug])) {
    const first = await firstSince(pool, no, sequence, Date.parse(from) - AHEAD_MS);
    rows.push(...(await run<Row>(pool, AROUND, [no, from, to, first])));
  }
  return byAccount(pool, 'time', rows, { from, to });
}

/** A use may be dated a little ahead of when it was posted. */
const AHEAD_MS = 3_600_000;

async function firstSince(pool: Pool, no: bigint, last: bigint, sinceMs: number): Promise<bigint> {
  let [low, high] = [1n, last + 1n];
  while (low < high) {
    const middle = (low + high) / 2n;
    const [line] = await run<Row>(pool, POSTED_AT, [no, middle]);
    if (line !== undefined && line.posted_at >= sinceMs) high = middle;
    else low = middle + 1n;
  }
  return low;
}

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
