/** A hold is made longer while its work runs, so that it does not lapse under it. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { RefusedError, UnreachableError } from './errors.js';
import { type Ask, at } from './http.js';
import type { ClientError } from './options.js';

export interface OpenHold {
  readonly account: string;
  readonly key: string;
  /** When it lapses, in milliseconds since 1970 by creditd's clock. */
  readonly expiresAtMs: number;
  /** creditd's clock less this machine's. */
  readonly aheadMs: number;
}

const SHORTEST_MS = 1_000;

export const extended = z.object({ expiresAt: z.string() });

/**
 * Extends by the hold's own length each time half of it is over. A hold that lapses all the same costs nothing but the
 * reservation: its use is still debited. Returns what stops it.
 */
export function keepExtended(
  ask: Ask,
  { account, key, expiresAtMs, aheadMs }: OpenHold,
  tell: (error: ClientError) => void,
) {
  const lengthMs = Math.max(SHORTEST_MS, expiresAtMs - (Date.now() + aheadMs));
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const arm = (ms: number): void => {
    if (!stopped) timer = setTimeout(() => void extend(), ms).unref();
  };
  const extend = async (): Promise<void> => {
    const expiresAt = new Date(Date.now() + aheadMs + lengthMs).toISOString();
    const path = at`/v1/accounts/${account}/holds/${key}/extend`;
    try {
      // A key of its own each time: the wish is another instant each time.
      await ask({ method: 'POST', path, key: `extend-${randomUUID()}`, body: { expiresAt }, answer: extended });
      arm(lengthMs / 2);
    } catch (error) {
      if (stopped) return;
      if (error instanceof UnreachableError || error instanceof RefusedError) tell(error);
      if (error instanceof UnreachableError) arm(lengthMs / 8);
    }
  };
  arm(lengthMs / 2);
  return (): void => {
    stopped = true;
    clearTimeout(timer);
  };
}
