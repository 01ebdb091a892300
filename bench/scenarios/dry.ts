/** S7: accounts that run dry in the middle of a batch, go on into pay-as-you-go to its cap, and owe the rest. */
import { v7 } from 'uuid';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import { makeDatabaseClock } from '../../src/adapters/postgres/clock.js';
import { makePostgresLedger } from '../../src/adapters/postgres/ledger.js';
import { makePool } from '../../src/adapters/postgres/pool.js';
import type { Command } from '../../src/domain/commands.js';
import { accountId } from '../../src/domain/ids.js';
import { minorUnits } from '../../src/domain/money.js';
import type { UsageEvent } from '../../src/messages.js';
import { type Bench, least, type Measured } from '../bench.js';
import { makeRandom, uniform } from '../events.js';
import { drained, openUsageLine } from '../load.js';
import { interleave, ratioOf } from '../measure.js';
import { BATCH_BULK, EVENTS_A_JOB } from './batches.js';

/** Ten uses of sixty: five hundred are included, 1.00 of pay-as-you-go buys twenty-five more, and the rest is owed. */
const EVENTS_AN_ACCOUNT = 10;
const QUANTITY = 60;
const EXPECTED = { lots: '0', overage: '25000000', debt: '75000000' } as const;
const CAP_MINOR = minorUnits(100n);
/** Accounts for each second of a turn. */
const ACCOUNTS_A_SECOND = 1_500;
const COMMANDS_AT_ONCE = 900;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

const DRY = 'accounts running dry';
const FULL = 'accounts with credits';

export async function dry(bench: Bench): Promise<Measured> {
  const { options, client } = bench;
  await bench.worker();
  const accounts = Math.ceil(ACCOUNTS_A_SECOND * options.seconds);
  const rounds = Math.min(2, options.rounds);
  for (let round = 1; round <= rounds; round += 1) await openDry(bench, `dry${round}-`, accounts);
  const events = accounts * EVENTS_AN_ACCOUNT;
  const series = await interleave(rounds, [
    { name: DRY, unit: 'events/s', run: (round) => emptied(bench, eventsOf(`dry${round}-`, accounts, round)) },
    {
      name: FULL,
      unit: 'events/s',
      run: () => {
        const source = bench.source('s7', uniform(options.accounts));
        return emptied(
          bench,
          Array.from({ length: events }, () => source.next()),
        );
      },
    },
  ]);
  bench.alsoSent(events * rounds);
  const { rows } = await client.query<{ wrong: string }>(
    `select count(*) as wrong from balances b join accounts a on a.no = b.account_no
     where a.id like 'dry%' and (b.lots <> $1 or b.overage <> $2 or b.debt <> $3 or b.held <> 0)`,
    [EXPECTED.lots, EXPECTED.overage, EXPECTED.debt],
  );
  const wrong = Number(rows[0]?.wrong);
  return {
    title: 'Accounts that run dry, pay-as-you-go and debt',
    series,
    goals: [least('of accounts with credits', ratioOf(series, DRY, FULL), 0.7)],
    problems: wrong === 0 ? [] : [`${wrong} accounts are not at exactly 0, 25 of pay-as-you-go and 75 owed.`],
  };
}

/** In jobs of a hundred; a few accounts take turns in each, so that several run dry in one batch. */
function eventsOf(prefix: string, accounts: number, seed: number): UsageEvent[] {
  const random = makeRandom(seed);
  const at = new Date().toISOString();
  const events: UsageEvent[] = [];
  const group = EVENTS_A_JOB / EVENTS_AN_ACCOUNT;
  for (let first = 1; first <= accounts; first += group) {
    const some = Array.from({ length: Math.min(group, accounts - first + 1) * EVENTS_AN_ACCOUNT }, (_, n) => n);
    some.sort(() => random() - 0.5);
    for (const n of some) {
      const account = `${prefix}${first + Math.floor(n / EVENTS_AN_ACCOUNT)}`;
      const key = `${account}-${n}`;
      events.push({ account, meter: 'fix', key, quantity: QUANTITY, mode: 'happened', occurredAt: at });
    }
  }
  return events;
}

/** Events a second, from the first that is added to the last that is done. */
async function emptied({ servers, client }: Bench, events: readonly UsageEvent[]): Promise<number> {
  let next = 0;
  const source = {
    next: () => events[next++] ?? raise(),
    sent: events.length,
    distinct: events.length,
  };
  const line = openUsageLine(servers.redisUrl, () => source, EVENTS_A_JOB);
  try {
    const jobs = Math.ceil(events.length / EVENTS_A_JOB);
    const began = performance.now();
    const checkpoint = client.query('checkpoint');
    for (let added = 0; added < jobs; added += BATCH_BULK) await line.add(Math.min(BATCH_BULK, jobs - added));
    await drained(line);
    const seconds = (performance.now() - began) / 1_000;
    await checkpoint;
    return events.length / seconds;
  } finally {
    await line.close();
  }
}

const raise = (): never => {
  throw new Error('more events were asked for than there are');
};

/** Through the ledger's own door: their allotment, a card, and pay-as-you-go with a cap of their own. */
async function openDry({ servers, client }: Bench, prefix: string, accounts: number): Promise<void> {
  await client.query(
    `insert into accounts (id, name, catalog, created_at)
     select $1 || n, 'account ' || n, 'atlios', clock_timestamp() - interval '1 day' from generate_series(1, $2::int) n`,
    [prefix, accounts],
  );
  const mine = `(select no, created_at from accounts where id like '${prefix}%') a`;
  await client.query(
    `insert into account_settings (account_no, plan, zone, anchor) select no, 'growth', 'UTC', created_at from ${mine}`,
  );
  await client.query(
    `insert into balances (account_no, last_instant, settled_until) select no, created_at, created_at from ${mine}`,
  );
  const pool = makePool({ url: servers.databaseUrl, max: 2, name: 'opening', log: QUIET });
  const files = readCatalogs(['atlios']);
  if (files.kind === 'invalid') throw new Error(files.problems.join('\n'));
  const { rows } = await client.query<{ id: string }>('select id from deployment');
  const ledger = makePostgresLedger({
    ...{ pool, clock: makeDatabaseClock(pool), catalogs: makeCatalogs(files.files), log: QUIET, newId: () => v7() },
    ...{ deployment: rows[0]?.id ?? '', onAsked: () => undefined },
  });
  try {
    for (let first = 1; first <= accounts; first += COMMANDS_AT_ONCE / 3) {
      const some = Math.min(COMMANDS_AT_ONCE / 3, accounts - first + 1);
      const commands = Array.from({ length: some }, (_, n) => commandsOf(`${prefix}${first + n}`)).flat();
      const posted = await ledger.post(commands);
      const refused = posted.kind === 'posted' ? posted.outcomes.find(({ kind }) => kind === 'refused') : posted;
      if (refused !== undefined) throw new Error(`An account could not be opened: ${JSON.stringify(refused)}`);
    }
  } finally {
    await pool.end();
  }
}

function commandsOf(id: string): Command[] {
  const account = accountId(id);
  const card = {
    processorId: `pm_${id}`,
    fingerprint: id,
    brand: 'visa',
    last4: '4242',
    expiryMonth: 12,
    expiryYear: 2040,
  };
  return [
    { kind: 'settle', account },
    { kind: 'attach_card', account, card },
    { kind: 'configure_overage', account, settings: { enabled: true, capMinor: CAP_MINOR } },
  ];
}
