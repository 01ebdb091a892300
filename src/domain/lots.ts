/** Lots: where credits come from and where they go. One lot is one grant with its own origin, priority and expiry. */
import type { Credits } from './credits.js';
import type { ChargeId, LotId } from './ids.js';
import type { Instant } from './instant.js';

export type SpendableKind = 'allotment' | 'purchase' | 'top_off' | 'promotion' | 'adjustment' | 'returned';
/** Overage and debt stand for what is owed: their remaining is zero or less. */
export type LotKind = SpendableKind | 'overage' | 'debt';

export interface Lot {
  readonly id: LotId;
  readonly kind: LotKind;
  /** 0 burns first; 50 where nothing is said. */
  readonly priority: number;
  /** Whether money was paid for it. Free lots burn before paid ones; what is given back of a paid one never expires. */
  readonly paid: boolean;
  readonly amount: Credits;
  remaining: Credits;
  readonly createdAt: Instant;
  readonly effectiveAt: Instant;
  /** The lot lives while effective ≤ now < expires. */
  readonly expiresAt: Instant | null;
  /** False until its first line: a lot that begins later gets it when it begins. */
  begun: boolean;
  /** Empty for good, or until something is given back to it. Closed lots are not loaded. */
  closed: boolean;
  readonly chargeId: ChargeId | null;
  readonly run: number | null;
  readonly ordinal: number | null;
  readonly reason: string | null;
}

export const DEFAULT_PRIORITY = 50;

export const isSpendable = (lot: Lot): boolean => lot.kind !== 'overage' && lot.kind !== 'debt';

export const isAlive = (lot: Lot, at: Instant): boolean =>
  lot.begun && lot.effectiveAt <= at && (lot.expiresAt === null || at < lot.expiresAt);

const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Burn order: priority, then soonest expiry (none last), free before paid, effective, created, id. Overage comes after
 * all of them and debt last.
 */
export function burnOrder(a: Lot, b: Lot): number {
  return (
    owed(a) - owed(b) ||
    a.priority - b.priority ||
    (a.expiresAt ?? NEVER) - (b.expiresAt ?? NEVER) ||
    Number(a.paid) - Number(b.paid) ||
    a.effectiveAt - b.effectiveAt ||
    a.createdAt - b.createdAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

const owed = (lot: Lot): number => (lot.kind === 'debt' ? 2 : lot.kind === 'overage' ? 1 : 0);
