/** Work between a hold and its capture: the credits are reserved before it runs and used when it has run. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Action } from './asking.js';
import { RefusedError, UnreachableError } from './errors.js';
import { type Ask, at } from './http.js';
import { keepExtended } from './keep-extended.js';
import type { Settings } from './options.js';
import type { Recorder } from './record.js';

/** What the work really came to, where it is not what was held; what it leaves out stays. It is priced as the hold was. */
export interface Used {
  readonly quantity?: number;
  /** Those that are named here take the place of those that were held. */
  readonly properties?: Action['properties'];
  /** A decimal string, in place of both. */
  readonly credits?: string;
}

export interface Work {
  /** The use's idempotency key: reverse the use by it. */
  readonly key: string;
  /** What is held, as a decimal string of credits; null: creditd gave no answer, and the work runs without a hold. */
  readonly credits: string | null;
  /** Says what it came to; the last word counts. More than was held becomes debt where nothing covers it. */
  used(what: Used): void;
  /** Says that nothing was used: the hold is released. */
  usedNothing(): void;
}

export interface HoldOptions {
  /**
   * The use's idempotency key, 1 to 200 visible ASCII characters: the same work, the same key, also when a job runs again.
   * Left out: one is drawn. Keys are kept and must not carry personal data.
   */
  readonly key?: string;
  /** How long the hold lasts and is extended by, in milliseconds from 1 000 on; left out, as the meter says. */
  readonly holdMs?: number;
}

export type HoldAnswer<Result> =
  | {
      readonly ran: true;
      /** What the function returned; never lost to any trouble of ours. */
      readonly result: Result;
      /** False: it ran without a hold, because creditd gave no answer and the client fails open. */
      readonly reached: boolean;
      readonly key: string;
      /**
       * `now`: its use is in the ledger. `later`: creditd gave no answer, and the use is in the queue or goes on being sent;
       * `close` waits for it. `before`: a use stands under this key already, and nothing more was used. `nothing`: the work
       * said so. `refused`: it could not be recorded, and `onError` was told why.
       */
      readonly recorded: 'now' | 'later' | 'before' | 'nothing' | 'refused';
      /** What was used and what is left, where `recorded` is `now`. */
      readonly credits: string | null;
      readonly balance: string | null;
    }
  | {
      readonly ran: false;
      readonly reached: true;
      /** Stable: "insufficient_credits", or the limit's name. `check` tells what the account can do. */
      readonly code: string;
      readonly message: string;
    }
  | { readonly ran: false; readonly reached: false; readonly reason: string };

/** What the account's state answers; anything else is a mistake of the program and is thrown. */
const NOT_COVERED = new Set([
  ...['insufficient_credits', 'overage_cap_reached', 'past_due', 'account_closed'],
  ...['level_reached', 'window_reached', 'budget_reached', 'pool_empty', 'not_in_pool'],
]);

const placed = z.object({ credits: z.string(), expiresAt: z.string() });
const changed = z.object({ state: z.string() });

interface Placed {
  readonly credits: string;
  readonly expiresAtMs: number;
  readonly aheadMs: number;
}

export function makeWithHold(ask: Ask, recorder: Recorder, settings: Settings) {
  const release = async (account: string, hold: string): Promise<void> => {
    const path = at`/v1/accounts/${account}/holds/${hold}/release`;
    try {
      await ask({ method: 'POST', path, key: `release-${randomUUID()}`, answer: changed });
    } catch (error) {
      // What cannot be released lapses by itself: it is told, and nothing more is owed.
      const isGone = error instanceof RefusedError && /^hold_/.test(error.code);
      if (!isGone && (error instanceof UnreachableError || error instanceof RefusedError)) settings.tell(error);
    }
  };

  return async function withHold<Result>(
    account: string,
    what: Action,
    fn: (work: Work) => Result | Promise<Result>,
    options: HoldOptions = {},
  ): Promise<HoldAnswer<Result>> {
    const { key, holdMs } = readHoldOptions(options);
    // A run's own: work that is run again after it failed must not find the hold that was released.
    const hold = `hold-${randomUUID()}`;
    let open: Placed | null = null;
    try {
      open = await place(ask, account, hold, what, holdMs);
    } catch (error) {
      if (error instanceof RefusedError && NOT_COVERED.has(error.code))
        return { ran: false, reached: true, code: error.code, message: error.message };
      if (!(error instanceof UnreachableError)) throw error;
      settings.tell(error);
      if (settings.onTrouble === 'closed') {
        // It may have been placed all the same.
        void release(account, hold);
        return { ran: false, reached: false, reason: error.message };
      }
    }
    const stop = open === null ? () => undefined : keepExtended(ask, { ...open, account, key: hold }, settings.tell);
    const said: { used: Used | 'nothing' } = { used: {} };
    let result: Result;
    try {
      result = await fn({
        ...{ key, credits: open?.credits ?? null },
        used(used) {
          said.used = used;
        },
        usedNothing() {
          said.used = 'nothing';
        },
      });
    } catch (error) {
      stop();
      await release(account, hold);
      throw error;
    }
    stop();
    const ran = { ran: true, result, reached: open !== null, key } as const;
    if (said.used === 'nothing') {
      await release(account, hold);
      return { ...ran, recorded: 'nothing', credits: null, balance: null };
    }
    const recorded = await recorder.record({ account, key, hold, what, used: said.used });
    if (recorded.recorded === 'before') await release(account, hold);
    return { ...ran, ...recorded };
  };
}

async function place(
  ask: Ask,
  account: string,
  key: string,
  what: Action,
  holdMs: number | undefined,
): Promise<Placed> {
  const until = holdMs === undefined ? {} : { expiresAt: new Date(Date.now() + holdMs).toISOString() };
  const path = at`/v1/accounts/${account}/holds`;
  const { value, aheadMs } = await ask({ method: 'POST', path, key, body: { ...what, ...until }, answer: placed });
  return { credits: value.credits, expiresAtMs: Date.parse(value.expiresAt), aheadMs };
}

function readHoldOptions({ key = `work-${randomUUID()}`, holdMs }: HoldOptions) {
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new TypeError('key must be 1 to 200 visible ASCII characters: the same work, the same key.');
  if (holdMs !== undefined && !(Number.isInteger(holdMs) && holdMs >= 1_000))
    throw new RangeError(`holdMs must be a whole number of milliseconds from 1000 on, and is ${holdMs}.`);
  return { key, holdMs };
}
