/** The desk, kept by Stripe. */
import type { DeskOutcome, Log, ProcessorDesk } from '../../ports.js';
import { type Answer, makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, type StripeSettings } from './client.js';
import type { Trouble } from './trouble.js';

export function makeStripeDesk(settings: StripeSettings & { readonly log?: Log }): ProcessorDesk {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);
  return {
    async detachCard(paymentMethod) {
      return outcomeOf(await call('paymentMethods.detach', () => stripe.paymentMethods.detach(paymentMethod)));
    },
    async describeCustomer(customer, { name, email }) {
      const params = { name, email: email ?? '' };
      return outcomeOf(await call('customers.update', () => stripe.customers.update(customer, params)));
    },
  };
}

function outcomeOf(result: Answer<unknown> | Trouble): DeskOutcome {
  switch (result.kind) {
    case 'answer':
      return { kind: 'done' };
    case 'refused':
      // What it does not have any more, or what is on no customer, has come to what was asked.
      if (result.code === 'resource_missing' || /not attached to a customer/i.test(result.reason))
        return { kind: 'gone' };
      return { kind: 'refused', reason: result.reason };
    case 'card_error':
      return { kind: 'refused', reason: result.decline.message };
    case 'look':
    case 'key_reused':
    case 'silent':
      return { kind: 'silent', reason: result.reason };
    case 'unavailable':
      return { kind: 'unavailable', reason: result.reason };
  }
}
