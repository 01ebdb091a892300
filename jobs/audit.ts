/** The clock that asks whether the ledger's sums hold. A tick carries nothing. */
import type { makeAuditTick } from '../src/flow/audit.js';
import type { Log } from '../src/ports.js';

export const AUDIT_EVERY_MS = 30_000;

export function makeAuditJob(auditTick: ReturnType<typeof makeAuditTick>, log: Log) {
  return async (): Promise<void> => {
    await auditTick().catch((error: unknown) => {
      // An audit that does not run is seen by its counter standing still; the ledger goes on without it.
      log.warn(
        { reason: error instanceof Error ? error.name : 'unknown' },
        'the sums of the ledger could not be asked',
      );
    });
  };
}
