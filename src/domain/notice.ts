/**
 * What a mail says, as facts: decided in the transaction that made it true, rendered when it is sent. Facts are stored
 * as JSON, so credits are decimal strings and money is minor units with its currency.
 */
import type { ChargeId } from './ids.js';

/** Brand and last four digits: all of a card that may ever be written down. */
export interface CardLabel {
  readonly brand: string;
  readonly last4: string;
}

interface ChargeFacts {
  readonly charge: ChargeId;
  readonly credits: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly card: CardLabel | null;
  readonly balance: string;
  readonly threshold: string;
}

export interface TopOffSucceeded extends ChargeFacts {
  readonly kind: 'top_off_succeeded';
  readonly receiptUrl: string | null;
}

/** Why a top-off failed, in the three words the owner's banner knows; never the processor's code. */
export type FailureReason = 'no_payment_method' | 'card_declined' | 'authentication_required' | 'internal_error';

export interface TopOffFailed extends ChargeFacts {
  readonly kind: 'top_off_failed';
  readonly reason: FailureReason;
}

export type NoticeFacts = TopOffSucceeded | TopOffFailed;
export type NoticeKind = NoticeFacts['kind'];
