/** Who is let in: signed by a secret of ours over these very bytes, and dated within five minutes on both sides. */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventOf } from '../../src/adapters/stripe/event-view.js';
import { makeReadStripeWebhook } from '../../src/adapters/stripe/webhooks.js';

const SECRET = 'whsec_current';
const FORMER = 'whsec_former';
const NOW_S = 1_790_000_000;
const EVENT = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  created: NOW_S - 10,
  livemode: false,
  data: {
    object: {
      id: 'pi_1',
      object: 'payment_intent',
      customer: 'cus_1',
      metadata: { creditd_deployment: 'd', creditd_account: 'acme', creditd_charge: 'c' },
    },
  },
};
const BODY = JSON.stringify(EVENT, null, 2);

const mac = (secret: string, seconds: number | string, body = BODY): string =>
  createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
const signed = (ageS: number, secret = SECRET, body = BODY): string =>
  `t=${NOW_S - ageS},v1=${mac(secret, NOW_S - ageS, body)}`;

const read = makeReadStripeWebhook([SECRET, FORMER], () => NOW_S * 1_000);
const reading = (header: string | undefined, body = BODY) => read(Buffer.from(body), header);

describe('the signature', () => {
  test.each([
    ['just now', signed(0)],
    ['299 s ago', signed(299)],
    ['300 s ago', signed(300)],
    ['299 s ahead', signed(-299)],
    ['300 s ahead', signed(-300)],
    ['with the secret that is being rolled out of use', signed(0, FORMER)],
    ['with both secrets, as while one is rolled', `${signed(0)},v1=${mac('whsec_next', NOW_S)}`],
    ['beside one of a scheme that is not read', `${signed(0)},v0=${mac('whsec_other', NOW_S)}`],
  ])('F29 lets in what was signed %s', (_, header) => {
    expect(reading(header)).toMatchObject({ kind: 'read', event: { id: 'evt_1', type: 'payment_intent.succeeded' } });
  });

  test.each([
    ['without a signature', undefined, /carries no Stripe-Signature/],
    ['with an empty one', '', /carries no Stripe-Signature/],
    ['signed 301 s ago', signed(301), /more than five minutes old/],
    ['signed three days ago', signed(3 * 86_400), /more than five minutes old/],
    ['dated 301 s ahead', signed(-301), /more than five minutes ahead/],
    ['dated a day ahead', signed(-86_400), /more than five minutes ahead/],
    ['dated twice, once ahead', `t=${NOW_S + 86_400},${signed(0)}`, /more than five minutes ahead/],
    ['signed with another secret', signed(0, 'whsec_forger'), /fits none of the signing secrets/],
    ['signed with an empty secret', `t=${NOW_S},v1=${mac('', NOW_S)}`, /fits none of the signing secrets/],
    ['with only a scheme that is not read', `t=${NOW_S},v0=${mac(SECRET, NOW_S)}`, /fits none of the signing secrets/],
    ['with a date that is none', `t=soon,v1=${mac(SECRET, 'soon')}`, /fits none|five minutes/],
    ['that is no signature', 'hello', /fits none of the signing secrets/],
  ])('F28 F29 turns away what comes %s', (_, header, sentence) => {
    const refused = reading(header);
    expect(refused).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(sentence) });
    expect(JSON.stringify(refused)).not.toMatch(/whsec_/);
  });

  test.each([
    ['a changed byte', BODY.replace('evt_1', 'evt_2')],
    ['written anew', JSON.stringify(EVENT)],
    ['with a line more', `${BODY}\n`],
  ])('F28 turns away a body that is not the one that was signed: %s', (_, body) => {
    expect(reading(signed(0), body)).toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['no JSON', 'hello'],
    ['JSON that is no event', '{"object":"list"}'],
    ['an event without an object', JSON.stringify({ ...EVENT, data: {} })],
    ['a thin event', JSON.stringify({ ...EVENT, object: 'v2.core.event' })],
    ['null', 'null'],
  ])('turns away what is signed and is no event: %s', (_, body) => {
    expect(reading(signed(0, SECRET, body), body)).toMatchObject({
      kind: 'refused',
      sentence: 'The body is signed, and it is not an event of Stripe.',
    });
  });

  test.each([[[]], [['']], [['sk_test_1']], [['whsec_a whsec_b']]])(
    'a secret that is none is refused at the start: %j',
    (secrets) => {
      expect(() => makeReadStripeWebhook(secrets)).toThrow(/STRIPE_WEBHOOK_SECRET/);
    },
  );
});

describe('an event as it is kept', () => {
  const names = (object: Record<string, unknown>, previous?: Record<string, unknown>) =>
    eventOf({ ...EVENT, data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) } })
      ?.names;

  test.each([
    ['a payment', { object: 'payment_intent', id: 'pi_1', customer: 'cus_1' }, { intent: 'pi_1', customer: 'cus_1' }],
    ['a charge', { object: 'charge', id: 'ch_1', payment_intent: 'pi_1', customer: null }, { intent: 'pi_1' }],
    ['a refund', { object: 'refund', id: 're_1', payment_intent: { id: 'pi_1' } }, { intent: 'pi_1', customer: null }],
    ['a dispute', { object: 'dispute', id: 'dp_1', payment_intent: 'pi_1' }, { intent: 'pi_1' }],
    ['a customer', { object: 'customer', id: 'cus_1' }, { customer: 'cus_1' }],
    [
      'a card',
      { object: 'payment_method', id: 'pm_1', customer: 'cus_1' },
      { paymentMethod: 'pm_1', customer: 'cus_1' },
    ],
    [
      'a setup',
      { object: 'setup_intent', id: 'seti_1', payment_method: 'pm_1' },
      { setupIntent: 'seti_1', paymentMethod: 'pm_1' },
    ],
    ['a subscription', { object: 'subscription', id: 'sub_1', customer: 'cus_1' }, { subscription: 'sub_1' }],
    [
      'an invoice',
      { object: 'invoice', id: 'in_1', parent: { subscription_details: { subscription: 'sub_1' } } },
      { invoice: 'in_1', subscription: 'sub_1' },
    ],
    [
      'a session',
      { object: 'checkout.session', id: 'cs_1', payment_intent: 'pi_1', setup_intent: null, subscription: 'sub_1' },
      { session: 'cs_1', intent: 'pi_1', setupIntent: null, subscription: 'sub_1' },
    ],
  ])('says which ids %s names', (_, object, expected) => {
    expect(names(object)).toMatchObject(expected);
  });

  test('says whose a card was that has just been detached', () => {
    expect(names({ object: 'payment_method', id: 'pm_1', customer: null }, { customer: 'cus_1' })).toMatchObject({
      paymentMethod: 'pm_1',
      customer: 'cus_1',
    });
  });

  test('holds nothing that a person could be known by, and no text that no database takes', () => {
    const kept = names({
      ...{ object: 'customer', id: 'cus_1', email: 'ann@example.com', name: 'Ann' },
      metadata: { creditd_account: 'a\u0000b', creditd_charge: 'x'.repeat(300) },
    });
    expect(JSON.stringify(kept)).not.toMatch(/ann/i);
    expect(kept).toMatchObject({ account: null, charge: null });
  });
});
