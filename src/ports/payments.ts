/** The processor of cards. */
import type { AccountId } from '../domain/ids.js';
import type { CardFacts, ConfirmRequest, Decline, IntentRequest, IntentView } from '../domain/payment.js';

export type PaymentOutcome =
  /**
   * Stripe's definite answer: the intent as it now is. `looked`: the call itself was answered long before, and the intent was
   * asked how it is; what it says is then the end of that call's attempt.
   */
  | { readonly kind: 'seen'; readonly view: IntentView; readonly looked?: boolean }
  /** A definite decline of this attempt. `view` is the intent inside the error. */
  | { readonly kind: 'declined'; readonly view: IntentView; readonly decline: Decline }
  /** The intent is in a state in which this call makes no sense, or Stripe replayed a 5xx: retrieve it, guess nothing. */
  | { readonly kind: 'look'; readonly reason: string }
  /** No answer, an answer cut off, a 5xx: it may or may not have happened. Only the same key may be sent again. */
  | { readonly kind: 'silent'; readonly reason: string }
  /**
   * Certainly nothing happened: connection refused, 429, 409, breaker open. Try the same later. `busy`: only this one request
   * met another of its own, which says nothing about the processor.
   */
  | {
      readonly kind: 'unavailable';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly busy?: boolean;
    }
  /** A refusal that is not the card's: our request, our key, our account. A person must look; the card is innocent. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly reason: string;
      /** What the processor no longer knows or no longer takes, where that is why. */
      readonly about?: 'card' | 'customer';
    };

export type CustomerOutcome =
  | { readonly kind: 'made'; readonly customer: string }
  | Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

export type AttachOutcome =
  | { readonly kind: 'attached'; readonly card: CardFacts }
  | { readonly kind: 'card_refused'; readonly decline: Decline }
  | Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

/** Who takes the money: stamped on a database at its first use. */
export type Processor =
  | { readonly kind: 'double' }
  | { readonly kind: 'stripe'; readonly account: string; readonly livemode: boolean };

export interface Payments {
  identify(): Promise<Processor>;
  /** Creates the charge's intent, unconfirmed. Idempotency key: the charge's id. Moves no money. */
  createIntent(request: IntentRequest): Promise<PaymentOutcome>;
  /** Sends one attempt: the stored intent, the stored parameters, the attempt's own key. */
  confirmIntent(request: ConfirmRequest): Promise<PaymentOutcome>;
  /**
   * The intent with all that became of its money. `disputes` asks for them even where the payment does not say that it is
   * disputed: for whoever knows of one.
   */
  retrieveIntent(intentId: string, wish?: { readonly disputes: boolean }): Promise<PaymentOutcome>;
  cancelIntent(intentId: string): Promise<PaymentOutcome>;
  /** One customer an account, however often it is asked. Idempotency key made of the deployment and the account. */
  createCustomer(request: {
    readonly deployment: string;
    readonly account: AccountId;
    readonly name: string;
    readonly email: string | null;
  }): Promise<CustomerOutcome>;
  attachCard(customer: string, processorPaymentMethod: string): Promise<AttachOutcome>;
}
