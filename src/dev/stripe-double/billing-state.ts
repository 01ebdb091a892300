/** What the double remembers of catalogs, Checkout, subscriptions, invoices and the portal. Instants are epoch seconds. */
export type Interval = 'day' | 'week' | 'month' | 'year';

export interface StoredProduct {
  readonly id: string;
  readonly created: number;
  updated: number;
  name: string;
  active: boolean;
  description: string | null;
  unitLabel: string | null;
  defaultPrice: string | null;
  metadata: Record<string, string>;
}

export interface StoredPrice {
  readonly id: string;
  readonly created: number;
  readonly product: string;
  readonly currency: string;
  /** Minor units. */
  readonly unitAmount: number;
  readonly recurring: { readonly interval: Interval; readonly count: number } | null;
  active: boolean;
  nickname: string | null;
  lookupKey: string | null;
  metadata: Record<string, string>;
}

export interface StoredItem {
  readonly id: string;
  readonly created: number;
  price: string;
  quantity: number;
  periodStart: number;
  periodEnd: number;
  metadata: Record<string, string>;
}

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'paused';
export type MissingMethod = 'cancel' | 'pause' | 'create_invoice';

export interface StoredSubscription {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly currency: string;
  status: SubscriptionStatus;
  items: StoredItem[];
  /** From it all boundaries are counted, so that a month that was too short does not move the later ones. */
  anchor: number;
  cancelAtPeriodEnd: boolean;
  cancelAt: number | null;
  canceledAt: number | null;
  endedAt: number | null;
  cancelReason: 'cancellation_requested' | 'payment_failed' | null;
  cancelComment: string | null;
  cancelFeedback: string | null;
  paymentMethod: string | null;
  description: string | null;
  latestInvoice: string | null;
  metadata: Record<string, string>;
  pauseCollection: { readonly behavior: PauseBehavior; readonly resumesAt: number | null } | null;
  trialStart: number | null;
  trialEnd: number | null;
  missingMethod: MissingMethod | null;
  trialWarned: boolean;
  pausedAt: number | null;
  /** Prorations that the next invoice will hold. */
  pending: StoredLine[];
}

export type PauseBehavior = 'keep_as_draft' | 'mark_uncollectible' | 'void';

export interface StoredLine {
  readonly id: string;
  readonly amount: number;
  readonly description: string;
  readonly price: string;
  readonly quantity: number;
  readonly item: string;
  /** The invoice item that stands for a proration; null for the line of a period. */
  readonly proration: string | null;
  readonly start: number;
  readonly end: number;
}

export type BillingReason = 'subscription_create' | 'subscription_cycle' | 'subscription_update';

export interface StoredInvoice {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly subscription: string;
  readonly currency: string;
  readonly reason: BillingReason;
  readonly lines: readonly StoredLine[];
  readonly periodStart: number;
  readonly periodEnd: number;
  /** The subscription's metadata as it was when the invoice was made. */
  readonly subscriptionMetadata: Readonly<Record<string, string>>;
  number: string | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  /** Null until it is finalized. */
  amountDue: number | null;
  amountPaid: number;
  startingBalance: number;
  endingBalance: number | null;
  attempts: number;
  attempted: boolean;
  autoAdvance: boolean;
  finalizesAt: number | null;
  nextAttempt: number | null;
  /** Its id in the list of payments, and the intent behind it; null where nothing was due. */
  payment: { readonly id: string; readonly intent: string } | null;
  finalizedAt: number | null;
  paidAt: number | null;
  voidedAt: number | null;
  uncollectibleAt: number | null;
}

export interface SessionLine {
  readonly id: string;
  readonly price: string;
  readonly quantity: number;
}

export interface StoredSession {
  readonly id: string;
  readonly created: number;
  readonly mode: 'payment' | 'setup' | 'subscription';
  readonly expiresAt: number;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly clientReferenceId: string | null;
  readonly customerEmail: string | null;
  readonly customerCreation: 'always' | 'if_required' | null;
  readonly currency: string | null;
  readonly lines: readonly SessionLine[];
  readonly collection: 'always' | 'if_required' | null;
  readonly allowedTypes: readonly string[] | null;
  readonly intent: {
    readonly description: string | null;
    readonly receiptEmail: string | null;
    readonly metadata: Record<string, string>;
    readonly keepsCard: boolean;
  };
  readonly plan: {
    readonly description: string | null;
    readonly metadata: Record<string, string>;
    readonly trialDays: number | null;
    readonly trialEnd: number | null;
    readonly missingMethod: MissingMethod | null;
    readonly anchor: number | null;
    readonly prorates: boolean;
  };
  metadata: Record<string, string>;
  status: 'open' | 'complete' | 'expired';
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required';
  customer: string | null;
  email: string | null;
  paymentIntent: string | null;
  setupIntent: string | null;
  subscription: string | null;
  invoice: string | null;
  /** The last decline, as it was told to the person on the page. */
  told: string | null;
  /** The intent whose owner is on the authentication page. */
  authenticating: string | null;
  /** The card of a payment that is under way and not yet settled. */
  settling: string | null;
}

export interface StoredPortalConfiguration {
  readonly id: string;
  readonly created: number;
  readonly isDefault: boolean;
  readonly returnUrl: string | null;
  readonly headline: string | null;
  readonly name: string | null;
  readonly cancels: boolean;
  readonly metadata: Record<string, string>;
}

export interface StoredPortal {
  readonly id: string;
  readonly created: number;
  /** What its address ends in: whoever has it is the customer. */
  readonly secret: string;
  readonly customer: string;
  readonly configuration: string;
  readonly returnUrl: string | null;
  readonly locale: string | null;
}

/** What the account's owner would have set in Stripe's dashboard, and what a test scripts for renewals. */
export interface BillingSettings {
  /** How long the invoice of a renewal stays a draft. Stripe: about an hour. */
  draftSeconds: number;
  /** After which time each failed try of an invoice is followed by the next. */
  retrySeconds: number[];
  afterLastRetry: 'cancel' | 'unpaid' | 'past_due';
  /** Renewals of these customers or subscriptions are declined so. */
  failing: Record<string, string>;
}

export interface BillingState {
  readonly products: StoredProduct[];
  readonly prices: StoredPrice[];
  readonly sessions: StoredSession[];
  readonly subscriptions: StoredSubscription[];
  readonly invoices: StoredInvoice[];
  readonly portalConfigurations: StoredPortalConfiguration[];
  readonly portals: StoredPortal[];
  readonly billing: BillingSettings;
}

const DAY = 86_400;

export const emptyBilling = (): BillingState => ({
  products: [],
  prices: [],
  sessions: [],
  subscriptions: [],
  invoices: [],
  portalConfigurations: [],
  portals: [],
  billing: {
    draftSeconds: 3_600,
    retrySeconds: [3 * DAY, 5 * DAY, 7 * DAY],
    afterLastRetry: 'cancel',
    failing: {},
  },
});
