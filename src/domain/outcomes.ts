/** What a command came to: a closed union. A declined card or an empty balance is an outcome, never an exception. */
import type { Credits } from './credits.js';
import type { HoldId, LotId } from './ids.js';
import type { Instant } from './instant.js';
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
  'card_unknown',
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
  | { readonly do: 'retrieve'; readonly version: number; readonly intentId: string }
  | { readonly do: 'cancel'; readonly version: number; readonly intentId: string }
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
  | { readonly kind: 'configured' }
  | { readonly kind: 'charge_task'; readonly task: ChargeTask }
  | { readonly kind: 'agreed'; readonly state: string; readonly next: Instant | null }
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
    case 'charge_task':
    case 'agreed':
      return false;
  }
}
