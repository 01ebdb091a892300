/** The clock that catches up with Stripe: with webhooks that never came, and with what is owed to its books. A tick carries nothing. */
import type { makePollStripe } from '../src/flow/poll-stripe.js';
import type { makeTidyProcessor } from '../src/flow/tidy-processor.js';
import type { Log } from '../src/ports.js';

export const POLL_STRIPE_EVERY_MS = 60_000;

export function makePollStripeJob(
  pollStripe: ReturnType<typeof makePollStripe>,
  tidyProcessor: ReturnType<typeof makeTidyProcessor>,
  log: Log,
) {
  return async (): Promise<void> => {
    await tidyProcessor();
    const fresh = await pollStripe();
    if (fresh > 0) log.warn({ events: fresh }, 'Stripe had events that no webhook had brought');
  };
}
