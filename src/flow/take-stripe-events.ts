/**
 * The door for Stripe's events, whichever way they came: a webhook, or the poller's reading of Stripe's list. What is none
 * of ours is stored as ignored with the reason, so that Stripe stops sending it and a person can see that it came.
 */
import type { Processor, StripeEvent, StripeEvents, Taken } from '../ports.js';
import { heardAs } from './stripe-event-types.js';

export interface TakeStripeEventsDeps {
  readonly events: StripeEvents;
  /** Whose events these have to be. */
  readonly processor: Processor;
  readonly deployment: string;
  readonly onTaken?: (type: string, taken: Taken) => void;
}

export type TakeStripeEvents = (
  events: readonly StripeEvent[],
  source: 'webhook' | 'poll',
) => Promise<readonly Taken[]>;

export function makeTakeStripeEvents(deps: TakeStripeEventsDeps): TakeStripeEvents {
  return async (events, source) => {
    const taken = await deps.events.take(
      events.map((event) => ({ event, ignored: noneOfOurs(deps, event) })),
      source,
    );
    events.forEach((event, place) => {
      const became = taken[place];
      if (became !== undefined) deps.onTaken?.(heardAs(event.type) === null ? 'unknown' : event.type, became);
    });
    return taken;
  };
}

function noneOfOurs({ processor, deployment }: TakeStripeEventsDeps, event: StripeEvent): string | null {
  if (event.livemode !== (processor.kind === 'stripe' && processor.livemode)) {
    return `It comes from ${event.livemode ? 'live' : 'test'} mode, and this database is charged in the other.`;
  }
  const own = processor.kind === 'stripe' ? processor.account : null;
  if (event.account !== null && event.account !== own) return 'It comes from another account of Stripe.';
  const named = event.names.deployment;
  if (named !== null && named !== deployment) return 'It belongs to another deployment.';
  return heardAs(event.type) === null ? 'Events of this type are not heard.' : null;
}
