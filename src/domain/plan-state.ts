/** What an account's plan hangs on beside its key: trial, past due, terms in force, subscription; and their rows. */
import type { Cadence } from './catalog.js';
import type { Credits } from './credits.js';
import type { LotId } from './ids.js';
import type { Instant } from './instant.js';
import type { MinorUnits } from './money.js';

/** What the present period was begun under. A changed catalog acts for an account only at its next period. */
export interface PeriodTerms {
  readonly every: Cadence;
  /** Null: no pay-as-you-go. */
  readonly overageCapMinor: MinorUnits | null;
}

/** One unpaid invoice of the plan, from its failure until it is paid. */
export interface PastDue {
  readonly since: Instant;
  /** The first period that is not paid for. Null: the account is in no period. */
  readonly ordinal: number | null;
  /** The grace is over: features, pay-as-you-go and further allotments have stopped. */
  readonly stopped: boolean;
  /** What is kept back until it is paid: the allotment of a period that has begun since, or an upgrade's difference. */
  readonly withheld: 'allotment' | 'difference' | null;
  /** What lapsed when the grace was over, by lot: paying gives exactly this back. */
  readonly lapsed: readonly { readonly lot: LotId; readonly credits: Credits }[];
}

export interface Standing {
  /** Not null: the account is in its trial, and the plan's own periods begin then. */
  readonly trialEndsAt: Instant | null;
  /** Whether the owner was told that the trial is about to end. */
  readonly trialTold: boolean;
  /** When the account's one trial began. */
  readonly trialUsedAt: Instant | null;
  readonly pastDue: PastDue | null;
  /** When a free plan that has been left was last granted: coming back within its length grants nothing. */
  readonly freeGrantedAt: Instant | null;
  readonly terms: PeriodTerms | null;
  /** The ordinal from which what was chosen for the period's end acts, where that is not the next one. */
  readonly nextFrom: number | null;
  readonly closedAt: Instant | null;
  /** The processor's subscription that drives the plan, while it lives. */
  readonly subscription: string | null;
}

export const NEW_STANDING: Standing = {
  trialEndsAt: null,
  trialTold: false,
  trialUsedAt: null,
  pastDue: null,
  freeGrantedAt: null,
  terms: null,
  nextFrom: null,
  closedAt: null,
  subscription: null,
};

export type SubscriptionStatus =
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'incomplete'
  | 'incomplete_expired'
  | 'paused';

/** The processor's view of one subscription at one moment, in nobody's SDK's types. */
export interface SubscriptionView {
  readonly id: string;
  readonly status: SubscriptionStatus;
  /** When it was made: of two that live, the later one counts. */
  readonly createdAt: Instant;
  /** The processor's price ids of its items; one of them is a plan's. */
  readonly priceIds: readonly string[];
  /** Where its periods are counted from, in UTC. */
  readonly anchor: Instant;
  readonly currentPeriod: { readonly start: Instant; readonly end: Instant };
  readonly trialEnd: Instant | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly cancelAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Its invoices are kept back at the processor; the plan goes on. */
  readonly collectionPaused: boolean;
}

/** A subscription as it was last mirrored. */
export interface Subscription {
  readonly view: SubscriptionView;
  readonly plan: string | null;
  /** Grows with every change here. A view that was fetched under an older one is not applied. */
  readonly version: number;
  readonly mirroredAt: Instant;
}

export type InvoiceStatus = 'open' | 'failed' | 'paid' | 'void';

/** The processor's view of one invoice of a subscription. */
export interface InvoiceView {
  readonly id: string;
  readonly subscription: string | null;
  /** failed: it is open, and an attempt to pay it was declined. */
  readonly status: InvoiceStatus;
  /** Begin of the period that it asks money for. */
  readonly periodStart: Instant;
  readonly amountMinor: MinorUnits;
  readonly paidAt: Instant | null;
}

export interface Invoice extends InvoiceView {
  /** The period whose start lay nearest when it was first seen; null: it was no plan's that was in force. */
  readonly run: number | null;
  readonly ordinal: number | null;
}

/** What is loaded for the commands that need it: empty for all others. */
export interface PlanRows {
  readonly subscriptions: readonly Subscription[];
  /** Those that the commands name, and those that have failed. */
  readonly invoices: readonly Invoice[];
  /** Fingerprints of attached cards that have had a trial of this catalog, whoever's. */
  readonly trialCards: ReadonlySet<string>;
}

export const NO_PLAN_ROWS: PlanRows = { subscriptions: [], invoices: [], trialCards: new Set() };

export interface PlanEffects {
  readonly subscriptions: Map<string, Subscription>;
  readonly invoices: Map<string, Invoice>;
  /** A card that has its trial now. Claimed: nobody else's may have had it; two that claim one at once, one is refused. */
  readonly trialCards: { readonly fingerprint: string; readonly claimed: boolean }[];
}

export const noPlanEffects = (): PlanEffects => ({ subscriptions: new Map(), invoices: new Map(), trialCards: [] });
