/** S6: many accounts fall due at the same minute, while usage comes in. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, type Measured, most } from '../bench.js';
import { type EventSource, uniform } from '../events.js';
import { type BullLine, drained, loadFor, openUsageLine } from '../load.js';
import { median, type Series } from '../measure.js';
import { keepPace } from '../pace.js';
import { SINGLE_BACKLOG, SINGLE_BULK } from './single.js';

const ALLOTMENT = 100_000_000;
const RENEWED_WITHIN_MS = 180_000;
/** A debit in the middle of everything, looked after every so often. */
const PROBE_EVERY_MS = 20;

/** As opening writes them; they fall due when `fallDue` says so. */
const accountsOf = (prefix: string, count: number): readonly string[] => [
  `insert into accounts (id, name, catalog, created_at)
   select '${prefix}' || n, 'account ' || n, 'receptionist', clock_timestamp() - interval '1 day' from generate_series(1, ${count}) n`,
  `insert into account_settings (account_no, plan, zone, anchor)
   select no, 'standard', 'UTC', created_at from accounts where id like '${prefix}%'`,
  `insert into balances (account_no, last_instant, settled_until)
   select no, created_at, clock_timestamp() + interval '1 day' from accounts where id like '${prefix}%'`,
  'analyze accounts, account_settings, balances',
];

const NUMBERS = (prefix: string) => `(select no from accounts where id like '${prefix}%')`;

/** The rows that a first renewal writes, and no question asked. */
const bareRenewal = (prefix: string): string => `with
  b as (update balances set lots = ${ALLOTMENT}, sequence = 1, last_instant = clock_timestamp(), settled_until = clock_timestamp() + interval '29 days'
    where account_no in ${NUMBERS(prefix)} returning account_no, last_instant as at, gen_random_uuid() as lot),
  s as (update account_settings t set run = 0, ordinal = 0, granted_for = ${ALLOTMENT} from b where t.account_no = b.account_no),
  p as (insert into periods (account_no, run, ordinal, starts_at, ends_at, plan, allotment, granted_at)
    select account_no, 0, 0, at - interval '1 day', at + interval '29 days', 'standard', ${ALLOTMENT}, at from b),
  g as (insert into grants (account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, expires_at, begun, run, ordinal)
    select account_no, lot, 'allotment', 50, false, ${ALLOTMENT}, ${ALLOTMENT}, at, at, at + interval '29 days', true, 0, 0 from b)
  insert into ledger_entries (account_no, sequence, key_hash, line, kind, lot, amount, balance_after, occurred_at, posted_at)
    select account_no, 1, gen_random_uuid(), 0, 'grant', lot, ${ALLOTMENT}, ${ALLOTMENT}, at, at from b`;

export async function due(bench: Bench): Promise<Measured> {
  const { servers, options, client } = bench;
  await bench.worker();
  const line = openUsageLine(servers.redisUrl, () => source, 1);
  let source: EventSource = bench.source('s6', uniform(options.accounts));
  const bare: number[] = [];
  const ours: number[] = [];
  const waits = { before: [] as number[], meanwhile: [] as number[] };
  try {
    const full = await loadFor(line, bench.window(SINGLE_BACKLOG, SINGLE_BULK));
    for (let round = 1; round <= Math.min(2, options.rounds); round += 1) {
      const [mine, others] = [`due${round}-`, `bare${round}-`];
      for (const text of [...accountsOf(others, options.due), ...accountsOf(mine, options.due)])
        await client.query(text);
      source = bench.source('s6-half', uniform(options.accounts));
      const pace = keepPace(line, full / 2);
      waits.before.push(...(await probing(line, () => delay(options.seconds * 500))));
      const began = performance.now();
      await client.query(bareRenewal(others));
      bare.push((performance.now() - began) / 1_000);
      waits.meanwhile.push(...(await probing(line, async () => ours.push(await renewed(bench, mine)))));
      await pace.stop();
      await drained(line);
    }
    return verdict(options.due, ours, bare, waits);
  } finally {
    await line.close();
  }
}

/** Seconds from the first account that was renewed to the last: until the first the clock's next tick was waited for. */
async function renewed({ client, options }: Bench, prefix: string): Promise<number> {
  await client.query(`update balances set settled_until = clock_timestamp() where account_no in ${NUMBERS(prefix)}`);
  const until = performance.now() + RENEWED_WITHIN_MS;
  for (;;) {
    const { rows } = await client.query<{ done: string; seconds: string }>(
      `select count(*) as done, extract(epoch from max(granted_at) - min(granted_at)) as seconds from periods
       where account_no in ${NUMBERS(prefix)}`,
    );
    if (Number(rows[0]?.done) >= options.due) return Number(rows[0]?.seconds);
    if (performance.now() > until) throw new Error(`Only ${rows[0]?.done} of ${options.due} accounts were renewed.`);
    await delay(500);
  }
}

/** How long single debits take from the queue to their commit while something else happens, in milliseconds. */
async function probing(line: BullLine, meanwhile: () => Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  let isOver = false;
  const probe = (async () => {
    while (!isOver) {
      const began = performance.now();
      waits.push((await line.addOne()) - began);
      await delay(PROBE_EVERY_MS);
    }
  })();
  await meanwhile();
  isOver = true;
  await probe;
  return waits;
}

function verdict(
  accounts: number,
  ours: readonly number[],
  bare: readonly number[],
  { before, meanwhile }: { before: readonly number[]; meanwhile: readonly number[] },
): Measured {
  const usual = median(before);
  const longest = Math.max(...meanwhile);
  const series: Series[] = [
    { name: `creditd, ${accounts} accounts`, unit: 's', rounds: ours },
    { name: 'one bare statement, same rows', unit: 's', rounds: bare },
    { name: 'a debit before, median', unit: 'ms', rounds: [usual] },
    { name: 'a debit before, longest', unit: 'ms', rounds: [Math.max(...before)] },
    { name: 'a debit meanwhile, median', unit: 'ms', rounds: [median(meanwhile)] },
    { name: 'a debit meanwhile, longest', unit: 'ms', rounds: [longest] },
  ];
  return {
    title: 'Accounts that fall due at once while usage comes in',
    series,
    goals: [
      most('of one bare statement', median(ours) / median(bare), 3, '×'),
      most('longer than usual for the debit that waited longest', longest - usual, 100, 'ms'),
    ],
  };
}
