/** The relay's way into the queues. */
import { STEP_JOB_OPTIONS } from '../../messages.js';
import type { Transport } from '../../ports.js';
import type { Queues } from './queues.js';

/**
 * Publishes outbox rows as jobs, in bulk: on Postgres every add notifies, and a notification takes a database-wide lock at
 * commit. The job's id is the row's, so adding what still waits or runs does nothing. Throws when the queue cannot be
 * reached; the rows' leases bring them back.
 */
export function makeTransport(queues: Queues): Transport {
  return {
    async publish(topic, refs) {
      if (refs.length === 0) return;
      const jobs = refs.map(({ accountNo, id }) => ({
        name: topic,
        data: { v: 1, account: accountNo, id },
        opts: { ...STEP_JOB_OPTIONS, jobId: id },
      }));
      await queues.ask(topic, (queue) => queue.addBulk(jobs));
    },
  };
}
