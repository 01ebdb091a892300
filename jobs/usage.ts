/** Doorman of the usage queue: reads the payload, calls one flow, says what becomes of the job. */
import type { makeDebitUsage } from '../src/flow/debit-usage.js';
import { readUsageJob, USAGE_JOB_VERSION, type UsageDelivery, type UsageVerdict } from '../src/messages.js';

export function makeUsageJob(debitUsage: ReturnType<typeof makeDebitUsage>) {
  return async ({ data, addedAt }: UsageDelivery): Promise<UsageVerdict> => {
    const read = readUsageJob(data);
    if (read.kind === 'unreadable') return read;
    const verdict = await debitUsage(read.events, addedAt);
    switch (verdict.kind) {
      case 'done':
        return { kind: 'done', result: { ...verdict.counts, exceptions: verdict.exceptions } };
      case 'too_early':
        return { kind: 'too_early', data: { v: USAGE_JOB_VERSION, events: verdict.events }, afterMs: verdict.afterMs };
      case 'our_fault':
        return verdict;
    }
  };
}
