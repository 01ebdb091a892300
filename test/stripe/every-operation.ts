/** Asks every operation that moves cards and money around a payment, through the SDK, so that each is held to the description. */
import type Stripe from 'stripe';
import type { StripeDouble } from '../../src/dev/stripe-double/server.js';

const OWN = {
  currency: 'usd',
  allowed_payment_method_types: ['card'],
} satisfies Partial<Stripe.PaymentIntentCreateParams>;
const BACK = 'https://example.com/back';

export async function paidIntent(
  stripe: Stripe,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
  card = 'pm_card_visa',
): Promise<Stripe.PaymentIntent> {
  const made = await stripe.paymentIntents.create({ amount: 2_000, ...OWN, ...more });
  return stripe.paymentIntents.confirm(made.id, { payment_method: card, off_session: true, expand: ['latest_charge'] });
}

export async function everyCard(stripe: Stripe, double: StripeDouble): Promise<void> {
  const customer = (await stripe.customers.create({ email: 'a@example.com' })).id;
  const made = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '5555555555554444', exp_month: 3, exp_year: 2044, cvc: '123' },
    billing_details: { name: 'Ada', address: { country: 'GB' } },
  });
  await stripe.paymentMethods.attach(made.id, { customer });
  await stripe.paymentMethods.update(made.id, {
    card: { exp_year: 2043 },
    billing_details: { email: 'b@example.com' },
  });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: made.id } });
  await stripe.customers.retrieve(customer, { expand: ['invoice_settings.default_payment_method'] });
  await stripe.customers.retrievePaymentMethod(customer, made.id);
  await double.control.automaticallyUpdate(made.id, { last4: '1881', expMonth: 4, expYear: 2044 });
  await stripe.paymentMethods.detach(made.id);
  await everySetup(stripe, double, customer);
  await stripe.customers.del(customer);
  await stripe.customers.retrieve(customer);
}

async function everySetup(stripe: Stripe, double: StripeDouble, customer: string): Promise<void> {
  const card = 'pm_card_authenticationRequiredOnSetup';
  const asked = await stripe.setupIntents.create({ customer, payment_method: card, confirm: true, return_url: BACK });
  await double.control.completeAuthentication(asked.id, true);
  await stripe.setupIntents.retrieve(asked.id, { expand: ['payment_method'] });
  const refused = await stripe.setupIntents.create({ customer, payment_method: card });
  await stripe.setupIntents.confirm(refused.id, {});
  await double.control.completeAuthentication(refused.id, false);
  await stripe.setupIntents.confirm(refused.id, { payment_method: 'pm_card_visa_chargeDeclined' }).catch(() => {});
  await stripe.setupIntents.update(refused.id, { metadata: { a: '1' } });
  await stripe.setupIntents.cancel(refused.id, { cancellation_reason: 'abandoned' });
  await stripe.setupIntents.list({ customer, created: { gte: 1 } });
}

export async function everyPayment(stripe: Stripe, double: StripeDouble): Promise<void> {
  const changed = await stripe.paymentIntents.create({ amount: 700, ...OWN });
  await stripe.paymentIntents.update(changed.id, { amount: 800, metadata: { order: 'a' }, description: 'Credits' });
  await stripe.paymentIntents.confirm(changed.id, {
    payment_method: 'pm_card_authenticationRequired',
    return_url: BACK,
  });
  await double.control.completeAuthentication(changed.id, false);
  await stripe.paymentIntents.confirm(changed.id, {
    payment_method: 'pm_card_authenticationRequired',
    return_url: BACK,
  });
  await double.control.completeAuthentication(changed.id, true);
  await stripe.paymentIntents.search({
    query: `metadata['order']:'a' AND status:'succeeded'`,
    expand: ['data.customer'],
  });
  await stripe.paymentIntents.list({ created: { gte: 1, lt: 4_000_000_000 } });
  double.control.fail({ kind: 'processing' });
  const slow = await paidIntent(stripe);
  await double.control.finishProcessing(slow.id, 'failed');
  const charge = (await stripe.charges.list({ limit: 1, created: { gt: 1 } })).data[0]?.id ?? '';
  await stripe.charges.update(charge, { metadata: { seen: 'yes' } });
}

export async function everyReturn(stripe: Stripe, double: StripeDouble): Promise<void> {
  const paid = await paidIntent(stripe);
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500, reason: 'requested_by_customer' });
  await stripe.refunds.retrieve(refund.id, { expand: ['charge', 'payment_intent'] });
  await stripe.refunds.update(refund.id, { metadata: { a: '1' } });
  await double.control.failRefund(refund.id);
  await stripe.refunds.list({ payment_intent: paid.id, created: { gte: 1 } });
  const inquiry = await double.control.dispute(paid.id, { inquiry: true });
  await double.control.escalateDispute(inquiry);
  await stripe.disputes.update(inquiry, { evidence: { product_description: 'Credits' } });
  await double.control.closeDispute(inquiry, 'won');
  const lost = await double.control.dispute((await paidIntent(stripe)).id);
  await stripe.disputes.retrieve(lost, { expand: ['charge'] });
  await stripe.disputes.close(lost);
  await stripe.disputes.list({ payment_intent: paid.id, created: { gte: 1 } });
  await paidIntent(stripe, {}, 'pm_card_createIssuerFraudRecord');
}

export async function everyEndpoint(stripe: Stripe): Promise<void> {
  const made = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/hook',
    enabled_events: ['charge.refunded'],
  });
  await stripe.webhookEndpoints.update(made.id, { enabled_events: ['*'], disabled: true, metadata: { a: '1' } });
  await stripe.webhookEndpoints.retrieve(made.id);
  await stripe.webhookEndpoints.list({ limit: 3 });
  await stripe.webhookEndpoints.del(made.id);
  const events = await stripe.events.list({ types: ['charge.refunded', 'charge.succeeded'], created: { gte: 1 } });
  await stripe.events.retrieve(events.data[0]?.id ?? '');
}
