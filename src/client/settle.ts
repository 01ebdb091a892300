/** What must be recorded although the answer was given already: tried in front of the caller once, then behind. */

import { UnreachableError } from './errors.js';
import type { ClientError } from './options.js';

export interface Settler {
  /**
   * Runs the work, which may be run any number of times. `done`: it answered. `no`: creditd refused it for good; the listener
   * was told. `later`: creditd gave no answer, and it goes on being tried until it answers or the time is over.
   */
  settle<Answer>(work: () => Promise<Answer>, lost: (cause: unknown) => ClientError | null): Promise<Settled<Answer>>;
  /** How much is being tried behind. */
  readonly pending: number;
  /** Tries on for this long, and then tells the listener what was not recorded. */
  close(timeoutMs: number): Promise<void>;
}

export type Settled<Answer> =
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'no' }
  | { readonly kind: 'later' };

export interface SettlerOptions {
  readonly tell: (error: ClientError) => void;
  readonly settleMs: number;
  /** The first pause in milliseconds; it doubles up to a minute. */
  readonly pauseMs?: number;
}

const PAUSE_MS = 500;
const PAUSE_MAX_MS = 60_000;

export function makeSettler({ tell, settleMs, pauseMs = PAUSE_MS }: SettlerOptions): Settler {
  const behind = new Set<Promise<void>>();
  const wakers = new Set<() => void>();
  let endsAt = Number.POSITIVE_INFINITY;

  /** Ends early when the client is closed: what is left is tried at once. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      // A process that has nothing else to do may end: whoever wants the rest recorded awaits close().
      if (endsAt === Number.POSITIVE_INFINITY) timer.unref();
      wakers.add(wake);
    });

  const goOn = async (work: () => Promise<unknown>, lost: (cause: unknown) => ClientError | null): Promise<void> => {
    const until = performance.now() + settleMs;
    for (let wait = pauseMs; ; wait = Math.min(PAUSE_MAX_MS, wait * 2)) {
      await rest(Math.min(wait, Math.max(1, endsAt - performance.now())));
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof UnreachableError && performance.now() < Math.min(until, endsAt)) continue;
        const told = lost(error);
        if (told !== null) tell(told);
        return;
      }
    }
  };
  return {
    get pending() {
      return behind.size;
    },
    async settle(work, lost) {
      try {
        return { kind: 'done', answer: await work() };
      } catch (error) {
        if (error instanceof UnreachableError) {
          tell(error);
          const going = goOn(work, lost).finally(() => behind.delete(going));
          behind.add(going);
          return { kind: 'later' };
        }
        const told = lost(error);
        if (told !== null) tell(told);
        return { kind: 'no' };
      }
    },
    async close(timeoutMs) {
      endsAt = performance.now() + timeoutMs;
      for (const wake of [...wakers]) wake();
      await Promise.all(behind);
    },
  };
}
