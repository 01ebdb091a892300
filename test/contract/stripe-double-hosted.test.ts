/** The double's other pages: cards saved and subscriptions begun in Checkout, the portal, the bank's question. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  back,
  billingBench,
  double,
  look,
  makeCustomer,
  makePrice,
  press,
  SHOP,
  stripe,
  typesSince,
} from '../stripe/billing-bench.js';

billingBench();

it('a card is saved without a charge in setup mode, whose intent is there from the beginning', async () => {
  const customer = await makeCustomer(null);
  const made = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer,
    currency: 'usd',
    setup_intent_data: { metadata: { why: 'new card' } },
    ...back,
  });
  expect(made).toMatchObject({ payment_status: 'no_payment_required', amount_total: null });
  expect(await look(made.url ?? '')).toContain('Save card');
  expect((await press(made.url ?? '', { card: 'pm_card_visa_chargeDeclinedLostCard' })).html).toContain('declined');
  await press(made.url ?? '', { card: 'pm_card_visa' });
  const seen = await stripe.checkout.sessions.retrieve(made.id, { expand: ['setup_intent.payment_method'] });
  expect(seen.setup_intent).toMatchObject({
    id: made.setup_intent,
    status: 'succeeded',
    metadata: { why: 'new card' },
    payment_method: { customer, card: { last4: '4242' } },
  });
  expect(double.control.summary()).toMatchObject({ payments: [], intents: 0 });
});

describe('a subscription that is begun on the page', () => {
  it('is paid at once, belongs to a customer who is made, and keeps the card', async () => {
    const price = await makePrice(2_000);
    const made = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price, quantity: 1 }],
      client_reference_id: 'studio-1',
      subscription_data: { metadata: { account: 'studio-1' } },
      ...back,
    });
    expect(await look(made.url ?? '')).toContain('$20.00 / month');
    await press(made.url ?? '', { card: 'pm_card_visa_chargeDeclined', email: 'new@example.com' });
    expect((await stripe.subscriptions.list()).data).toEqual([]);
    await press(made.url ?? '', { card: 'pm_card_visa', email: 'new@example.com' });
    const seen = await stripe.checkout.sessions.retrieve(made.id, { expand: ['subscription', 'customer', 'invoice'] });
    expect(seen).toMatchObject({
      client_reference_id: 'studio-1',
      payment_status: 'paid',
      payment_intent: null,
      customer: { email: 'new@example.com' },
      subscription: { status: 'active', metadata: { account: 'studio-1' } },
      invoice: { status: 'paid', amount_paid: 2_000, billing_reason: 'subscription_create' },
    });
    const subscription = seen.subscription as Stripe.Subscription;
    expect(subscription.default_payment_method).toMatch(/^pm_/);
    expect(await typesSince(0)).toEqual(
      expect.arrayContaining(['customer.subscription.created', 'invoice.paid', 'checkout.session.completed']),
    );
    expect(double.control.summary().totals).toEqual({ usd: 2_000 });
  });

  it('is a trial with a card and without a charge', async () => {
    const made = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: await makeCustomer(null),
      line_items: [{ price: await makePrice(2_000), quantity: 1 }],
      subscription_data: { trial_period_days: 7, metadata: { account: 'a' } },
      ...back,
    });
    const html = await look(made.url ?? '');
    expect(html).toContain('Start trial');
    expect(html).toContain('$0.00');
    await press(made.url ?? '', { card: 'pm_card_visa' });
    const seen = await stripe.checkout.sessions.retrieve(made.id, { expand: ['subscription'] });
    expect(seen).toMatchObject({ payment_status: 'no_payment_required', subscription: { status: 'trialing' } });
    expect((seen.subscription as Stripe.Subscription).default_payment_method).toMatch(/^pm_/);
    expect(double.control.summary().payments).toEqual([]);
  });

  it('may be a trial without a card, which ends as was asked for', async () => {
    const made = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: await makePrice(2_000), quantity: 1 }],
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
      ...back,
    });
    expect(await look(made.url ?? '')).toContain('No card is needed');
    await press(made.url ?? '', { email: 'a@example.com' });
    await double.control.advance(8 * 86_400_000);
    const [ended] = (await stripe.subscriptions.list({ status: 'canceled' })).data;
    expect(ended).toMatchObject({ default_payment_method: null, ended_at: ended?.trial_end });
  });
});

describe('the portal', () => {
  async function portal(): Promise<{ url: string; customer: string; subscription: string }> {
    const customer = await makeCustomer(null);
    const made = await stripe.billingPortal.sessions.create({ customer, return_url: `${SHOP}/billing` });
    await press(made.url, { do: 'add', card: 'pm_card_visa' });
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await makePrice(2_000) }] });
    return { url: made.url, customer, subscription: subscription.id };
  }

  it('shows cards, subscription and invoices, and leads back', async () => {
    const { url } = await portal();
    const html = await look(url);
    expect(html).toContain('Visa •••• 4242');
    expect(html).toContain('$20.00 / month');
    expect(html).toContain(`href="${SHOP}/billing"`);
    const invoice = /href="(\/i\/in_\w+)"/.exec(html)?.[1];
    expect(await look(`${double.url}${invoice}`)).toContain('Paid');
  });

  it('adds cards, makes one the default and removes one, and tells of each', async () => {
    const { url, customer } = await portal();
    await press(url, { do: 'add', card: 'pm_card_mastercard' });
    expect((await press(url, { do: 'add', card: 'pm_card_visa_chargeDeclined' })).html).toContain('declined');
    const cards = (await stripe.customers.listPaymentMethods(customer)).data;
    const brand = (one: string) => cards.find((card) => card.card?.brand === one)?.id ?? '';
    expect(cards).toHaveLength(2);
    await press(url, { do: 'default', method: brand('mastercard') });
    await press(url, { do: 'remove', method: brand('visa') });
    const after = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
    expect(after.invoice_settings.default_payment_method).toBe(brand('mastercard'));
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
    expect(await typesSince(0)).toEqual(
      expect.arrayContaining(['payment_method.attached', 'customer.updated', 'payment_method.detached']),
    );
  });

  it('cancels at the end of the period and takes that back', async () => {
    const { url, subscription } = await portal();
    await press(url, { do: 'cancel', subscription });
    const canceled = await stripe.subscriptions.retrieve(subscription);
    expect(canceled).toMatchObject({ status: 'active', cancel_at_period_end: true });
    expect(canceled.cancel_at).toBe(canceled.items.data[0]?.current_period_end);
    await press(url, { do: 'renew', subscription });
    expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({
      cancel_at_period_end: false,
      cancel_at: null,
    });
  });

  it('reaches nothing that is not the customer’s own', async () => {
    const { url } = await portal();
    const other = await portal();
    const [card] = (await stripe.customers.listPaymentMethods(other.customer)).data;
    expect((await press(url, { do: 'remove', method: card?.id ?? '' })).html).toContain('no such card');
    expect((await press(url, { do: 'cancel', subscription: other.subscription })).html).toContain(
      'no such subscription',
    );
    expect((await stripe.subscriptions.retrieve(other.subscription)).cancel_at_period_end).toBe(false);
    expect((await fetch(`${double.url}/p/session/test_guess`)).status).toBe(404);
  });

  it('is made with the default configuration or with one of its own', async () => {
    const customer = await makeCustomer(null);
    const own = await stripe.billingPortal.configurations.create({
      features: { subscription_cancel: { enabled: false }, invoice_history: { enabled: true } },
      default_return_url: `${SHOP}/home`,
    });
    const made = await stripe.billingPortal.sessions.create({ customer, configuration: own.id });
    expect(made.return_url).toBe(`${SHOP}/home`);
    await stripe.billingPortal.sessions.create({ customer });
    const all = (await stripe.billingPortal.configurations.list()).data;
    expect(all.map((one) => one.is_default)).toEqual([true, false]);
    expect((await stripe.billingPortal.configurations.retrieve(own.id)).id).toBe(own.id);
  });
});

it('an intent that is authenticated outside of Checkout leads to its return address', async () => {
  const intent = await stripe.paymentIntents.create({ amount: 2_000, currency: 'usd' });
  await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_authenticationRequired',
    return_url: `${SHOP}/returned?a=1`,
  });
  const { next } = await press(`${double.url}/authenticate/${intent.id}`, { answer: 'approve' });
  const url = new URL(next ?? '');
  expect(`${url.origin}${url.pathname}`).toBe(`${SHOP}/returned`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    a: '1',
    payment_intent: intent.id,
    redirect_status: 'succeeded',
  });
});

it('the first page leads to open sessions and to invoices, with all names escaped', async () => {
  const made = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: await makeCustomer(null),
    currency: 'usd',
    ...back,
  });
  const owner = await makeCustomer();
  await stripe.customers.update(owner, { name: '<i>Ada</i>' });
  const items = [{ price: await makePrice(2_000) }];
  const subscription = await stripe.subscriptions.create({ customer: owner, items });
  const html = await look(double.url);
  expect(html).toContain(`href="${made.url}"`);
  expect(html).toContain(`href="/i/${subscription.latest_invoice}"`);
  expect(html).not.toContain('<i>Ada');
});
