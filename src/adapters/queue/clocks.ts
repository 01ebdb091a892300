/**
 * Clocks are job schedulers: however many processes run, one tick is due at a time. A tick carries nothing; it asks Postgres
 * what is due. Every process looks after the schedulers every minute, so that an emptied Redis gets them back.
 */
import { CLOCK_QUEUE } from '../../messages.js';
import type { BillingQueue } from './backend.js';
import type { Queues } from './queues.js';
import { messageOf } from './quiet.js';
import { KEEP_NOTHING } from './step-worker.js';
import { type RunningWorker, startWorker, type WorkerSettings } from './worker.js';

export interface Tick {
  readonly name: string;
  /** Milliseconds from one to the next. */
  readonly everyMs: number;
}

export interface Clocks {
  /** Resolves when all schedulers stand. Also done every minute by itself. Rejects when the queue cannot be reached. */
  wind(): Promise<void>;
  close(): void;
}

const WIND_EVERY_MS = 60_000;
/** After a failure the schedulers are looked at again sooner: the queue may just have come back. */
const WIND_AGAIN_MS = 5_000;

/** Winds the clocks now and from then on. `windEveryMs` is for tests that empty Redis and do not wait a minute. */
export function makeClocks(queues: Queues, ticks: readonly Tick[], windEveryMs: number = WIND_EVERY_MS): Clocks {
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const wind = () =>
    queues.ask(CLOCK_QUEUE, async (queue) => {
      for (const tick of ticks) await windOne(queue, tick);
    });
  const again = async () => {
    const failed = await wind().then(
      () => false,
      (error) => {
        queues.quiet.error('clocks', error);
        return true;
      },
    );
    if (!failed) queues.quiet.ready('clocks');
    if (!closed) timer = setTimeout(again, failed ? Math.min(WIND_AGAIN_MS, windEveryMs) : windEveryMs).unref();
  };
  void again();
  return {
    wind,
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/**
 * Writes only what is missing, changed or standing still: an upsert takes the waiting tick away and puts it at the end, and
 * two processes doing so at the same instant make one tick too many.
 */
async function windOne(queue: BillingQueue, tick: Tick): Promise<void> {
  const standing = await queue.getJobScheduler(tick.name);
  const overdue = standing?.next !== undefined && standing.next < Date.now() - Math.max(tick.everyMs, WIND_EVERY_MS);
  if (standing !== undefined && Number(standing.every) === tick.everyMs && !overdue) return;
  await queue.upsertJobScheduler(
    tick.name,
    { every: tick.everyMs },
    { name: tick.name, data: {}, opts: { attempts: 1, removeOnComplete: true, removeOnFail: true } },
  );
}

/**
 * Starts taking ticks. A tick that comes while this process is still at the one before is dropped: ticks do not pile up. A
 * handler that throws is logged; the next tick asks again.
 */
export function startTickWorker(
  queues: Queues,
  handlers: Readonly<Record<string, () => Promise<void>>>,
  settings: WorkerSettings,
): Promise<RunningWorker> {
  const running = new Set<string>();
  return startWorker(
    queues,
    CLOCK_QUEUE,
    async ({ name }) => {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      // Another release's clock: its own workers answer it, and an old scheduler ends when nobody winds it.
      if (handler === undefined || running.has(name)) return;
      running.add(name);
      try {
        await handler();
      } catch (error) {
        queues.log.error(
          { clock: name, reason: messageOf(error), err: error },
          'A clock met an error; its next tick tries again.',
        );
      } finally {
        running.delete(name);
      }
    },
    settings,
    KEEP_NOTHING,
  );
}
