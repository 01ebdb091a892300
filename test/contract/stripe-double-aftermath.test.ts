/** Money that goes back: refunds and disputes, as Stripe tells of them by answers, events and the charge itself. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { ask, eventsOf, sdk } from '../stripe/double-client.js';
import { paidIntent } from '../stripe/every-operation.js';
import { eventDifferences } from '../stripe/openapi.js';

let double: StripeDouble;
let stripe: Stripe;
beforeEach(async () => {
  double = await startStripeDouble({ aftermathMs: 5 });
  stripe = sdk(double);
});
afterEach(async () => {
  expect(eventsOf(double).flatMap(eventDifferences)).toEqual([]);
  await double.stop();
});

const events = () => eventsOf(double);
const types = () => events().map((one) => one.type);
const last = (type: string) => events().findLast((one) => one.type === type)?.data;
const chargeOf = async (intent: string): Promise<Stripe.Charge> => {
  const found = await stripe.paymentIntents.retrieve(intent, { expand: ['latest_charge'] });
  return found.latest_charge as Stripe.Charge;
};
const payment = () => double.control.summary().payments[0];

describe('a refund', () => {
  it('of a part, then of the rest, adds up on the charge and in the summary', async () => {
    const paid = await paidIntent(stripe);
    const part = await stripe.refunds.create({ payment_intent: paid.id, amount: 500, metadata: { why: 'late' } });
    expect(part).toMatchObject({
      status: 'succeeded',
      amount: 500,
      payment_intent: paid.id,
      metadata: { why: 'late' },
    });
    expect(await chargeOf(paid.id)).toMatchObject({ amount_refunded: 500, refunded: false });
    expect(last('charge.refunded')).toMatchObject({
      object: { amount_refunded: 500 },
      previous_attributes: { amount_refunded: 0 },
    });
    await stripe.refunds.create({ charge: (await chargeOf(paid.id)).id });
    expect(await chargeOf(paid.id)).toMatchObject({ amount: 2_000, amount_refunded: 2_000, refunded: true });
    expect(payment()).toMatchObject({ amountMinor: 2_000, refundedMinor: 2_000, disputedMinor: 0 });
    expect(types().filter((one) => one.includes('refund'))).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
    ]);
    const amounts = (await stripe.refunds.list({ payment_intent: paid.id })).data.map((one) => one.amount);
    expect(amounts).toEqual([1_500, 500]);
  });

  it('is made once for one key', async () => {
    const paid = await paidIntent(stripe);
    const again = { idempotencyKey: 'refund-1' };
    const first = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 }, again);
    const second = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 }, again);
    expect(second.id).toBe(first.id);
    expect(payment()?.refundedMinor).toBe(500);
  });

  it('of more than is left, of all again, of nothing, of no payment and of a decline is refused', async () => {
    const paid = await paidIntent(stripe);
    const refund = (form: string) => ask(double, 'POST /v1/refunds', form);
    const refused = async (form: string) => {
      const { status, body } = await refund(form);
      return [status, body.error.code, body.error.param];
    };
    const own = `payment_intent=${paid.id}`;
    await refund(`${own}&amount=1500`);
    expect(await refused(`${own}&amount=501`)).toEqual([400, undefined, 'amount']);
    expect(await refused(`${own}&amount=0`)).toEqual([400, 'parameter_invalid_integer', 'amount']);
    expect(await refused(`${own}&reason=boredom`)).toEqual([400, 'parameter_invalid', 'reason']);
    expect(await refused('amount=1')).toEqual([400, 'parameter_missing', 'payment_intent']);
    expect(await refused('payment_intent=pi_never')).toEqual([404, 'resource_missing', 'payment_intent']);
    await refund(own);
    expect(await refused(own)).toEqual([400, 'charge_already_refunded', undefined]);
    const failed = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
    await stripe.paymentIntents.confirm(failed.id, { payment_method: 'pm_card_chargeCustomerFail' }).catch(() => {});
    expect((await refused(`payment_intent=${failed.id}`))[1]).toBe('payment_intent_unexpected_state');
    expect(payment()?.refundedMinor).toBe(2_000);
  });

  it('that comes back after it had succeeded gives the amount back to the charge, once', async () => {
    const paid = await paidIntent(stripe);
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    await double.control.failRefund(refund.id, 'lost_or_stolen_card');
    await double.control.failRefund(refund.id);
    const failed = await stripe.refunds.retrieve(refund.id);
    expect(failed).toMatchObject({ status: 'failed', failure_reason: 'lost_or_stolen_card' });
    expect(await chargeOf(paid.id)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(payment()?.refundedMinor).toBe(0);
    expect(types().slice(-3)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
    expect(last('refund.updated')?.previous_attributes).toMatchObject({ status: 'succeeded' });
  });

  it('that is pending counts already, and is finished by the control', async () => {
    double.control.fail({ kind: 'refund_pending' });
    const refund = await stripe.refunds.create({ payment_intent: (await paidIntent(stripe)).id, amount: 700 });
    expect([refund.status, payment()?.refundedMinor]).toEqual(['pending', 700]);
    await double.control.finishRefund(refund.id);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(last('refund.updated')?.previous_attributes).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['pm_card_pendingRefund', 'pending', 'succeeded'],
    ['pm_card_refundFail', 'succeeded', 'failed'],
  ])('to %s is %s at first and %s a moment later', async (card, first, then) => {
    const refund = await stripe.refunds.create({ payment_intent: (await paidIntent(stripe, {}, card)).id });
    expect(refund.status).toBe(first);
    await expect.poll(async () => (await stripe.refunds.retrieve(refund.id)).status).toBe(then);
  });
});

describe('a dispute', () => {
  it('takes the funds at once, stands in the way of a refund, and brings them back when it is won', async () => {
    const paid = await paidIntent(stripe);
    const id = await double.control.dispute(paid.id, { reason: 'product_not_received', amount: 1_200 });
    expect(types().slice(-2)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    const opened = await stripe.disputes.retrieve(id, { expand: ['charge'] });
    expect(opened).toMatchObject({ status: 'needs_response', amount: 1_200, is_charge_refundable: false });
    expect(opened.balance_transactions).toMatchObject([{ amount: -1_200 }]);
    expect((opened.charge as Stripe.Charge).disputed).toBe(true);
    expect(payment()?.disputedMinor).toBe(1_200);
    await expect(stripe.refunds.create({ payment_intent: paid.id })).rejects.toMatchObject({ code: 'charge_disputed' });
    await double.control.closeDispute(id, 'won');
    expect(types().slice(-2)).toEqual(['charge.dispute.funds_reinstated', 'charge.dispute.closed']);
    expect((await stripe.disputes.retrieve(id)).balance_transactions).toMatchObject([
      { amount: -1_200 },
      { amount: 1_200 },
    ]);
    expect(payment()?.disputedMinor).toBe(0);
    await expect(double.control.closeDispute(id, 'lost')).rejects.toThrow(/closed already/);
  });

  it('that is lost keeps the funds, also where its owner gave in', async () => {
    const [one, other] = [await paidIntent(stripe), await paidIntent(stripe)];
    await double.control.closeDispute(await double.control.dispute(one.id), 'lost');
    await stripe.disputes.close(await double.control.dispute(other.id));
    expect(double.control.summary().payments.map((paid) => paid.disputedMinor)).toEqual([2_000, 2_000]);
    expect(last('charge.dispute.closed')?.object.status).toBe('lost');
    expect(types()).not.toContain('charge.dispute.funds_reinstated');
  });

  it('that only asks moves nothing until it escalates', async () => {
    const paid = await paidIntent(stripe);
    const id = await double.control.dispute(paid.id, { inquiry: true });
    expect(types().at(-1)).toBe('charge.dispute.created');
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'warning_needs_response',
      balance_transactions: [],
    });
    expect(payment()?.disputedMinor).toBe(0);
    await expect(double.control.closeDispute(id, 'won')).rejects.toThrow(/cannot end as won/);
    await double.control.escalateDispute(id);
    expect(types().slice(-2)).toEqual(['charge.dispute.updated', 'charge.dispute.funds_withdrawn']);
    expect(payment()?.disputedMinor).toBe(2_000);
    const other = await double.control.dispute((await paidIntent(stripe)).id, { inquiry: true });
    await double.control.closeDispute(other, 'warning_closed');
    expect(last('charge.dispute.closed')?.object.status).toBe('warning_closed');
    await expect(double.control.escalateDispute(other)).rejects.toThrow(/only an open inquiry/);
  });

  it('waits for the bank once evidence was sent', async () => {
    const id = await double.control.dispute((await paidIntent(stripe)).id);
    const sent = await stripe.disputes.update(id, { evidence: { product_description: 'Credits, used' } });
    expect(sent).toMatchObject({ status: 'under_review', evidence: { product_description: 'Credits, used' } });
    expect(last('charge.dispute.updated')?.previous_attributes).toEqual({ status: 'needs_response' });
    await double.control.closeDispute(id, 'won');
    await expect(stripe.disputes.update(id, { metadata: { a: '1' } })).rejects.toThrow(/already closed/);
  });

  it.each([
    ['pm_card_createDispute', 'fraudulent', 'needs_response', 2_000],
    ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response', 2_000],
    ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response', 0],
  ])('follows a payment with %s', async (card, reason, status, held) => {
    const paid = await paidIntent(stripe, {}, card);
    expect(paid.status).toBe('succeeded');
    await expect.poll(() => types()).toContain('charge.dispute.created');
    const [dispute] = (await stripe.disputes.list({ payment_intent: paid.id })).data;
    expect(dispute).toMatchObject({ reason, status, amount: 2_000 });
    expect(payment()?.disputedMinor).toBe(held);
  });

  it('of a declined or unknown payment cannot be opened', async () => {
    const made = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
    await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_chargeCustomerFail' }).catch(() => {});
    await expect(double.control.dispute(made.id)).rejects.toThrow(/nothing to dispute/);
    await expect(double.control.dispute('ch_never')).rejects.toThrow(/No such charge/);
    await expect(double.control.dispute('pi_never')).rejects.toThrow(/No such payment_intent/);
  });
});

it('a warning of fraud marks the charge and moves no money', async () => {
  const paid = await paidIntent(stripe, {}, 'pm_card_createIssuerFraudRecord');
  await expect.poll(() => types()).toContain('radar.early_fraud_warning.created');
  expect((await chargeOf(paid.id)).fraud_details).toEqual({ stripe_report: 'fraudulent' });
  expect(payment()).toMatchObject({ refundedMinor: 0, disputedMinor: 0 });
});

it('disputes are steered over HTTP as well, and the balance counts what went and came', async () => {
  const paid = await paidIntent(stripe);
  const post = (body: unknown) =>
    ask(double, 'POST /_double/payments', JSON.stringify(body), { 'content-type': 'application/json' });
  const opened = await post({ action: 'dispute', of: paid.id, inquiry: true });
  expect(opened.body.done).toMatch(/^du_/);
  expect((await post({ action: 'escalateDispute', dispute: opened.body.done })).status).toBe(200);
  expect((await post({ action: 'closeDispute', dispute: opened.body.done, end: 'won' })).status).toBe(200);
  const again = await post({ action: 'closeDispute', dispute: opened.body.done, end: 'won' });
  expect([again.status, again.body.problem]).toEqual([400, expect.stringMatching(/closed already/)]);
  const balance = await stripe.balance.retrieve();
  expect(balance.pending).toMatchObject([{ amount: 2_000, currency: 'usd' }]);
});
