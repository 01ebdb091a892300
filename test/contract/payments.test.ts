/** What every keeper of the port of payments promises. It runs on the double, and on Stripe's test mode where a test key is given. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, chargeId } from '../../src/domain/ids.js';
import { instant } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { ConfirmRequest, IntentRequest, IntentView } from '../../src/domain/payment.js';
import type { PaymentOutcome, Payments } from '../../src/ports.js';
import { TEST_KEY } from '../stripe/double-client.js';

const DEPLOYMENT = `contract-${randomUUID()}`;

interface Bench {
  readonly payments: Payments;
  readonly customer: string;
  readonly visa: string;
  readonly failing: string;
}

const seen = (outcome: PaymentOutcome): IntentView => {
  if (outcome.kind !== 'seen') throw new Error(`Expected an intent to be seen, not ${JSON.stringify(outcome)}`);
  return outcome.view;
};

async function attached({ payments, customer }: Pick<Bench, 'payments' | 'customer'>, card: string): Promise<string> {
  const outcome = await payments.attachCard(customer, card);
  if (outcome.kind !== 'attached') throw new Error(`The card was not attached: ${JSON.stringify(outcome)}`);
  return outcome.card.processorId;
}

async function makeBench(payments: Payments): Promise<Bench> {
  const account = accountId('studio-1');
  const made = await payments.createCustomer({
    deployment: DEPLOYMENT,
    account,
    name: 'Studio',
    email: 'owner@example.com',
  });
  if (made.kind !== 'made') throw new Error(`No customer: ${JSON.stringify(made)}`);
  const { customer } = made;
  const visa = await attached({ payments, customer }, 'pm_card_visa');
  const failing = await attached({ payments, customer }, 'pm_card_chargeCustomerFail');
  return { payments, customer, visa, failing };
}

const requestOf = ({ customer }: Bench): IntentRequest => ({
  charge: chargeId(randomUUID()),
  account: accountId('studio-1'),
  deployment: DEPLOYMENT,
  customer,
  amountMinor: minorUnits(2_000),
  currency: currency('usd'),
  description: '200 credits',
  sold: { kind: 'top_off', credits: credits(200) },
});

const intentOf = async (bench: Bench): Promise<string> =>
  seen(await bench.payments.createIntent(requestOf(bench))).intentId;

const attempt = (intentId: string, ordinal: number, card: string): ConfirmRequest => ({
  intentId,
  idempotencyKey: `${intentId}-${ordinal}`,
  params: { payment_method: card, off_session: true },
  firstSentAt: instant(Date.now()),
});

function paymentsContract(open: () => Promise<Payments>): void {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench(await open());
  });
  describe('an intent', () => intentContract(() => bench));
  describe('an attempt that is not paid', () => declineContract(() => bench));
  describe('a customer', () => customerContract(() => bench));
}

function intentContract(bench: () => Bench): void {
  it('creates an unconfirmed intent that says whose it is, and the same one however often it is asked', async () => {
    const asked = requestOf(bench());
    const first = seen(await bench().payments.createIntent(asked));
    expect(first).toMatchObject({
      status: 'requires_payment_method',
      amountMinor: 2_000n,
      currency: 'usd',
      deployment: DEPLOYMENT,
      account: 'studio-1',
      charge: asked.charge,
      payment: null,
      lastDecline: null,
    });
    expect(seen(await bench().payments.createIntent(asked)).intentId).toBe(first.intentId);
  });

  it('refuses another amount under the same charge instead of making a second intent', async () => {
    const asked = requestOf(bench());
    await bench().payments.createIntent(asked);
    const other = await bench().payments.createIntent({ ...asked, amountMinor: minorUnits(3_000) });
    expect(other).toMatchObject({ kind: 'refused', code: 'idempotency_error' });
  });

  it('is the intent that was made, though the product has changed its name between two calls', async () => {
    const asked = requestOf(bench());
    const first = seen(await bench().payments.createIntent(asked));
    expect(first.customer).toBe(bench().customer);
    const renamed = seen(await bench().payments.createIntent({ ...asked, description: 'Another name: 200 credits' }));
    expect(renamed.intentId).toBe(first.intentId);
  });

  it('is another one where the first was made for another customer, and then the same however often it is asked', async () => {
    const asked = requestOf(bench());
    const first = seen(await bench().payments.createIntent(asked));
    const next = await bench().payments.createCustomer({
      ...{ deployment: DEPLOYMENT, account: accountId(`next-${randomUUID()}`), name: 'Next', email: null },
    });
    if (next.kind !== 'made') throw new Error('No customer.');
    const second = seen(await bench().payments.createIntent({ ...asked, customer: next.customer }));
    expect([second.intentId === first.intentId, second.customer]).toEqual([false, next.customer]);
    const again = seen(await bench().payments.createIntent({ ...asked, customer: next.customer }));
    expect(again.intentId).toBe(second.intentId);
  });

  it('pays once however often one attempt is sent, and shows the payment with its card and receipt', async () => {
    const sent = attempt(await intentOf(bench()), 1, bench().visa);
    const first = seen(await bench().payments.confirmIntent(sent));
    expect(first.status).toBe('succeeded');
    expect(first.payment).toMatchObject({ paidMinor: 2_000n, refundedMinor: 0n, brand: 'visa', last4: '4242' });
    expect(first.payment?.fingerprint).toBeTruthy();
    expect(first.payment?.receiptUrl).toMatch(/^https?:\/\//);
    const again = seen(await bench().payments.confirmIntent(sent));
    expect(again.payment?.processorChargeId).toBe(first.payment?.processorChargeId);
  });

  it('sends a further attempt at a paid intent to look, and looking shows the one payment', async () => {
    const intentId = await intentOf(bench());
    const paid = seen(await bench().payments.confirmIntent(attempt(intentId, 1, bench().visa)));
    expect(await bench().payments.confirmIntent(attempt(intentId, 2, bench().visa))).toMatchObject({ kind: 'look' });
    expect(seen(await bench().payments.retrieveIntent(intentId)).payment).toEqual(paid.payment);
  });
}

function declineContract(bench: () => Bench): void {
  it('tells a decline in the words of the issuer, again for the same attempt, and lets the next attempt pay', async () => {
    const intentId = await intentOf(bench());
    const declined = await bench().payments.confirmIntent(attempt(intentId, 1, bench().failing));
    expect(declined).toMatchObject({
      kind: 'declined',
      decline: { code: 'card_declined', declineCode: 'generic_decline' },
      view: { intentId, status: 'requires_payment_method', payment: null },
    });
    expect(await bench().payments.confirmIntent(attempt(intentId, 1, bench().failing))).toMatchObject({
      kind: 'declined',
    });
    expect(seen(await bench().payments.retrieveIntent(intentId)).lastDecline?.declineCode).toBe('generic_decline');
    expect(seen(await bench().payments.confirmIntent(attempt(intentId, 2, bench().visa))).status).toBe('succeeded');
  });

  it('counts a demand for authentication as a decline of the attempt', async () => {
    const card = await attached(bench(), 'pm_card_authenticationRequired');
    const outcome = await bench().payments.confirmIntent(attempt(await intentOf(bench()), 1, card));
    expect(outcome).toMatchObject({
      kind: 'declined',
      decline: { code: 'authentication_required', declineCode: 'authentication_required' },
      view: { status: 'requires_payment_method' },
    });
  });

  it('looks at the intent when an attempt comes with other parameters than it was first sent with', async () => {
    const intentId = await intentOf(bench());
    await bench().payments.confirmIntent(attempt(intentId, 1, bench().visa));
    expect(await bench().payments.confirmIntent(attempt(intentId, 1, bench().failing))).toMatchObject({ kind: 'look' });
  });

  it('cancels an unpaid intent for good, and sends later calls to look', async () => {
    const intentId = await intentOf(bench());
    expect(seen(await bench().payments.cancelIntent(intentId)).status).toBe('canceled');
    expect(await bench().payments.cancelIntent(intentId)).toMatchObject({ kind: 'look' });
    expect(await bench().payments.confirmIntent(attempt(intentId, 1, bench().visa))).toMatchObject({ kind: 'look' });
  });

  it('never cancels a paid intent', async () => {
    const intentId = await intentOf(bench());
    await bench().payments.confirmIntent(attempt(intentId, 1, bench().visa));
    expect(await bench().payments.cancelIntent(intentId)).toMatchObject({ kind: 'look' });
    expect(seen(await bench().payments.retrieveIntent(intentId)).status).toBe('succeeded');
  });
}

function customerContract(bench: () => Bench): void {
  it('refuses, without blaming a card, what Stripe does not know', async () => {
    const outcome = await bench().payments.retrieveIntent('pi_000000000000000000000000');
    expect(outcome).toMatchObject({ kind: 'refused', code: 'resource_missing' });
  });

  it('makes one customer an account, though its name changes between two calls', async () => {
    const account = accountId(`o'brien "& söhne\\" ${randomUUID()}`);
    const first = await bench().payments.createCustomer({
      deployment: DEPLOYMENT,
      account,
      name: 'Before',
      email: null,
    });
    const second = await bench().payments.createCustomer({
      deployment: DEPLOYMENT,
      account,
      name: 'After',
      email: 'a@example.com',
    });
    expect(first.kind).toBe('made');
    expect(second).toEqual(first);
  });

  it('knows one card stored twice by its fingerprint', async () => {
    const [one, two] = [
      await bench().payments.attachCard(bench().customer, 'pm_card_visa'),
      await bench().payments.attachCard(bench().customer, 'pm_card_visa'),
    ];
    if (one.kind !== 'attached' || two.kind !== 'attached') throw new Error('The card was not attached.');
    expect(two.card.fingerprint).toBe(one.card.fingerprint);
    expect(two.card.processorId).not.toBe(one.card.processorId);
  });

  it('tells why a card cannot be stored', async () => {
    const outcome = await bench().payments.attachCard(bench().customer, 'pm_card_visa_chargeDeclinedInsufficientFunds');
    expect(outcome).toMatchObject({ kind: 'card_refused', decline: { declineCode: 'insufficient_funds' } });
  });
}

describe('payments on the double', () => {
  let double: StripeDouble;
  const onDouble = (secretKey: string) => makeStripePayments({ secretKey, apiBase: double.url, maxNetworkRetries: 0 });

  beforeAll(async () => {
    double = await startStripeDouble();
  });
  afterAll(() => double.stop());

  paymentsContract(async () => onDouble(TEST_KEY));

  it('names the double as who takes the money', async () => {
    expect(await onDouble(TEST_KEY).identify()).toEqual({ kind: 'double' });
  });

  it('refuses to send a live key in clear text, before anything is sent', () => {
    expect(() => onDouble('sk_live_secret123')).toThrow(/never sent over plain http/);
  });

  it('refuses a wrong key without blaming a card and without repeating the key', async () => {
    const outcome = await onDouble('sk_wrong_secret123').retrieveIntent('pi_1');
    expect(outcome.kind).toBe('refused');
    expect(JSON.stringify(outcome)).not.toContain('secret123');
    await expect(onDouble('sk_wrong_secret123').identify()).rejects.toThrow(/Check the Stripe key/);
  });
});

const stripeKey = process.env.STRIPE_TEST_SECRET_KEY;
const realTitle = stripeKey
  ? "payments on Stripe's test mode"
  : "payments on Stripe's test mode (skipped: set STRIPE_TEST_SECRET_KEY to a key that begins with sk_test_)";

describe.skipIf(!stripeKey)(realTitle, { timeout: 120_000 }, () => {
  const open = async (): Promise<Payments> => {
    if (!stripeKey?.startsWith('sk_test_')) throw new Error('STRIPE_TEST_SECRET_KEY must begin with sk_test_.');
    return makeStripePayments({ secretKey: stripeKey });
  };
  paymentsContract(open);

  it('names the account that takes the money, and that no money is real', async () => {
    expect(await (await open()).identify()).toMatchObject({ kind: 'stripe', livemode: false });
  });
});
