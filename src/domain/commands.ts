/** What can be asked of the ledger. Each names one account; those with a key are answered the same however often they come. */
import type { OverageSettings, TopOffSettings } from './account.js';
import type { Credits } from './credits.js';
import type { AccountId, ChargeId, LotId, MemberId, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import type { SpendableKind } from './lots.js';
import type { Card, Decline, IntentView } from './payment.js';

/** `happened`: the work is done and is always recorded. `if_covered`: debited whole or refused whole. */
export type Mode = 'happened' | 'if_covered';
export type Properties = Readonly<Record<string, string | number | boolean>>;

interface OfAccount {
  readonly account: AccountId;
}
interface Keyed extends OfAccount {
  readonly key: string;
}

/** What is priced: a meter with its quantity and properties, or plain credits. */
export interface Priceable {
  readonly meter?: string;
  readonly credits?: Credits;
  readonly quantity?: number;
  readonly properties?: Properties;
  readonly member?: MemberId;
  readonly pool?: string;
  readonly catalogVersion?: string;
}

export interface Use extends Keyed, Priceable {
  readonly kind: 'use';
  readonly mode?: Mode;
  /** Takes from this lot alone: if_covered, no overage, no spilling over. */
  readonly lot?: LotId;
  /** When the work happened; absent: when it is posted. */
  readonly occurredAt?: Instant;
  /** Whether a refusal leaves a row for operators: always, unless trying again may help, or (absent) never. */
  readonly onRefusal?: 'record' | 'record_if_final';
}

export interface GrantCredits extends Keyed {
  readonly kind: 'grant';
  readonly origin: SpendableKind;
  readonly credits: Credits;
  /** The lot's own id, and when it was made, for a scenario or a ledger brought in; absent: made, and now. */
  readonly id?: LotId;
  readonly createdAt?: Instant;
  readonly priority?: number;
  readonly paid?: boolean;
  readonly effectiveAt?: Instant;
  readonly expiresAt?: Instant;
  readonly reason?: string;
}

export interface VoidLot extends Keyed {
  readonly kind: 'void';
  readonly lot: LotId;
  readonly reason: string;
}

export interface PlaceHold extends Keyed, Priceable {
  readonly kind: 'hold';
  readonly expiresAt?: Instant;
}
export interface ExtendHold extends OfAccount {
  readonly kind: 'extend';
  /** The key the hold was placed under. */
  readonly hold: string;
  readonly expiresAt: Instant;
}
export interface CaptureHold extends Keyed, Priceable {
  readonly kind: 'capture';
  readonly hold: string;
  /** False: more parts may follow and the rest stays held. Absent: this part is the last. */
  readonly last?: boolean;
}
export interface ReleaseHold extends OfAccount {
  readonly kind: 'release';
  readonly hold: string;
}

/** Gives back a use by its key, whole or in part. Before its use has come it is kept and applied when it comes. */
export interface Reverse extends Keyed {
  readonly kind: 'reverse';
  readonly of: string;
  readonly credits?: Credits;
  readonly reason?: string;
}

/** Does what time has brought: lapses, starts of lots, renewals, ends of holds. Every other command does it first. */
export interface Settle extends OfAccount {
  readonly kind: 'settle';
}

export interface ConfigureTopOff extends OfAccount {
  readonly kind: 'configure_top_off';
  readonly settings: Omit<TopOffSettings, 'suspendedAt' | 'suspendedCard'>;
}
export interface ConfigureOverage extends OfAccount {
  readonly kind: 'configure_overage';
  readonly settings: OverageSettings;
}
export interface AttachCard extends OfAccount {
  readonly kind: 'attach_card';
  readonly card: Omit<Card, 'id'>;
}
export interface DetachCard extends OfAccount {
  readonly kind: 'detach_card';
  readonly card: PaymentMethodId;
}

/** Up at once, down at the period's end, back to the present plan: undone. */
export interface ChangePlan extends OfAccount {
  readonly kind: 'change_plan';
  readonly plan: string;
}
export interface CancelPlan extends OfAccount {
  readonly kind: 'cancel_plan';
}

interface OfCharge extends OfAccount {
  readonly charge: ChargeId;
}
/** Asks for the one thing that is due for a charge, decided again under the lock. */
export interface ClaimCharge extends OfCharge {
  readonly kind: 'claim_charge';
}
/** Brings a charge to agree with the processor's view of its intent. Applied only if the version still stands. */
export interface Agree extends OfCharge {
  readonly kind: 'agree';
  readonly version: number;
  readonly view: IntentView;
  /** A definite decline of the attempt that was sent. */
  readonly decline: Decline | null;
  /** The view was fetched because sending the attempt again cannot tell what became of it. */
  readonly looked: boolean;
}
/** The processor refused for a reason that is not the card's. */
export interface ChargeRefused extends OfCharge {
  readonly kind: 'charge_refused';
  readonly version: number;
  readonly code: string;
}

export type Command =
  | Use
  | GrantCredits
  | VoidLot
  | PlaceHold
  | ExtendHold
  | CaptureHold
  | ReleaseHold
  | Reverse
  | Settle
  | ConfigureTopOff
  | ConfigureOverage
  | ChangePlan
  | CancelPlan
  | AttachCard
  | DetachCard
  | ClaimCharge
  | Agree
  | ChargeRefused;
