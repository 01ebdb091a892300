/** The API's dependencies: the part of `wire.ts` that knows these classes. */
import { makeAccounts } from './adapters/postgres/accounts.js';
import { makeAnswers } from './adapters/postgres/answers.js';
import { makeApiKeys } from './adapters/postgres/api-keys.js';
import { makeFirstOutcomes } from './adapters/postgres/first-outcomes.js';
import { makeProfiles } from './adapters/postgres/profiles.js';
import { makeAccountReads } from './adapters/postgres/reads-account.js';
import { makeLedgerReads } from './adapters/postgres/reads-ledger.js';
import type { Stamp } from './adapters/postgres/stamp.js';
import { makeStates } from './adapters/postgres/states.js';
import type { Queues } from './adapters/queue/queues.js';
import { isoOf } from './domain/instant.js';
import type { Outcome } from './domain/outcomes.js';
import type { Batcher } from './flow/batcher.js';
import { useOf } from './flow/debit-usage.js';
import { makeOpenAccount } from './flow/open-account.js';
import type { ApiOptions } from './http/api/api.js';
import type { Doors, Taken } from './http/api/deps.js';
import { makeLive } from './http/api/live.js';
import { makeRateLimit } from './http/api/rate-limit.js';
import { makeReader } from './http/api/reading.js';
import type { Who } from './http/api/route.js';
import { makeSessions } from './http/api/session-token.js';
import type { Lifecycle } from './lifecycle.js';
import { byPlace } from './messages/cluster.js';
import { JOB_BYTES, USAGE_JOB_NAME, USAGE_JOB_VERSION, USAGE_QUEUE, type UsageEvent } from './messages.js';
import type { Reads } from './ports.js';
import type { Store } from './wire.js';
import { type CheckoutParts, openCheckout } from './wire-checkout.js';
import { openEndpointsDoor } from './wire-events-door.js';
import { openBatcher, openLedger } from './wire-ledger.js';

/** Batches of API calls in flight at once; one ledger connection each. */
const LANES = 2;
const BATCH_MAX = 200;
const BATCH_WAIT_MS = 2;
/** How long a queue that did not answer is not asked again: meanwhile usage is posted directly. */
const QUEUE_AWAY_MS = 5_000;

export interface DoorParts {
  readonly store: Store;
  readonly queues: Pick<Queues, 'ask'> & Partial<Pick<Queues, 'usageQueues'>>;
  readonly stamp: Stamp;
  /** None: no person can come in. */
  readonly sessionSecrets: readonly string[];
  /** Where people reach this system; asked when it is needed, because a port may be known only later. */
  readonly publicUrl: () => string;
  /** Events may go to private addresses and without TLS. */
  readonly allowPrivateEndpoints?: boolean;
  /** Left out: nothing is asked of the processor here. */
  readonly paid?: Pick<CheckoutParts, 'payments' | 'stripe'>;
}

export function openDoors(parts: DoorParts, lifecycle: Lifecycle): ApiOptions {
  const { store, stamp, sessionSecrets } = parts;
  const { prisma, pool, clock, catalogs, totals, log, newId } = store;
  const ledger = openLedger(store, stamp);
  const onBatch = store.metrics.batch;
  const poster = openBatcher(store, ledger, { lanes: LANES, batchMax: BATCH_MAX, waitMs: BATCH_WAIT_MS, onBatch });
  const accountReads = makeAccountReads(prisma, pool);
  const currencyOf = async (account: string): Promise<string> =>
    catalogs.find((await accountReads.catalogOf(account)) ?? '')?.currency ?? '';
  const reads: Reads = { ...accountReads, ...makeLedgerReads(pool, currencyOf) };
  const [first, ...older] = sessionSecrets;
  const sessions = first === undefined ? null : makeSessions([first, ...older]);
  const live = makeLive({ pulses: (accounts) => reads.pulses(accounts), clock, log });
  lifecycle.onClose('live balances', async () => live.close());
  const answers = makeAnswers(prisma, clock);
  const accounts = makeAccounts(prisma, clock, newId);
  const doors: Doors = {
    ...{ reads, totals, catalogs, clock, sessions, live, publicUrl: parts.publicUrl },
    poster: { post: poster.post, first: makeFirstOutcomes(prisma) },
    read: makeReader({ states: makeStates(pool, clock), catalogs, deployment: stamp.deployment, newId }),
    endpoints: openEndpointsDoor(store, parts.allowPrivateEndpoints === true),
    profiles: makeProfiles(prisma, clock, newId),
    open: makeOpenAccount(accounts, ledger),
    foreignAccounts: (who, ids) => foreignAccounts(reads, who, ids),
    take: makeTake(parts, poster),
    ...(parts.paid === undefined ? {} : { checkout: openCheckout({ ...parts, ...parts.paid }, ledger) }),
  };
  return {
    doors,
    deps: {
      ...{ answers, log, catalogOf: reads.catalogOf, confinedTo: reads.confinedTo },
      identity: { keys: makeApiKeys(prisma, clock, newId), sessions, clock },
      limits: { key: makeRateLimit(200, 400), person: makeRateLimit(20, 60) },
    },
  };
}

async function foreignAccounts(reads: Reads, who: Who, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (who.kind === 'person') return new Set(ids.filter((id) => id !== who.account));
  if (who.catalog === null) return new Set();
  const found = await reads.catalogsOf(ids);
  return new Set([...found].filter(([, catalog]) => catalog !== who.catalog).map(([id]) => id));
}

/** What the queue took may have been taken though it did not say so: the keys see to it that nothing is debited twice. */
function makeTake({ queues, store }: DoorParts, poster: Batcher) {
  let askAgainAt = 0;
  const queued = async (events: readonly UsageEvent[]): Promise<boolean> => {
    if (performance.now() < askAgainAt) return false;
    const now = isoOf(await store.clock.roughly());
    const stamped = events.map((event) => ({ ...event, occurredAt: event.occurredAt ?? now }));
    const jobs = byPlace(stamped, queues.usageQueues ?? 1).map(({ place, events: own }) => ({
      place,
      data: { v: USAGE_JOB_VERSION, events: own },
    }));
    // What a worker could not read would be lost to it.
    if (jobs.some(({ data }) => Buffer.byteLength(JSON.stringify(data)) > JOB_BYTES)) return false;
    try {
      for (const { place, data } of jobs)
        await queues.ask(USAGE_QUEUE, (queue) => queue.add(USAGE_JOB_NAME, data, { attempts: 1 }), place);
      return true;
    } catch (error) {
      askAgainAt = performance.now() + QUEUE_AWAY_MS;
      store.log.warn({ err: error }, 'the usage queue did not answer; usage is posted directly for now');
      return false;
    }
  };
  return async (events: readonly UsageEvent[], wait: boolean): Promise<Taken> => {
    if (!wait && (await queued(events))) return { kind: 'queued' };
    const answer = await poster.post(events.map((event) => useOf(event, 'record')));
    if (answer.kind === 'unavailable') return { kind: 'unavailable' };
    for (const outcome of answer.outcomes) count(store, outcome);
    return answer;
  };
}

function count({ metrics }: Store, outcome: Outcome): void {
  if (outcome.kind === 'refused') metrics.usageEvent('refused', outcome.reason);
  else metrics.usageEvent(outcome.kind === 'used' && outcome.replayed ? 'replayed' : 'used', null);
}
