/** The pure parts of the Stripe adapter: what is read out of errors, headers and intents. */
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { makeCall } from '../../src/adapters/stripe/call.js';
import { longestStripeCallMs, makeStripeClient } from '../../src/adapters/stripe/client.js';
import { viewOf } from '../../src/adapters/stripe/intent-view.js';
import { readCard } from '../../src/adapters/stripe/records.js';
import { LONGEST_RETRY_AFTER_MS, redacted, retryAfterMs, troubleOf } from '../../src/adapters/stripe/trouble.js';

/** Only what the view reads; the SDK's type wants sixty further properties that change nothing here. */
const paidIntent = (charge: object | string | null, status = 'succeeded') =>
  ({
    id: 'pi_1',
    object: 'payment_intent',
    status,
    amount: 2_000,
    currency: 'usd',
    metadata: {},
    last_payment_error: null,
    latest_charge: charge,
  }) as unknown as Stripe.PaymentIntent;

const charge = {
  id: 'ch_1',
  paid: true,
  amount_captured: 2_000,
  amount_refunded: 500,
  payment_method_details: { card: { brand: 'visa', last4: '4242', fingerprint: 'f' } },
  receipt_url: 'https://example.com/r',
  receipt_number: '1234-5678',
};

describe('the view of an intent', () => {
  it('says what was paid, what was given back, with which card, and where the receipt is', () => {
    expect(viewOf(paidIntent(charge))?.payment).toEqual({
      processorChargeId: 'ch_1',
      paidMinor: 2_000n,
      refundedMinor: 500n,
      disputedMinor: 0n,
      dispute: null,
      brand: 'visa',
      last4: '4242',
      fingerprint: 'f',
      receiptUrl: 'https://example.com/r',
      receiptNumber: '1234-5678',
    });
  });

  it('does not believe in a payment that was not sent along', () => {
    expect(viewOf(paidIntent('ch_1'))).toBeNull();
    expect(viewOf(paidIntent(null))).toBeNull();
  });

  it('counts a failed try as no payment', () => {
    const view = viewOf(paidIntent({ ...charge, paid: false }, 'requires_payment_method'));
    expect(view).toMatchObject({ status: 'requires_payment_method', payment: null, deployment: null, charge: null });
  });
});

describe('a refusal that is not the card’s', () => {
  const refusal = (headers: Record<string, string>, more: object = {}) =>
    troubleOf(
      Stripe.errors.StripeError.generate({
        ...{ type: 'invalid_request_error', message: 'No live charges.', statusCode: 400, headers, ...more },
      } as never),
      ['answered'],
    );

  it('is looked behind when Stripe only repeats it: what was wrong may be mended, and the key remembers for a day', () => {
    expect(refusal({})).toMatchObject({ kind: 'refused' });
    expect(refusal({ 'idempotent-replayed': 'true' })).toMatchObject({ kind: 'look' });
  });

  it('stays what it is where it names a card or a customer that is gone', () => {
    const gone = { code: 'resource_missing', param: 'payment_method' };
    expect(refusal({ 'idempotent-replayed': 'true' }, gone)).toMatchObject({ kind: 'refused', about: 'card' });
  });
});

describe('a stored card', () => {
  const stored = (card: object | undefined) => readCard({ id: 'pm_1', card } as unknown as Stripe.PaymentMethod);
  const facts = { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2044 };

  it('is known by its fingerprint, and one of a wallet that has none by the id under which it is stored', () => {
    expect(stored({ ...facts, fingerprint: 'f' })?.fingerprint).toBe('f');
    expect(stored({ ...facts, fingerprint: null })?.fingerprint).toBe('pm_1');
  });

  it('is told apart from what is no card', () => {
    expect(stored(undefined)).toBeNull();
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Fri, 20 Nov 2026 13:00:05 GMT', 5_000],
    ['999999999', LONGEST_RETRY_AFTER_MS],
    ['-3', 0],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('%s is read as %s ms', (header, expected) => {
    expect(retryAfterMs(header, Date.UTC(2026, 10, 20, 13, 0, 0))).toBe(expected);
  });
});

it('keys and client secrets never get into a reason', () => {
  const text = 'Bad key sk_test_51Habc*** or rk_live_9, whsec_x1 for pi_3Abc_secret_Zyx9';
  expect(redacted(text)).toBe('Bad key [key] or [key], [key] for pi_3Abc_[secret]');
});

it('a call ends in time although its answer never does', async () => {
  const call = makeCall(30);
  expect(await call('drip', () => new Promise<never>(() => {}))).toMatchObject({ kind: 'silent' });
});

it('a mistake of ours that sent nothing is thrown, not called silence', async () => {
  const mistake = makeCall(1_000)('wrong', async () => {
    throw new TypeError('no such argument');
  });
  await expect(mistake).rejects.toThrow('no such argument');
});

it('the longest call covers every try and every pause between them', () => {
  expect(longestStripeCallMs()).toBe(45_000);
  expect(longestStripeCallMs({ timeoutMs: 100, maxNetworkRetries: 0 })).toBe(5_200);
});

it.each(['ftp://x', 'nonsense', 'http://127.0.0.1:1/v1', 'http://user@host'])(
  'the API base %s is refused in words',
  (apiBase) => {
    expect(() => makeStripeClient({ secretKey: 'sk_test_x', apiBase })).toThrow(/API base must be/);
  },
);
