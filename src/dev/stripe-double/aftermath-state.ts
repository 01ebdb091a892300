/** What the double remembers of cards that are set up without a payment, and of money that goes back. */
import type { JsonObject } from './problem.js';

export interface StoredSetupIntent {
  readonly id: string;
  readonly created: number;
  readonly clientSecret: string;
  readonly allowedTypes: readonly string[] | null;
  readonly automatic: { readonly allowRedirects: 'always' | 'never' } | null;
  readonly usage: 'off_session' | 'on_session';
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled';
  paymentMethod: string | null;
  lastError: JsonObject | null;
  /** Where the owner goes after authenticating. */
  returnUrl: string | null;
  /** The double's own page where the owner authenticates, while they are asked to. */
  authenticateAt: string | null;
  cancellationReason: string | null;
}

export interface StoredRefund {
  readonly id: string;
  readonly created: number;
  readonly charge: string;
  readonly intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly reason: string | null;
  readonly balanceTransaction: string;
  metadata: Record<string, string>;
  status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  failureReason: string | null;
  failureBalanceTransaction: string | null;
}

export type DisputeStatus =
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed';

export interface StoredDispute {
  readonly id: string;
  readonly created: number;
  readonly charge: string;
  readonly intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly brand: string;
  readonly dueBy: number;
  metadata: Record<string, string>;
  status: DisputeStatus;
  /** None while it is an inquiry; then the funds withdrawn, and the funds reinstated where it was won. */
  balanceTransactions: JsonObject[];
  evidence: Record<string, string>;
  submissions: number;
}

export interface AftermathState {
  readonly setupIntents: StoredSetupIntent[];
  readonly refunds: StoredRefund[];
  readonly disputes: StoredDispute[];
}

export const emptyAftermath = (): AftermathState => ({ setupIntents: [], refunds: [], disputes: [] });
