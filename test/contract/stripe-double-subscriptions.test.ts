/** Subscriptions of the double: how they begin, their trials, their end, and how they are found. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  billingBench,
  DAY,
  double,
  HOUR,
  invoicesOf,
  pass,
  periodOf,
  START,
  seconds,
  seen,
  stripe,
  subscribed,
  typesSince,
  until,
} from '../stripe/billing-bench.js';

billingBench(START);

describe('a subscription that begins', () => {
  it('is paid by the customer’s card, and its invoice says for what', async () => {
    const one = await subscribed({ metadata: { account: 'studio-1' }, expand: ['latest_invoice.payments'] });
    expect(one.status).toBe('active');
    expect(periodOf(one)).toEqual(['2026-01-31T10:00', '2026-02-28T10:00']);
    const invoice = one.latest_invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_create',
      amount_paid: 2_000,
      number: expect.stringMatching(/-0001$/),
      parent: { subscription_details: { subscription: one.id, metadata: { account: 'studio-1' } } },
      lines: { data: [{ amount: 2_000, period: { start: START, end: seconds('2026-02-28T10:00Z') } }] },
    });
    const intent = invoice.payments?.data[0]?.payment.payment_intent;
    expect(await stripe.paymentIntents.retrieve(String(intent))).toMatchObject({ status: 'succeeded', metadata: {} });
    const told = await typesSince(0);
    expect(told).toEqual(
      expect.arrayContaining([
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
        'invoice.payment_succeeded',
        'customer.subscription.updated',
      ]),
    );
    expect(await (await fetch(invoice.hosted_invoice_url ?? '')).text()).toContain('$20.00');
  });

  it('is incomplete while its first payment fails, active once that is paid, and lapses after 23 hours', async () => {
    const one = await subscribed({}, 'pm_card_chargeCustomerFail');
    expect(one.status).toBe('incomplete');
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: String(one.customer) });
    await stripe.invoices.pay(String(one.latest_invoice), { payment_method: good.id });
    expect((await seen(one.id)).status).toBe('active');
    await expect(stripe.invoices.pay(String(one.latest_invoice))).rejects.toThrow(/already paid/);

    const late = await subscribed({}, 'pm_card_chargeCustomerFail');
    await pass(23 * HOUR);
    expect((await seen(late.id)).status).toBe('incomplete_expired');
    expect((await invoicesOf(late.id)).map((invoice) => invoice.status)).toEqual(['void']);
  });

  it('does not begin at all with error_if_incomplete and a card that is declined', async () => {
    const wish = { payment_behavior: 'error_if_incomplete' } as const;
    await expect(subscribed(wish, 'pm_card_chargeCustomerFail')).rejects.toMatchObject({ code: 'card_declined' });
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([]);
    expect((await subscribed(wish)).status).toBe('active');
  });

  it('waits for a confirmation with default_incomplete, whose secret is in the invoice', async () => {
    const one = await subscribed({
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
    });
    const invoice = one.latest_invoice as Stripe.Invoice;
    expect([one.status, invoice.status, double.control.summary().payments.length]).toEqual(['incomplete', 'open', 0]);
    expect(invoice.confirmation_secret?.client_secret).toMatch(/^pi_\w+_secret_/);
    const intent = String(invoice.payments?.data[0]?.payment.payment_intent);
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    expect((await seen(one.id)).status).toBe('active');
  });

  it('asks for the owner, and becomes active on the page where they approve', async () => {
    const one = await subscribed({ expand: ['latest_invoice.payments'] }, 'pm_card_authenticationRequired');
    expect(one.status).toBe('incomplete');
    const intent = String((one.latest_invoice as Stripe.Invoice).payments?.data[0]?.payment.payment_intent);
    await double.control.completeAuthentication(intent, true);
    expect((await seen(one.id)).status).toBe('active');
    expect(await typesSince(0)).toContain('invoice.payment_action_required');
  });

  it('bills a part of a month up to a future anchor', async () => {
    const one = await subscribed({ billing_cycle_anchor: seconds('2026-02-14T10:00Z') });
    expect(periodOf(one)).toEqual(['2026-01-31T10:00', '2026-02-14T10:00']);
    expect((await invoicesOf(one.id))[0]?.amount_due).toBe(Math.round((2_000 * 14) / 31));
  });
});

describe('trials', () => {
  it('cost nothing, are announced three days before their end, and then become the first period', async () => {
    const one = await subscribed({ trial_period_days: 14 });
    expect(one).toMatchObject({
      status: 'trialing',
      trial_end: START + 14 * DAY,
      billing_cycle_anchor: START + 14 * DAY,
    });
    expect((await invoicesOf(one.id))[0]).toMatchObject({ status: 'paid', amount_due: 0 });
    await pass(11 * DAY - 1);
    expect(await typesSince(0)).not.toContain('customer.subscription.trial_will_end');
    await pass(1);
    expect(await typesSince(0)).toContain('customer.subscription.trial_will_end');
    await pass(3 * DAY);
    expect((await seen(one.id)).status).toBe('active');
    expect(periodOf(await seen(one.id))).toEqual(['2026-02-14T10:00', '2026-03-14T10:00']);
    await pass(HOUR);
    expect(double.control.summary().totals).toEqual({ usd: 2_000 });
    expect((await typesSince(0)).filter((type) => type === 'customer.subscription.trial_will_end')).toHaveLength(1);
  });

  it.each([
    ['cancel', 'canceled'],
    ['pause', 'paused'],
    ['create_invoice', 'past_due'],
  ] as const)('without a card end by %s as %s', async (missing_payment_method, status) => {
    const one = await subscribed(
      { trial_period_days: 7, trial_settings: { end_behavior: { missing_payment_method } } },
      null,
    );
    await pass(7 * DAY + HOUR);
    expect((await seen(one.id)).status).toBe(status);
    expect(double.control.summary().payments).toEqual([]);
  });

  it('that were paused are taken up again with a card, from that moment on', async () => {
    const end_behavior = { missing_payment_method: 'pause' } as const;
    const one = await subscribed({ trial_period_days: 7, trial_settings: { end_behavior } }, null);
    await pass(20 * DAY);
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: String(one.customer) });
    await stripe.subscriptions.update(one.id, { default_payment_method: card.id });
    const resumed = await stripe.subscriptions.resume(one.id, { billing_cycle_anchor: { type: 'now' } });
    expect([resumed.status, periodOf(resumed)[0]]).toEqual(['active', '2026-02-20T10:00']);
    expect(await typesSince(0)).toEqual(
      expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']),
    );
    expect(double.control.summary().totals).toEqual({ usd: 2_000 });
    await expect(stripe.subscriptions.resume(one.id)).rejects.toThrow(/Only a paused/);
  });

  it('end at once where that is asked for, and can be made longer', async () => {
    const one = await subscribed({ trial_period_days: 14 });
    const longer = await stripe.subscriptions.update(one.id, { trial_end: START + 20 * DAY });
    expect(longer).toMatchObject({ status: 'trialing', trial_end: START + 20 * DAY });
    const ended = await stripe.subscriptions.update(one.id, { trial_end: 'now' });
    expect([ended.status, ended.billing_cycle_anchor]).toEqual(['active', START]);
    expect(double.control.summary().totals).toEqual({ usd: 2_000 });
  });
});

describe('the end', () => {
  it('comes at the end of the period where that was asked for, and can be taken back before', async () => {
    const one = await subscribed();
    const ends = await stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
    expect(ends).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: seconds('2026-02-28T10:00Z'),
    });
    await stripe.subscriptions.update(one.id, { cancel_at_period_end: false });
    await until('2026-03-01T00:00:00Z');
    expect((await seen(one.id)).status).toBe('active');
    await stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
    await until('2026-04-01T00:00:00Z');
    expect(await seen(one.id)).toMatchObject({ status: 'canceled', ended_at: seconds('2026-03-31T10:00Z') });
    expect(double.control.summary().payments).toHaveLength(2);
    expect(await typesSince(0)).toContain('customer.subscription.deleted');
  });

  it('comes at once, with credit for the rest only where that was asked for', async () => {
    const plain = await subscribed();
    expect(await stripe.subscriptions.cancel(plain.id)).toMatchObject({ status: 'canceled', ended_at: START });
    expect(await invoicesOf(plain.id)).toHaveLength(1);
    await expect(stripe.subscriptions.cancel(plain.id)).rejects.toThrow(/No such subscription/);

    const one = await subscribed();
    await pass(14 * DAY);
    await stripe.subscriptions.cancel(one.id, {
      prorate: true,
      invoice_now: true,
      cancellation_details: { comment: 'too many clouds', feedback: 'other' },
    });
    expect((await invoicesOf(one.id))[1]?.total).toBe(-1_000);
    expect((await stripe.customers.retrieve(String(one.customer))) as Stripe.Customer).toMatchObject({
      balance: -1_000,
    });
    expect((await seen(one.id)).cancellation_details).toMatchObject({ comment: 'too many clouds', feedback: 'other' });
  });
});

it('a card that is removed pays no renewal, and a customer who is deleted has none', async () => {
  const one = await subscribed({}, null);
  const other = await subscribed();
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: String(one.customer) });
  await stripe.subscriptions.update(one.id, { default_payment_method: card.id });
  await stripe.paymentMethods.detach(card.id);
  expect((await seen(one.id)).default_payment_method).toBeNull();
  await stripe.customers.del(String(other.customer));
  expect((await seen(other.id)).status).toBe('canceled');
  await pass(60 * DAY);
  expect(double.control.summary().payments).toHaveLength(1);
});

it('subscriptions and invoices are found again by customer, price, status and period of creation', async () => {
  const one = await subscribed();
  const other = await subscribed({ trial_period_days: 3 });
  const ids = async (params: Stripe.SubscriptionListParams) =>
    (await stripe.subscriptions.list(params)).data.map((each) => each.id);
  expect(await ids({ customer: String(one.customer) })).toEqual([one.id]);
  expect(await ids({ price: other.items.data[0]?.price.id ?? '' })).toEqual([other.id]);
  expect(await ids({ status: 'trialing' })).toEqual([other.id]);
  expect(await ids({ created: { gt: START } })).toEqual([]);
  await stripe.subscriptions.cancel(one.id);
  expect(await ids({})).toEqual([other.id]);
  expect((await ids({ status: 'all' })).length).toBe(2);
  expect((await stripe.invoices.list({ customer: String(one.customer), status: 'paid' })).data).toHaveLength(1);
});
