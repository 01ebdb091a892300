/** The sums that always hold, asked of the database as it stands. */
import type { AccountId, AccountNo } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';

/** A sum of one account that does not hold. */
export interface Drift {
  readonly account: AccountId;
  readonly accountNo: AccountNo;
  /** Which, as a sentence that should be true. */
  readonly sum: string;
  /** The lines or rows in question, the first few. */
  readonly detail: readonly Readonly<Record<string, unknown>>[];
}

export interface StoredDrift extends Drift {
  readonly foundAt: Instant;
  readonly lastSeenAt: Instant;
}

export interface AuditedSlice {
  readonly accounts: number;
  readonly drifts: readonly Drift[];
  /** Drifts that stood and are gone. */
  readonly gone: number;
  /** Where the next slice goes on; null: every account has been looked at. */
  readonly next: AccountNo | null;
}

export interface Audit {
  /**
   * Looks at the next accounts after `after`, a bounded number of lines, in one snapshot and without a lock, and keeps what it
   * finds. It changes nothing that money or credits hang on.
   */
  slice(after: AccountNo | null): Promise<AuditedSlice>;
  /** One account alone; null: there is none. */
  account(id: string): Promise<readonly Drift[] | null>;
  /** Drifts that stand, the newest first. */
  standing(limit: number): Promise<readonly StoredDrift[]>;
}
