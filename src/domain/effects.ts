/** What a decision asks to be written beside lines, lots and the hot row. */
import type { Hold, Incident, Settings } from './account.js';
import type { Attempt, AttemptResult, Charge } from './charge.js';
import type { Credits } from './credits.js';
import type { AccountEvent } from './events-body.js';
import type { ChargeId, ContentHash, KeyHash, NoticeId, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import { type LimitEffects, noLimitEffects } from './limits-state.js';
import type { Currency, MinorUnits } from './money.js';
import type { NoticeFacts } from './notice.js';
import type { Card, Decline } from './payment.js';
import { noPlanEffects, type PlanEffects } from './plan-state.js';

export interface NewPeriod {
  readonly run: number;
  readonly ordinal: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly plan: string;
  readonly allotment: Credits;
}

export interface NewReversal {
  readonly keyHash: KeyHash;
  readonly contentHash: ContentHash;
  readonly useKeyHash: KeyHash;
  readonly amount: Credits | null;
  readonly reason: string | null;
  /** Null: its use has not come. */
  readonly appliedAt: Instant | null;
}

/** What has to be written beside lines, lots and the hot row. */
export interface Effects {
  settings: Settings | null;
  readonly holds: Set<Hold>;
  readonly newHolds: Set<Hold>;
  readonly charges: Set<Charge>;
  readonly newCharges: Set<Charge>;
  readonly newAttempts: { readonly charge: ChargeId; readonly attempt: Attempt }[];
  readonly answered: {
    readonly charge: ChargeId;
    readonly ordinal: number;
    readonly result: AttemptResult;
    readonly decline: Decline | null;
    /** The processor's id of the payment that it made. */
    readonly payment: string | null;
  }[];
  readonly newCards: { readonly card: Card; readonly rank: number }[];
  readonly detachedCards: PaymentMethodId[];
  /** Of these, those that are still to be taken off at the processor. */
  readonly removedCards: PaymentMethodId[];
  /** As they have become, by id. */
  readonly changedCards: Map<PaymentMethodId, Card>;
  /** Places in the order of cards. */
  readonly ranks: Map<PaymentMethodId, number>;
  /** What would be charged now, were the operator's switch not at dry run. */
  readonly wouldCharge: { readonly amountMinor: MinorUnits; readonly currency: Currency; readonly last4: string }[];
  readonly newIncidents: Set<Incident>;
  readonly resolvedIncidents: Set<Incident>;
  readonly notices: { readonly id: NoticeId; readonly facts: NoticeFacts }[];
  /** Outbox rows asked for, by topic and subject. */
  readonly asks: { readonly topic: 'charge' | 'notice'; readonly subject: string; readonly dueAt: Instant }[];
  readonly periods: NewPeriod[];
  readonly newReversals: NewReversal[];
  readonly appliedReversals: { readonly keyHash: KeyHash; readonly amount: Credits }[];
  readonly plans: PlanEffects;
  readonly limits: LimitEffects;
  /** For the product's own endpoint, in the order in which they are numbered. */
  readonly events: AccountEvent[];
}

/** Nothing beside lines and lots. */
export const noEffects = (): Effects => ({
  settings: null,
  holds: new Set(),
  newHolds: new Set(),
  charges: new Set(),
  newCharges: new Set(),
  newAttempts: [],
  answered: [],
  newCards: [],
  detachedCards: [],
  removedCards: [],
  changedCards: new Map(),
  ranks: new Map(),
  wouldCharge: [],
  newIncidents: new Set(),
  resolvedIncidents: new Set(),
  notices: [],
  asks: [],
  periods: [],
  newReversals: [],
  appliedReversals: [],
  plans: noPlanEffects(),
  limits: noLimitEffects(),
  events: [],
});

/** Of every decision that asked for nothing beside lines and lots, as nearly all do. Nobody writes into it. */
export const NO_EFFECTS: Effects = Object.freeze(noEffects());
