/** The clock that forgets what has been kept for long enough. A tick carries nothing. */
import type { makeSweepOld } from '../src/flow/sweep-old.js';
import type { Log } from '../src/ports.js';

export const SWEEP_EVERY_MS = 600_000;

export function makeSweepJob(sweepOld: ReturnType<typeof makeSweepOld>, log: Log) {
  return async (): Promise<void> => {
    const swept = await sweepOld().catch((error: unknown) => {
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'what is old could not be swept');
      return 0;
    });
    if (swept > 0) log.info({ rows: swept }, 'swept what had been kept for long enough');
  };
}
