/** Changes of a subscription's price in the double: prorated, invoiced at once or later, previewed. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  billingBench,
  DAY,
  double,
  invoicesOf,
  makePrice,
  pass,
  periodOf,
  START,
  seconds,
  seen,
  stripe,
  subscribed,
  until,
} from '../stripe/billing-bench.js';

billingBench(START);

describe('changes of price', () => {
  /** Half of February's 28 days are left at the change. */
  async function halfWay(more: Stripe.SubscriptionUpdateParams, to = 4_000): Promise<Stripe.Subscription> {
    const one = await subscribed();
    await pass(14 * DAY);
    const id = one.items.data[0]?.id ?? '';
    return stripe.subscriptions.update(one.id, {
      items: [{ id, price: await makePrice(to, 'month', 'Max') }],
      ...more,
    });
  }

  it('are invoiced at once with always_invoice: the rest of the new less the rest of the old', async () => {
    const one = await halfWay({ proration_behavior: 'always_invoice' });
    const invoice = (await invoicesOf(one.id))[1];
    expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update', amount_paid: 1_000 });
    expect(invoice?.lines.data.map((line) => line.amount)).toEqual([-1_000, 2_000]);
    expect(invoice?.lines.data.every((line) => line.parent?.subscription_item_details?.proration)).toBe(true);
    expect(periodOf(one)).toEqual(['2026-01-31T10:00', '2026-02-28T10:00']);
  });

  it('wait for the next invoice with create_prorations', async () => {
    const one = await halfWay({ proration_behavior: 'create_prorations' });
    expect(await invoicesOf(one.id)).toHaveLength(1);
    await until('2026-02-28T12:00:00Z');
    expect((await invoicesOf(one.id))[1]).toMatchObject({ status: 'paid', amount_paid: 5_000 });
  });

  it('cost nothing until the next period with none', async () => {
    const one = await halfWay({ proration_behavior: 'none' }, 1_000);
    await until('2026-02-28T12:00:00Z');
    expect((await invoicesOf(one.id)).map((invoice) => invoice.amount_paid)).toEqual([2_000, 1_000]);
  });

  it('to a lower price become credit, which pays the next invoice', async () => {
    const one = await halfWay({ proration_behavior: 'always_invoice' }, 500);
    expect((await invoicesOf(one.id))[1]).toMatchObject({
      status: 'paid',
      total: -750,
      amount_due: 0,
      ending_balance: -750,
    });
    await until('2026-03-31T12:00:00Z');
    const paid = (await invoicesOf(one.id)).slice(2).map((invoice) => [invoice.total, invoice.amount_paid]);
    expect(paid).toEqual([
      [500, 0],
      [500, 250],
    ]);
  });

  it('to another interval begin a new period and are paid at once', async () => {
    const one = await subscribed();
    await pass(14 * DAY);
    const id = one.items.data[0]?.id ?? '';
    const items = [{ id, price: await makePrice(20_000, 'year') }];
    const changed = await stripe.subscriptions.update(one.id, { items });
    expect(periodOf(changed)).toEqual(['2026-02-14T10:00', '2027-02-14T10:00']);
    expect((await invoicesOf(one.id))[1]?.amount_paid).toBe(19_000);
  });

  it('do not happen with error_if_incomplete and a card that is declined', async () => {
    const one = await subscribed();
    await pass(14 * DAY);
    double.control.fail({ kind: 'decline', declineCode: 'insufficient_funds' });
    const items = [{ id: one.items.data[0]?.id ?? '', price: await makePrice(4_000) }];
    const update = { items, proration_behavior: 'always_invoice', payment_behavior: 'error_if_incomplete' } as const;
    await expect(stripe.subscriptions.update(one.id, update)).rejects.toMatchObject({
      decline_code: 'insufficient_funds',
    });
    expect((await seen(one.id)).items.data[0]?.price.unit_amount).toBe(2_000);
    expect((await stripe.subscriptions.update(one.id, update)).items.data[0]?.price.unit_amount).toBe(4_000);
  });

  it('leave a subscription past due where the card is declined', async () => {
    const one = await subscribed();
    await pass(14 * DAY);
    double.control.fail({ kind: 'decline', declineCode: 'insufficient_funds' });
    const items = [{ id: one.items.data[0]?.id ?? '', price: await makePrice(4_000) }];
    const changed = await stripe.subscriptions.update(one.id, { items, proration_behavior: 'always_invoice' });
    expect([changed.status, changed.items.data[0]?.price.unit_amount]).toEqual(['past_due', 4_000]);
  });

  it('of the anchor to now begin a new period', async () => {
    const one = await subscribed();
    await pass(14 * DAY);
    const changed = await stripe.subscriptions.update(one.id, {
      billing_cycle_anchor: { type: 'now' },
      proration_behavior: 'none',
    });
    expect(periodOf(changed)).toEqual(['2026-02-14T10:00', '2026-03-14T10:00']);
    expect((await invoicesOf(one.id))[1]?.amount_paid).toBe(2_000);
  });
});

describe('a preview', () => {
  it('says what a change would cost, exactly as it then does, and keeps nothing', async () => {
    const one = await subscribed();
    await pass(14 * DAY);
    const items = [{ id: one.items.data[0]?.id ?? '', price: await makePrice(4_000) }];
    const details = { items, proration_behavior: 'always_invoice' } as const;
    const told = await stripe.invoices.createPreview({ subscription: one.id, subscription_details: details });
    expect([told.amount_due, told.id?.startsWith('upcoming_in_')]).toEqual([1_000, true]);
    expect((await seen(one.id)).items.data[0]?.price.unit_amount).toBe(2_000);
    expect(await invoicesOf(one.id)).toHaveLength(1);
    await stripe.subscriptions.update(one.id, details);
    expect((await invoicesOf(one.id))[1]?.amount_due).toBe(told.amount_due);
  });

  it('says what the next renewal will cost, and that there is none after the end', async () => {
    const one = await subscribed();
    const next = await stripe.invoices.createPreview({ subscription: one.id });
    expect(next.lines.data[0]).toMatchObject({ amount: 2_000, period: { start: seconds('2026-02-28T10:00Z') } });
    await stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
    await expect(stripe.invoices.createPreview({ subscription: one.id })).rejects.toThrow(/No upcoming invoices/);
  });
});
