/** Named states and closing in reverse: what was opened last is closed first, also when start-up fails half-way. */
import type { Log } from './ports.js';

export type LifecycleState = 'starting' | 'running' | 'draining' | 'stopped';

export interface Lifecycle {
  state(): LifecycleState;
  /** Registers a closer on the line after its resource was opened. */
  onClose(name: string, close: () => Promise<unknown> | unknown): void;
  running(): void;
  /** A person or the system asked for the end. */
  interrupt(): void;
  interrupted(): boolean;
  /** Closes everything once, in reverse, within the deadline; asking again waits for the same closing. */
  close(): Promise<void>;
}

/** Kubernetes and docker kill 30 s and 10 s after SIGTERM unless told otherwise; compose is told 40 s here. */
export const CLOSE_DEADLINE_MS = 30_000;

export function makeLifecycle(log: Log, deadlineMs: number = CLOSE_DEADLINE_MS): Lifecycle {
  const closers: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  let state: LifecycleState = 'starting';
  let closing: Promise<void> | null = null;
  let interrupted = false;
  const closeAll = async (): Promise<void> => {
    state = 'draining';
    const until = performance.now() + deadlineMs;
    for (const { name, close } of closers.reverse()) {
      const left = Math.max(500, until - performance.now());
      const ended = await Promise.race([
        Promise.resolve()
          .then(close)
          .then(
            () => 'closed',
            (error: unknown) => error,
          ),
        new Promise<string>((resolve) => setTimeout(resolve, left, 'late').unref()),
      ]);
      if (ended !== 'closed')
        log.warn({ part: name, ...(ended === 'late' ? {} : { err: ended }) }, 'a part did not close in time');
    }
    state = 'stopped';
  };
  return {
    state: () => state,
    onClose(name, close) {
      closers.push({ name, close });
    },
    running() {
      if (state === 'starting') state = 'running';
    },
    interrupt() {
      interrupted = true;
    },
    interrupted: () => interrupted,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
