/** What time has brought, done in bounded batches: periods, lapses, starts of lots, ends of holds. */
import type { AccountId } from '../domain/ids.js';
import { HOUR_MS, MINUTE_MS } from '../domain/instant.js';
import type { Accounts } from '../ports.js';
import type { Batcher } from './batcher.js';

/** Accounts settled in one transaction: small enough that no debit waits long behind them. */
export const RENEW_BATCH_MAX = 200;
/** Batches in one tick; the next tick goes on. */
const RENEW_BATCHES_MAX = 500;
/** How long an account that could not be settled is left alone: twice as long each time, up to an hour. */
const FIRST_REST_MS = MINUTE_MS;
const LONGEST_REST_MS = HOUR_MS;
/** More of them at once than this is no account's fault: the first are forgotten and tried again. */
const RESTING_MAX = 1_000;

export interface RenewDueOptions {
  /** Milliseconds that only grow; for tests. */
  readonly elapsedMs?: () => number;
}

/**
 * Answers how many accounts were settled. Every other command settles its account first, so that a late tick delays nothing.
 * Several workers share what is due, because each asks for a random part of it.
 */
export function makeRenewDue(
  accounts: Pick<Accounts, 'due'>,
  batcher: Batcher,
  { elapsedMs = () => performance.now() }: RenewDueOptions = {},
) {
  const resting = makeResting(elapsedMs);
  let isRunning = false;
  const run = async (): Promise<number> => {
    const done = new Set<AccountId>();
    for (let batch = 0; batch < RENEW_BATCHES_MAX; batch += 1) {
      const due = await accounts.due(RENEW_BATCH_MAX, resting.now());
      if (due.length === 0) break;
      const answer = await batcher.post(due.map((account) => ({ kind: 'settle', account })));
      if (answer.kind === 'unavailable') break;
      for (const [place, account] of due.entries()) {
        // One that is due again at once has not been settled either: without a rest it would be met for ever.
        if (answer.outcomes[place]?.kind !== 'settled' || done.has(account)) resting.rest(account);
        else {
          done.add(account);
          resting.forget(account);
        }
      }
    }
    return done.size;
  };
  return async (): Promise<number> => {
    // A tick that finds the last one at work has nothing to add: two would only stand in each other's way.
    if (isRunning) return 0;
    isRunning = true;
    try {
      return await run();
    } finally {
      isRunning = false;
    }
  };
}

/** Accounts that could not be settled, so that they do not stand before all others at every tick. */
function makeResting(elapsedMs: () => number) {
  const rests = new Map<AccountId, { readonly until: number; readonly restMs: number }>();
  return {
    now(): AccountId[] {
      const now = elapsedMs();
      return [...rests].flatMap(([account, { until }]) => (until > now ? [account] : []));
    },
    rest(account: AccountId): void {
      const before = rests.get(account)?.restMs;
      const restMs = before === undefined ? FIRST_REST_MS : Math.min(2 * before, LONGEST_REST_MS);
      rests.delete(account);
      rests.set(account, { until: elapsedMs() + restMs, restMs });
      const [oldest] = rests.keys();
      if (rests.size > RESTING_MAX && oldest !== undefined) rests.delete(oldest);
    },
    forget(account: AccountId): void {
      rests.delete(account);
    },
  };
}
