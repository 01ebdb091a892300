/** A Checkout session as Stripe writes it. Its intent, subscription and customer appear when somebody has used the page. */

import type { SessionLine, StoredSession } from './billing-state.js';
import { priceJson, priceOf, productOf } from './catalog-json.js';
import type { JsonObject } from './problem.js';
import type { World } from './world.js';

const amountOf = (world: World, line: SessionLine): number => priceOf(world, line.price).unitAmount * line.quantity;

/** Everything that is bought, in minor units. */
export const sessionTotal = (world: World, one: StoredSession): number =>
  one.lines.reduce((sum, line) => sum + amountOf(world, line), 0);

export const hasTrial = (one: StoredSession): boolean => one.plan.trialDays !== null || one.plan.trialEnd !== null;

/** What is paid on the page: nothing where a trial begins. */
export const dueToday = (world: World, one: StoredSession): number => (hasTrial(one) ? 0 : sessionTotal(world, one));

export const pageOf = (world: World, one: StoredSession): string => `${world.baseUrl()}/c/pay/${one.id}`;

export function lineItemJson(world: World, line: SessionLine): JsonObject {
  const price = priceOf(world, line.price);
  const amount = amountOf(world, line);
  return {
    id: line.id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: productOf(world, price.product).name,
    metadata: null,
    price: priceJson(price),
    quantity: line.quantity,
  };
}

function customerDetails(world: World, one: StoredSession): JsonObject | null {
  const customer = world.state.customers.find((each) => each.id === one.customer);
  const email = customer?.email ?? one.email ?? one.customerEmail;
  if (one.status === 'open' && customer === undefined) return null;
  return {
    address: null,
    business_name: null,
    email: email ?? null,
    individual_name: null,
    name: customer?.name ?? null,
    phone: null,
    tax_exempt: one.mode === 'setup' ? null : 'none',
    tax_ids: one.mode === 'setup' ? null : [],
  };
}

export function sessionJson(world: World, one: StoredSession): JsonObject {
  const total = one.mode === 'setup' ? null : dueToday(world, one);
  return {
    id: one.id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: one.allowedTypes === null ? null : [...one.allowedTypes],
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: one.cancelUrl,
    client_reference_id: one.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: one.created,
    currency: one.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: one.customer,
    customer_account: null,
    customer_creation: one.customerCreation,
    customer_details: customerDetails(world, one),
    customer_email: one.customerEmail,
    discounts: one.mode === 'setup' ? null : [],
    expires_at: one.expiresAt,
    integration_identifier: null,
    invoice: one.invoice,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: one.metadata,
    mode: one.mode,
    origin_context: null,
    payment_intent: one.paymentIntent,
    payment_link: null,
    payment_method_collection: one.collection,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: one.paymentStatus,
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: one.setupIntent,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: one.status,
    submit_type: null,
    subscription: one.subscription,
    success_url: one.successUrl,
    total_details: one.mode === 'setup' ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: one.status === 'open' ? pageOf(world, one) : null,
    wallet_options: null,
  };
}
