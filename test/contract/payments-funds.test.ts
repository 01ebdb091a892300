/** What became of a payment's money, read through the real SDK: refunds and disputes as Stripe books them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { makeStripeRecords } from '../../src/adapters/stripe/records.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, chargeId } from '../../src/domain/ids.js';
import { instant } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { IntentRequest, PaymentMade } from '../../src/domain/payment.js';
import { sdk, TEST_KEY } from '../stripe/double-client.js';

let double: StripeDouble;
let customer: string;
let card: string;
const settings = () => ({ secretKey: TEST_KEY, apiBase: double.url, timeoutMs: 2_000, maxNetworkRetries: 0 });
const payments = () => makeStripePayments(settings());

beforeAll(async () => {
  double = await startStripeDouble();
  const made = await payments().createCustomer({ deployment: 'd', account: accountId('a'), name: 'A', email: null });
  customer = made.kind === 'made' ? made.customer : '';
  const attached = await payments().attachCard(customer, 'pm_card_visa');
  card = attached.kind === 'attached' ? attached.card.processorId : '';
});
afterAll(() => double.stop());

const request = (sold: IntentRequest['sold'] = { kind: 'top_off', credits: credits(200) }): IntentRequest => ({
  charge: chargeId(randomUUID()),
  account: accountId('a'),
  deployment: 'd',
  customer,
  amountMinor: minorUnits(5_000),
  currency: currency('usd'),
  description: '200 credits',
  sold,
});

async function paid(): Promise<string> {
  const asked = request();
  const made = await payments().createIntent(asked);
  if (made.kind !== 'seen') throw new Error(`the intent was ${made.kind}`);
  const { intentId } = made.view;
  const params = { payment_method: card, off_session: true };
  const key = { idempotencyKey: `${asked.charge}-1`, firstSentAt: instant(Date.now()) };
  const confirmed = await payments().confirmIntent({ intentId, params, ...key });
  if (confirmed.kind !== 'seen') throw new Error(`the payment was ${confirmed.kind}`);
  return intentId;
}

async function funds(intent: string, disputes = false): Promise<Partial<PaymentMade>> {
  const seen = await payments().retrieveIntent(intent, { disputes });
  if (seen.kind !== 'seen' || seen.view.payment === null) throw new Error('nothing was paid');
  const { refundedMinor, disputedMinor, dispute } = seen.view.payment;
  return { refundedMinor, disputedMinor, dispute };
}

const NOTHING = { refundedMinor: 0n, disputedMinor: 0n, dispute: null };

describe('refunds', () => {
  it('count when they have succeeded, one after another', async () => {
    const intent = await paid();
    expect(await funds(intent)).toEqual(NOTHING);
    await sdk(double).refunds.create({ payment_intent: intent, amount: 1_000 });
    await sdk(double).refunds.create({ payment_intent: intent, amount: 500 });
    expect(await funds(intent)).toEqual({ ...NOTHING, refundedMinor: 1_500n });
  });

  it('do not count while they are under way, nor when they have failed', async () => {
    const intent = await paid();
    double.control.fail({ kind: 'refund_pending' });
    const pending = await sdk(double).refunds.create({ payment_intent: intent, amount: 1_000 });
    expect(await funds(intent)).toEqual(NOTHING);
    await double.control.finishRefund(pending.id);
    expect(await funds(intent)).toEqual({ ...NOTHING, refundedMinor: 1_000n });
    await double.control.failRefund(pending.id);
    expect(await funds(intent)).toEqual(NOTHING);
  });
});

describe('disputes', () => {
  it('count from when funds are withdrawn until they are reinstated', async () => {
    const intent = await paid();
    const dispute = await double.control.dispute(intent, { amount: 2_000 });
    const open = { kind: 'dispute', amountMinor: 2_000n };
    expect(await funds(intent)).toEqual({ ...NOTHING, disputedMinor: 2_000n, dispute: open });
    await double.control.closeDispute(dispute, 'won');
    expect(await funds(intent)).toEqual(NOTHING);
  });

  it('that are lost keep what they took', async () => {
    const intent = await paid();
    await double.control.closeDispute(await double.control.dispute(intent), 'lost');
    expect(await funds(intent)).toEqual({ ...NOTHING, disputedMinor: 5_000n });
  });

  it('that only ask take nothing, until they become one', async () => {
    const intent = await paid();
    const inquiry = await double.control.dispute(intent, { inquiry: true });
    expect(await funds(intent, true)).toEqual({ ...NOTHING, dispute: { kind: 'inquiry', amountMinor: 5_000n } });
    await double.control.escalateDispute(inquiry);
    expect(await funds(intent)).toMatchObject({ disputedMinor: 5_000n, dispute: { kind: 'dispute' } });
  });
});

describe('an answer that is not whole', () => {
  it.each(['GET /v1/refunds', 'GET /v1/disputes'])(
    'is none: without %s nothing is said of the payment',
    async (route) => {
      const intent = await paid();
      await sdk(double).refunds.create({ payment_intent: intent, amount: 1_000 });
      double.control.fail({ kind: 'server_error', moment: 'before', route });
      expect(await payments().retrieveIntent(intent, { disputes: true })).toMatchObject({ kind: 'silent' });
      expect(await funds(intent, true)).toEqual({ ...NOTHING, refundedMinor: 1_000n });
    },
  );
});

describe('what was sold', () => {
  const metadataOf = async (asked: IntentRequest) => {
    const made = await payments().createIntent(asked);
    if (made.kind !== 'seen') throw new Error(`the intent was ${made.kind}`);
    return { intent: made.view.intentId, ...(await sdk(double).paymentIntents.retrieve(made.view.intentId)).metadata };
  };

  it('stands beside the payment, and is read back from Stripe’s list', async () => {
    const asked = request({ kind: 'pack', credits: credits(12) });
    const { intent, ...metadata } = await metadataOf(asked);
    expect(metadata).toMatchObject({ creditd_charge: asked.charge, creditd_kind: 'pack', creditd_credits: '12' });
    const page = await makeStripeRecords(settings()).intents({ since: null, after: null });
    const listed = page.kind === 'page' ? page.items.find((one) => one.view.intentId === intent) : undefined;
    expect(listed?.sold).toEqual({ kind: 'pack', credits: credits(12) });
  });

  it('is left out for charges that an earlier release may have asked for: its request is the very same', async () => {
    const asked = request(null);
    const { intent: _, ...metadata } = await metadataOf(asked);
    expect(metadata).toEqual({ creditd_deployment: 'd', creditd_account: 'a', creditd_charge: asked.charge });
  });
});
