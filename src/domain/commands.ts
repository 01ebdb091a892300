/** What can be asked of the ledger. Each names one account; those with a key are answered the same however often they come. */
import type { OverageSettings, TopOffSettings } from './account.js';
import type { ChargeKind } from './charge.js';
import type { Credits } from './credits.js';
import type { AccountId, ChargeId, LotId, MemberId, PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import type { ChangeLevel, ConfigurePool, RemovePool, SetBudget, SetLevel } from './limit-commands.js';
import type { SpendableKind } from './lots.js';
import type { PackWish } from './packs.js';
import type { CardFacts, Decline, IntentView } from './payment.js';
import type { InvoiceView, SubscriptionView } from './plan-state.js';

/** `happened`: the work is done and is always recorded. `if_covered`: debited whole or refused whole. */
export type Mode = 'happened' | 'if_covered';
export type Properties = Readonly<Record<string, string | number | boolean>>;

export interface OfAccount {
  readonly account: AccountId;
  /** Who asked ("key:…", "member:…", "operator:…"); what is asked by somebody is written into the audit log with what it did. */
  readonly by?: string;
  /** Names one wish of theirs that comes at most once: its outcome is kept in the log under it, and found by a second try. */
  readonly request?: string;
}
export interface Keyed extends OfAccount {
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
  /** Why an operator takes credits; stands beside the lines. No part of what the key is answered by. */
  readonly reason?: string;
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
  readonly settings: Omit<TopOffSettings, 'suspendedAt' | 'suspendedCard' | 'pausedAt'>;
}
/** Ends a pause by the runaway brake and a suspension: the owner has looked and says that it may go on. */
export interface ResumeTopOff extends OfAccount {
  readonly kind: 'resume_top_off';
  /** An operator asks, who alone may end an operator's pause. */
  readonly asOperator?: true;
}
/** An operator's: nothing opens until an operator resumes it. */
export interface PauseTopOff extends OfAccount {
  readonly kind: 'pause_top_off';
}
export interface ConfigureOverage extends OfAccount {
  readonly kind: 'configure_overage';
  readonly settings: OverageSettings;
}
export interface AttachCard extends OfAccount {
  readonly kind: 'attach_card';
  readonly card: CardFacts;
}
/** The network has given the card another number or expiry: it counts as mended. */
export interface UpdateCard extends OfAccount {
  readonly kind: 'update_card';
  readonly card: CardFacts;
}
/** All attached cards, the first to be charged first. */
export interface OrderCards extends OfAccount {
  readonly kind: 'order_cards';
  readonly cards: readonly PaymentMethodId[];
}
/** Null: the account's first. */
export interface ChooseTopOffCard extends OfAccount {
  readonly kind: 'choose_top_off_card';
  readonly card: PaymentMethodId | null;
}
export interface DetachCard extends OfAccount {
  readonly kind: 'detach_card';
  readonly card: PaymentMethodId;
  /** The processor no longer has it: nothing is to be taken off there. */
  readonly isGone?: true;
}

/** Another time zone, from the next period on. */
export interface ChangeZone extends OfAccount {
  readonly kind: 'change_zone';
  /** An IANA name. */
  readonly zone: string;
}
/** Up at once, down at the period's end, back to the present plan: undone. */
export interface ChangePlan extends OfAccount {
  readonly kind: 'change_plan';
  readonly plan: string;
}
export interface CancelPlan extends OfAccount {
  readonly kind: 'cancel_plan';
}

/** Only from the free plan, with a card, once an account and once a card. */
export interface StartTrial extends OfAccount {
  readonly kind: 'start_trial';
  readonly plan: string;
}
/** Brings the plan to agree with the processor's view of a subscription. Applied only if the version still stands. */
export interface MirrorSubscription extends OfAccount {
  readonly kind: 'mirror_subscription';
  /** Of the stored subscription when the view was asked for; 0: none was stored. */
  readonly version: number;
  readonly view: SubscriptionView;
}
/** What the processor says of one invoice of a subscription: a failure begins past due, a payment ends it. */
export interface AgreeInvoice extends OfAccount {
  readonly kind: 'agree_invoice';
  readonly view: InvoiceView;
}
/** For good: what is owed is billed, what is left lapses, and only work that has happened is still recorded. */
export interface CloseAccount extends OfAccount {
  readonly kind: 'close_account';
  readonly reason: string;
}

interface OfCharge extends OfAccount {
  readonly charge: ChargeId;
}
/** Credits bought by hand with a stored card. Answered with its charge however often it comes. */
export interface BuyPack extends Keyed {
  readonly kind: 'buy_pack';
  readonly pack: PackWish;
  /** Absent: the account's first. */
  readonly card?: PaymentMethodId;
}
/** A charge for a Checkout session, which asks for the money itself and can be paid until then. */
export interface OfferCheckout extends Keyed {
  readonly kind: 'offer_checkout';
  readonly pack: PackWish;
  readonly until: Instant;
}
/** The session can no longer be paid. A payment that comes to light all the same still settles its charge. */
export interface EndCheckout extends OfCharge {
  readonly kind: 'end_checkout';
}
/** The owner's own try, without a rung. */
export interface RetryCharge extends OfCharge {
  readonly kind: 'retry_charge';
}
/** The owner is there and approves the payment at the bank: freezes an attempt in the owner's presence. */
export interface AuthenticateCharge extends OfCharge {
  readonly kind: 'authenticate_charge';
  readonly returnUrl: string;
  /** The authentication under way leads nowhere that is known: begin another. */
  readonly anew?: boolean;
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
  /** The processor no longer knows the card that the attempt names. */
  readonly isCardGone?: boolean;
  /** Somebody else than the charge's own step has looked: that step is asked to go on, or to end where the charge is over. */
  readonly isHeard?: boolean;
}
/** The processor refused for a reason that is not the card's. */
export interface ChargeRefused extends OfCharge {
  readonly kind: 'charge_refused';
  readonly version: number;
  readonly code: string;
  /** The processor no longer knows the customer: none of its cards can be charged. */
  readonly isCustomerGone?: boolean;
}
/** Makes a charge's row due: something has happened to its payment that its own step should look at. */
export interface WakeCharge extends OfCharge {
  readonly kind: 'wake_charge';
}
/** Brings back a paid charge that the database has lost, from what the processor keeps beside its payment. */
export interface RestoreCharge extends OfCharge {
  readonly kind: 'restore_charge';
  readonly sold: { readonly kind: ChargeKind; readonly credits: Credits };
  /** With all that became of the money since. */
  readonly view: IntentView;
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
  | ResumeTopOff
  | PauseTopOff
  | ConfigureOverage
  | ChangeZone
  | ChangePlan
  | CancelPlan
  | SetLevel
  | ChangeLevel
  | ConfigurePool
  | RemovePool
  | SetBudget
  | StartTrial
  | MirrorSubscription
  | AgreeInvoice
  | CloseAccount
  | AttachCard
  | DetachCard
  | UpdateCard
  | OrderCards
  | ChooseTopOffCard
  | BuyPack
  | OfferCheckout
  | EndCheckout
  | RetryCharge
  | AuthenticateCharge
  | ClaimCharge
  | Agree
  | WakeCharge
  | RestoreCharge
  | ChargeRefused;
