/** What the processor remembers, read for its own sake: cards, and events and payments in pages. */

import type { ChargeKind } from '../domain/charge.js';
import type { Credits } from '../domain/credits.js';
import type { Instant } from '../domain/instant.js';
import type { CardFacts, IntentView } from '../domain/payment.js';
import type { PaymentOutcome } from './payments.js';
import type { StripeEvent } from './stripe-events.js';

type NoAnswer = Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

export type CardOutcome =
  | { readonly kind: 'card'; readonly customer: string | null; readonly card: CardFacts }
  /** A way to pay that is not a card, or one that Stripe does not know. */
  | { readonly kind: 'no_card' }
  | NoAnswer;

/** A payment with what was put beside it when it was asked for; `sold` is null where that cannot be read. */
export interface ListedIntent {
  readonly view: IntentView;
  readonly createdAt: Instant;
  readonly sold: { readonly kind: ChargeKind; readonly credits: Credits } | null;
  /** The payment says that it is or was disputed. */
  readonly isDisputed: boolean;
}

export interface RecordsPage<One> {
  readonly kind: 'page';
  readonly items: readonly One[];
  /** The id to go on after; null: this was the last page. */
  readonly after: string | null;
}

/** Newest first, as Stripe lists. */
export interface PageWish {
  /** Null: as far back as Stripe keeps. */
  readonly since: Instant | null;
  readonly after: string | null;
}

export interface ProcessorRecords {
  card(processorPaymentMethod: string): Promise<CardOutcome>;
  /** The payment method that a setup intent stored, or null while it has stored none. */
  storedBy(setupIntent: string): Promise<{ readonly kind: 'stored'; readonly paymentMethod: string | null } | NoAnswer>;
  /** `refused` with the code resource_missing where the event to go on after is no longer kept. */
  events(wish: PageWish): Promise<RecordsPage<StripeEvent> | NoAnswer>;
  /** What was refunded is as Stripe sums it up; refunds and disputes one by one are in retrieving an intent. */
  intents(wish: PageWish): Promise<RecordsPage<ListedIntent> | NoAnswer>;
}
