/** Events out: what is to be told, to whom, and what became of it. */
import type { AccountId, AccountNo } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Ending } from './ledger.js';

/** An event that not every endpoint has taken. */
export interface WaitingEvent {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly data: unknown;
  readonly createdAt: Instant;
  /** Since when it is to be delivered: since it was created, or since it was sent again. */
  readonly waitingSince: Instant;
  /** EventEndpoints that have taken it. */
  readonly accepted: readonly string[];
}

export interface EventEndpoint {
  readonly id: string;
  readonly url: string;
  /** The first signs, and so does one that was rotated away and still counts. */
  readonly secrets: readonly string[];
  /** None: all. */
  readonly types: readonly string[];
}

export interface EventsToSend {
  readonly account: AccountId;
  readonly events: readonly WaitingEvent[];
  readonly endpoints: readonly EventEndpoint[];
}

export interface SentEvent {
  readonly sequence: number;
  /** waiting: some endpoint has not taken it yet. */
  readonly state: 'waiting' | 'sent' | 'undelivered';
  readonly accepted: readonly string[];
  readonly result: string | null;
}

/** What an endpoint said in this step: null where it took what it was sent. */
export interface EndpointWord {
  readonly id: string;
  readonly failure: string | null;
}

export interface Events {
  /** The oldest that wait, in order, with the endpoints of the account's catalog. */
  find(accountNo: AccountNo, limit: number, at: Instant): Promise<EventsToSend>;
  /** Records what became of them and ends the step, in one transaction. */
  settle(sent: readonly SentEvent[], words: readonly EndpointWord[], ending: Ending): Promise<void>;
  /** Makes events wait again, each account's in their order, and asks for their steps. Answers how many. */
  replay(wish: EventReplay): Promise<number>;
}

export interface EventReplay {
  /** Left out: of all accounts. */
  readonly account?: string;
  /** Created at or after. */
  readonly since?: Instant;
  /** Only those that were given up; otherwise those that were sent, too. */
  readonly undelivered: boolean;
}

export interface EventEndpointView {
  readonly id: string;
  readonly catalog: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly createdAt: Instant;
  readonly lastDeliveredAt: Instant | null;
  /** Since when it has taken nothing; null: it takes what it is sent, or has not been sent anything. */
  readonly failingSince: Instant | null;
  readonly lastFailure: string | null;
}

/** Where a catalog's events are sent. A secret is shown once, when it is made. */
export interface EventEndpoints {
  add(wish: {
    readonly catalog: string;
    readonly url: string;
    readonly types: readonly string[];
  }): Promise<{ readonly endpoint: EventEndpointView; readonly secret: string }>;
  /** Living ones, of one catalog or of all. */
  list(catalog?: string): Promise<readonly EventEndpointView[]>;
  /** A new secret; the old one signs beside it for `graceMs`. Null: there is no such endpoint. */
  rotate(
    id: string,
    graceMs: number,
  ): Promise<{ readonly endpoint: EventEndpointView; readonly secret: string } | null>;
  /** Nothing more is sent there. False: there is no such endpoint. */
  remove(id: string): Promise<boolean>;
}
