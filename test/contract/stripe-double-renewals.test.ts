/** Renewals of the double by its own clock: in order, paid or declined, tried again, over restarts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { startStripeDouble } from '../../src/dev/stripe-double/server.js';
import {
  allEvents,
  billingBench,
  DAY,
  double,
  HOUR,
  invoicesOf,
  makeCustomer,
  makePrice,
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
import { sdk } from '../stripe/double-client.js';

billingBench(START);

describe('renewals', () => {
  it('come one by one, each a draft for an hour and then paid, and keep to the anchor', async () => {
    const one = await subscribed();
    await until('2026-02-28T10:00:00Z');
    expect(periodOf(await seen(one.id))).toEqual(['2026-02-28T10:00', '2026-03-31T10:00']);
    expect((await invoicesOf(one.id)).map((invoice) => invoice.status)).toEqual(['paid', 'draft']);
    const before = (await allEvents()).length;
    await pass(HOUR);
    expect((await invoicesOf(one.id)).map((invoice) => invoice.status)).toEqual(['paid', 'paid']);
    expect(await typesSince(before)).toEqual(
      expect.arrayContaining(['invoice.finalized', 'payment_intent.succeeded', 'invoice.paid']),
    );
    await until('2026-06-01T00:00:00Z');
    const invoices = await invoicesOf(one.id);
    expect(invoices.map((invoice) => new Date(invoice.created * 1_000).toISOString().slice(0, 16))).toEqual([
      '2026-01-31T10:00',
      '2026-02-28T10:00',
      '2026-03-31T10:00',
      '2026-04-30T10:00',
      '2026-05-31T10:00',
    ]);
    expect(invoices.every((invoice) => invoice.status === 'paid')).toBe(true);
    expect(double.control.summary().payments).toHaveLength(5);
  });

  it('say in their event what was before', async () => {
    const one = await subscribed();
    const before = (await allEvents()).length;
    await until('2026-02-28T10:00:00Z');
    const updated = (await allEvents()).slice(before).find((event) => event.type === 'customer.subscription.updated');
    const previous = updated?.data.previous_attributes as Partial<Stripe.Subscription> | undefined;
    expect(updated?.created).toBe(seconds('2026-02-28T10:00Z'));
    expect(previous?.items?.data[0]?.current_period_end).toBe(seconds('2026-02-28T10:00Z'));
    expect(previous?.latest_invoice).toBe(one.latest_invoice);
  });

  it('that fail are tried again by plan, and paid by a new card', async () => {
    const one = await subscribed();
    await double.control.failRenewals(one.id, 'insufficient_funds');
    await until('2026-02-28T11:00:00Z');
    expect((await seen(one.id)).status).toBe('past_due');
    const failed = (await invoicesOf(one.id))[1];
    expect(failed).toMatchObject({ status: 'open', attempt_count: 1, amount_remaining: 2_000 });
    expect(failed?.next_payment_attempt).toBe(seconds('2026-02-28T11:00Z') + 3 * DAY);
    await pass(3 * DAY);
    expect((await stripe.invoices.retrieve(failed?.id ?? '')).attempt_count).toBe(2);
    await double.control.failRenewals(one.id, null);
    await pass(5 * DAY);
    expect((await seen(one.id)).status).toBe('active');
    expect((await typesSince(0)).filter((type) => type === 'invoice.payment_failed')).toHaveLength(2);
    expect(double.control.faults()).toEqual([]);
  });

  it.each([
    ['cancel', 'canceled'],
    ['unpaid', 'unpaid'],
    ['past_due', 'past_due'],
  ] as const)('that fail to the end lead to %s', async (afterLastRetry, status) => {
    await double.control.billing({ afterLastRetry, retrySeconds: [DAY, DAY] });
    const one = await subscribed();
    await double.control.failRenewals(String(one.customer), 'expired_card');
    await until('2026-02-28T11:00:00Z');
    await pass(2 * DAY);
    const ended = await seen(one.id);
    expect(ended.status).toBe(status);
    expect(ended.cancellation_details?.reason).toBe(status === 'canceled' ? 'payment_failed' : null);
    await pass(60 * DAY);
    const charged = double.control.summary();
    expect(charged.payments).toHaveLength(1);
  });

  it('can be paid on the invoice’s own page', async () => {
    const one = await subscribed();
    await double.control.failRenewals(one.id, 'generic_decline');
    await until('2026-02-28T12:00:00Z');
    const page = (await invoicesOf(one.id))[1]?.hosted_invoice_url ?? '';
    const press = async (card: string) =>
      (await fetch(page, { method: 'POST', body: new URLSearchParams({ card }) })).text();
    expect(await press('pm_card_chargeDeclinedExpiredCard')).toContain('expired');
    expect(await press('pm_card_visa')).toContain('Paid');
    expect((await seen(one.id)).status).toBe('active');
  });

  it.each([
    ['void', 'void'],
    ['mark_uncollectible', 'uncollectible'],
    ['keep_as_draft', 'draft'],
  ] as const)('that are not collected (%s) leave an invoice that is %s', async (behavior, status) => {
    const one = await subscribed();
    await stripe.subscriptions.update(one.id, {
      pause_collection: { behavior, resumes_at: seconds('2026-03-15T00:00Z') },
    });
    await until('2026-03-01T00:00:00Z');
    expect((await invoicesOf(one.id))[1]?.status).toBe(status);
    expect((await seen(one.id)).status).toBe('active');
    await until('2026-04-01T00:00:00Z');
    expect((await seen(one.id)).pause_collection).toBeNull();
    expect((await invoicesOf(one.id))[2]?.status).toBe('paid');
  });
});

it('a restart forgets no subscription, and what fell due meanwhile happens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-double-'));
  const stateFile = join(folder, 'state.json');
  const later = START + 29 * DAY;
  const first = await startStripeDouble({ stateFile, now: () => START * 1_000 });
  const before = sdk(first);
  const { id: owner } = await before.customers.create({});
  const method = await before.paymentMethods.attach('pm_card_visa', { customer: owner });
  const seeded = await first.control.seedPrice({
    id: 'price_pro',
    productName: 'Pro',
    currency: 'usd',
    unitAmount: 2_000,
    recurring: { interval: 'month', count: 1 },
  });
  const items = [{ price: String(seeded.id) }];
  const { id } = await before.subscriptions.create({ customer: owner, items, default_payment_method: method.id });
  await first.stop();
  const second = await startStripeDouble({ stateFile, now: () => later * 1_000 });
  expect(await second.control.tick()).toBe(2);
  expect(await second.control.tick()).toBe(0);
  const after = await sdk(second).subscriptions.retrieve(id, { expand: ['latest_invoice'] });
  expect(after.latest_invoice).toMatchObject({ status: 'paid', created: seconds('2026-02-28T10:00Z') });
  await second.stop();
  await rm(folder, { recursive: true });
});

it('several subscriptions move in the order of their instants, whoever is asked first', async () => {
  const daily = await stripe.subscriptions.create({
    customer: await makeCustomer(),
    items: [{ price: await makePrice(100, 'day') }],
  });
  const monthly = await subscribed();
  const before = (await allEvents()).length;
  await pass(40 * DAY);
  const events = (await allEvents()).slice(before);
  const instants = events.map((event) => event.created);
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  expect((await stripe.invoices.list({ subscription: daily.id, limit: 100 })).data).toHaveLength(41);
  expect(await invoicesOf(monthly.id)).toHaveLength(2);
});

it('an invoice is finalized and voided by hand', async () => {
  const one = await subscribed();
  await until('2026-02-28T10:30:00Z');
  const draft = (await invoicesOf(one.id))[1]?.id ?? '';
  expect((await stripe.invoices.finalizeInvoice(draft)).status).toBe('open');
  expect((await stripe.invoices.voidInvoice(draft)).status).toBe('void');
  await expect(stripe.invoices.pay(draft)).rejects.toThrow(/void/);
});
