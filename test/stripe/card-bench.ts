/** A double, a customer and an SDK for one test each; when it ends, every event that was sent agrees with the description. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { eventsOf, sdk } from './double-client.js';
import { eventDifferences } from './openapi.js';

export let double: StripeDouble;
export let stripe: Stripe;
export let customer: string;

export function cardBench(): void {
  beforeEach(async () => {
    double = await startStripeDouble();
    stripe = sdk(double);
    customer = (await stripe.customers.create({})).id;
  });
  afterEach(async () => {
    expect(eventsOf(double).flatMap(eventDifferences)).toEqual([]);
    await double.stop();
  });
}

export const events = () => eventsOf(double);
export const types = () => events().map((one) => one.type);
export const attach = (card: string) => stripe.paymentMethods.attach(card, { customer });
export const intent = (amount = 2_000) => stripe.paymentIntents.create({ amount, currency: 'usd', customer });
export const confirm = (id: string, more: Stripe.PaymentIntentConfirmParams) => stripe.paymentIntents.confirm(id, more);
