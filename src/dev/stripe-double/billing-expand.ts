/** Which ids of billing's answers can be expanded, into what, and what is there only where it is asked for. */
import { priceJson, productJson } from './catalog-json.js';
import { lineItemJson, sessionJson } from './checkout-json.js';
import { invoiceJson, paymentsJson } from './invoice-json.js';
import type { JsonObject } from './problem.js';
import { subscriptionJson } from './subscription-json.js';
import type { World } from './world.js';

type Lookup = (world: World, id: string) => JsonObject | undefined;

/** By the letters before an id's last underscore. */
export const BILLING_LOOKUPS: Readonly<Record<string, Lookup>> = {
  sub: (world, id) => {
    const found = world.state.subscriptions.find((one) => one.id === id);
    return found && subscriptionJson(world, found);
  },
  in: (world, id) => {
    const found = world.state.invoices.find((one) => one.id === id);
    return found && invoiceJson(world, found);
  },
  price: (world, id) => {
    const found = world.state.prices.find((one) => one.id === id);
    return found && priceJson(found);
  },
  prod: (world, id) => {
    const found = world.state.products.find((one) => one.id === id);
    return found && productJson(found);
  },
  cs_test: (world, id) => {
    const found = world.state.sessions.find((one) => one.id === id);
    return found && sessionJson(world, found);
  },
};

export const BILLING_EXPANDABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'checkout.session': {
    customer: 'customer',
    payment_intent: 'payment_intent',
    setup_intent: 'setup_intent',
    subscription: 'subscription',
    invoice: 'invoice',
    line_items: 'session_lines',
  },
  session_lines: { 'data.price.product': 'product' },
  subscription: {
    customer: 'customer',
    default_payment_method: 'payment_method',
    latest_invoice: 'invoice',
    'items.data.price.product': 'product',
  },
  invoice: {
    customer: 'customer',
    payments: 'payments',
    'parent.subscription_details.subscription': 'subscription',
    'lines.data.pricing.price_details.price': 'price',
    confirmation_secret: 'secret',
  },
  payments: { 'data.payment.payment_intent': 'payment_intent' },
  price: { product: 'product' },
  product: { default_price: 'price' },
};

/** What an object leaves out unless it is asked for; undefined where it has nothing of that name. */
export function includable(world: World, whole: JsonObject, name: string): JsonObject | undefined {
  if (whole.object === 'checkout.session' && name === 'line_items') {
    const session = world.state.sessions.find((one) => one.id === whole.id);
    const data = session?.lines.map((line) => lineItemJson(world, line)) ?? [];
    return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${session?.id}/line_items` };
  }
  if (whole.object !== 'invoice') return undefined;
  const invoice = world.state.invoices.find((one) => one.id === whole.id);
  if (invoice !== undefined && name === 'payments') return paymentsJson(invoice);
  if (name !== 'confirmation_secret') return undefined;
  const intent = world.state.intents.find((one) => one.id === invoice?.payment?.intent);
  return intent && { client_secret: intent.clientSecret, type: 'payment_intent' };
}
