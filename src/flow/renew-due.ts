/** What time has brought, done in bounded batches: periods, lapses, starts of lots, ends of holds. */
import type { Accounts } from '../ports.js';
import type { Batcher } from './batcher.js';

/** Accounts settled in one transaction: small enough that no debit waits long behind them. */
export const RENEW_BATCH_MAX = 200;
/** Batches in one tick; the next tick goes on. */
const RENEW_BATCHES_MAX = 500;

/** Answers how many accounts were settled. Every other command settles its account first, so that a late tick delays nothing. */
export function makeRenewDue(accounts: Accounts, batcher: Batcher) {
  return async (): Promise<number> => {
    let settled = 0;
    for (let batch = 0; batch < RENEW_BATCHES_MAX; batch += 1) {
      const due = await accounts.due(RENEW_BATCH_MAX);
      if (due.length === 0) break;
      const answer = await batcher.post(due.map((account) => ({ kind: 'settle', account })));
      if (answer.kind === 'unavailable') break;
      const done = answer.outcomes.filter((outcome) => outcome.kind === 'settled').length;
      settled += done;
      // Accounts that cannot be settled would be found again at once: they wait for the next tick.
      if (done < due.length) break;
    }
    return settled;
  };
}
