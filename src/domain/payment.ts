/** What a payment is, in the processor's terms but not in its SDK's types: the domain reads these, the adapter makes them. */
import type { AccountId, ChargeId, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import type { Currency, MinorUnits } from './money.js';

/** A stored way to pay. `fingerprint` is the processor's name of the card itself: equal for one card stored twice. */
export interface Card {
  readonly id: PaymentMethodId;
  /** The processor's id ("pm_…"). */
  readonly processorId: string;
  readonly fingerprint: string;
  readonly brand: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

/** Why the issuer or the processor said no, exactly as it was said. Never shown to owners. */
export interface Decline {
  /** Stripe's error code ("card_declined", "authentication_required", …). */
  readonly code: string;
  /** The issuer's decline code ("insufficient_funds", …), where there is one. */
  readonly declineCode: string | null;
  /** The issuer's advice ("do_not_try_again", "confirm_card_data", "try_again_later"), where there is one. */
  readonly adviceCode: string | null;
  readonly message: string;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** The money that moved under an intent. Amounts in minor units of the intent's currency. */
export interface PaymentMade {
  /** The processor's id of the payment ("ch_…"). */
  readonly processorChargeId: string;
  readonly paidMinor: MinorUnits;
  readonly refundedMinor: MinorUnits;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly fingerprint: string | null;
  readonly receiptUrl: string | null;
  readonly receiptNumber: string | null;
}

/** The processor's view of one PaymentIntent at one moment. */
export interface IntentView {
  readonly intentId: string;
  readonly status: IntentStatus;
  readonly amountMinor: MinorUnits;
  readonly currency: Currency;
  /** From the intent's metadata; null where the payment is not ours. */
  readonly deployment: string | null;
  readonly account: AccountId | null;
  readonly charge: ChargeId | null;
  readonly payment: PaymentMade | null;
  readonly lastDecline: Decline | null;
}

/** The exact parameters of one confirm, written before the first send and sent again verbatim. */
export interface ConfirmParams {
  readonly payment_method: string;
  readonly off_session: boolean;
}

/** What an intent is created with; the same for every try, as its idempotency key is the charge's id. */
export interface IntentRequest {
  readonly charge: ChargeId;
  readonly account: AccountId;
  readonly deployment: string;
  readonly customer: string;
  readonly amountMinor: MinorUnits;
  readonly currency: Currency;
  readonly description: string;
}

/** One send of one attempt. `idempotencyKey` is "<charge id>-<attempt ordinal>". */
export interface ConfirmRequest {
  readonly intentId: string;
  readonly idempotencyKey: string;
  readonly params: ConfirmParams;
  readonly firstSentAt: Instant;
}
