/**
 * What became of every single try inside one call of the SDK. The SDK repeats requests by itself and reports only how
 * the last try ended. That is not enough for money: a first try that was never answered may have paid, and a second
 * one that was refused a connection must not turn "perhaps" into "certainly not".
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type Stripe from 'stripe';

/** `not_sent`: no connection, no byte left. `in_doubt`: sent, and either unanswered or answered with a 5xx. */
export type Fate = 'not_sent' | 'in_doubt' | 'answered';

type HttpClient = NonNullable<Stripe.StripeConfig['httpClient']>;

const current = new AsyncLocalStorage<Fate[]>();

/** Runs one call and collects the fates of its tries, in order, in the array that it is given. */
export const recordingTries = <T>(fates: Fate[], call: () => Promise<T>): Promise<T> => current.run(fates, call);

/** The same client, whose tries are recorded. */
export function watched(inner: HttpClient): HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    makeRequest: async (...request) => {
      const fates = current.getStore();
      try {
        const response = await inner.makeRequest(...request);
        fates?.push(response.getStatusCode() >= 500 ? 'in_doubt' : 'answered');
        return response;
      } catch (error) {
        fates?.push(neverConnected(error) ? 'not_sent' : 'in_doubt');
        throw error;
      }
    },
  };
}

/** True only where the system call that failed is the one that would have made the connection. */
function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}
