/** Moves buffered events into the queue, batch by batch, as long as it takes. */
import type { UsageEvent } from '../messages.js';
import { type Buffered, makeBuffer } from './buffer.js';
import { BufferFullError, UnavailableError } from './errors.js';

export interface PumpOptions {
  /** `within`: where the first of them was tracked. */
  readonly send: (events: readonly UsageEvent[], within: unknown) => Promise<void>;
  /** Where in its traces the caller is now. */
  readonly here: () => unknown;
  /** Events a batch. */
  readonly maxEvents: number;
  /** How long the first event of a batch waits for company, in milliseconds. */
  readonly maxWaitMs: number;
  /** Events the buffer holds. */
  readonly mostBuffered: number;
  /** Told of every failed try; the try is repeated. */
  readonly onFailure: (error: UnavailableError) => void;
}

export interface Pump {
  readonly size: number;
  /** Resolves when the queue has the event. @throws BufferFullError */
  push(event: UsageEvent): Promise<void>;
  /** Sends everything held until now. @throws UnavailableError after `timeoutMs`; the events stay. */
  flush(timeoutMs: number): Promise<void>;
  /** Stops for good and gives back what was not sent. */
  stop(): readonly Buffered[];
}

const AGAIN_FIRST_MS = 100;
const AGAIN_MOST_MS = 5_000;

export function makePump(options: PumpOptions): Pump {
  const buffer = makeBuffer();
  let timer: NodeJS.Timeout | undefined;
  let sending = false;
  let stopped = false;
  let failures = 0;
  let lastError: unknown = null;

  const arm = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };
  // One batch is on its way at a time: two could overtake each other.
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    try {
      while (buffer.size > 0 && !stopped) {
        const batch = buffer.front(options.maxEvents);
        await options.send(eventsOf(batch), batch[0]?.within);
        failures = 0;
        // Stopped while it was on its way: the batch was handed back, and its keys make a second sending harmless.
        if (stopped) return;
        buffer.drop(batch.length);
        for (const one of batch) one.taken();
      }
    } catch (error) {
      failures += 1;
      lastError = error;
      if (stopped) return;
      arm(Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** Math.min(failures - 1, 10)));
      options.onFailure(new UnavailableError(`${unreachable(error)} It is tried again.`, [], error));
    } finally {
      sending = false;
    }
  };

  return {
    get size() {
      return buffer.size;
    },
    async push(event) {
      if (buffer.size >= options.mostBuffered) throw new BufferFullError(options.mostBuffered, event);
      const one = { ...weighed(event), ...settleable(), within: options.here() };
      buffer.push(one);
      // After a failure the next try has its time; more events do not make it come sooner.
      if (failures === 0 && buffer.size >= options.maxEvents) void run();
      else if (failures === 0 && buffer.size === 1) arm(options.maxWaitMs);
      return one.sent;
    },
    async flush(timeoutMs) {
      const last = buffer.last();
      if (last === undefined) return;
      void run();
      // Events leave in order, so the last one's leaving is everybody's.
      await within(last.sent, timeoutMs, () => {
        const events = eventsOf(buffer.all());
        return new UnavailableError(`${unreachable(lastError)} ${events.length} events wait.`, events, lastError);
      });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      const rest = buffer.all();
      buffer.drop(rest.length);
      return rest;
    },
  };
}

const weighed = (event: UsageEvent) => ({ event, bytes: Buffer.byteLength(JSON.stringify(event)) });

const eventsOf = (all: readonly Buffered[]): readonly UsageEvent[] => all.map((one) => one.event);

async function within(promise: Promise<void>, ms: number, late: () => Error): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  await Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

function settleable(): { sent: Promise<void>; taken: () => void; lost: (error: unknown) => void } {
  let taken: () => void = () => undefined;
  let lost: (error: unknown) => void = () => undefined;
  const sent = new Promise<void>((resolve, reject) => {
    taken = resolve;
    lost = reject;
  });
  return { sent, taken, lost };
}

/** A driver's message may carry a URL with its password. */
function unreachable(error: unknown): string {
  const why = error instanceof Error ? error.message || error.name : '';
  return `The usage queue could not be reached${why === '' ? ' in time' : `: ${why.replace(/\b(\w+):\/\/\S+/g, '$1://…').slice(0, 200)}`}.`;
}
