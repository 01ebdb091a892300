/** Payments that wait for their owner's approval, as whoever has the link may know of them. */
import type { ChargeKind, ChargeState } from '../domain/charge.js';
import type { Credits } from '../domain/credits.js';
import type { Instant } from '../domain/instant.js';
import type { Money } from '../domain/money.js';

export interface PayLink {
  readonly catalog: string;
  readonly slug: string;
  readonly kind: ChargeKind;
  readonly state: ChargeState;
  readonly credits: Credits;
  readonly amount: Money;
  /** Until when it may be approved; null where nothing waits for that. */
  readonly actionUntil: Instant | null;
}

export interface PayLinks {
  /** Null: there is no such payment. */
  find(charge: string): Promise<PayLink | null>;
}
