/** Where a charge stands between its attempts: on the ladder, with a backup card, waiting for its owner or for a Checkout. */
import type { PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';

/**
 * Why an attempt is made. `rung`: the first, or the ladder's time has come. `owner`: asked for. `card`: another card has come.
 * `payment`: some other payment has succeeded. `backup`: another card, at once after the first was declined.
 */
export type AttemptBy = 'rung' | 'owner' | 'card' | 'payment' | 'backup';

/** What the cards that were tried one after another have said so far, until one pays or none is left. */
export interface Round {
  /** Why the first of them was tried. */
  readonly by: AttemptBy;
  /** Declined in this round, and not tried again in it. */
  readonly fingerprints: readonly string[];
  /** The mildest answer decides what becomes of the charge: later, with its owner, or not at all. */
  readonly verdict: 'soft' | 'authentication' | 'hard';
  /** Whose answer that was. */
  readonly card: PaymentMethodId | null;
  readonly fingerprint: string | null;
}

export interface Course {
  /** How many rungs of the ladder have been set: 0 before the first soft decline. */
  readonly rung: number;
  /** An attempt that is due from then on, without a rung: mostly at once. */
  readonly extra: { readonly at: Instant; readonly by: AttemptBy } | null;
  readonly round: Round | null;
  /** Since when the processor or the bank is at it, or a cancellation is owed: what waits longer is looked at more rarely. */
  readonly waitingSince: Instant | null;
  /** Until when the owner may authenticate the payment; then its intent is canceled. */
  readonly actionUntil: Instant | null;
  /** A Checkout's own charge: until when its session can be paid. Null: charged by us. */
  readonly checkoutUntil: Instant | null;
  /** How many intents of this charge the processor has canceled for good: the next has a key of its own. */
  readonly canceledIntents: number;
  /** The processor's id of the last failed payment: a decline seen by a later look is news only under another one. */
  readonly lastDeclined: string | null;
}

export const FIRST_COURSE: Course = {
  rung: 0,
  extra: null,
  round: null,
  waitingSince: null,
  actionUntil: null,
  checkoutUntil: null,
  canceledIntents: 0,
  lastDeclined: null,
};
