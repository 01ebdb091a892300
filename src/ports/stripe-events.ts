/** What Stripe says happened: how it is heard, kept and worked on. An event is a hint; what is true is fetched fresh. */

import type { ChargeKind, ChargeState } from '../domain/charge.js';
import type { Credits } from '../domain/credits.js';
import type { AccountId, AccountNo, ChargeId, PaymentMethodId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { MinorUnits } from '../domain/money.js';
import type { OpenDispute } from '../domain/payment.js';
import type { Ending } from './ledger.js';

/** The processor's ids that an event names; absent ones are null. */
export interface EventNames {
  readonly customer: string | null;
  readonly intent: string | null;
  readonly paymentMethod: string | null;
  readonly setupIntent: string | null;
  readonly subscription: string | null;
  readonly invoice: string | null;
  readonly session: string | null;
  /** From the object's metadata: whose it is, where we or a session of ours made it. */
  readonly deployment: string | null;
  readonly account: string | null;
  readonly charge: string | null;
}

/** One event, read; nothing of its object but the ids. */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Instant;
  readonly livemode: boolean;
  /** The connected account it comes from; null: the account that the endpoint belongs to. */
  readonly account: string | null;
  readonly objectId: string | null;
  readonly names: EventNames;
}

export type ReadWebhook =
  | { readonly kind: 'read'; readonly event: StripeEvent }
  /** Nothing may be stored of it. `sentence` is for whoever sent it and holds nothing of ours. */
  | { readonly kind: 'refused'; readonly sentence: string };

/** Reads what was posted to us: the exact bytes, and the header that signs them. */
export type ReadStripeWebhook = (body: Uint8Array, signature: string | undefined) => ReadWebhook;

/** What became of an event at the door. */
export type Taken = 'stored' | 'known' | 'ignored';

export interface TakenEvent {
  readonly event: StripeEvent;
  /** Why it is none of ours; null: it is asked which account it concerns. */
  readonly ignored: string | null;
}

/** An event that has an account and waits to be worked on. */
export interface StoredStripeEvent {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly names: EventNames;
  readonly receivedAt: Instant;
  readonly state: 'waiting' | 'done' | 'ignored';
}

/** How far the list of events has been read; `going` is a reading that has not come to its end. */
export interface ReadingCursor {
  readonly readTo: Instant;
  readonly going: { readonly top: Instant; readonly after: string } | null;
}

export interface StripeEvents {
  /**
   * Stores what is new with one outbox row each, all in one transaction. An event that concerns no account of ours is stored
   * as ignored and has none. The answers are in the order given.
   */
  take(events: readonly TakenEvent[], source: 'webhook' | 'poll'): Promise<readonly Taken[]>;
  find(step: string): Promise<StoredStripeEvent | null>;
  /** Says how it ended, and ends the step, in one transaction. */
  finish(id: string, state: 'done' | 'ignored', result: string, ending: Ending): Promise<void>;
  cursor(): Promise<ReadingCursor | null>;
  moveCursor(cursor: ReadingCursor): Promise<void>;
  /** Forgets events that have ended and came before this. Answers how many. */
  forget(before: Instant): Promise<number>;
}

/** A charge as whoever compares it with the processor has to know it. */
export interface ChargeRow {
  readonly account: AccountId;
  readonly id: ChargeId;
  readonly kind: ChargeKind;
  readonly state: ChargeState;
  /** Read before anything is fetched: what was fetched is applied only while it still stands. */
  readonly version: number;
  readonly intentId: string | null;
  /** An attempt is out: only its own step may close it. */
  readonly unanswered: boolean;
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
  readonly paidMinor: MinorUnits;
  readonly refundedMinor: MinorUnits;
  readonly disputedMinor: MinorUnits;
  readonly dispute: OpenDispute | null;
  readonly createdAt: Instant;
}

/** A card as it stands here, detached or not. */
export interface CardRow {
  readonly id: PaymentMethodId;
  readonly processorId: string;
  readonly fingerprint: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  readonly detached: boolean;
}

/** Charges and cards, read for comparing them with the processor. */
export interface ChargeRows {
  /** By our id, else by the intent's; never another account's. */
  ofAccount(
    account: AccountId,
    wanted: { readonly charge: string | null; readonly intent: string | null },
  ): Promise<ChargeRow | null>;
  named(wanted: readonly { readonly account: string; readonly charge: string }[]): Promise<readonly ChargeRow[]>;
  /** Succeeded ones opened since then, oldest first, `limit` after `after`. */
  succeededSince(since: Instant, after: ChargeRow | null, limit: number): Promise<readonly ChargeRow[]>;
  cards(account: AccountId): Promise<readonly CardRow[]>;
  /** Of the subscription as it was last mirrored; 0: it was not yet. */
  subscriptionVersion(account: AccountId, subscription: string): Promise<number>;
  /** The account's number and the processor's customer; null: there is no such account. */
  account(id: AccountId): Promise<{ readonly no: AccountNo; readonly customer: string | null } | null>;
  /** Once Stripe has deleted a customer the account has none, and gets another when it next needs one. */
  forgetCustomer(account: AccountId, customer: string): Promise<void>;
}
