/** One call of the SDK as a value: an answer, or a trouble. Nothing that Stripe or the network does is thrown. */
import type Stripe from 'stripe';
import type { Log } from '../../ports.js';
import { type Fate, recordingTries } from './tries.js';
import { type Trouble, troubleOf } from './trouble.js';

export interface Answer<T> {
  readonly kind: 'answer';
  readonly value: T;
  /** Stripe repeated what it had answered to this key before: true then, not necessarily now. */
  readonly replayed: boolean;
}

export type Call = <T extends object>(
  name: string,
  send: () => Promise<Stripe.Response<T>>,
) => Promise<Answer<T> | Trouble>;

/**
 * `longestMs` bounds the whole call. The SDK's timeout only bounds how long a connection stays silent: an answer that
 * drips in byte by byte would never run into it and would outlast the step's lease.
 */
export function makeCall(longestMs: number, log?: Log): Call {
  return async (name, send) => {
    const fates: Fate[] = [];
    try {
      const value = await within(longestMs, recordingTries(fates, send));
      if (value === OVERDUE) {
        log?.warn({ call: name, outcome: 'silent', longestMs }, 'Stripe did not finish its answer in time');
        return { kind: 'silent', reason: `No complete answer within ${longestMs} ms.` };
      }
      return { kind: 'answer', value, replayed: value.lastResponse.headers['idempotent-replayed'] === 'true' };
    } catch (error) {
      const trouble = troubleOf(error, fates);
      report(name, trouble, fates, log);
      return trouble;
    }
  };
}

const OVERDUE = Symbol('overdue');

async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof OVERDUE> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof OVERDUE>((resolve) => {
    timer = setTimeout(resolve, ms, OVERDUE);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A declined card is information; only a refusal that is not the card's wakes a person. */
function report(call: string, trouble: Trouble, fates: readonly Fate[], log?: Log): void {
  const fields = { call, outcome: trouble.kind, tries: fates.length };
  switch (trouble.kind) {
    case 'card_error':
      log?.info({ ...fields, code: trouble.decline.code, declineCode: trouble.decline.declineCode }, 'Card declined');
      return;
    case 'look':
    case 'silent':
    case 'unavailable':
      log?.warn({ ...fields, reason: trouble.reason }, 'Stripe gave no definite answer');
      return;
    case 'key_reused':
    case 'refused':
      log?.error({ ...fields, reason: trouble.reason }, 'Stripe refused a request');
      return;
  }
}
