/** What a command came to: a closed union. A declined card or an empty balance is an outcome, never an exception. */
import type { Credits } from './credits.js';
import type { ChargeId, HoldId, LotId } from './ids.js';
import type { Instant } from './instant.js';
import type { MinorUnits } from './money.js';
import type { ConfirmRequest, IntentRequest } from './payment.js';

/** Why an event or a command was not done. Nothing of it was posted, and its key is free to come again. */
export const REFUSALS = [
  'invalid',
  'unknown_account',
  'unknown_meter',
  'bad_quantity',
  'unknown_property',
  'missing_property',
  'wrong_type',
  'out_of_bounds',
  'unknown_value',
  'not_priced',
  'too_expensive',
  'too_old',
  'in_the_future',
  'conflict',
  'insufficient_credits',
  'overage_cap_reached',
  'level_reached',
  'window_reached',
  'budget_reached',
  'pool_empty',
  'not_in_pool',
  'unknown_limit',
  'unknown_pool',
  'lot_unknown',
  'lot_empty',
  'lot_lapsed',
  'hold_unknown',
  'hold_ended',
  'exceeds_use',
  'not_reversible',
  'not_offered',
  'amount_not_allowed',
  'unknown_plan',
  'charge_unknown',
  'charge_ended',
  'attempt_under_way',
  'too_many_retries',
  'charging_stopped',
  'paused_by_operator',
  'card_unknown',
  'unknown_version',
  'trial_used',
  'no_card',
  'past_due',
  'subscribed',
  'account_closed',
  'internal',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** What was wrong and what to do. */
  readonly message: string;
}

/** The one thing a step has to do for its charge, and the version under which it was decided. */
export type ChargeTask =
  | {
      readonly do: 'create_intent';
      readonly version: number;
      /** When it was first asked for: how long it has gone unanswered. */
      readonly askedAt: Instant;
      readonly request: IntentRequest;
    }
  | { readonly do: 'confirm'; readonly version: number; readonly request: ConfirmRequest }
  /** `since`: how long it has been waited for, for the back-off. */
  | { readonly do: 'retrieve'; readonly version: number; readonly intentId: string; readonly since: Instant }
  | { readonly do: 'cancel'; readonly version: number; readonly intentId: string; readonly since: Instant }
  | { readonly do: 'nothing'; readonly next: Instant | null };

export type Outcome =
  | { readonly kind: 'used'; readonly credits: Credits; readonly balance: Credits; readonly replayed: boolean }
  | { readonly kind: 'granted'; readonly lot: LotId | null; readonly balance: Credits; readonly replayed: boolean }
  | { readonly kind: 'voided'; readonly credits: Credits; readonly balance: Credits; readonly replayed: boolean }
  | {
      readonly kind: 'held';
      readonly hold: HoldId;
      readonly credits: Credits;
      readonly expiresAt: Instant;
      readonly replayed: boolean;
    }
  | {
      readonly kind: 'hold_changed';
      readonly hold: HoldId;
      readonly state: 'open' | 'released' | 'expired';
      readonly expiresAt: Instant;
    }
  | { readonly kind: 'given_back'; readonly credits: Credits; readonly balance: Credits; readonly replayed: boolean }
  | { readonly kind: 'kept' /* the use has not come yet */ }
  | { readonly kind: 'settled'; readonly balance: Credits }
  /** `note` says what it waits for, where it does not act at once. */
  | { readonly kind: 'configured'; readonly note?: string }
  | { readonly kind: 'trial_started'; readonly plan: string; readonly endsAt: Instant; readonly credits: Credits }
  /** A subscription or an invoice is stored, and what follows from it is done. */
  | { readonly kind: 'mirrored'; readonly plan: string; readonly version: number; readonly pastDue: boolean }
  | {
      readonly kind: 'closed';
      /** What was left and has lapsed, and what was used beyond it and is too little to be charged. */
      readonly lapsed: Credits;
      readonly writtenOff: Credits;
      /** The processor's subscription that is still to be canceled there. */
      readonly subscription: string | null;
    }
  /** How many there are now, and the most that the plan allows (null: no limit). */
  | {
      readonly kind: 'level';
      readonly limit: string;
      readonly value: number;
      readonly most: number | null;
      readonly replayed: boolean;
    }
  | { readonly kind: 'charge_task'; readonly task: ChargeTask }
  | { readonly kind: 'agreed'; readonly state: string; readonly next: Instant | null }
  /** A charge was opened, or one that stands is tried again. */
  | {
      readonly kind: 'charge_opened';
      readonly charge: ChargeId;
      readonly state: string;
      readonly credits: Credits;
      readonly amountMinor: MinorUnits;
      readonly replayed: boolean;
    }
  /** The charge has changed since the view was fetched: fetch again. */
  | { readonly kind: 'stale' }
  | Refused;

export const refused = (reason: RefusalReason, message: string): Refused => ({ kind: 'refused', reason, message });

/**
 * Whether delivering the same command again can end otherwise without anybody doing something. A new outcome does not
 * compile until somebody decides it here.
 */
export function canRedeliveryHelp(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'stale':
      return true;
    case 'refused':
      // The first event of an account may overtake the sign-up, and a meter its catalog's rollout.
      return outcome.reason === 'unknown_account' || outcome.reason === 'unknown_meter';
    case 'used':
    case 'granted':
    case 'voided':
    case 'held':
    case 'hold_changed':
    case 'given_back':
    case 'kept':
    case 'settled':
    case 'configured':
    case 'trial_started':
    case 'mirrored':
    case 'closed':
    case 'level':
    case 'charge_task':
    case 'agreed':
    case 'charge_opened':
      return false;
  }
}
