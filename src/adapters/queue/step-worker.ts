/** The workers of what the relay publishes. */
import { readStepJob } from '../../messages.js';
import type { Topic } from '../../ports.js';
import type { Queues } from './queues.js';
import { messageOf } from './quiet.js';
import { type RunningWorker, startWorker, type WorkerSettings } from './worker.js';

/** Nothing is kept: a job whose id is still there could not be added again. What went wrong stands on the outbox row. */
export const KEEP_NOTHING = { completed: 0, failed: 0, failedSeconds: 0 };

/**
 * Starts taking the steps of a topic. `handle` returns when the step has ended or is in other hands; when it throws, the
 * job is gone and the row's lease brings it back.
 */
export function startStepWorker(
  queues: Queues,
  topic: Topic,
  handle: (step: { readonly accountNo: number; readonly id: string }) => Promise<void>,
  settings: WorkerSettings,
): Promise<RunningWorker> {
  return startWorker(
    queues,
    topic,
    async (job) => {
      const read = readStepJob(job.data);
      if (read.kind === 'unreadable') {
        queues.log.error({ queue: topic, job: job.id, reason: read.reason }, 'A job that is none of ours was dropped.');
        return;
      }
      try {
        await handle({ accountNo: read.accountNo, id: read.id });
      } catch (error) {
        queues.log.error(
          { queue: topic, outboxId: read.id, reason: messageOf(error), err: error },
          'A step met an error; it comes again.',
        );
        throw error;
      }
    },
    settings,
    KEEP_NOTHING,
  );
}
