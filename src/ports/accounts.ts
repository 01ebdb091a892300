/** Accounts, refused usage and catalogs. */
import type { Catalog } from '../domain/catalog.js';
import type { AccountId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { CatalogVersions } from '../domain/versions.js';

export interface NewAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly slug: string | null;
  readonly catalog: string;
  readonly plan: string;
  readonly zone: string;
  /** Where its periods are counted from; null: no allotment is renewed. */
  readonly anchor: Instant | null;
  readonly billingEmail: string | null;
  readonly owners: readonly { readonly id: string; readonly email: string | null }[];
}

export interface Accounts {
  /**
   * Writes the account with its settings, balance and owners. The first allotment comes with the first settling. `by` is who
   * asked, for the audit log.
   */
  create(
    account: NewAccount,
    by?: string,
    request?: string,
  ): Promise<{ readonly kind: 'created' } | { readonly kind: 'exists' }>;
  /** What the processor has to be told of an account, or null. */
  find(id: AccountId): Promise<{
    readonly name: string;
    readonly catalog: string;
    readonly billingEmail: string | null;
    readonly customer: string | null;
  } | null>;
  /** Stores the processor's customer once. */
  setCustomer(id: AccountId, customer: string): Promise<void>;
  /**
   * Up to `limit` accounts for which time has brought something: a period, a lapse, a start of a lot, a hold's end. A random
   * part of those that have waited longest, so that workers who ask at the same moment get others; `except` those named.
   */
  due(limit: number, except?: readonly AccountId[]): Promise<readonly AccountId[]>;
}

export interface StoredRefusal {
  readonly id: string;
  readonly account: string;
  readonly key: string;
  readonly reason: string;
  readonly mode: string;
  readonly event: unknown;
}

export interface Refusals {
  /** Events that could not even be read as events; the others are recorded by the batch that refused them. */
  recordUnreadable(
    events: readonly {
      readonly account: string | null;
      readonly key: string | null;
      readonly message: string;
      readonly raw: unknown;
    }[],
  ): Promise<void>;
  /** Unsettled refusals of happened events, oldest first: the work of a refused if_covered event never ran. */
  replayable(filter: {
    readonly account?: string;
    readonly reason?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly StoredRefusal[]>;
  settle(ids: readonly string[]): Promise<void>;
}

/** Catalogs by their key; an account belongs to one. */
export interface Catalogs {
  find(key: string): Catalog | undefined;
  /** Versions of it that were in force before and may still be needed: by a quote, by a hold. */
  versions(key: string): CatalogVersions;
  keys(): readonly string[];
}

/** Structured log: `info` is information, `error` wakes a person. Fields are stable nouns; secrets are redacted by path. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
