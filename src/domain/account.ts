/** An account as a decision sees it: the hot row and open lots always, the cold rows only when something may hang on them. */
import type { AlertState } from './alert-state.js';
import type { AttemptResult, Charge, ChargeState } from './charge.js';
import type { AttemptBy } from './charge-course.js';
import type { Credits } from './credits.js';
import type {
  AccountId,
  AccountNo,
  ChargeId,
  ContentHash,
  HoldId,
  IncidentId,
  KeyHash,
  LotId,
  MemberId,
  PaymentMethodId,
} from './ids.js';
import type { Instant } from './instant.js';
import type { LimitRows } from './limits-state.js';
import type { Lot } from './lots.js';
import type { MinorUnits } from './money.js';
import type { Card } from './payment.js';
import type { PlanRows, Standing } from './plan-state.js';
import type { RecentUse } from './recent-use.js';

/** The narrow row that every debit rewrites, as it stood under the lock. */
export interface HotRow {
  readonly lots: Credits;
  readonly debt: Credits;
  readonly overage: Credits;
  readonly held: Credits;
  readonly sequence: number;
  readonly lastInstant: Instant;
  /** Until when this row is the whole truth; null: for ever. */
  readonly settledUntil: Instant | null;
  /** A batch that leaves the balance below this needs the cold rows. */
  readonly lookBelow: Credits;
  /** The account has pools or budgets: every use must be held against them, or counted. */
  readonly watched: boolean;
}

export interface TopOffSettings {
  readonly enabled: boolean;
  readonly threshold: Credits;
  readonly amount: Credits;
  /** Null: the account's first card. */
  readonly card: PaymentMethodId | null;
  readonly capDayMinor: MinorUnits | null;
  readonly capMonthMinor: MinorUnits | null;
  readonly suspendedAt: Instant | null;
  /** The fingerprint that was refused; another card lifts the suspension. */
  readonly suspendedCard: string | null;
  /** When the runaway brake paused it; the owner alone ends the pause. */
  readonly pausedAt: Instant | null;
}

/** Pay-as-you-go. The owner's own cap, in money of an allotment period; null: the plan's. */
export interface OverageSettings {
  readonly enabled: boolean;
  readonly capMinor: MinorUnits | null;
}

export interface Settings {
  readonly plan: string;
  readonly zone: string;
  /** Acts from the next period on; absent or null: the zone stays. */
  readonly nextZone?: string | null;
  readonly anchor: Instant | null;
  readonly run: number;
  readonly ordinal: number | null;
  /** The highest allotment that the present period has been granted for. */
  readonly grantedFor: Credits;
  /** What the plan becomes when the period ends; null: it stays. */
  readonly nextPlan: string | null;
  /** Canceled where there is no free plan: no further period begins. */
  readonly ending: boolean;
  /** Trial, past due, terms in force, subscription. */
  readonly standing: Standing;
  readonly topOff: TopOffSettings;
  readonly overage: OverageSettings;
  /** What the owner has been told. */
  readonly alerts: AlertState;
  /** Nothing can be spent: what the product was told last. */
  readonly gateClosed: boolean;
}

export type HoldState = 'open' | 'captured' | 'released' | 'expired';

export interface Hold {
  readonly id: HoldId;
  readonly keyHash: KeyHash;
  readonly contentHash: ContentHash;
  readonly meter: string | null;
  readonly version: string | null;
  /** What it was placed for; null where plain credits are held, or a release that did not keep it placed the hold. */
  readonly quantity: number | null;
  readonly properties: Readonly<Record<string, string | number | boolean>> | null;
  /** How much of the quantity its parts have turned into real counts of windows. Millionths. */
  counted: bigint;
  readonly amount: Credits;
  open: Credits;
  captured: Credits;
  state: HoldState;
  readonly member: MemberId | null;
  readonly pool: string | null;
  readonly createdAt: Instant;
  expiresAt: Instant;
  endedAt: Instant | null;
}

export type IncidentKind =
  | 'no_payment_method'
  | 'card_declined'
  | 'authentication_required'
  | 'internal_error'
  | 'spending_cap_reached'
  | 'unusual_usage';

export interface Incident {
  readonly id: IncidentId;
  readonly kind: IncidentKind;
  readonly chargeId: ChargeId | null;
  readonly openedAt: Instant;
  resolvedAt: Instant | null;
}

/** A top-off of the last weeks, for the brakes. */
export interface PastTopOff {
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
  readonly amountMinor: MinorUnits;
  readonly state: ChargeState;
}

/** An attempt of the last thirty days at any charge, for the limits of owners and card networks. */
export interface PastAttempt {
  readonly charge: ChargeId;
  readonly by: AttemptBy;
  readonly fingerprint: string;
  readonly sentAt: Instant;
  /** Null: it has not been answered. */
  readonly result: AttemptResult | null;
}

/** One line of a use that is to be given back, with the lot it took from as it stands now. */
export interface UseLine {
  readonly line: number;
  readonly lot: LotId | null;
  readonly amount: Credits;
  readonly meter: string | null;
  /** Quantity and properties stand on a use's first line. */
  readonly quantity: number | null;
  readonly properties: Readonly<Record<string, string | number | boolean>> | null;
  readonly member: MemberId | null;
  readonly pool: string | null;
  readonly occurredAt: Instant;
  /** Absent: in this very batch. */
  readonly postedAt?: Instant;
}

/** What a command gives back: its lines, how much of it was given back before, and whether anything was. */
export interface UseRows {
  readonly lines: readonly UseLine[];
  readonly givenBack: Credits;
  /** A use that cost nothing is given back by a reversal of nothing. */
  readonly reversed: boolean;
}

/** A line that took credits of a charge back because its money had gone, or that undid such a line. */
export interface FundsLine {
  readonly kind: 'claw_back' | 'give_back';
  readonly lot: LotId | null;
  readonly amount: Credits;
}

/** A reversal that came before its usage. */
export interface WaitingReversal {
  readonly keyHash: KeyHash;
  readonly useKeyHash: KeyHash;
  /** Null: all of it. */
  readonly amount: Credits | null;
  readonly reason: string | null;
}

export interface ColdRows {
  readonly settings: Settings;
  readonly holds: readonly Hold[];
  /**
   * Open ones, the last top-off if it failed, overage that was not paid, those in dispute, those with an open incident, and
   * those that the commands name.
   */
  readonly charges: readonly Charge[];
  readonly recentTopOffs: readonly PastTopOff[];
  readonly recentAttempts: readonly PastAttempt[];
  readonly cards: readonly Card[];
  /** The processor's customer, where there is one. */
  readonly customer: string | null;
  /** Where the processor's own receipts go, if the catalog wants them; absent or null: nowhere. */
  readonly billingEmail?: string | null;
  /** Open ones, and those of reached spending caps of the last weeks. */
  readonly incidents: readonly Incident[];
  /** Of the period that the settings name. */
  readonly allotments: GrantedAllotments;
  readonly recentUse: RecentUse;
  readonly plans: PlanRows;
  /** Lines of the uses that the commands give back, and how much of each was given back before. */
  readonly uses: ReadonlyMap<KeyHash, UseRows>;
  /** In the order they were posted, of the charges that the commands name and of which something is taken back. */
  readonly funds: ReadonlyMap<ChargeId, readonly FundsLine[]>;
  readonly limits: LimitRows;
}

/** What a period's allotment has brought, differences of upgrades counted, lots that are used up among them. */
export interface GrantedAllotments {
  readonly run: number;
  readonly ordinal: number | null;
  readonly granted: Credits;
}

/** What was posted under a key before: the first outcome, for whoever asks again. */
export interface KnownKey {
  readonly contentHash: ContentHash | null;
  /** Σ of the key's lines. */
  readonly amount: Credits;
  readonly balanceAfter: Credits;
}

export interface AccountState {
  readonly account: AccountId;
  readonly no: AccountNo;
  readonly hot: HotRow;
  /**
   * Not closed, in any order; with the cold rows also the closed ones that the commands name, or the lines of what they give
   * back.
   */
  readonly lots: readonly Lot[];
  readonly known: ReadonlyMap<KeyHash, KnownKey>;
  readonly waiting: readonly WaitingReversal[];
  readonly cold: ColdRows | null;
}
