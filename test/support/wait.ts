import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** How long the state may take. Generous: it is only ever waited out by a test that fails. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** What is waited for, for the sentence that a failure prints. */
  readonly what?: string;
}

/**
 * Waits for a state instead of for a time: asks until the answer is neither false, null nor undefined, and returns it. A
 * predicate that throws is asked again; what it last threw is the cause of the failure.
 */
export async function until<T>(
  predicate: () => T | Promise<T>,
  { timeoutMs = 15_000, everyMs = 20, what = 'the awaited state' }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await predicate();
      if (answer !== false && answer !== null && answer !== undefined)
        return answer as Exclude<T, false | null | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`${what} did not come within ${timeoutMs} ms`, { cause });
}
