/** What a client is made with, read once: every problem is a sentence, and nothing is asked before all of it is usable. */
import type { ProducerError, ProducerOptions } from '../producer.js';
import type { RefusedError, UnreachableError, UnsettledError, UsageRefusedError } from './errors.js';

/** What happens to a product's own requests while creditd gives no answer. */
export type OnTrouble = 'open' | 'closed';

export type ClientError = UnreachableError | RefusedError | UsageRefusedError | UnsettledError | ProducerError;

export interface ClientOptions {
  /** Where creditd's API is reached, such as "https://billing.internal:4800". */
  readonly url: string;
  /** A key of this product's backend (`creditd key create`). It never belongs in a browser. */
  readonly key: string;
  /**
   * The worker's own queue, as a `redis://`, `rediss://`, `postgres://` or `postgresql://` URL or with the producer's further
   * settings. `track` then enqueues; left out, it posts by HTTP. BullMQ is loaded only where this is given.
   */
  readonly queue?: string | Omit<ProducerOptions, 'onError'>;
  /**
   * While creditd gives no answer. `open`: checks allow, work runs without a hold, and usage that was not taken is handed
   * back: some use may go beyond the balance. `closed`: checks refuse, work does not run, and `track` rejects. Every answer
   * says `reached: false`, and `onError` is told.
   */
  readonly onTrouble: OnTrouble;
  /**
   * Told once of everything that went wrong, also behind the answers. With it a `track` that nobody awaits is no unhandled
   * rejection; without it such a `track` is, which Node makes loud.
   */
  readonly onError?: (error: ClientError) => void;
  /** Longest wait for an answer, all tries together, in milliseconds. Default 3 000. */
  readonly timeoutMs?: number;
  /** Longest wait for one try, in milliseconds. Default 1 500. */
  readonly tryMs?: number;
  /** Longest wait until usage is taken, in milliseconds. Default 10 000. */
  readonly trackMs?: number;
  /** How long the use of work that ran is tried to be recorded behind its answer, in milliseconds. Default an hour. */
  readonly settleMs?: number;
  /** Another `fetch`, for tests. */
  readonly fetch?: typeof fetch;
}

export interface Settings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly queue: Omit<ProducerOptions, 'onError'> | null;
  readonly onTrouble: OnTrouble;
  readonly tell: (error: ClientError) => void;
  /** Whether somebody listens: only then may a rejection go unheard elsewhere. */
  readonly listening: boolean;
  readonly timeoutMs: number;
  readonly tryMs: number;
  readonly trackMs: number;
  readonly settleMs: number;
  readonly fetch: typeof fetch;
}

const HOUR_MS = 3_600_000;

/** @throws TypeError or RangeError that says which setting is wrong and what it must be. */
export function readOptions(options: ClientOptions): Settings {
  const { url, key, queue, onTrouble, onError } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new TypeError('url must be the http:// or https:// address of creditd’s API, such as http://127.0.0.1:4800.');
  if (typeof key !== 'string' || !/^ck_[\x21-\x7e]+$/.test(key))
    throw new TypeError('key must be a product’s key: it begins with "ck_" and is made by creditd key create.');
  if (onTrouble !== 'open' && onTrouble !== 'closed')
    throw new TypeError('onTrouble must be "open" or "closed": what your product does while creditd gives no answer.');
  const told = new WeakSet<Error>();
  return {
    url: url.replace(/\/+$/, ''),
    key,
    queue: queue === undefined ? null : typeof queue === 'string' ? { connection: queue } : queue,
    onTrouble,
    listening: onError !== undefined,
    tell(error) {
      if (told.has(error)) return;
      told.add(error);
      try {
        onError?.(error);
      } catch {
        // A listener that throws must not lose the answer that the product waits for.
      }
    },
    timeoutMs: milliseconds('timeoutMs', options.timeoutMs ?? 3_000),
    tryMs: milliseconds('tryMs', options.tryMs ?? 1_500),
    trackMs: milliseconds('trackMs', options.trackMs ?? 10_000),
    settleMs: milliseconds('settleMs', options.settleMs ?? HOUR_MS),
    fetch: options.fetch ?? fetch,
  };
}

const LONGEST_MS = 24 * HOUR_MS;

function milliseconds(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= LONGEST_MS) return value;
  throw new RangeError(`${name} must be a whole number of milliseconds from 1 to ${LONGEST_MS}, and is ${value}.`);
}
