/** The clock that compares Stripe's payments of the last days with our charges. */
import type { makeReconcile } from '../src/flow/reconcile.js';
import type { Log } from '../src/ports.js';

export const RECONCILE_EVERY_MS = 3_600_000;
/** Longer than the ladder of a charge lasts: a payment that came late is still looked at. */
export const RECONCILE_BACK_MS = 7 * 86_400_000;

export function makeReconcileJob(reconcile: ReturnType<typeof makeReconcile>, log: Log) {
  return async (): Promise<void> => {
    const report = await reconcile({ backMs: RECONCILE_BACK_MS });
    log.info({ counts: report.counts, intents: report.intents, complete: report.complete }, 'compared with Stripe');
  };
}
