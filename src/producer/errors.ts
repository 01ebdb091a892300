/** What can go wrong for a producer. Every error hands back the events it is about: nothing is lost silently. */
import type { UsageEvent } from '../messages.js';

/** The event breaks the published schema. Sending it again cannot help; it was not buffered. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  /** The field that is wrong, as a path ("properties.seconds"); empty when it is the event itself. */
  readonly field: string;
  readonly event: unknown;

  constructor(field: string, message: string, event: unknown) {
    super(`The usage event was refused. ${message}`);
    this.field = field;
    this.event = event;
  }
}

/** The buffer holds as many events as it may, because the queue is slower than the caller or away. Try this one later. */
export class BufferFullError extends Error {
  override readonly name = 'BufferFullError';
  readonly event: UsageEvent;

  constructor(maxEvents: number, event: UsageEvent) {
    super(
      `The buffer holds ${maxEvents} events that the queue has not taken yet. Await track(), slow down, or raise buffer.maxEvents.`,
    );
    this.event = event;
  }
}

/**
 * The queue could not be reached in time. From `flush` the events are still buffered and go on being tried; from `close`
 * they are handed back and the caller must keep them: sending them again later, with the same keys, is always safe.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly events: readonly UsageEvent[];

  constructor(message: string, events: readonly UsageEvent[], cause: unknown) {
    super(message, { cause });
    this.events = events;
  }
}

/** The producer was closed before this event came. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly event: unknown;

  constructor(event: unknown) {
    super('The producer is closed. Make a new one with createProducer().');
    this.event = event;
  }
}
