/** What is asked of the processor on an owner's wish, beside charging stored cards: Checkout, the portal, subscriptions. */
import type { Credits } from '../domain/credits.js';
import type { AccountId, ChargeId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Currency, MinorUnits } from '../domain/money.js';
import type { PaymentOutcome } from './payments.js';

export type Unanswered = Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

/** Whose session it is, and where its owner comes back to. */
export interface Offer {
  readonly deployment: string;
  readonly account: AccountId;
  readonly customer: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export type SessionOutcome =
  | { readonly kind: 'open'; readonly session: string; readonly url: string; readonly expiresAt: Instant }
  /** The session that was made under this key can no longer be used. */
  | { readonly kind: 'over'; readonly status: 'complete' | 'expired' }
  /** The key was used for a wish with other content. */
  | { readonly kind: 'key_reused' }
  | Unanswered;

export type ChangeOutcome =
  /** It is as was wished, whether it was made so now or before. */
  | { readonly kind: 'done' }
  /** The change had to be paid first and the card was declined: nothing was changed. */
  | { readonly kind: 'declined'; readonly message: string }
  /** The subscription has ended, or the processor does not know it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'key_reused' }
  | Unanswered;

/** `key` is the owner's wish: the same one sent again is the same session, or the same change. */
export interface Checkout {
  /** Begins a subscription when it is completed. `trialDays` null: it is paid at once. */
  offerPlan(
    offer: Offer & { readonly key: string; readonly price: string; readonly trialDays: number | null },
  ): Promise<SessionOutcome>;
  /** Asks for the money of a charge. Idempotency key: the charge's id, so that a charge has one session. */
  offerPack(
    offer: Offer & {
      readonly charge: ChargeId;
      readonly credits: Credits;
      readonly amountMinor: MinorUnits;
      readonly currency: Currency;
      /** What the page and the receipt call it. */
      readonly product: string;
      readonly expiresAt: Instant;
    },
  ): Promise<SessionOutcome>;
  /** Stores a card and charges nothing. */
  keepCard(offer: Offer & { readonly key: string; readonly currency: Currency }): Promise<SessionOutcome>;
  /**
   * Of a customer's open sessions that would begin a subscription one alone outlives this, however many were made at once:
   * the others are expired, this one too where it is not the one that stands.
   */
  keepOne(customer: string, session: string): Promise<{ readonly kind: 'kept'; readonly stands: boolean } | Unanswered>;
  /** Expires one session, so that it cannot be completed any more. */
  end(session: string): Promise<{ readonly kind: 'done' } | Unanswered>;
  /** A customer's subscriptions that are billed, or would be. */
  living(
    customer: string,
  ): Promise<{ readonly kind: 'living'; readonly subscriptions: readonly string[] } | Unanswered>;
  /** The processor's own page for cards and invoices. */
  portal(wish: {
    readonly customer: string;
    readonly returnUrl: string;
  }): Promise<{ readonly kind: 'open'; readonly url: string } | Unanswered>;
  /**
   * Sets the price at once and takes back a cancellation. `among`: the prices that are plans; items with any other price are
   * left alone. `prorates`: the difference for the rest of the period goes onto the next invoice; else nothing is charged
   * or given back for it.
   */
  setPrice(wish: {
    readonly subscription: string;
    readonly among: readonly string[];
    readonly price: string;
    readonly prorates: boolean;
    readonly key: string;
  }): Promise<ChangeOutcome>;
  /** It goes on to the end of what is paid. */
  cancelAtEnd(wish: { readonly subscription: string; readonly key: string }): Promise<ChangeOutcome>;
  /** It is over now; nothing is given back. */
  cancelNow(wish: { readonly subscription: string; readonly key: string }): Promise<ChangeOutcome>;
}

/** Cards that have had a trial of the account's catalog, under whatever account, by their fingerprint. */
export interface TrialCards {
  attachedTo(account: AccountId): Promise<ReadonlySet<string>>;
}
