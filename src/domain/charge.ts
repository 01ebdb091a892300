/** A charge is one intended payment; an attempt is one try at it. Their records, as decisions read and change them. */
import type { AttemptBy, Course } from './charge-course.js';
import type { Credits } from './credits.js';
import type { ChargeId, ContentHash, KeyHash, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import { HOUR_MS, MINUTE_MS } from './instant.js';
import type { Currency, MinorUnits } from './money.js';
import type { FailureReason } from './notice.js';
import type { ConfirmParams, OpenDispute } from './payment.js';

export type ChargeKind = 'top_off' | 'pack' | 'overage';
export type ChargeState = 'pending' | 'processing' | 'action_required' | 'succeeded' | 'failed' | 'canceled';

export interface Attempt {
  readonly ordinal: number;
  readonly params: ConfirmParams;
  /** The card's fingerprint when the attempt was frozen: a decline counts against that card, not against a later one. */
  readonly fingerprint: string;
  readonly firstSentAt: Instant;
  readonly by: AttemptBy;
}

export interface Charge {
  readonly id: ChargeId;
  readonly kind: ChargeKind;
  state: ChargeState;
  /** Grows with every change. What was fetched from the processor under an older version is not applied. */
  version: number;
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
  readonly currency: Currency;
  /** Opened because a use or hold of this size fell short, though the balance was not below the threshold. */
  readonly shortfall: Credits | null;
  card: PaymentMethodId | null;
  intentId: string | null;
  /** When the intent was first asked for: from then on it may exist at the processor though we do not know its id. */
  intentAskedAt: Instant | null;
  /** What its intent is asked for with: from 2 on its metadata says kind and credits. Null: as releases before that did. */
  readonly intentForm: number | null;
  /** The need is gone: the intent has to be canceled before the charge may be called canceled. */
  cancelOwed: boolean;
  /** Where it stands between attempts. */
  course: Course;
  /** Of a purchase by hand: the key it was asked for under, and what was asked. */
  readonly key: { readonly hash: KeyHash; readonly content: ContentHash } | null;
  attempts: number;
  unanswered: Attempt | null;
  nextAttemptAt: Instant | null;
  failure: FailureReason | null;
  readonly createdAt: Instant;
  settledAt: Instant | null;
  processorChargeId: string | null;
  paidMinor: MinorUnits;
  refundedMinor: MinorUnits;
  /** What disputes have withdrawn and not reinstated. */
  disputedMinor: MinorUnits;
  /** What about it is not closed: no top-off opens meanwhile. Null: nothing is. */
  dispute: OpenDispute | null;
  clawed: Credits;
  cardBrand: string | null;
  cardLast4: string | null;
  receiptUrl: string | null;
  receiptNumber: string | null;
}

/** How an attempt was closed. `unexecuted`: the processor has certainly not run it and never will under that key. */
export type AttemptResult =
  | 'succeeded'
  | 'processing'
  | 'declined'
  | 'action_required'
  | 'canceled'
  | 'unexecuted'
  | 'refused';

export const isOpen = (charge: Pick<Charge, 'state'>): boolean =>
  charge.state === 'pending' || charge.state === 'processing' || charge.state === 'action_required';

/** Stripe forgets idempotency keys once they are 24 h old; an attempt older than this is looked up, never sent again. */
export const ATTEMPT_RESEND_LIMIT_MS = 23 * HOUR_MS;
/** Without a definite answer for this long the owner is told, while we go on finding out. */
export const DOUBT_LIMIT_MS = 5 * MINUTE_MS;
