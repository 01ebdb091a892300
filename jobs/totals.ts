/** The clock that counts usage. A tick carries nothing: it asks Postgres what has been posted since. */
import type { makeTotalUsage } from '../src/flow/total-usage.js';
import type { Log } from '../src/ports.js';

export const TOTALS_EVERY_MS = 5_000;

export function makeTotalsJob(totalUsage: ReturnType<typeof makeTotalUsage>, log: Log) {
  return async (): Promise<void> => {
    await totalUsage().catch((error: unknown) => {
      // Counting is behind until the next tick and loses nothing: every slice is whole or not there.
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'usage could not be counted');
    });
  };
}
