/**
 * How long a job waits after a fault that is ours, and how the whole process slows down. Both are kept in memory: BullMQ's
 * attempts must not count what is not the job's fault, and a restart may begin again at the shortest wait.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface BackOff {
  /** Milliseconds until this job's next try: doubling from the first to the most, the upper half of it at random. */
  next(id: string): number;
  forget(id: string): void;
}

/** Jobs remembered at once. The oldest is forgotten first and merely waits less the next time. */
const REMEMBERED = 10_000;

export function makeBackOff(firstMs: number, mostMs: number, random: () => number = Math.random): BackOff {
  const tries = new Map<string, number>();
  return {
    next(id) {
      const before = tries.get(id) ?? 0;
      tries.delete(id);
      tries.set(id, before + 1);
      if (tries.size > REMEMBERED) for (const oldest of tries.keys()) if (tries.delete(oldest)) break;
      const ms = Math.min(mostMs, firstMs * 2 ** Math.min(before, 30));
      return Math.round(ms / 2 + (ms / 2) * random());
    },
    forget(id) {
      tries.delete(id);
    },
  };
}

/**
 * While Postgres is away every job would be taken, found impossible and put off, a hundred thousand of them a minute.
 * The brake holds each in hand a little before it is tried, its lock renewed, longer the more faults there were in a row.
 */
export interface Brake {
  /** Waits while the last try was a fault; at once when all is well or the brake was released. */
  pass(): Promise<void>;
  fault(): void;
  well(): void;
  /** Lets everybody through for good: the worker is closing. */
  release(): void;
}

export function makeBrake(mostMs: number): Brake {
  const released = new AbortController();
  // Every job in hand waits on it at once, which Node would otherwise take for a leak and print.
  setMaxListeners(0, released.signal);
  let faults = 0;
  return {
    async pass() {
      if (faults === 0 || released.signal.aborted) return;
      await delay(Math.min(mostMs, 50 * 2 ** Math.min(faults, 20)), null, { signal: released.signal }).catch(
        () => null,
      );
    },
    fault: () => {
      faults += 1;
    },
    well: () => {
      faults = 0;
    },
    release: () => released.abort(),
  };
}
