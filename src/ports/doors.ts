/** What the API remembers beside the ledger: keys, answers that were given, and who did what. */

import type { AccountState, IncidentKind } from '../domain/account.js';
import type { Charging } from '../domain/book.js';
import type { ChargeKind } from '../domain/charge.js';
import type { Credits } from '../domain/credits.js';
import type { AccountId, IncidentId, MemberId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Currency, MinorUnits } from '../domain/money.js';
import type { Role, Scope } from '../domain/permissions.js';
import type { ChargeView, IncidentView, LedgerLineView } from './views.js';

/** A product's key, without its secret: only a hash of that is kept. */
export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  /** The first characters, by which a person tells keys apart. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  /** The one catalog whose accounts it may touch; null: all. */
  readonly catalog: string | null;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** A rotated key goes on until then. */
  readonly expiresAt: Instant | null;
}

export interface ApiKeys {
  /** Makes a key and answers its secret, which is shown this once. */
  create(
    wish: { readonly name: string; readonly scopes: readonly Scope[]; readonly catalog: string | null },
    by?: string,
  ): Promise<{ readonly key: ApiKeyView; readonly secret: string }>;
  /** The living key of a secret, or null. Its use is noted at most once a minute. */
  find(secret: string): Promise<ApiKeyView | null>;
  list(): Promise<readonly ApiKeyView[]>;
  /** A new secret for the same scopes; the old one goes on for `graceMs`. Null where there is no such key. */
  rotate(
    id: string,
    graceMs: number,
    by?: string,
  ): Promise<{ readonly key: ApiKeyView; readonly secret: string } | null>;
  revoke(id: string, by?: string): Promise<boolean>;
}

export type Remembered =
  /** Nobody has asked under this key: answer it, then `keep` or `forget`. */
  | { readonly kind: 'new'; readonly begunAt: Instant }
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  /** The same key is being answered at this moment. */
  | { readonly kind: 'in_progress' }
  /** The same key came with another request. */
  | { readonly kind: 'conflict' };

/** Answers by the key they were asked under. `scope` says whose key it is: one asker cannot meet another's. */
export interface Answers {
  begin(scope: string, key: string, requestHash: string): Promise<Remembered>;
  keep(scope: string, key: string, status: number, body: unknown): Promise<void>;
  forget(scope: string, key: string): Promise<void>;
}

/** One account as a decision would see it, at one instant. */
export interface AccountReading {
  readonly state: AccountState;
  readonly now: Instant;
  /** The operator's switch: what is not charged now is not counted on by the gate. */
  readonly charging: Charging;
  readonly name: string;
  /** The account's id where it has none of its own. */
  readonly slug: string;
  readonly catalog: string;
  readonly customer: string | null;
  readonly billingEmail: string | null;
}

/** Reads for the gate and for pages: no lock, one snapshot. Rejects when the database does not answer. */
export interface States {
  read(account: string): Promise<AccountReading | null>;
}

export interface ProfileView {
  readonly id: AccountId;
  readonly name: string;
  readonly slug: string | null;
  readonly catalog: string;
  readonly billingEmail: string | null;
  readonly plan: string;
  readonly zone: string;
  /** From the next period on; null: the zone stays. */
  readonly nextZone: string | null;
  readonly createdAt: Instant;
  readonly closedAt: Instant | null;
}

export interface MemberView {
  readonly id: MemberId;
  readonly role: Role;
  readonly email: string | null;
  readonly createdAt: Instant;
}

/** One line of the ledger with what a reader needs to know of the lot it moved. */
export interface LineView extends LedgerLineView {
  readonly postedAt: Instant;
  readonly member: MemberId | null;
  readonly pool: string | null;
  /** The charge that brought these credits, that billed them, or whose refund moved them. */
  readonly charge: string | null;
}

export interface ChargeRecord extends ChargeView {
  readonly settledAt: Instant | null;
  readonly paidMinor: MinorUnits;
  readonly refundedMinor: MinorUnits;
  /** Withdrawn by disputes and not reinstated. */
  readonly disputedMinor: MinorUnits;
  readonly receiptNumber: string | null;
  /** Until when its owner may approve it; null where nothing waits for that. */
  readonly actionUntil: Instant | null;
}

export interface IncidentRecord extends IncidentView {
  readonly id: IncidentId;
  readonly charge: string | null;
  readonly resolvedAt: Instant | null;
  /** By the member who asks; null: they still see its banner. */
  readonly dismissedAt: Instant | null;
}

export interface PeriodView {
  readonly run: number;
  readonly ordinal: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly plan: string;
  readonly allotment: Credits;
}

/** Money of one local month and one kind of receipt. A refund counts in the month of what it refunds. */
export interface MoneyOfMonth {
  /** "2026-03". */
  readonly month: string;
  readonly kind: ChargeKind | 'subscription';
  readonly currency: Currency;
  readonly receipts: number;
  readonly paidMinor: MinorUnits;
  readonly refundedMinor: MinorUnits;
  readonly disputedMinor: MinorUnits;
}

/** How an account stands at this moment, as its hot row has it. */
export interface Pulse {
  readonly account: AccountId;
  readonly sequence: number;
  readonly remaining: Credits;
  readonly held: Credits;
  readonly incidents: readonly { readonly id: IncidentId; readonly kind: IncidentKind }[];
}

/** Reads for the API. No lock; every list is bounded by what is asked for. Unknown accounts have none of anything. */
export interface Reads {
  catalogOf(account: string): Promise<string | null>;
  catalogsOf(accounts: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Keys of the pools that a member must keep to; null for whoever may use what lies outside as well. */
  confinedTo(account: string, member: string): Promise<readonly string[] | null>;
  profile(account: string): Promise<ProfileView | null>;
  members(account: string): Promise<readonly MemberView[]>;
  /** Newest first, of a sequence below `before`. */
  lines(
    account: string,
    wish: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly LineView[]>;
  /** Newest first, made before the charge `before`. */
  charges(
    account: string,
    wish: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly ChargeRecord[]>;
  chargesNamed(account: string, ids: readonly string[]): Promise<readonly ChargeRecord[]>;
  /** Open ones first, then newest first. */
  incidents(account: string, member: string | null, limit: number): Promise<readonly IncidentRecord[]>;
  periods(account: string, limit: number): Promise<readonly PeriodView[]>;
  /** Months of the account's zone, newest first. */
  money(account: string): Promise<readonly MoneyOfMonth[]>;
  pulses(accounts: readonly string[]): Promise<readonly Pulse[]>;
}

export type ProfileOutcome = 'done' | 'unknown_account' | 'unknown';

/** What stands beside the ledger and is changed by hand; each with its line in the audit log, in one transaction. */
/** `request` names a wish that comes at most once: where it has been done under that name, it is done. */
export interface Profiles {
  update(
    account: string,
    change: { readonly name?: string; readonly slug?: string | null; readonly billingEmail?: string | null },
    by: string,
    request?: string,
  ): Promise<ProfileOutcome>;
  setMember(
    account: string,
    member: { readonly id: string; readonly role: Role; readonly email: string | null },
    by: string,
    request?: string,
  ): Promise<ProfileOutcome>;
  removeMember(account: string, member: string, by: string, request?: string): Promise<ProfileOutcome>;
  /** Hides one incident's banner from one member. Doing it again changes nothing. */
  dismiss(account: string, incident: string, member: string, by: string): Promise<ProfileOutcome>;
  /** Whether that was done under this name before; false where there is none. */
  hasDone(action: string, request: string | undefined): Promise<boolean>;
  /** Notes what changed no row of ours, such as a session that was opened. */
  note(entry: {
    readonly who: string;
    readonly action: string;
    readonly account: string;
    readonly after: unknown;
  }): Promise<void>;
}
