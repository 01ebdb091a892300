/** After the trouble: everything comes back, what was lost is sent again, time moves on, and whatever was begun has to end. */
import { setCharging } from '../../src/adapters/postgres/switch.js';
import { MINUTE_MS } from '../../src/domain/instant.js';
import { producerKey } from '../../src/domain/keys.js';
import { query } from '../support/admin.js';
import { until } from '../support/wait.js';
import { endAtStripe } from '../support/walk-drain.js';
import { poll, reconcile, travel } from '../support/walk-river.js';
import type { Entry } from './book.js';
import type { Producers } from './producers.js';
import type { Storm } from './trouble.js';

const EMPTY_MS = 90_000;
const DOWN_MS = 180_000;
const ASK_MS = 20_000;
const BREAKER_MS = 10 * MINUTE_MS;

export interface Calmed {
  /** Taken by a queue that was emptied afterwards, and sent again from the producers' book. */
  readonly lost: number;
  /** What no emptied queue explains. Each of them is a broken promise. */
  readonly unexplained: readonly Entry[];
}

export async function calm(storm: Storm, producers: Producers): Promise<Calmed> {
  const { ground, parts, world } = storm;
  const { control } = ground.double;
  control.clearFaults();
  await control.webhooks.clear();
  await persistently(() => setCharging(world.prisma, 'on'), 'the switch');
  parts.thawAll();
  await parts.allReady();
  await producers.stop();
  await usageDone(producers);
  const missing = await missingOf(storm);
  const unexplained = storm.book.unexplained(missing);
  await producers.resend();
  await usageDone(producers);
  await endMoney(storm);
  return { lost: missing.filter((entry) => entry.queuedAt !== null).length, unexplained };
}

/** A connection may still be one that was cut. */
const persistently = <T>(ask: () => Promise<T>, what: string): Promise<unknown> =>
  until(() => ask().then((answer) => ({ answer })), { timeoutMs: ASK_MS, what });

const usageDone = ({ raw }: Producers): Promise<true> =>
  until(
    async () => {
      const counts = await raw.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
      if (Object.values(counts).every((count) => count === 0)) return true as const;
      throw new Error(JSON.stringify(counts));
    },
    { timeoutMs: EMPTY_MS, everyMs: 100, what: 'the usage queue to be empty' },
  );

/** Entries that stand neither in the ledger nor among the refusals. */
async function missingOf({ ground, book }: Storm): Promise<Entry[]> {
  const debits = await query<{ id: string }>(
    ground.databaseUrl,
    `select a.id || ' ' || e.key_hash as id from ledger_entries e join accounts a on a.no = e.account_no
     where e.kind = 'use' and e.line = 0`,
  );
  const refusals = await query<{ key: string }>(ground.databaseUrl, 'select key from refusals');
  const known = new Set([...debits.map(({ id }) => id), ...refusals.map(({ key }) => key)]);
  return [...book.entries.values()].filter(
    ({ account, key }) => !known.has(key) && !known.has(`${account} ${producerKey(key)}`),
  );
}

async function endMoney(storm: Storm): Promise<void> {
  const { ground, world } = storm;
  // The breaker, too, has to hear that the processor is back.
  await travel(world, BREAKER_MS);
  await persistently(() => endAtStripe(world), 'what is under way at the processor to end');
  for (const { id } of await query<{ id: string }>(ground.databaseUrl, 'select id from accounts')) {
    await persistently(() => world.ledger.post([{ kind: 'resume_top_off', account: id as never }]), 'a resumption');
  }
  await runDown(storm);
  await persistently(() => endAtStripe(world), 'what is under way at the processor to end');
  await runDown(storm);
  await persistently(() => poll(world), 'the poller');
  await runDown(storm);
  await persistently(() => reconcile(world), 'the reconciler');
  await runDown(storm);
}

interface Left {
  readonly rows: number;
  readonly busy: number;
  readonly ahead_ms: number | null;
}

/** Waits until no step is left; where all of them only wait for their time, time is moved on. */
async function runDown({ ground, world }: Storm): Promise<void> {
  await ground.double.control.webhooks.idle();
  await until(
    async () => {
      const [left] = await query<Left & Record<string, unknown>>(
        ground.databaseUrl,
        `select count(*)::int as rows, (count(*) filter (where held_until > $1 or due_at <= $1))::int as busy,
           (extract(epoch from min(due_at) filter (where due_at > $1) - $1::timestamptz) * 1000)::float8 as ahead_ms
         from outbox where parked_at is null`,
        [new Date(world.time.nowMs).toISOString()],
      );
      if (left === undefined || left.rows === 0) return true;
      if (left.busy === 0 && left.ahead_ms !== null) await travel(world, Math.ceil(left.ahead_ms));
      throw new Error(JSON.stringify(await query(ground.databaseUrl, 'select * from outbox limit 5'), plain));
    },
    { timeoutMs: DOWN_MS, everyMs: 60, what: 'every step to end' },
  );
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);
