/** What is kept beside the ledger for a time only. The ledger itself is kept for good. */

export const KEPT_TABLES = ['refusals', 'events', 'notices', 'stripe_events', 'idempotent_answers'] as const;
export type KeptTable = (typeof KEPT_TABLES)[number];

export interface Retention {
  /** Deletes rows that ended longer ago than `keptMs`, a bounded number at once; says how many. */
  sweep(table: KeptTable, keptMs: number): Promise<number>;
}
