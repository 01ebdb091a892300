/**
 * What a mail says, as facts: decided in the transaction that made it true, rendered when it is sent. Facts are stored
 * as JSON, so credits are decimal strings, money is whole minor units as a string beside its currency, and instants are
 * ISO 8601 strings. A stored row outlives the release that wrote it: a fact is added as an optional one, never renamed.
 */
import type { ChargeId } from './ids.js';

/** Brand and last four digits: all of a card that may ever be written down. */
export interface CardLabel {
  readonly brand: string;
  readonly last4: string;
}

/** What every mail about a charge knows. `balance` and `threshold` are as they stood when the facts were written. */
export interface ChargeFacts {
  readonly charge: ChargeId;
  /** Absent in rows of the first release, whose charges of this kind of mail were all top-offs. */
  readonly chargeKind?: 'top_off' | 'pack' | 'overage';
  readonly credits: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly card: CardLabel | null;
  readonly balance: string;
  readonly threshold: string;
}

/** A charge that was paid, with the processor's page of its receipt where there is one. */
interface Paid extends ChargeFacts {
  readonly receiptUrl: string | null;
}

/** Why a charge failed, in the words the owner's banner knows; never the processor's code. */
export type FailureReason = 'no_payment_method' | 'card_declined' | 'authentication_required' | 'internal_error';

/** `nextAttemptAt` is when it is tried again by itself; null or absent: it is not. */
interface Unpaid extends ChargeFacts {
  readonly reason: FailureReason;
  readonly nextAttemptAt?: string | null;
}

export interface TopOffSucceeded extends Paid {
  readonly kind: 'top_off_succeeded';
}
export interface TopOffFailed extends Unpaid {
  readonly kind: 'top_off_failed';
}
/** Credits bought by hand. */
export interface PurchaseSucceeded extends Paid {
  readonly kind: 'purchase_succeeded';
}
export interface PurchaseFailed extends ChargeFacts {
  readonly kind: 'purchase_failed';
  readonly reason: FailureReason;
}
/** Credits used beyond the balance, at a period's end. `credits` are those that were used. */
export interface OverageCharged extends Paid {
  readonly kind: 'overage_charged';
}
export interface OverageFailed extends Unpaid {
  readonly kind: 'overage_failed';
}
/** Used beyond the balance, too little for the processor to charge, and never to be charged. */
export interface OverageWrittenOff {
  readonly kind: 'overage_written_off';
  readonly amountMinor: string;
  readonly currency: string;
}
/** The bank wants its customer to approve the charge, by the link that `authenticationLink` makes, until `expiresAt`. */
export interface ActionRequired extends ChargeFacts {
  readonly kind: 'action_required';
  readonly expiresAt: string;
}
/** Nothing is bought automatically any more until the owner does something. */
export interface TopOffSuspended extends ChargeFacts {
  readonly kind: 'top_off_suspended';
  readonly reason: FailureReason;
}
/** The owner's own cap on automatic charges leaves no room for another one before `until`. */
export interface SpendingCapReached {
  readonly kind: 'spending_cap_reached';
  readonly capMinor: string;
  readonly currency: string;
  readonly window: 'day' | 'month';
  readonly until: string;
}
/** `refundedMinor` is what this refund gave back; `clawedCredits` what was taken from the balance for it. */
export interface Refunded extends ChargeFacts {
  readonly kind: 'refunded';
  readonly refundedMinor: string;
  readonly clawedCredits: string;
}
/** An inquiry is a bank's question before a dispute: no money has moved. */
export interface DisputeOpened extends ChargeFacts {
  readonly kind: 'dispute_opened';
  readonly disputedMinor: string;
  readonly isInquiry: boolean;
}
/** `won` is the seller's side: the money stays with the product, and credits that were taken are given back. */
export interface DisputeClosed extends ChargeFacts {
  readonly kind: 'dispute_closed';
  readonly won: boolean;
}
export interface CardExpiring {
  readonly kind: 'card_expiring';
  readonly card: CardLabel;
  /** 1 to 12; the card works to the end of that month. */
  readonly expiryMonth: number;
  readonly expiryYear: number;
}
/** `plan` is a key of the catalog. `amountMinor` is what the trial's end will charge; null: the catalog shows no price. */
export interface TrialEnding {
  readonly kind: 'trial_ending';
  readonly plan: string;
  readonly endsAt: string;
  readonly amountMinor: string | null;
  readonly currency: string;
}
export interface PastDue {
  readonly kind: 'past_due';
  readonly plan: string;
  readonly graceEndsAt: string;
}
export interface BalanceLow {
  readonly kind: 'balance_low';
  readonly balance: string;
  readonly threshold: string;
}
export interface BalanceEmpty {
  readonly kind: 'balance_empty';
  readonly balance: string;
}
/** `percent` of the included credits are used: the level whose colour the bar has taken. */
export interface IncludedUsed {
  readonly kind: 'included_used';
  readonly percent: number;
  readonly used: string;
  readonly included: string;
  readonly level: 'amber' | 'red';
}
interface CapUsed {
  readonly usedMinor: string;
  readonly capMinor: string;
  readonly currency: string;
  /** When the cap starts anew; null: not by itself. */
  readonly until: string | null;
}
/** The cap of pay-as-you-go. */
export interface CapNear extends CapUsed {
  readonly kind: 'cap_near';
}
export interface CapReached extends CapUsed {
  readonly kind: 'cap_reached';
}
export interface CreditsExpiring {
  readonly kind: 'credits_expiring';
  readonly credits: string;
  readonly expiresAt: string;
}
/** The runaway brake: automatic charges are paused until the owner resumes them. */
export interface UnusualUsage {
  readonly kind: 'unusual_usage';
  readonly hourCredits: string;
  readonly usualCredits: string;
}

export type NoticeFacts =
  | TopOffSucceeded
  | TopOffFailed
  | PurchaseSucceeded
  | PurchaseFailed
  | OverageCharged
  | OverageFailed
  | OverageWrittenOff
  | ActionRequired
  | TopOffSuspended
  | SpendingCapReached
  | Refunded
  | DisputeOpened
  | DisputeClosed
  | CardExpiring
  | TrialEnding
  | PastDue
  | BalanceLow
  | BalanceEmpty
  | IncludedUsed
  | CapNear
  | CapReached
  | CreditsExpiring
  | UnusualUsage;
export type NoticeKind = NoticeFacts['kind'];

/** Where an owner approves a payment that the bank asked about: our own page, which changes nothing by being opened. */
export const authenticationLink = (publicUrl: string, charge: ChargeId): string =>
  `${publicUrl.replace(/\/+$/, '')}/pay/${encodeURIComponent(charge)}`;
