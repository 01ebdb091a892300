/** How often somebody may guess a password: counted by address, forgotten after a minute. */

export interface WrongTries {
  /** Milliseconds until this address may try again; 0 where it may now. */
  waitMs(address: string): number;
  count(address: string): void;
}

const WINDOW_MS = 60_000;
export const WRONG_TRIES_MAX = 10;
/** A flood from many addresses must not fill memory: the oldest are forgotten, and the password is too long to guess. */
const ADDRESSES_MAX = 10_000;

export function makeWrongTries(now: () => number = () => performance.now()): WrongTries {
  const windows = new Map<string, { readonly until: number; tries: number }>();
  const current = (address: string) => {
    const window = windows.get(address);
    if (window !== undefined && window.until > now()) return window;
    windows.delete(address);
    return undefined;
  };
  return {
    waitMs(address) {
      const window = current(address);
      return window !== undefined && window.tries >= WRONG_TRIES_MAX ? window.until - now() : 0;
    },
    count(address) {
      const window = current(address);
      if (window !== undefined) {
        window.tries += 1;
        return;
      }
      windows.set(address, { until: now() + WINDOW_MS, tries: 1 });
      const oldest = windows.keys().next();
      if (windows.size > ADDRESSES_MAX && !oldest.done) windows.delete(oldest.value);
    },
  };
}
