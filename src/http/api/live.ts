/**
 * Balances as they change, for pages that show them: one look a second at the hot rows of the accounts that somebody watches,
 * however many watch each. Listeners are bounded; whoever is turned away asks again later, or polls.
 */
import { PassThrough, type Readable } from 'node:stream';
import type { Instant } from '../../domain/instant.js';
import type { Clock, Log, Pulse } from '../../ports.js';

export interface LiveWish {
  readonly account: string;
  /** Null: as long as the connection may last. */
  readonly until: Instant | null;
  /** What one listener is told of a change. */
  readonly tell: (pulse: Pulse) => unknown;
}

export interface Live {
  /** Server-sent events, the present state first; null where no more can be listened to. */
  listen(wish: LiveWish): Readable | null;
  /** Ends every listener. */
  close(): void;
}

export interface LiveOptions {
  readonly pulses: (accounts: readonly string[]) => Promise<readonly Pulse[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs?: number;
  readonly listenersMax?: number;
  readonly ofAccountMax?: number;
}

const EVERY_MS = 1_000;
const LISTENERS_MAX = 1_000;
const OF_ACCOUNT_MAX = 50;
/** So that proxies do not take a quiet connection for a dead one. */
const HEARTBEAT_MS = 15_000;
/** A page connects again by itself; a key that was revoked does not come back. */
const LASTS_MS = 15 * 60_000;
/** Whoever does not read is let go before it costs memory. */
const UNREAD_BYTES_MAX = 64 * 1_024;

interface Listener {
  readonly wish: LiveWish;
  readonly stream: PassThrough;
  readonly endsAtMs: number;
  told: string;
  spokenAtMs: number;
}

export function makeLive(options: LiveOptions): Live {
  const { everyMs = EVERY_MS, listenersMax = LISTENERS_MAX, ofAccountMax = OF_ACCOUNT_MAX } = options;
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | null = null;
  let looking = false;

  const end = (one: Listener): void => {
    listeners.delete(one);
    one.stream.end();
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const look = async (): Promise<void> => {
    if (looking || listeners.size === 0) return;
    looking = true;
    try {
      const now = await options.clock.roughly();
      for (const one of listeners) if (isOver(one, now)) end(one);
      const accounts = [...new Set([...listeners].map((one) => one.wish.account))];
      const found = new Map((await options.pulses(accounts)).map((pulse) => [pulse.account as string, pulse]));
      for (const one of listeners) speak(one, found.get(one.wish.account), end);
    } catch (error) {
      // The next look may find it again; meanwhile nobody is told anything that is not so.
      options.log.warn({ err: error }, 'live balances could not be read');
    } finally {
      looking = false;
    }
  };
  return {
    listen(wish) {
      const own = [...listeners].filter((one) => one.wish.account === wish.account).length;
      if (listeners.size >= listenersMax || own >= ofAccountMax) return null;
      const now = performance.now();
      const one = { wish, stream: new PassThrough(), endsAtMs: now + LASTS_MS, told: '', spokenAtMs: now };
      listeners.add(one);
      one.stream.on('close', () => end(one));
      one.stream.on('error', () => end(one));
      one.stream.write(`retry: ${everyMs * 3}\n\n`);
      timer ??= setInterval(() => void look(), everyMs).unref();
      void look();
      return one.stream;
    },
    close() {
      for (const one of listeners) end(one);
    },
  };
}

const isOver = ({ wish, endsAtMs }: Listener, now: Instant): boolean =>
  performance.now() >= endsAtMs || (wish.until !== null && now >= wish.until);

function speak(one: Listener, pulse: Pulse | undefined, end: (one: Listener) => void): void {
  if (pulse === undefined || one.stream.writableLength > UNREAD_BYTES_MAX) {
    end(one);
    return;
  }
  const said = JSON.stringify(one.wish.tell(pulse));
  const now = performance.now();
  if (said !== one.told) one.stream.write(`id: ${pulse.sequence}\nevent: account\ndata: ${said}\n\n`);
  else if (now - one.spokenAtMs >= HEARTBEAT_MS) one.stream.write(': still here\n\n');
  else return;
  one.told = said;
  one.spokenAtMs = now;
}
