/** Payments through the double's Checkout: paid, declined, authenticated, left under way, expired. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  back,
  billingBench,
  double,
  look,
  makeCustomer,
  press,
  SHOP,
  stripe,
  typesSince,
} from '../stripe/billing-bench.js';
import { ask } from '../stripe/double-client.js';

billingBench();

const pack = {
  price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: '<b>500</b> credits' } },
  quantity: 1,
};

const payment = async (more: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.create({ mode: 'payment', line_items: [pack], ...back, ...more });

describe('a session that is paid', () => {
  it('has no intent before anybody pays, and then one with the metadata that was asked for', async () => {
    const customer = await makeCustomer(null);
    const made = await payment({
      customer,
      payment_intent_data: { metadata: { charge: 'c-1' } },
      metadata: { a: '1' },
    });
    expect(made).toMatchObject({ status: 'open', payment_status: 'unpaid', payment_intent: null, amount_total: 2_000 });
    const paid = await press(made.url ?? '', { card: 'pm_card_visa' });
    expect(paid.next).toBe(`${SHOP}/done?session=${made.id}`);
    const seen = await stripe.checkout.sessions.retrieve(made.id, { expand: ['payment_intent', 'line_items'] });
    expect(seen).toMatchObject({ status: 'complete', payment_status: 'paid', url: null, metadata: { a: '1' } });
    expect(seen.payment_intent).toMatchObject({
      status: 'succeeded',
      amount: 2_000,
      customer,
      metadata: { charge: 'c-1' },
    });
    expect(seen.line_items?.data[0]).toMatchObject({ amount_total: 2_000, quantity: 1 });
    expect(double.control.summary().totals).toEqual({ usd: 2_000 });
    const told = await typesSince(0);
    expect(told.indexOf('payment_intent.succeeded')).toBeLessThan(told.indexOf('checkout.session.completed'));
    expect(told).toContain('checkout.session.completed');
  });

  it('pays once, however often its button is pressed', async () => {
    const made = await payment();
    await press(made.url ?? '', { card: 'pm_card_visa', email: 'a@example.com' });
    const again = await press(made.url ?? '', { card: 'pm_card_visa', email: 'a@example.com' });
    expect(again.html).toContain('completed');
    expect(double.control.summary().payments).toHaveLength(1);
  });

  it('shows a decline and takes another card, on the same intent', async () => {
    const made = await payment();
    const html = await look(made.url ?? '');
    expect(html).toContain('Stripe double');
    expect(html).toContain('&#60;b&#62;500');
    expect(html).not.toContain('<b>500');
    const card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    const declined = await press(made.url ?? '', { card, email: 'a@example.com' });
    expect(declined.next).toBeNull();
    expect(declined.html).toContain('insufficient funds');
    const open = await stripe.checkout.sessions.retrieve(made.id);
    expect(open).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    expect((await press(made.url ?? '', { card: 'pm_card_mastercard', email: 'a@example.com' })).next).toContain(
      '/done',
    );
    const paid = await stripe.checkout.sessions.retrieve(made.id);
    expect(paid.payment_intent).toBe(open.payment_intent);
    expect(double.control.summary()).toMatchObject({ declined: 1, intents: 1, totals: { usd: 2_000 } });
  });

  it('sends the owner to their bank, and completes only once they have approved', async () => {
    const made = await payment({ customer: await makeCustomer(null) });
    const card = 'pm_card_authenticationRequired';
    const first = await press(made.url ?? '', { card });
    const bank = `${double.url}${first.next}`;
    expect(await look(bank)).toContain('Is it you?');
    expect((await press(bank, { answer: 'fail' })).next).toBe(made.url);
    expect(await look(made.url ?? '')).toContain('unable to authenticate');
    expect(double.control.summary().payments).toEqual([]);
    const second = await press(made.url ?? '', { card });
    expect((await press(`${double.url}${second.next}`, { answer: 'approve' })).next).toContain('/done');
    expect((await stripe.checkout.sessions.retrieve(made.id)).payment_status).toBe('paid');
    expect(await look(`${double.url}${second.next}`)).toContain('Nothing to approve');
  });

  it('keeps the card with the customer only where that was asked for', async () => {
    const customer = await makeCustomer(null);
    await double.control.completeCheckout((await payment({ customer })).id, {});
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
    const keeps = await payment({ customer, payment_intent_data: { setup_future_usage: 'off_session' } });
    await double.control.completeCheckout(keeps.id, {});
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
  });

  it.each(['succeeded', 'failed'] as const)('may stay under way and end later as %s', async (outcome) => {
    const made = await payment();
    await double.control.completeCheckout(made.id, { settlesLater: true });
    const waiting = await stripe.checkout.sessions.retrieve(made.id, { expand: ['payment_intent'] });
    expect(waiting).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'processing' },
    });
    await double.control.settleCheckout(made.id, outcome);
    const ended = await stripe.checkout.sessions.retrieve(made.id);
    expect(ended.payment_status).toBe(outcome === 'succeeded' ? 'paid' : 'unpaid');
    expect(await typesSince(0)).toContain(`checkout.session.async_payment_${outcome}`);
  });

  it('can be completed over HTTP, and a live session only', async () => {
    const made = await payment();
    const send = (body: unknown) =>
      ask(double, `POST /_double/checkout/${made.id}/complete`, JSON.stringify(body), {
        'content-type': 'application/json',
      });
    expect((await send({ card: 'pm_card_visa_chargeDeclined' })).body.kind).toBe('declined');
    expect((await send({ card: 'pm_card_visa' })).body).toEqual({ kind: 'completed' });
    expect((await send({ card: 'pm_card_visa' })).status).toBe(400);
    expect((await send({ colour: 'red' })).status).toBe(400);
  });
});

describe('a session that nobody completes', () => {
  it('keeps its intent to itself: it ends by expiring the session only', async () => {
    const made = await payment({ customer: await makeCustomer(null) });
    await double.control.completeCheckout(made.id, { card: 'pm_card_visa_chargeDeclined' });
    const intent = String((await stripe.checkout.sessions.retrieve(made.id)).payment_intent);
    await expect(stripe.paymentIntents.cancel(intent)).rejects.toThrow(/expire the Checkout Session/);
    const card = { payment_method: 'pm_card_visa' };
    await expect(stripe.paymentIntents.confirm(intent, card)).rejects.toThrow(/created by a Checkout Session/);
    await stripe.checkout.sessions.expire(made.id);
    expect((await stripe.paymentIntents.retrieve(intent)).status).toBe('canceled');
    expect(double.control.summary().payments).toEqual([]);
  });

  it("expires by the double's clock, tells so, and never pays afterwards", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const made = await payment({ expires_at: now + 1_800 });
    await press(made.url ?? '', { card: 'pm_card_visa_chargeDeclined', email: 'a@example.com' });
    await double.control.advance(29 * 60_000);
    expect((await stripe.checkout.sessions.retrieve(made.id)).status).toBe('open');
    await double.control.advance(2 * 60_000);
    const seen = await stripe.checkout.sessions.retrieve(made.id, { expand: ['payment_intent'] });
    expect(seen).toMatchObject({ status: 'expired', url: null, payment_intent: { status: 'canceled' } });
    expect((await typesSince(0)).filter((type) => type === 'checkout.session.expired')).toHaveLength(1);
    expect((await press(made.url ?? '', { card: 'pm_card_visa' })).html).toContain('expired');
    expect(double.control.summary().payments).toEqual([]);
  });

  it('can be expired at once, and only while it is open', async () => {
    const made = await payment();
    expect((await stripe.checkout.sessions.expire(made.id)).status).toBe('expired');
    await expect(stripe.checkout.sessions.expire(made.id)).rejects.toThrow(/only a session that is open/i);
  });

  it.each([
    ['sooner than 30 minutes', 600],
    ['later than a day', 90_000],
  ])('cannot be made to expire %s', async (_title, seconds) => {
    await expect(payment({ expires_at: Math.floor(Date.now() / 1_000) + seconds })).rejects.toThrow(/expires_at/);
  });

  it('leads back to where it came from', async () => {
    const made = await payment();
    expect(await look(made.url ?? '')).toContain(`href="${SHOP}/pricing?left=${made.id}"`);
  });
});

describe('what is refused', () => {
  it.each([
    ['an unknown price', { line_items: [{ price: 'price_unknown', quantity: 1 }] }, /No such price/],
    ['no line', { line_items: [] }, /line_items/],
    ['an address that is none', { success_url: 'shop' }, /Not a valid URL/],
    ['what belongs to another mode', { subscription_data: { trial_period_days: 3 } }, /payment mode/],
    ['payment_method_types', { payment_method_types: ['card'] }, /no longer supported/],
  ])('%s', async (_title, more, message) => {
    await expect(payment(more as Partial<Stripe.Checkout.SessionCreateParams>)).rejects.toThrow(message);
    expect((await stripe.checkout.sessions.list()).data).toEqual([]);
  });
});
