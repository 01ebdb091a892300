/** Cards over their life in the double: made, set up, authenticated, renewed, declined for every reason, detached. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { attach, cardBench, confirm, customer, double, events, intent, stripe, types } from '../stripe/card-bench.js';
import declineCodes from '../stripe/decline-codes.json' with { type: 'json' };

cardBench();

describe('a stored card', () => {
  it('has the fingerprint of its number, which only another number changes', async () => {
    const [one, other] = [await attach('pm_card_visa'), await attach('pm_card_visa')];
    expect(other.card?.fingerprint).toBe(one.card?.fingerprint);
    expect((await attach('pm_card_mastercard')).card?.fingerprint).not.toBe(one.card?.fingerprint);
    await double.control.automaticallyUpdate(one.id, { expMonth: 2, expYear: 2046 });
    const renewed = await stripe.paymentMethods.retrieve(one.id);
    expect(renewed.card).toMatchObject({ exp_month: 2, exp_year: 2046, fingerprint: one.card?.fingerprint });
    await double.control.automaticallyUpdate(one.id, { last4: '1881', expMonth: 2, expYear: 2046 });
    const replaced = await stripe.paymentMethods.retrieve(one.id);
    expect(replaced.card?.last4).toBe('1881');
    expect(replaced.card?.fingerprint).not.toBe(one.card?.fingerprint);
    expect(events().at(-1)).toMatchObject({
      type: 'payment_method.automatically_updated',
      data: { previous_attributes: { card: { last4: '4242', fingerprint: one.card?.fingerprint } } },
    });
  });

  it('that has expired is declined, and pays again once it was renewed', async () => {
    const card = await attach('pm_card_visa');
    await double.control.setExpiry(card.id, 1, 2020);
    const pay = async () => confirm((await intent()).id, { payment_method: card.id, off_session: true });
    await expect(pay()).rejects.toMatchObject({ code: 'expired_card' });
    await stripe.paymentMethods.update(card.id, { card: { exp_month: 6, exp_year: 2044 } });
    expect((await pay()).status).toBe('succeeded');
  });

  it('takes other billing details only while it is a customer’s', async () => {
    const made = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242 4242 4242 4242', exp_month: 8, exp_year: 2040 },
      billing_details: { name: 'Ada' },
    });
    const change = (email: string) => stripe.paymentMethods.update(made.id, { billing_details: { email } });
    await expect(change('a@example.com')).rejects.toThrow(/attach/);
    await attach(made.id);
    expect((await change('a@example.com')).billing_details).toMatchObject({ name: 'Ada', email: 'a@example.com' });
    expect(events().at(-1)?.data.previous_attributes).toEqual({ billing_details: { email: null } });
    const wrong = stripe.paymentMethods.create({ type: 'card', card: { number: '4242424242424241' } });
    await expect(wrong).rejects.toMatchObject({ code: 'incorrect_number' });
  });

  it('that is detached or whose customer is deleted pays nothing more and is nobody’s default', async () => {
    const card = await attach('pm_card_visa');
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card.id } });
    await stripe.paymentMethods.detach(card.id);
    const left = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
    expect(left.invoice_settings.default_payment_method).toBeNull();
    expect(types().slice(-2)).toEqual(['payment_method.detached', 'customer.updated']);
    const other = await attach('pm_card_visa');
    expect(await stripe.customers.del(customer)).toMatchObject({ id: customer, deleted: true });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ id: customer, deleted: true });
    expect((await stripe.customers.list()).data).toEqual([]);
    await expect(intent()).rejects.toMatchObject({ code: 'resource_missing' });
    await expect(attach(other.id)).rejects.toMatchObject({ code: 'resource_missing' });
    expect(types().at(-1)).toBe('customer.deleted');
  });
});

describe('a scripted decline', () => {
  it.each(declineCodes.decline_codes.map((one) => one.decline_code))(
    'can be %s on a card that attached',
    async (code) => {
      const card = await attach('pm_card_visa');
      double.control.fail({ kind: 'decline', declineCode: code, paymentMethod: card.id });
      const made = await intent();
      const declined = confirm(made.id, { payment_method: card.id, off_session: true });
      await expect(declined).rejects.toMatchObject({ type: 'StripeCardError', decline_code: code });
      const after = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
      expect(after.last_payment_error?.decline_code).toBe(code);
      const { outcome } = after.latest_charge as Stripe.Charge;
      expect(outcome?.network_decline_code === null).toBe(outcome?.type === 'blocked');
      expect((await confirm(made.id, { payment_method: card.id, off_session: true })).status).toBe('succeeded');
    },
  );

  it.each(declineCodes.advice_codes.map((one) => one.advice_code))('carries the issuer’s advice %s', async (advice) => {
    const adviceCode = advice as 'do_not_try_again' | 'confirm_card_data' | 'try_again_later';
    double.control.fail({ kind: 'decline', declineCode: 'do_not_honor', adviceCode, networkDeclineCode: '93' });
    const made = await intent();
    const declined = confirm(made.id, { payment_method: 'pm_card_visa', off_session: true });
    await expect(declined).rejects.toMatchObject({ advice_code: advice, network_decline_code: '93' });
    const after = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
    expect((after.latest_charge as Stripe.Charge).outcome).toMatchObject({
      advice_code: advice,
      network_decline_code: '93',
      network_advice_code: expect.stringMatching(/^0\d$/),
    });
  });
});
