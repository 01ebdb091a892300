/** Events that wait for the queue, in the order they came, with the size they have as JSON. */
import { JOB_BYTES, type UsageEvent } from '../messages.js';

export interface Buffered {
  readonly event: UsageEvent;
  /** Size as JSON in UTF-8. */
  readonly bytes: number;
  /** Settles when the queue has the event, or when it was handed back. */
  readonly sent: Promise<void>;
  readonly taken: () => void;
  readonly lost: (error: unknown) => void;
  /** Where in the caller's traces it was tracked; undefined where nothing is traced. */
  readonly within: unknown;
}

export interface EventBuffer {
  readonly size: number;
  push(one: Buffered): void;
  last(): Buffered | undefined;
  /** The next batch, left where it is until `drop`: at most `maxEvents`, and no more than one job may weigh. */
  front(maxEvents: number): readonly Buffered[];
  drop(count: number): void;
  all(): readonly Buffered[];
}

/** What stands around the events in a job: version, field names, brackets. */
const ENVELOPE_BYTES = 64;
/** The array is cut only now and then, because cutting it once a batch copies everything behind the batch. */
const CUT_AT = 10_000;

export function makeBuffer(): EventBuffer {
  let waiting: Buffered[] = [];
  let start = 0;
  return {
    get size() {
      return waiting.length - start;
    },
    push(one) {
      waiting.push(one);
    },
    last: () => (waiting.length > start ? waiting.at(-1) : undefined),
    front(maxEvents) {
      const batch: Buffered[] = [];
      let bytes = ENVELOPE_BYTES;
      for (let at = start; at < waiting.length && batch.length < maxEvents; at += 1) {
        const one = waiting[at];
        if (one === undefined) break;
        bytes += one.bytes + 1;
        if (bytes > JOB_BYTES && batch.length > 0) break;
        batch.push(one);
      }
      return batch;
    },
    drop(count) {
      start += count;
      if (start < CUT_AT && start < waiting.length) return;
      waiting = waiting.slice(start);
      start = 0;
    },
    all: () => waiting.slice(start),
  };
}
