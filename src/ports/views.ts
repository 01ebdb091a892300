/** What people are shown: reads only. */
import type { IncidentKind } from '../domain/account.js';
import type { LineKind } from '../domain/book.js';
import type { ChargeKind, ChargeState } from '../domain/charge.js';
import type { Credits } from '../domain/credits.js';
import type { AccountId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { LotKind } from '../domain/lots.js';
import type { Money } from '../domain/money.js';
import type { CardLabel, FailureReason, NoticeKind } from '../domain/notice.js';

export interface IncidentView {
  readonly kind: IncidentKind;
  readonly openedAt: Instant;
}

export interface AccountView {
  readonly id: AccountId;
  readonly name: string;
  readonly catalog: string;
  readonly plan: string;
  readonly zone: string;
  /** Living lots less debt; negative where something is owed. */
  readonly balance: Credits;
  /** What open holds keep back of it. */
  readonly held: Credits;
  /** The period that was granted last, where the account has periods. */
  readonly period: { readonly endsAt: Instant; readonly allotment: Credits } | null;
  readonly topOff: {
    readonly enabled: boolean;
    readonly threshold: Credits;
    readonly amount: Credits;
    readonly suspendedAt: Instant | null;
  };
  /** The card that top-offs are charged to. */
  readonly card: CardLabel | null;
  readonly incidents: readonly IncidentView[];
}

export interface LedgerLineView {
  readonly sequence: number;
  /** Lines of one entry share it. */
  readonly entry: string;
  readonly kind: LineKind;
  /** Null where a line touched no lot: a free use, a grant that begins later. */
  readonly lotKind: LotKind | null;
  /** The lot is what a trial brought; absent where nobody asked. */
  readonly ofTrial?: boolean;
  readonly amount: Credits;
  readonly balanceAfter: Credits;
  readonly occurredAt: Instant;
  readonly meter: string | null;
  /** A decimal. */
  readonly quantity: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
}

export interface ChargeView {
  readonly id: string;
  readonly kind: ChargeKind;
  readonly state: ChargeState;
  readonly credits: Credits;
  readonly amount: Money;
  readonly card: CardLabel | null;
  readonly receiptUrl: string | null;
  readonly failure: FailureReason | null;
  readonly nextAttemptAt: Instant | null;
  readonly createdAt: Instant;
}

export interface NoticeView {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly state: 'waiting' | 'sent' | 'failed';
  /** The mail server's answer, or why it was given up. */
  readonly result: string | null;
  readonly createdAt: Instant;
}

export interface OutboxView {
  readonly id: string;
  readonly account: AccountId;
  readonly topic: string;
  readonly subject: string;
  readonly dueAt: Instant;
  readonly heldUntil: Instant | null;
  readonly starts: number;
  readonly asks: number;
  readonly note: string | null;
  readonly parkedAt: Instant | null;
}

export interface RefusalView {
  readonly id: string;
  /** As the producer wrote them; empty where they could not be read. */
  readonly account: string;
  readonly key: string;
  readonly reason: string;
  readonly message: string;
  readonly mode: string;
  readonly event: unknown;
  readonly times: number;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  readonly settledAt: Instant | null;
}

export interface Tallies {
  readonly charges: Readonly<Record<string, number>>;
  readonly notices: Readonly<Record<string, number>>;
  readonly outbox: readonly {
    readonly topic: string;
    readonly waiting: number;
    readonly parked: number;
    /** How long the oldest row that nobody holds has been due, in milliseconds; 0 where none is. */
    readonly dueLagMs: number;
  }[];
  /** Unsettled ones by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Sums of the ledger that do not hold, by name: of how many accounts. */
  readonly drifts: Readonly<Record<string, number>>;
  readonly eventsWaiting: number;
  /** Products' endpoints that take nothing at the moment. */
  readonly endpointsFailing: number;
}

/** Reads for people and metrics: no lock, an instant old at worst, newest first, never more than `limit` rows. */
export interface Views {
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  accounts(limit: number): Promise<readonly AccountView[]>;
  account(id: string): Promise<AccountView | null>;
  lines(account: AccountId, limit: number): Promise<readonly LedgerLineView[]>;
  charges(account: AccountId, limit: number): Promise<readonly ChargeView[]>;
  notices(account: AccountId, limit: number): Promise<readonly NoticeView[]>;
  /** Parked rows first, then by when they are due. */
  outbox(limit: number): Promise<readonly OutboxView[]>;
  /** Unsettled ones first. */
  refusals(limit: number): Promise<readonly RefusalView[]>;
  tallies(): Promise<Tallies>;
}
