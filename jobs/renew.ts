/** The clock that does what is due by time. A tick carries nothing: it asks Postgres. */
import type { makeRenewDue } from '../src/flow/renew-due.js';
import type { Log } from '../src/ports.js';

export const RENEW_EVERY_MS = 5_000;

export function makeRenewJob(renewDue: ReturnType<typeof makeRenewDue>, log: Log) {
  return async (): Promise<void> => {
    const settled = await renewDue().catch((error: unknown) => {
      // Postgres is away: nothing is lost by waiting for the next tick, and everybody else says so too.
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'what is due could not be asked');
      return 0;
    });
    if (settled > 0) log.info({ accounts: settled }, 'settled what time had brought');
  };
}
