/** The clock that does what is due by time. A tick carries nothing: it asks Postgres. */
import type { makeRenewDue } from '../src/flow/renew-due.js';
import type { Log } from '../src/ports.js';

export const RENEW_EVERY_MS = 5_000;

export function makeRenewJob(renewDue: ReturnType<typeof makeRenewDue>, log: Log) {
  return async (): Promise<void> => {
    const settled = await renewDue();
    if (settled > 0) log.info({ accounts: settled }, 'settled what time had brought');
  };
}
