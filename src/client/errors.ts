/** What can go wrong for a product that asks creditd. Each is a sentence: what was wrong and what to do. */
import type { UsageEvent } from '../messages.js';

/**
 * creditd gave no answer in time: nobody listened, it said that it was not available, or what answered was something else.
 * What was asked may have happened; asking again under the same key is safe.
 */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly reached = false;
  /** Usage events that were not taken: keep them and send them again, with the same keys. */
  readonly events: readonly UsageEvent[];

  constructor(message: string, cause?: unknown, events: readonly UsageEvent[] = []) {
    super(message, { cause });
    this.events = events;
  }
}

/** creditd answered, and the answer is no. Asking the same again gets the same answer until something has changed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reached = true;
  /** The HTTP status. */
  readonly status: number;
  /** Stable, for programs, such as "insufficient_credits" or "scope_missing". */
  readonly code: string;
  /** The field that was wrong, as a path. */
  readonly field: string | null;

  constructor(status: number, code: string, detail: string, field: string | null = null) {
    super(`${detail} (${code})`);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** A usage event that creditd refused after the schema had let it pass, such as one of an account of another catalog. */
export class UsageRefusedError extends Error {
  override readonly name = 'UsageRefusedError';
  readonly event: UsageEvent;
  readonly code: string;

  constructor(event: UsageEvent, code: string, message: string) {
    super(`The usage event "${event.key}" was refused. ${message} (${code})`);
    this.event = event;
    this.code = code;
  }
}

/** What came to the product's endpoint is not an event of ours, was changed, or is too old. Answer it with 400. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
}

/**
 * Work ran and its use could not be recorded before the client gave up. Record it by hand: post the usage event, or capture
 * the hold, under this very key, which keeps it from being debited twice.
 */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
  readonly account: string;
  readonly key: string;
  /** What was to be captured; absent fields mean what was held. */
  readonly used: unknown;

  constructor(account: string, key: string, used: unknown, cause: unknown) {
    super(
      `The use of account "${account}" under the key "${key}" was not recorded. Capture that hold or post the use under the same key.`,
      { cause },
    );
    this.account = account;
    this.key = key;
    this.used = used;
  }
}
