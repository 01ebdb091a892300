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
  /** The oldest that wait, and whatever an endpoint is to be sent. */
  readonly events: readonly WaitingEvent[];
  /** More than the oldest wait. */
  readonly isFull: boolean;
  readonly queues: readonly EndpointQueue[];
}

/** What one endpoint has not taken yet, in order: each has its own place in the account's events. */
export interface EndpointQueue {
  readonly endpoint: EventEndpoint;
  readonly events: readonly WaitingEvent[];
  /** There are more behind these. */
  readonly isFull: boolean;
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
  /** What waits, up to `limit` for each endpoint of the account's catalog, so that one that is down hides nothing from another. */
  find(accountNo: AccountNo, limit: number, at: Instant): Promise<EventsToSend>;
  /** Records what became of them and ends the step, in one transaction. */
  settle(sent: readonly SentEvent[], words: readonly EndpointWord[], ending: Ending): Promise<void>;
  /** Makes events wait again, each account's in their order, and asks for their steps. Answers how many. */
  replay(wish: EventReplay): Promise<number>;
}

export interface EventReplay {
  /** Left out: of all accounts. */
  readonly account?: string;
  /** Of one catalog's accounts. */
  readonly catalog?: string;
  /** Created at or after. */
  readonly since?: Instant;
  /** With an account: of this number in its order, and those after it. */
  readonly fromSequence?: number;
  /** To this endpoint alone; left out: to all that want them. */
  readonly endpoint?: string;
  /** Only those that were given up; otherwise those that were sent, too. */
  readonly undelivered: boolean;
}

export interface EventEndpointView {
  readonly id: string;
  readonly catalog: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly createdAt: Instant;
  /** Nothing is sent there since; null: it is. */
  readonly disabledAt: Instant | null;
  readonly lastDeliveredAt: Instant | null;
  /** Since when it has taken nothing; null: it takes what it is sent, or has not been sent anything. */
  readonly failingSince: Instant | null;
  readonly lastFailure: string | null;
}

/** An event that an endpoint wants and has not taken. */
export interface MissedEvent {
  readonly account: AccountId;
  readonly sequence: number;
  readonly id: string;
  readonly type: string;
  readonly createdAt: Instant;
  readonly state: 'waiting' | 'undelivered';
  readonly attempts: number;
  readonly reason: string | null;
}

export interface ShownSecret {
  readonly endpoint: EventEndpointView;
  readonly secret: string;
}

/** Who asks, for the log, and the name of the wish: asked under one name, it is done once and answered the same. */
export interface EndpointAsker {
  readonly by: string;
  readonly request?: string;
}

/** Where a catalog's events are sent. A secret is shown once, when it is made. */
export interface EventEndpoints {
  add(
    wish: { readonly catalog: string; readonly url: string; readonly types: readonly string[] },
    asker?: EndpointAsker,
  ): Promise<ShownSecret>;
  /** Of one catalog or of all. */
  list(catalog?: string): Promise<readonly EventEndpointView[]>;
  find(id: string): Promise<EventEndpointView | null>;
  /** Null: there is no such endpoint. */
  update(
    id: string,
    change: { readonly url?: string; readonly types?: readonly string[]; readonly enabled?: boolean },
    asker?: EndpointAsker,
  ): Promise<EventEndpointView | null>;
  /** A new secret; the old one signs beside it for `graceMs`. Null: there is no such endpoint. */
  rotate(id: string, graceMs: number, asker?: EndpointAsker): Promise<ShownSecret | null>;
  /** It is gone, its secret with it. False: there is no such endpoint. */
  remove(id: string, asker?: EndpointAsker): Promise<boolean>;
  /** What it has not taken, the newest first. */
  missed(id: string, limit: number): Promise<readonly MissedEvent[]>;
}
