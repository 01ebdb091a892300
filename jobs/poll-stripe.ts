/** The clock that catches up with webhooks that never came. A tick carries nothing: it asks Stripe. */
import type { makePollStripe } from '../src/flow/poll-stripe.js';
import type { Log } from '../src/ports.js';

export const POLL_STRIPE_EVERY_MS = 60_000;

export function makePollStripeJob(pollStripe: ReturnType<typeof makePollStripe>, log: Log) {
  return async (): Promise<void> => {
    const fresh = await pollStripe();
    if (fresh > 0) log.warn({ events: fresh }, 'Stripe had events that no webhook had brought');
  };
}
