/**
 * A circuit breaker around the processor. When it has not answered several times in a row nobody asks it for a while, which
 * grows as long as it stays away; then one call probes. What is not asked has certainly not happened: a charge keeps its
 * place, no attempt is burned, and nothing piles up.
 */
import type { Instant } from '../../domain/instant.js';
import { later, SECOND_MS } from '../../domain/instant.js';
import type { Log, Payments } from '../../ports.js';

export interface BreakerSettings {
  /** The same clock that steps are timed by. */
  readonly now: () => Promise<Instant>;
  readonly log?: Log;
  /** Told once at each change. */
  readonly onChange?: (isOpen: boolean) => void;
}

/** Answers in a row that were none, after which the breaker opens. */
export const TROUBLES_UNTIL_OPEN = 5;
const FIRST_OPEN_MS = 5 * SECOND_MS;
const LONGEST_OPEN_MS = 120 * SECOND_MS;

/** What every outcome of the port has in common. */
interface Said {
  readonly kind: string;
  readonly reason?: string;
  readonly retryAfterMs?: number | null;
  readonly busy?: boolean;
}

/** No answer at all, or one that says only that there is no room. A conflict of one request says nothing of the processor. */
const isTrouble = (said: Said): boolean =>
  said.kind === 'silent' || (said.kind === 'unavailable' && said.busy !== true);

const refusedCall = (retryAfterMs: number) =>
  ({
    kind: 'unavailable',
    reason: 'The processor does not answer; it is not asked for a while.',
    retryAfterMs,
  }) as const;

export type Breaker = ReturnType<typeof makeBreaker>;

export function makeBreaker({ now, log, onChange }: BreakerSettings) {
  let troubles = 0;
  let openUntil: Instant | null = null;
  let openForMs = FIRST_OPEN_MS;
  let isProbing = false;

  const close = (): void => {
    troubles = 0;
    openForMs = FIRST_OPEN_MS;
    if (openUntil === null) return;
    openUntil = null;
    log?.info({}, 'the processor answers again');
    onChange?.(false);
  };

  const open = (at: Instant, asked: number | null, reason: string | undefined): void => {
    const isNew = openUntil === null;
    const forMs = Math.max(openForMs, asked ?? 0);
    openUntil = later(at, forMs);
    openForMs = Math.min(LONGEST_OPEN_MS, openForMs * 2);
    if (!isNew) return;
    log?.warn({ reason, forMs }, 'the processor does not answer; calls to it stop for a while');
    onChange?.(true);
  };

  const heard = (at: Instant, said: Said): void => {
    if (!isTrouble(said)) {
      if (said.kind !== 'unavailable') close();
      return;
    }
    troubles += 1;
    // Told to come back later is told for every call, not for this one alone.
    const isTold = said.kind === 'unavailable' && (said.retryAfterMs ?? 0) > 0;
    if (openUntil !== null || isTold || troubles >= TROUBLES_UNTIL_OPEN)
      open(at, said.retryAfterMs ?? null, said.reason);
  };

  return async <Outcome extends Said>(
    call: () => Promise<Outcome>,
  ): Promise<Outcome | ReturnType<typeof refusedCall>> => {
    const at = await now();
    let isProbe = false;
    if (openUntil !== null) {
      if (at < openUntil || isProbing) return refusedCall(Math.max(SECOND_MS, openUntil - at));
      isProbing = true;
      isProbe = true;
    }
    try {
      const said = await call();
      heard(await now(), said);
      return said;
    } finally {
      // A call that was out before the breaker opened ends without making room for a second probe.
      if (isProbe) isProbing = false;
    }
  };
}

type Answering<Port> = { readonly [Name in keyof Port]: (...asked: never[]) => Promise<Said> };

/**
 * The same port behind a breaker: whatever is asked through it counts, and nothing is asked while it is open. A read that is
 * not made is answered as any other call is: a step or a clock asks again by itself, and a person is told to.
 */
export function behindBreaker<Port extends Answering<Port>>(port: Port, breaker: Breaker): Port {
  const calls = Object.entries(port) as [string, (...asked: readonly unknown[]) => Promise<Said>][];
  const guarded = calls.map(([name, call]) => [name, (...asked: unknown[]) => breaker(() => call(...asked))]);
  return Object.fromEntries(guarded) as Port;
}

/** Asking who the processor is belongs to a start, which has to hear the truth at once. */
export const withBreaker = (payments: Payments, breaker: Breaker): Payments => ({
  ...behindBreaker(payments, breaker),
  identify: () => payments.identify(),
});
