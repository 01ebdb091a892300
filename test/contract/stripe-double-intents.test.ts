/** PaymentIntents and SetupIntents in the double: what they tell of themselves, and what their owners are asked. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { attach, cardBench, confirm, customer, double, events, intent, stripe, types } from '../stripe/card-bench.js';
import { ask } from '../stripe/double-client.js';
import { paidIntent } from '../stripe/every-operation.js';

const BACK = 'https://example.com/back?from=bank';

cardBench();

describe('an intent', () => {
  it('that pays tells of itself in this order', async () => {
    const card = await attach('pm_card_visa');
    const made = await intent();
    await confirm(made.id, { payment_method: card.id, off_session: true });
    expect(types()).toEqual([
      'customer.created',
      'payment_method.attached',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
    const charge = events().find((one) => one.type === 'charge.succeeded')?.data.object;
    expect(charge).toMatchObject({
      paid: true,
      receipt_number: expect.stringMatching(/^\d{4}-\d{4}$/),
      receipt_url: expect.stringContaining(double.url),
      payment_method_details: { card: { brand: 'visa', last4: '4242', fingerprint: card.card?.fingerprint } },
    });
  });

  it('that is declined or canceled tells of it, with the intent as it is then', async () => {
    const made = await intent();
    await confirm(made.id, { payment_method: 'pm_card_chargeCustomerFail', off_session: true }).catch(() => {});
    await stripe.paymentIntents.cancel(made.id, { cancellation_reason: 'abandoned' });
    expect(types().slice(-3)).toEqual(['charge.failed', 'payment_intent.payment_failed', 'payment_intent.canceled']);
    expect(events().at(-2)?.data.object).toMatchObject({ status: 'requires_payment_method' });
    expect(events().at(-1)?.data.object).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });

  it('changes its amount until it is paid, and its words for ever', async () => {
    const made = await intent();
    const changed = await stripe.paymentIntents.update(made.id, { amount: 900, metadata: { order: 'a' } });
    expect(changed).toMatchObject({ amount: 900, currency: 'usd', metadata: { order: 'a' } });
    const small = await ask(double, `POST /v1/payment_intents/${made.id}`, 'amount=1');
    expect(small.body.error.code).toBe('amount_too_small');
    await confirm(made.id, { payment_method: 'pm_card_visa' });
    const late = await ask(double, `POST /v1/payment_intents/${made.id}`, 'amount=1000');
    expect(late.body.error.code).toBe('payment_intent_unexpected_state');
    const words = await stripe.paymentIntents.update(made.id, { metadata: { order: 'b' } });
    expect([words.metadata.order, words.amount_received]).toEqual(['b', 900]);
  });

  it('is found by its metadata and status, page by page, and listed by when it was made', async () => {
    const metadata = { run: "o'clock" };
    for (let count = 0; count < 3; count += 1) await paidIntent(stripe, { metadata });
    await intent();
    const query = `metadata['run']:'o\\'clock' AND status:'succeeded'`;
    const first = await stripe.paymentIntents.search({ query, limit: 2 });
    expect([first.data.length, first.has_more]).toEqual([2, true]);
    const rest = await stripe.paymentIntents.search({ query, limit: 2, page: first.next_page ?? '' });
    expect([rest.data.length, rest.has_more]).toEqual([1, false]);
    await double.control.advance(5_000_000);
    const late = await intent();
    const listed = async (created: Stripe.RangeQueryParam) =>
      (await stripe.paymentIntents.list({ created })).data.map((one) => one.id);
    expect(await listed({ gte: late.created })).toEqual([late.id]);
    expect((await listed({ lt: late.created })).length).toBe(4);
    const unknown = await ask(double, 'GET /v1/payment_intents', 'created[after]=1');
    expect(unknown.body.error.code).toBe('parameter_unknown');
  });

  it('can be processing, and neither pays nor is canceled until it is finished', async () => {
    const card = await attach('pm_card_visa');
    for (const outcome of ['succeeded', 'failed'] as const) {
      const made = await intent();
      double.control.fail({ kind: 'processing', paymentMethod: card.id });
      const slow = await confirm(made.id, { payment_method: card.id, off_session: true });
      expect([slow.status, slow.amount_received]).toEqual(['processing', 0]);
      await expect(stripe.paymentIntents.cancel(made.id)).rejects.toMatchObject({
        code: 'payment_intent_unexpected_state',
      });
      await expect(confirm(made.id, {})).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
      await double.control.finishProcessing(made.id, outcome);
      const { status } = await stripe.paymentIntents.retrieve(made.id);
      expect(status).toBe(outcome === 'succeeded' ? 'succeeded' : 'requires_payment_method');
      await expect(double.control.finishProcessing(made.id, outcome)).rejects.toThrow(/only one that is processing/);
    }
    expect(double.control.summary().payments.length).toBe(1);
    expect(types()).toContain('payment_intent.processing');
  });

  it('keeps its card with the customer where it was made to be followed by others', async () => {
    const made = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer,
      setup_future_usage: 'off_session',
    });
    const paid = await confirm(made.id, { payment_method: 'pm_card_visa' });
    const kept = (await stripe.customers.listPaymentMethods(customer)).data.map((one) => one.id);
    expect(kept).toEqual([paid.payment_method]);
  });
});

describe('authentication', () => {
  const waiting = async (card = 'pm_card_authenticationRequired') =>
    confirm((await intent()).id, { payment_method: card, return_url: BACK });

  it("sends the owner to the double's page, and back after they approved", async () => {
    const asked = await waiting();
    expect(asked.next_action).toEqual({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: BACK, url: `${double.url}/authenticate/${asked.id}` },
    });
    expect(types().at(-1)).toBe('payment_intent.requires_action');
    const back = new URL((await double.control.completeAuthentication(asked.id, true)) ?? '');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      from: 'bank',
      payment_intent: asked.id,
      payment_intent_client_secret: asked.client_secret,
      redirect_status: 'succeeded',
    });
    const paid = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] });
    expect([paid.status, paid.next_action, paid.amount_received]).toEqual(['succeeded', null, 2_000]);
    const { payment_method_details: details } = paid.latest_charge as Stripe.Charge;
    expect(details?.card?.three_d_secure?.result).toBe('authenticated');
    expect(await double.control.completeAuthentication(asked.id, true)).toBeNull();
    expect(double.control.summary().payments.length).toBe(1);
  });

  it('that fails leaves the intent to be tried again, and no money', async () => {
    const asked = await waiting();
    const back = await double.control.completeAuthentication(asked.id, false);
    expect(back).toContain('redirect_status=failed');
    const failed = await stripe.paymentIntents.retrieve(asked.id);
    expect(failed.status).toBe('requires_payment_method');
    expect(failed.last_payment_error?.code).toBe('payment_intent_authentication_failure');
    expect(types().at(-1)).toBe('payment_intent.payment_failed');
    expect(double.control.summary().payments).toEqual([]);
  });

  it('can be followed by a decline', async () => {
    const asked = await waiting('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds');
    await double.control.completeAuthentication(asked.id, true);
    const failed = await stripe.paymentIntents.retrieve(asked.id);
    expect(failed.last_payment_error?.decline_code).toBe('insufficient_funds');
    expect(failed.status).toBe('requires_payment_method');
  });
});

describe('a SetupIntent', () => {
  it('of a card that asks nothing attaches it at once', async () => {
    const done = await stripe.setupIntents.create({ customer, payment_method: 'pm_card_visa', confirm: true });
    expect([done.status, done.usage]).toEqual(['succeeded', 'off_session']);
    const method = await stripe.paymentMethods.retrieve(String(done.payment_method));
    expect(method.customer).toBe(customer);
    expect(types().slice(1)).toEqual(['setup_intent.created', 'payment_method.attached', 'setup_intent.succeeded']);
  });

  it('authenticated for use without its owner makes that card pay alone, which it did not before', async () => {
    const card = 'pm_card_authenticationRequiredOnSetup';
    const before = await attach(card);
    const declined = confirm((await intent()).id, { payment_method: before.id, off_session: true });
    await expect(declined).rejects.toMatchObject({ code: 'authentication_required' });
    const asked = await stripe.setupIntents.create({ customer, payment_method: card, confirm: true, return_url: BACK });
    expect(asked.next_action?.redirect_to_url?.url).toBe(`${double.url}/authenticate/${asked.id}`);
    expect(await double.control.completeAuthentication(asked.id, true)).toContain('redirect_status=succeeded');
    const done = await stripe.setupIntents.retrieve(asked.id);
    const paid = await confirm((await intent()).id, { payment_method: String(done.payment_method), off_session: true });
    expect([done.status, paid.status]).toEqual(['succeeded', 'succeeded']);
  });

  it('that is not authenticated, or declined, keeps no card', async () => {
    const card = 'pm_card_authenticationRequired';
    const asked = await stripe.setupIntents.create({ customer, payment_method: card, confirm: true });
    await double.control.completeAuthentication(asked.id, false);
    const failed = await stripe.setupIntents.retrieve(asked.id);
    expect(failed.last_setup_error?.code).toBe('setup_intent_authentication_failure');
    const declined = stripe.setupIntents.confirm(asked.id, { payment_method: 'pm_card_visa_chargeDeclined' });
    await expect(declined).rejects.toMatchObject({ code: 'card_declined' });
    double.control.fail({ kind: 'decline', of: 'setup', declineCode: 'lost_card' });
    const scripted = stripe.setupIntents.confirm(asked.id, { payment_method: 'pm_card_visa' });
    await expect(scripted).rejects.toMatchObject({ decline_code: 'lost_card' });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
    expect(types().filter((one) => one === 'setup_intent.setup_failed').length).toBe(3);
    await stripe.setupIntents.cancel(asked.id);
    await expect(stripe.setupIntents.confirm(asked.id)).rejects.toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
    expect((await stripe.setupIntents.list({ customer })).data.map((one) => one.status)).toEqual(['canceled']);
  });
});
