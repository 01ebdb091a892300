/**
 * What a product's backend imports to sell by credits: asks before it runs something, records what was used, shows people
 * their billing page, and believes what creditd tells it.
 *
 * ```ts
 * import { creditd } from 'creditd/client';
 *
 * const credits = creditd({ url: 'http://127.0.0.1:4800', key: 'ck_…', onTrouble: 'open', onError: report });
 * const gate = await credits.check('store_42', { meter: 'article' });
 * if (!gate.allowed) return sorry(gate);
 * const done = await credits.withHold('store_42', { meter: 'article' }, () => write(article), { key: `article-${id}` });
 * ```
 *
 * Credits are decimal strings ("12.5"), times ISO 8601 in UTC, waits milliseconds. Everything that is asked twice is asked
 * under one idempotency key, so that nothing is used twice. Nothing of the server is loaded with it; BullMQ is, by the first
 * event, where a queue is given.
 */

import type { SessionWish, Wish } from './client/asking.js';
import {
  type Action,
  type Balance,
  type CheckAnswer,
  makeAsking,
  type Quote,
  type SessionLink,
} from './client/asking.js';
import { makeAsk } from './client/http.js';
import { type ClientError, type ClientOptions, readOptions } from './client/options.js';
import { makeRecorder } from './client/record.js';
import { makeSettler } from './client/settle.js';
import { makeTracker, readEvents, type TrackAnswer } from './client/track.js';
import { type CreditdEvent, type EventHeaders, verifyEvent } from './client/verify-event.js';
import { type HoldAnswer, type HoldOptions, makeWithHold, type Work } from './client/with-hold.js';
import type { UsageEvent } from './messages.js';
import type { Waiting } from './producer.js';

export type {
  Action,
  Balance,
  CheckAnswer,
  FiredLimit,
  Quote,
  Remedy,
  SessionLink,
  SessionWish,
  Wish,
} from './client/asking.js';
export {
  EventRefusedError,
  RefusedError,
  UnreachableError,
  UnsettledError,
  UsageRefusedError,
} from './client/errors.js';
export type { ClientError, ClientOptions, OnTrouble } from './client/options.js';
export type { RefusedEvent, TrackAnswer } from './client/track.js';
export { type CreditdEvent, type EventHeaders, verifyEvent } from './client/verify-event.js';
export type { HoldAnswer, HoldOptions, Used, Work } from './client/with-hold.js';
export type { UsageEvent } from './messages.js';
export { BufferFullError, ClosedError, InvalidEventError, UnavailableError } from './producer/errors.js';

export interface Creditd {
  /**
   * Records usage, one event or any number: through the queue where one was given, else by HTTP, cut into as many requests
   * as it takes. Resolves when the queue or the ledger has the events; an event in the queue is debited a moment later.
   * @throws InvalidEventError before anything is sent, RefusedError for a key that may not; with `onTrouble: 'closed'`
   * UnreachableError, holding what was not taken; from a queue BufferFullError and ClosedError.
   */
  track(events: UsageEvent | readonly UsageEvent[]): Promise<TrackAnswer>;
  /**
   * May this run now? It only reads: to be sure of the credits, use `withHold`.
   * @throws RefusedError for what creditd does not know, such as an account or a meter.
   */
  check(account: string, what: Wish): Promise<CheckAnswer>;
  /** What one use costs exactly, and until when that holds. @throws UnreachableError, RefusedError */
  quote(account: string, what: Action & { readonly meter: string }): Promise<Quote>;
  /**
   * Holds credits, runs the function, and captures what it says it used, or all that was held. What the function throws
   * releases the hold and is thrown on. While it runs long the hold is extended. The use of work that ran is recorded once,
   * under one key, however often that is tried; the function's result is returned whatever becomes of it.
   * @throws whatever the function throws; RefusedError, before it runs, for what creditd does not know.
   */
  withHold<Result>(
    account: string,
    what: Action,
    fn: (work: Work) => Result | Promise<Result>,
    options?: HoldOptions,
  ): Promise<HoldAnswer<Result>>;
  /** What there is now. @throws UnreachableError, RefusedError */
  balance(account: string): Promise<Balance>;
  /** A link to the billing page for one person, for an hour. @throws UnreachableError, RefusedError */
  openSession(wish: SessionWish): Promise<SessionLink>;
  /** @throws EventRefusedError */
  verifyEvent(rawBody: string | Uint8Array, headers: EventHeaders, secret: string | readonly string[]): CreditdEvent;
  /** Uses of work that ran which are still being recorded behind. */
  readonly pending: number;
  /**
   * Waits until everything is recorded and sent, 10 seconds unless `timeoutMs` says otherwise, and disconnects. What could
   * not be recorded by then was told to `onError`. Call it before the process ends.
   * @throws UnavailableError holding usage events that the queue did not take.
   */
  close(waiting?: Waiting): Promise<void>;
}

const CLOSE_MS = 10_000;

/** Connects to nothing until it is asked something. @throws TypeError or RangeError when the options make no sense. */
export function creditd(options: ClientOptions): Creditd {
  const settings = readOptions(options);
  const ask = makeAsk(settings);
  const tracker = makeTracker(ask, settings);
  const settler = makeSettler(settings);
  const asking = makeAsking(ask, settings);
  const withHold = makeWithHold(ask, makeRecorder(ask, tracker, settler, settings), settings);

  const send = async (events: UsageEvent | readonly UsageEvent[]): Promise<TrackAnswer> => {
    const list = Array.isArray(events) ? (events as readonly UsageEvent[]) : [events as UsageEvent];
    const { answer, trouble } = await tracker.send(readEvents(list));
    if (trouble === null) return answer;
    settings.tell(trouble);
    if (settings.onTrouble === 'closed') throw trouble;
    return answer;
  };
  const track = (events: UsageEvent | readonly UsageEvent[]): Promise<TrackAnswer> => {
    const sent = send(events);
    // With a listener, not awaiting is a choice and must not count as an unhandled rejection.
    if (settings.listening) sent.catch((error: ClientError) => settings.tell(error));
    return sent;
  };
  return {
    ...{ track, withHold, ...asking, verifyEvent },
    get pending() {
      return settler.pending;
    },
    async close({ timeoutMs = CLOSE_MS } = {}) {
      const endsAt = performance.now() + timeoutMs;
      await settler.close(timeoutMs);
      await tracker.close(Math.max(1, endsAt - performance.now()));
    },
  };
}
