/** The one way out of the database, and where the relay puts what is due. */
import type { AccountId, AccountNo, OutboxId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Ending } from './ledger.js';

export const TOPICS = ['charge', 'notice', 'webhook', 'event'] as const;
export type Topic = (typeof TOPICS)[number];

/** What a published job carries: enough to start the step, nothing to be believed later. */
export interface OutboxRef {
  readonly accountNo: AccountNo;
  readonly id: OutboxId;
}

/** A step that has taken its row: nobody else is at it until `heldUntil`. */
export interface StartedStep extends OutboxRef {
  readonly topic: Topic;
  readonly account: AccountId;
  readonly subject: string;
  readonly asks: number;
  readonly at: Instant;
  /** Until when the row is ours. It names this hold: later holds end later, and what a lost one still writes is ignored. */
  readonly heldUntil: Instant;
}

export interface Outbox {
  /** Leases up to `limit` due rows of a topic (their next due time moves out by the lease) and commits before answering. */
  takeDue(topic: Topic, limit: number): Promise<readonly OutboxRef[]>;
  /** Gives leased rows back because they could not be published: they are due again at once. */
  putBack(refs: readonly OutboxRef[]): Promise<void>;
  /** Null: the row is gone, parked or in other hands, and the caller must touch nothing. */
  start(ref: OutboxRef): Promise<StartedStep | null>;
  /** Ends a step whose outcome needs no posting. A stranger that is down resets the count of fruitless starts. */
  end(ending: Ending): Promise<void>;
  /**
   * Writes on the row what went wrong in a step that threw; the row comes back soon, or is parked after 20 starts. Does
   * nothing where the hold has been lost.
   */
  failed(step: Pick<StartedStep, 'accountNo' | 'id' | 'heldUntil'>, error: string): Promise<void>;
  /** Sends parked rows again: all, or one topic's. Answers how many. */
  unpark(topic: Topic | null): Promise<number>;
}

/** Where the relay puts what is due. Adding an id that still waits or runs does nothing. */
export interface Transport {
  publish(topic: Topic, refs: readonly OutboxRef[]): Promise<void>;
}
