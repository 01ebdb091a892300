/**
 * A double of one's own for each test of billing, asked through Stripe's SDK and clicked through as a browser's forms
 * post. After each test everything that was exchanged, and every event, is held to Stripe's description.
 */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { sdk } from './double-client.js';
import { differences, eventDifferences } from './openapi.js';

/** Operations and types that the description leaves out; the SDK's own types are what is known of them. */
export const UNDESCRIBED = /billing_portal\/configurations|\/resume$|\/create_preview$|\/_double\//;
const UNTOLD: ReadonlySet<string> = new Set(['invoice_payment.paid']);

export const seconds = (text: string): number => Date.parse(text) / 1_000;
export const START = seconds('2026-01-31T10:00:00Z');
export const HOUR = 3_600;
export const DAY = 86_400;

/** Those of the test that is running. */
export let double: StripeDouble;
export let stripe: Stripe;

/** `now` in epoch seconds makes the clock stand still there; otherwise it is the real one. */
export function billingBench(now?: number): void {
  beforeEach(async () => {
    double = await startStripeDouble(now === undefined ? {} : { now: () => now * 1_000 });
    stripe = sdk(double);
  });
  afterEach(async () => {
    const exchanges = double.control.journal().filter((one) => !UNDESCRIBED.test(one.path));
    const events = (await allEvents()).filter((one) => !UNTOLD.has(one.type));
    await double.stop();
    expect(exchanges.flatMap(differences)).toEqual([]);
    expect(events.flatMap((one) => eventDifferences(one))).toEqual([]);
  });
}

/** Oldest first. */
export const allEvents = async (): Promise<Stripe.Event[]> =>
  (await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 })).reverse();

/** The types of what has happened since so many events. */
export const typesSince = async (count: number): Promise<string[]> =>
  (await allEvents()).slice(count).map((one) => one.type);

export const pass = (length: number): Promise<void> => double.control.advance(length * 1_000);

/** Lets time pass up to this instant of the double, whose clock stands still otherwise. */
export async function until(text: string): Promise<void> {
  const now = (await stripe.customers.create({})).created;
  await pass(seconds(text) - now);
}

export const makePrice = async (
  unitAmount: number,
  interval: 'day' | 'month' | 'year' = 'month',
  name = 'Pro',
): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: unitAmount,
      recurring: { interval },
      product_data: { name },
    })
  ).id;

export async function makeCustomer(card: string | null = 'pm_card_visa'): Promise<string> {
  const { id } = await stripe.customers.create({ email: 'owner@example.com' });
  if (card !== null) {
    const method = await stripe.paymentMethods.attach(card, { customer: id });
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  }
  return id;
}

export async function subscribed(
  more: Partial<Stripe.SubscriptionCreateParams> = {},
  card: string | null = 'pm_card_visa',
): Promise<Stripe.Subscription> {
  return stripe.subscriptions.create({
    customer: await makeCustomer(card),
    items: [{ price: await makePrice(2_000) }],
    ...more,
  });
}

export const seen = (id: string): Promise<Stripe.Subscription> => stripe.subscriptions.retrieve(id);

export const invoicesOf = async (subscription: string): Promise<Stripe.Invoice[]> =>
  (await stripe.invoices.list({ subscription })).data.reverse();

export const periodOf = (one: Stripe.Subscription): [string, string] => {
  const item = one.items.data[0];
  const text = (at = 0) => new Date(at * 1_000).toISOString().slice(0, 16);
  return [text(item?.current_period_start), text(item?.current_period_end)];
};

/** Presses a button of a page. */
export async function press(
  url: string,
  fields: Record<string, string>,
): Promise<{ readonly next: string | null; readonly html: string }> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { next: response.headers.get('location'), html: await response.text() };
}

export async function look(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  return response.text();
}

export const SHOP = 'https://shop.example.com';
export const back = {
  success_url: `${SHOP}/done?session={CHECKOUT_SESSION_ID}`,
  cancel_url: `${SHOP}/pricing?left={CHECKOUT_SESSION_ID}`,
};
