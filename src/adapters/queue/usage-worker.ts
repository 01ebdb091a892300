/**
 * The worker of the usage queue. A usage event in the queue is the fact itself, so its job never fails for our reasons and
 * never relies on what its producer chose: attempts, back-off and retention of the job are not looked at.
 */
import { DelayedError, UnrecoverableError } from 'bullmq';
import { storableText } from '../../messages/storable.js';
import { USAGE_QUEUE, type UsageDelivery, type UsageVerdict } from '../../messages.js';
import { makeBackOff, makeBrake } from './back-off.js';
import type { BillingJob } from './backend.js';
import type { Queues } from './queues.js';
import { messageOf } from './quiet.js';
import { type RunningWorker, startWorker, type WorkerSettings } from './worker.js';

export type { UsageDelivery, UsageVerdict } from '../../messages.js';

export interface UsageWorkerSettings extends WorkerSettings {
  /** First and longest wait after a fault of ours, in milliseconds. */
  readonly backOffFirstMs?: number;
  readonly backOffMostMs?: number;
}

const BACK_OFF_FIRST_MS = 500;
export const BACK_OFF_MOST_MS = 60_000;
const BRAKE_MOST_MS = 2_000;
/**
 * Events in hand at once. A batch can only gather what is in hand, and small batches cost several times as much an event;
 * but jobs in hand are memory, and wait for a lock to run out where their process dies.
 */
const EVENTS_IN_HAND = 12_000;
const JOBS_IN_HAND_LEAST = 20;
/** How many jobs the average of their sizes looks back. */
const SIZES_REMEMBERED = 50;
/** Completed jobs are for people to look at; keeping more costs Postgres a longer search at every completion. */
const RETENTION = { completed: 100, failed: 10_000, failedSeconds: 30 * 86_400 };

/** Starts taking usage jobs. A `handle` that throws is a broken assumption: logged as an error, and the job comes again. */
export async function startUsageWorker(
  queues: Queues,
  handle: (delivery: UsageDelivery) => Promise<UsageVerdict>,
  settings: UsageWorkerSettings,
): Promise<RunningWorker> {
  const mostMs = settings.backOffMostMs ?? BACK_OFF_MOST_MS;
  const brake = makeBrake(Math.min(mostMs, BRAKE_MOST_MS));
  const backOff = makeBackOff(settings.backOffFirstMs ?? BACK_OFF_FIRST_MS, mostMs);

  const putOff = async (job: BillingJob, token: string, ms: number): Promise<never> => {
    try {
      await job.moveToDelayed(Date.now() + ms, token);
    } catch (error) {
      // The job stays active without anybody renewing its lock, and is given back as stalled: late, not lost.
      queues.quiet.error(USAGE_QUEUE, error);
    }
    throw new DelayedError();
  };

  const process = async (job: BillingJob, token: string): Promise<unknown> => {
    disown(job, () => backOff.next(job.id ?? ''));
    weigh(job.data);
    await brake.pass();
    const id = job.id ?? '';
    const verdict = await handle({ id, data: job.data, addedAt: job.timestamp }).catch(
      (error: unknown): UsageVerdict => {
        queues.log.error(
          { job: id, reason: messageOf(error), err: error },
          'A usage job met an error of ours; it comes again.',
        );
        return { kind: 'our_fault', reason: messageOf(error) };
      },
    );
    if (verdict.kind === 'our_fault') {
      brake.fault();
      queues.quiet.error('usage job', verdict.reason);
      return putOff(job, token, backOff.next(id));
    }
    brake.well();
    queues.quiet.ready('usage job');
    switch (verdict.kind) {
      case 'done':
        backOff.forget(id);
        return verdict.result;
      case 'too_early':
        return cutDown(job, verdict.data, queues).then(() => putOff(job, token, verdict.afterMs));
      case 'unreadable':
        throw new UnrecoverableError(storableText(verdict.reason));
    }
  };

  // Where usage is split, this process takes from each part, and has no more jobs in hand than from one.
  const shared = { ...settings, concurrency: Math.ceil(settings.concurrency / queues.usageQueues) };
  const workers: RunningWorker[] = [];
  const inHand = (jobs: number): void => {
    for (const worker of workers) worker.inHand(Math.ceil(jobs / queues.usageQueues));
  };
  const weigh = makeScales(settings.concurrency, inHand);
  for (let place = 0; place < queues.usageQueues; place += 1)
    workers.push(await startWorker(queues, USAGE_QUEUE, process, shared, RETENTION, place));
  return {
    inHand,
    async close(deadlineMs) {
      brake.release();
      const ends = await Promise.all(workers.map((worker) => worker.close(deadlineMs)));
      return ends.includes('forced') ? 'forced' : 'drained';
    },
  };
}

/** Has fewer jobs in hand while they hold many events each, and as many as `most` while they hold one. */
function makeScales(most: number, inHand: (jobs: number) => void): (data: unknown) => void {
  let average = 1;
  let now = most;
  return (data) => {
    average += (eventsIn(data) - average) / SIZES_REMEMBERED;
    const jobs = Math.min(most, Math.max(JOBS_IN_HAND_LEAST, Math.round(EVENTS_IN_HAND / average)));
    // A change of a job or two is no news.
    if (Math.abs(jobs - now) * 10 < now && jobs !== most) return;
    if (jobs === now) return;
    now = jobs;
    inHand(jobs);
  };
}

/** What it says it holds; whether that can be read is not looked at here. */
function eventsIn(data: unknown): number {
  const { events } = (data ?? {}) as { readonly events?: unknown };
  return Array.isArray(events) ? events.length : 1;
}

/**
 * Takes away what a job's producer may have decided for it, and the library's habit of failing a finished job when only
 * writing down that it finished went wrong: such a job is put off, comes again, and its events are answered from their keys.
 */
function disown(job: BillingJob, waitMs: () => number): void {
  delete job.opts.removeOnComplete;
  delete job.opts.removeOnFail;
  const fail = job.moveToFailed.bind(job);
  job.moveToFailed = async (error, token, fetchNext) => {
    if (error instanceof UnrecoverableError) return fail(error, token, fetchNext);
    await job.moveToDelayed(Date.now() + waitMs(), token);
  };
}

/** Cutting down is a saving: without it the events already posted are answered from their keys once more. */
async function cutDown(job: BillingJob, data: unknown, queues: Queues): Promise<void> {
  try {
    await job.updateData(data);
  } catch (error) {
    queues.quiet.error(USAGE_QUEUE, error);
  }
}
