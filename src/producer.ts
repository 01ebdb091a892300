/**
 * The producer library: how a service in TypeScript or JavaScript reports usage.
 *
 * ```ts
 * import { createProducer } from 'creditd/producer';
 *
 * const producer = createProducer({ connection: 'redis://localhost:6379' });
 *
 * // Awaited: resolves when the queue has the event. Nothing is priced or debited yet.
 * await producer.track({ account: 'store_42', meter: 'call', key: 'call_9c1f', quantity: 1, properties: { seconds: 95 } });
 *
 * // At shutdown: what is buffered is sent, or handed back.
 * await producer.close();
 * ```
 *
 * Not awaiting `track` is allowed when `onError` is given: the event is buffered, sent with others, and what goes wrong is
 * told there.
 *
 * ```ts
 * const producer = createProducer({
 *   connection: 'rediss://user:password@queue.example:6380',
 *   onError: (error) => report(error),
 * });
 * void producer.track({ account: 'store_42', meter: 'call', key: 'call_9c1f' });
 * ```
 *
 * The key makes an event safe to send twice: give the same work the same key, and it is debited once. Keys are kept, so
 * they and all other ids must not carry personal data.
 */
import type { RedisOptions, Telemetry } from 'bullmq';
import { EVENTS_PER_JOB, readEvent, type UsageEvent } from './messages.js';
import { BufferFullError, ClosedError, InvalidEventError, UnavailableError } from './producer/errors.js';
import { makePump } from './producer/pump.js';
import { makeSender } from './producer/sender.js';

export type { UsageEvent } from './messages.js';
export { BufferFullError, ClosedError, InvalidEventError, UnavailableError } from './producer/errors.js';

export type ProducerError = InvalidEventError | BufferFullError | UnavailableError | ClosedError;

export interface ProducerOptions {
  /**
   * A `redis://`, `rediss://`, `redis+cluster://`, `rediss+cluster://`, `postgres://` or `postgresql://` URL, or ioredis
   * options. The worker's own queue, and on a cluster its own number of queues: its `REDIS_URL`.
   */
  readonly connection: string | RedisOptions;
  /** Key prefix on Redis, when the worker's is not the default "creditd". */
  readonly prefix?: string;
  /** BullMQ's schema on Postgres, when the worker's is not the default "creditd_queue". */
  readonly schema?: string;
  readonly batch?: {
    /** Events a job, 1 to 1 000. Default 100. */
    readonly maxEvents?: number;
    /** How long the first event of a batch waits for company, in milliseconds. Default 20. */
    readonly maxWaitMs?: number;
  };
  readonly buffer?: {
    /** Events held while the queue is slow or away; one more is refused with BufferFullError. Default 10 000. */
    readonly maxEvents?: number;
  };
  /**
   * Told of every refused event, of every failed try to send (they are repeated, at most every 5 s) and of what `close` had
   * to hand back. Without it, a `track` nobody awaits rejects unhandled, which Node makes loud.
   */
  readonly onError?: (error: ProducerError) => void;
  /**
   * Traces by your own OpenTelemetry, such as `new BullMQOtel({ tracerName: 'shop' })` of the package bullmq-otel. A job
   * belongs to the trace in which the first of its events was tracked, and the worker's spans go on from there. Left out,
   * nothing is traced.
   */
  readonly telemetry?: Telemetry;
}

export interface Waiting {
  /** How long to go on trying, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
}

export interface Producer {
  /**
   * Validates and buffers an event; its `occurredAt` is now when absent. Resolves when the queue has it. Events leave in the
   * order they came; while the queue is away they wait and are tried again.
   * @throws InvalidEventError, BufferFullError, ClosedError, or UnavailableError when the producer was closed meanwhile.
   */
  track(event: UsageEvent): Promise<void>;
  /**
   * Sends what was tracked until now without waiting for company.
   * @throws UnavailableError after `timeoutMs`. The events stay buffered and go on being tried.
   */
  flush(waiting?: Waiting): Promise<void>;
  /**
   * Flushes and disconnects. Calling it again gives the same answer.
   * @throws UnavailableError after `timeoutMs`, holding the events that were not sent: keep them and send them again.
   */
  close(waiting?: Waiting): Promise<void>;
  /** Events that wait for the queue. */
  readonly pending: number;
}

const BATCH_EVENTS = 100;
const BATCH_WAIT_MS = 20;
const BUFFER_EVENTS = 10_000;
const WAIT_MS = 10_000;

/** Connects at the first event. @throws TypeError or RangeError when the options make no sense. */
export function createProducer(options: ProducerOptions): Producer {
  const { onError } = options;
  const tell = (error: unknown): void => {
    try {
      if (isOurs(error)) onError?.(error);
    } catch {
      // A listener that throws must not stop the sending of everybody's events.
    }
  };
  const sender = makeSender(options);
  const pump = makePump({
    send: sender.send,
    here: () => options.telemetry?.contextManager.active(),
    maxEvents: whole('batch.maxEvents', options.batch?.maxEvents ?? BATCH_EVENTS, 1, EVENTS_PER_JOB),
    maxWaitMs: whole('batch.maxWaitMs', options.batch?.maxWaitMs ?? BATCH_WAIT_MS, 0, 60_000),
    mostBuffered: whole('buffer.maxEvents', options.buffer?.maxEvents ?? BUFFER_EVENTS, 1, 10_000_000),
    onFailure: tell,
  });
  let closing: Promise<void> | null = null;

  const accept = async (raw: UsageEvent): Promise<void> => {
    if (closing !== null) throw new ClosedError(raw);
    const read = readEvent(raw);
    if (read.kind === 'invalid') throw new InvalidEventError(read.field, read.message, raw);
    await pump.push({ ...read.event, occurredAt: read.event.occurredAt ?? new Date().toISOString() });
  };

  const end = async (timeoutMs: number): Promise<void> => {
    const failed = await pump.flush(timeoutMs).then(
      () => null,
      (error: UnavailableError) => error,
    );
    const rest = pump.stop();
    await sender.close();
    if (failed === null || rest.length === 0) return;
    const events = rest.map((one) => one.event);
    const error = new UnavailableError(
      `The producer was closed before the queue took ${events.length} events; they are in this error’s events. Send them again with the same keys.`,
      events,
      failed.cause,
    );
    for (const one of rest)
      one.lost(new UnavailableError('The producer was closed before the queue took this event.', [one.event], error));
    tell(error);
    throw error;
  };

  return {
    track(event) {
      const accepted = accept(event);
      // With a listener, not awaiting is a choice and must not count as an unhandled rejection. What `close` hands back is
      // told once, not once an event.
      if (onError !== undefined)
        accepted.catch((error) => (error instanceof UnavailableError ? undefined : tell(error)));
      return accepted;
    },
    flush: ({ timeoutMs = WAIT_MS } = {}) => pump.flush(timeoutMs),
    close({ timeoutMs = WAIT_MS } = {}) {
      closing ??= end(timeoutMs);
      return closing;
    },
    get pending() {
      return pump.size;
    },
  };
}

const isOurs = (error: unknown): error is ProducerError =>
  error instanceof InvalidEventError ||
  error instanceof BufferFullError ||
  error instanceof UnavailableError ||
  error instanceof ClosedError;

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}, and is ${value}.`);
}
