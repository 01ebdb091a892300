/** What a payment is, in the processor's terms but not in its SDK's types: the domain reads these, the adapter makes them. */
import type { Credits } from './credits.js';
import type { AccountId, ChargeId, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import type { Currency, MinorUnits } from './money.js';

/** A card as the processor tells of it. `fingerprint` is its name of the card itself: equal for one card stored twice. */
export interface CardFacts {
  /** The processor's id ("pm_…"). */
  readonly processorId: string;
  readonly fingerprint: string;
  readonly brand: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

/** A stored way to pay. */
export interface Card extends CardFacts {
  readonly id: PaymentMethodId;
  /** When its issuer refused it for good, or wanted its owner: it is charged only when the owner says so. Null: it was not. */
  readonly refusedAt: Instant | null;
  /** The expiry ("2030-12") that the owners were told of. */
  readonly toldExpiry: string | null;
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
  /** The processor's own rules stopped it before the issuer was asked. Absent: they did not. */
  readonly blocked?: boolean;
  /** The processor's id of the payment that failed, where it says one. */
  readonly processorChargeId?: string | null;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** An inquiry is a bank's question before a dispute: no money has moved. */
export type OpenDispute = 'inquiry' | 'dispute';

/** The money that moved under an intent. Amounts in minor units of the intent's currency. */
export interface PaymentMade {
  /** The processor's id of the payment ("ch_…"). */
  readonly processorChargeId: string;
  readonly paidMinor: MinorUnits;
  /** Refunds that succeeded: those that are under way, or failed, have moved nothing. */
  readonly refundedMinor: MinorUnits;
  /** What disputes have withdrawn and not reinstated. */
  readonly disputedMinor: MinorUnits;
  /** What is not closed. Null: nothing is. */
  readonly dispute: { readonly kind: OpenDispute; readonly amountMinor: MinorUnits } | null;
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
  /** The processor's customer that it was made for; absent or null: none that is known. */
  readonly customer?: string | null;
  /** Where the owner authenticates the payment, while that is under way; absent or null: nowhere that is known. */
  readonly nextActionUrl?: string | null;
}

/** The exact parameters of one confirm, written before the first send and sent again verbatim. */
export interface ConfirmParams {
  readonly payment_method: string;
  readonly off_session: boolean;
  /** Makes the processor mail its own receipt. Only where the catalog asks for that. */
  readonly receipt_email?: string;
  /** Where the bank sends the owner back to. Only with the owner present. */
  readonly return_url?: string;
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
  /** How many intents of this charge the processor has canceled for good: each had a key of its own. Absent: none. */
  readonly canceledIntents?: number;
  /** It was first asked for so long ago that the processor may have forgotten the key: it is looked for first. */
  readonly isLate?: boolean;
  /**
   * What was sold, for the day when the database has to be brought back from the processor. Null for charges whose intent an
   * earlier release may have asked for: under one idempotency key only the very same request may be sent again.
   */
  readonly sold: { readonly kind: 'top_off' | 'pack' | 'overage'; readonly credits: Credits } | null;
}

/** One send of one attempt. `idempotencyKey` is "<charge id>-<attempt ordinal>". */
export interface ConfirmRequest {
  readonly intentId: string;
  readonly idempotencyKey: string;
  readonly params: ConfirmParams;
  readonly firstSentAt: Instant;
}
