/** The queues of one process: opened once, asked with a limit, closed last. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Telemetry } from 'bullmq';
import { CLOCK_QUEUE, QUEUE_NAMES, type QueueName, USAGE_QUEUE } from '../../messages.js';
import type { Log } from '../../ports.js';
import { type Backend, type BillingQueue, makeBackend, type QueueConfig } from './backend.js';
import { makeQuiet, messageOf, type Quiet } from './quiet.js';

export interface Queues {
  readonly kind: QueueConfig['kind'];
  readonly backend: Backend;
  readonly quiet: Quiet;
  readonly log: Log;
  /** How long an opening may wait for the server, in milliseconds. */
  readonly openMs: number;
  /** How many queues usage is split over: one, but on a Redis Cluster. */
  readonly usageQueues: number;
  /** What a queue and its worker are given so that their jobs are traced; nothing where they are not. */
  spans(name: QueueName): { readonly telemetry?: Telemetry };
  /** Every queue, for dashboards. */
  readonly all: readonly BillingQueue[];
  /**
   * Asks or tells a queue something. Rejects at the latest after 5 s while the server is away: nobody who serves a request
   * or holds a lease may hang on it. What timed out may still have happened. `place`: which of the queues that usage is
   * split over, the first unless said.
   */
  ask<T>(name: QueueName, question: (queue: BillingQueue) => Promise<T>, place?: number): Promise<T>;
  close(): Promise<void>;
}

export interface QueuesOptions {
  /** How long to wait for Postgres before giving up, in milliseconds. Redis is not waited for. */
  readonly openMs?: number;
  /** Left out: no job is traced. */
  readonly telemetry?: Telemetry;
}

const OPEN_MS = 30_000;
const OPEN_AGAIN_MS = 500;
const ASK_MS = 5_000;
const CLOSE_MS = 5_000;
/** Nobody reads the event stream but dashboards; BullMQ keeps 10 000 by default, in memory on Redis. */
const EVENTS_KEPT = 1_000;

/**
 * Opens all queues. On Redis it returns at once and connects behind; on Postgres it waits until the schema is in place,
 * because there a queue whose first connection fails stays broken.
 * @throws Error in a plain sentence when Postgres cannot be reached within `openMs`.
 */
export async function makeQueues(config: QueueConfig, log: Log, options: QueuesOptions = {}): Promise<Queues> {
  const quiet = makeQuiet(log);
  const backend = makeBackend(config, quiet);
  const openMs = options.openMs ?? OPEN_MS;
  const opened = new Map<string, BillingQueue>();
  // A tick makes the next one: traced, all ticks of a clock would be one trace without end.
  const spans = (name: QueueName) =>
    options.telemetry === undefined || name === CLOCK_QUEUE ? {} : { telemetry: options.telemetry };
  const make = (name: QueueName, place: number) => () => {
    const placed = backend.placed(name, place);
    const queue = new backend.classes.Queue<unknown, unknown>(placed.name, {
      connection: 'ours',
      prefix: placed.prefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
      ...spans(name),
    });
    queue.on('error', (error) => quiet.error(`${name} queue`, error));
    return queue;
  };
  const close = async () => {
    await Promise.race([
      Promise.allSettled([...opened.values()].map((queue) => queue.close())),
      delay(CLOSE_MS, null, { ref: false }),
    ]);
    await backend.close();
  };
  try {
    for (const name of QUEUE_NAMES) {
      for (let place = 0; place < placesOf(backend, name); place += 1) {
        const made = make(name, place);
        const queue = config.kind === 'redis' ? made() : await opening(made, openMs, quiet);
        opened.set(backend.placed(name, place).name, queue);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    kind: config.kind,
    backend,
    quiet,
    log,
    openMs,
    usageQueues: backend.usageQueues,
    spans,
    all: [...opened.values()],
    ask(name, question, place = 0) {
      const queue = opened.get(backend.placed(name, place).name);
      if (queue === undefined) throw new Error(`There is no queue named ${name}.`);
      const asked = queue.waitUntilReady().then(() => question(queue));
      return within(
        asked,
        ASK_MS,
        `The ${name} queue did not answer within ${ASK_MS / 1_000} s. Is ${config.kind} running?`,
      );
    },
    close,
  };
}

/** How many queues there are of this kind. */
export const placesOf = ({ usageQueues }: Pick<Backend, 'usageQueues'>, name: QueueName): number =>
  name === USAGE_QUEUE ? usageQueues : 1;

/**
 * Makes something that connects to Postgres, again and again until it is ready. Making it anew is the point: BullMQ
 * remembers a first connection that failed and never tries another.
 */
export async function opening<T extends { waitUntilReady(): Promise<void>; close(): Promise<void> }>(
  make: () => T,
  openMs: number,
  quiet: Quiet,
): Promise<T> {
  const until = performance.now() + openMs;
  for (;;) {
    const made = make();
    try {
      await within(made.waitUntilReady(), openMs, 'no answer');
      return made;
    } catch (error) {
      await made.close().catch((closing) => quiet.error('postgres', closing));
      if (performance.now() >= until) {
        throw new Error(`The queue’s Postgres could not be opened within ${openMs / 1_000} s: ${messageOf(error)}`, {
          cause: error,
        });
      }
      await delay(OPEN_AGAIN_MS);
    }
  }
}

export async function within<T>(promise: Promise<T>, ms: number, sentence: string): Promise<T> {
  const limit = new AbortController();
  try {
    return await Promise.race([
      promise,
      delay(ms, null, { signal: limit.signal }).then(() => {
        throw new Error(sentence);
      }),
    ]);
  } finally {
    limit.abort();
  }
}
