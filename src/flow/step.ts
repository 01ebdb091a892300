/** What every step does around its flow: what threw is written on the outbox row, so that a person can read it there. */
import { accountNo, outboxId } from '../domain/ids.js';
import type { Outbox, OutboxRef } from '../ports.js';

export type Step = (job: { readonly accountNo: number; readonly id: string }) => Promise<void>;

export function makeStep(outbox: Outbox, flow: (ref: OutboxRef) => Promise<void>): Step {
  return async (job) => {
    const ref = { accountNo: accountNo(job.accountNo), id: outboxId(job.id) };
    try {
      await flow(ref);
    } catch (error) {
      await outbox.failed(ref, error instanceof Error ? error.message : 'something that is no error was thrown');
      throw error;
    }
  };
}
