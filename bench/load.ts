/** The producer: it keeps a queue from running dry, counts what has left it in a window of time, and waits until it is empty. */
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { KEY_PREFIX, USAGE_JOB_NAME, USAGE_JOB_VERSION, USAGE_QUEUE } from '../src/messages.js';
import type { EventSource } from './events.js';

/** Whatever jobs are handed to, as the one that loads it sees it. */
export interface Line {
  add(jobs: number): Promise<void>;
  /** Jobs that were added and have not been done. */
  outstanding(): Promise<number>;
  close(): Promise<void>;
}

export interface Window {
  readonly seconds: number;
  /** So many jobs wait at most: a line that is emptied slowly is not filled for minutes. */
  readonly backlog: number;
  /** Jobs added at once. */
  readonly bulk: number;
  /** Called once in the middle of the window. */
  readonly atMiddle?: () => Promise<unknown>;
}

/** The first part of each window is not measured: caches and compilers warm up. */
const WARM_SHARE = 0.2;
const DRAIN_MS = 120_000;

/** Jobs done per second between warm-up and the window's end. Everything that was added has been done when it answers. */
export async function loadFor(line: Line, { seconds, backlog, bulk, atMiddle }: Window): Promise<number> {
  let added = 0;
  let isOver = false;
  const fed = (async () => {
    while (!isOver) {
      if ((await line.outstanding()) + bulk > backlog) await delay(2);
      else {
        await line.add(bulk);
        added += bulk;
      }
    }
  })();
  const done = async (): Promise<{ done: number; at: number }> => {
    // What was added while the line was asked is not yet known to be done or not: the smaller number is taken.
    const before = added;
    const outstanding = await line.outstanding();
    return { done: before - outstanding, at: performance.now() };
  };
  try {
    await Promise.race([fed, delay(seconds * WARM_SHARE * 1_000)]);
    const first = await done();
    const rest = (seconds * (1 - WARM_SHARE) * 1_000) / 2;
    await Promise.race([fed, delay(rest)]);
    const middle = atMiddle?.();
    await Promise.race([fed, delay(rest)]);
    const last = await done();
    await middle;
    return ((last.done - first.done) / (last.at - first.at)) * 1_000;
  } finally {
    isOver = true;
    await fed;
    await drained(line);
  }
}

export async function drained(line: Line): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  while ((await line.outstanding()) > 0) {
    if (performance.now() > until) throw new Error(`Jobs were left undone for ${DRAIN_MS / 1_000} s.`);
    await delay(5);
  }
}

export interface BullLine extends Line {
  readonly queue: Queue;
  /** Adds one job and answers at what time it was seen to be done, by `performance.now`. */
  addOne(): Promise<number>;
}

const UNDONE = ['waiting', 'active', 'delayed', 'prioritized'];
const LOOK_EVERY_MS = 1;

/** Jobs of BullMQ on Redis; `make` gives one job's data. */
export function openBullLine(redisUrl: string, name: string, prefix: string, make: () => object): BullLine {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection, prefix, streams: { events: { maxLen: 1_000 } } });
  return {
    queue,
    async add(jobs) {
      await queue.addBulk(Array.from({ length: jobs }, () => ({ name: USAGE_JOB_NAME, data: make() })));
    },
    async addOne() {
      const { id = '' } = await queue.add(USAGE_JOB_NAME, make());
      // Of jobs that are done only the newest are kept: one that is unknown is done.
      while (UNDONE.includes(await queue.getJobState(id))) await delay(LOOK_EVERY_MS);
      return performance.now();
    },
    async outstanding() {
      const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed');
      return waiting + active + delayed;
    },
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

/** creditd's own queue of usage, in jobs of so many events. */
export function openUsageLine(redisUrl: string, source: () => EventSource, eventsPerJob: number): BullLine {
  const make = (): object => {
    const from = source();
    if (eventsPerJob === 1) return { v: USAGE_JOB_VERSION, event: from.next() };
    return { v: USAGE_JOB_VERSION, events: Array.from({ length: eventsPerJob }, () => from.next()) };
  };
  return openBullLine(redisUrl, USAGE_QUEUE, KEY_PREFIX, make);
}
