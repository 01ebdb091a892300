/** What is tidied at the processor and moves no money: cards taken off their customer, customers told who they are. */
import type { AccountNo, PaymentMethodId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';

/** `gone`: the processor does not have it any more, which is as good. */
export type DeskOutcome =
  | { readonly kind: 'done' | 'gone' }
  | { readonly kind: 'silent' | 'unavailable' | 'refused'; readonly reason: string };

export interface ProcessorDesk {
  /** Twice changes nothing more than once. */
  detachCard(processorPaymentMethod: string): Promise<DeskOutcome>;
  /** Null: it has no address any more. */
  describeCustomer(
    customer: string,
    is: { readonly name: string; readonly email: string | null },
  ): Promise<DeskOutcome>;
}

/** A card that its owner took off here and that is still to be taken off there. */
export interface DueRemoval {
  readonly accountNo: AccountNo;
  readonly card: PaymentMethodId;
  readonly processorId: string;
  /** The account's customer; null: none any more. */
  readonly customer: string | null;
  /** The same stored card is charged by another account, or is attached here once more. */
  readonly usedElsewhere: boolean;
  readonly dueAt: Instant;
}

export interface DueCustomer {
  readonly accountNo: AccountNo;
  readonly customer: string;
  readonly name: string;
  readonly email: string | null;
  readonly dueAt: Instant;
}

export interface DeskRows {
  removals(at: Instant, limit: number): Promise<readonly DueRemoval[]>;
  customers(at: Instant, limit: number): Promise<readonly DueCustomer[]>;
  /** `next`: when it is to be tried again; null: it is done. Nothing where it has become due anew since. */
  settleRemoval(one: DueRemoval, next: Instant | null): Promise<void>;
  settleCustomer(one: DueCustomer, next: Instant | null): Promise<void>;
}
