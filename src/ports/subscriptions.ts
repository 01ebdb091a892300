/** Subscriptions, invoices and Checkout sessions, read at the processor. */
import type { InvoiceView, SubscriptionView } from '../domain/plan-state.js';
import type { PaymentOutcome } from './payments.js';

type NoAnswer = Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

/** What a Checkout session has led to. */
export interface SessionView {
  readonly mode: 'payment' | 'setup' | 'subscription' | 'other';
  readonly status: 'open' | 'complete' | 'expired';
  readonly customer: string | null;
  readonly intent: string | null;
  readonly setupIntent: string | null;
  readonly subscription: string | null;
  /** Our charge's id, where the session is for one of this deployment's. */
  readonly charge: string | null;
  readonly deployment: string | null;
}

export interface Subscriptions {
  subscription(
    id: string,
  ): Promise<
    { readonly kind: 'seen'; readonly view: SubscriptionView; readonly customer: string } | Unreadable | NoAnswer
  >;
  invoice(
    id: string,
  ): Promise<
    { readonly kind: 'seen'; readonly view: InvoiceView; readonly customer: string | null } | Unreadable | NoAnswer
  >;
  session(id: string): Promise<{ readonly kind: 'seen'; readonly view: SessionView } | Unreadable | NoAnswer>;
}

/** In a state that this release does not know: what it means for the account would be a guess. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}
