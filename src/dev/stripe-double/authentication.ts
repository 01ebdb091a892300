/** The owner of a card authenticates, or does not: what the double's own page, or a test, reports. */
import type { StoredSetupIntent } from './aftermath-state.js';
import { settle } from './charging.js';
import { afterAuthentication } from './checkout-pay.js';
import { emit } from './events.js';
import { afterTry } from './intent-aftermath.js';
import { cardBehind, factsOf, intentJson, paymentMethodJson } from './objects.js';
import { failSetup, succeedSetup } from './setup-intents.js';
import type { StoredIntent, StoredPaymentMethod } from './state.js';
import type { World } from './world.js';

/**
 * Moves an intent that waits for its owner: a PaymentIntent to succeeded, or to requires_payment_method where the owner
 * or afterwards the card's issuer refused; a SetupIntent likewise. The answer is where the owner goes next, with what
 * Stripe adds to that address, or null where no return address was given. Waits no intent of that id for its owner,
 * nothing happens and the answer is null.
 */
export function completeAuthentication(world: World, intentId: string, approve: boolean): string | null {
  const intent = world.state.intents.find((one) => one.id === intentId);
  const setup = world.state.setupIntents.find((one) => one.id === intentId);
  const waiting = intent ?? setup;
  const method = world.state.paymentMethods.find((one) => one.id === waiting?.paymentMethod);
  if (waiting?.status !== 'requires_action' || method === undefined) return null;
  waiting.authenticateAt = null;
  if (intent !== undefined) {
    completePayment(world, intent, method, approve);
    afterTry(world, intent.id, intent.status === 'succeeded');
  }
  if (setup !== undefined && approve) succeedSetup(world, setup, method, true);
  else if (setup !== undefined) failSetup(world, setup, SETUP_FAILURE, method);
  return (
    afterAuthentication(world, intentId) ?? backTo(waiting, intent === undefined ? 'setup_intent' : 'payment_intent')
  );
}

const SETUP_FAILURE = {
  type: 'invalid_request_error' as const,
  code: 'setup_intent_authentication_failure',
  message: 'The latest attempt to set up the payment method has failed because authentication failed.',
};

const PAYMENT_FAILURE = {
  type: 'invalid_request_error' as const,
  code: 'payment_intent_authentication_failure',
  message:
    'The provided PaymentMethod has failed authentication. Provide a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};

function completePayment(world: World, intent: StoredIntent, method: StoredPaymentMethod, approve: boolean): void {
  if (!approve) {
    intent.status = 'requires_payment_method';
    intent.paymentMethod = null;
    intent.lastError = { ...PAYMENT_FAILURE, payment_method: paymentMethodJson(method) };
    emit(world, 'payment_intent.payment_failed', intentJson(intent));
    return;
  }
  const scripted = world.faults.takeDecline(method.id, factsOf(method).fingerprint);
  const behaviour =
    scripted === null ? cardBehind(method.card).authenticated : { kind: 'declines' as const, decline: scripted };
  settle(world, intent, method, { behaviour, authenticated: true });
}

function backTo(intent: StoredIntent | StoredSetupIntent, name: 'payment_intent' | 'setup_intent'): string | null {
  if (!intent.returnUrl) return null;
  const url = new URL(intent.returnUrl);
  url.searchParams.set(name, intent.id);
  url.searchParams.set(`${name}_client_secret`, intent.clientSecret);
  url.searchParams.set('redirect_status', intent.status === 'succeeded' ? 'succeeded' : 'failed');
  return url.href;
}
