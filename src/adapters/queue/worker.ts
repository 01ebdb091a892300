/** A worker on either backend: what every one of ours has in common. */
import { setTimeout as delay } from 'node:timers/promises';
import type { QueueName } from '../../messages.js';
import type { BillingJob, BillingWorker } from './backend.js';
import { opening, type Queues } from './queues.js';

export interface WorkerSettings {
  /** Jobs in hand at once. */
  readonly concurrency: number;
  /** How long a job of a process that died stays locked, in milliseconds. Renewed at half of it while the job runs. */
  readonly lockMs?: number;
  /** How often jobs of dead processes are looked for, in milliseconds. */
  readonly stalledMs?: number;
}

/** What finished jobs stay to be looked at. Set here, because nothing may rely on the options of a producer. */
export interface Retention {
  readonly completed: number;
  readonly failed: number;
  /** Failed jobs are dropped after this many seconds even when fewer are kept. */
  readonly failedSeconds: number;
}

export interface RunningWorker {
  /** From now on so many jobs in hand at once; those above it that are in hand are finished. */
  inHand(jobs: number): void;
  /**
   * Takes no more jobs and waits for those in hand, at most `deadlineMs`. `forced`: some were left; their locks run out and
   * another process takes them up.
   */
  close(deadlineMs: number): Promise<'drained' | 'forced'>;
}

export type Process = (job: BillingJob, token: string) => Promise<unknown>;

const LOCK_MS = 30_000;
const STALLED_MS = 10_000;
/** A stall is a crash of ours, never the job's fault: BullMQ's default of one would fail the job at the second. */
const STALLS_ALLOWED = 1_000_000;
/** How soon a worker whose connection was refused asks again; BullMQ waits 15 s. */
const REFUSED_AGAIN_MS = 1_000;
const RUN_AGAIN_MS = 1_000;
const FORCE_MS = 2_000;

export async function startWorker(
  queues: Queues,
  name: QueueName,
  process: Process,
  settings: WorkerSettings,
  retention: Retention,
  place = 0,
): Promise<RunningWorker> {
  const placed = queues.backend.placed(name, place);
  const make = (): BillingWorker => {
    const worker = new queues.backend.classes.Worker<unknown, unknown>(
      placed.name,
      (job, token) => process(job, token ?? job.token ?? ''),
      {
        connection: 'ours',
        prefix: placed.prefix,
        autorun: false,
        concurrency: settings.concurrency,
        lockDuration: settings.lockMs ?? LOCK_MS,
        stalledInterval: settings.stalledMs ?? STALLED_MS,
        maxStalledCount: STALLS_ALLOWED,
        runRetryDelay: REFUSED_AGAIN_MS,
        removeOnComplete: { count: retention.completed },
        removeOnFail: { count: retention.failed, age: retention.failedSeconds },
        ...queues.spans(name),
      },
    );
    worker.on('error', (error) => queues.quiet.error(`${name} worker`, error));
    worker.on('ready', () => queues.quiet.ready(`${name} worker`));
    return worker;
  };
  const worker = queues.kind === 'redis' ? make() : await opening(make, queues.openMs, queues.quiet);
  const stopping = new AbortController();
  const running = keepRunning(worker, stopping.signal, (error) => queues.quiet.error(`${name} worker`, error));
  return {
    inHand(jobs) {
      worker.concurrency = jobs;
    },
    async close(deadlineMs) {
      stopping.abort();
      const closed = worker.close().then(() => running);
      const limit = new AbortController();
      const result = await Promise.race([
        closed.then(() => 'drained' as const),
        delay(deadlineMs, 'forced' as const, { signal: limit.signal }).catch(() => 'drained' as const),
      ]);
      limit.abort();
      // `worker.close(true)` after `close()` would only return the first promise; the connections are cut instead.
      if (result === 'forced')
        await Promise.race([worker.getBackend().close(true), delay(FORCE_MS, null, { ref: false })]);
      return result;
    },
  };
}

/** BullMQ's loop ends when it throws, and nobody would notice: the process lives on and takes no jobs. */
async function keepRunning(
  worker: BillingWorker,
  stopping: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await worker.run();
    } catch (error) {
      report(error);
    }
    if (!stopping.aborted) await delay(RUN_AGAIN_MS, null, { signal: stopping }).catch(() => null);
  }
}
