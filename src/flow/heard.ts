/** What the work on one of Stripe's events can come to. */
import type { PaymentOutcome, StartedStep, StoredStripeEvent } from '../ports.js';

export type Heard =
  | { readonly kind: 'done' | 'ignored'; readonly result: string }
  /** Stripe did not answer what has to be known; it is asked again. */
  | { readonly kind: 'unanswered'; readonly reason: string; readonly retryAfterMs: number | null }
  /** Stripe refused our question, or somebody else is faster every time: a little later. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs: number };

/** An event under work, with the account that it was found to concern. */
export interface Hearing {
  readonly event: StoredStripeEvent;
  readonly step: StartedStep;
}

const REFUSED_AGAIN_MS = 5 * 60_000;

/** What reading from Stripe could not tell, as what becomes of the event. */
export function unheard(
  answer: Extract<PaymentOutcome, { kind: 'look' | 'silent' | 'unavailable' | 'refused' }>,
): Heard {
  switch (answer.kind) {
    case 'look':
    case 'silent':
      return { kind: 'unanswered', reason: answer.reason, retryAfterMs: null };
    case 'unavailable':
      return { kind: 'unanswered', reason: answer.reason, retryAfterMs: answer.retryAfterMs };
    case 'refused':
      // What Stripe does not know any more, it will not know later.
      if (answer.code === 'resource_missing') return { kind: 'ignored', result: 'Stripe does not know it any more.' };
      return { kind: 'later', reason: `${answer.code}: ${answer.reason}`, afterMs: REFUSED_AGAIN_MS };
  }
}
