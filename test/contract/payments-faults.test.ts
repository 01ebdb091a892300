/**
 * Everything that can go wrong between us and Stripe, on the real SDK: what each fault is called by the port, and that
 * sending the same attempt again under its key always ends with exactly one payment.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import type { Fault } from '../../src/dev/stripe-double/faults.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, chargeId } from '../../src/domain/ids.js';
import { instant } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { ConfirmRequest, IntentRequest } from '../../src/domain/payment.js';
import type { PaymentOutcome, Payments } from '../../src/ports.js';
import { TEST_KEY } from '../stripe/double-client.js';

/** Long enough that an answer which comes is heard on a busy machine; the faults that never answer wait it out. */
const TIMEOUT_MS = 500;
const PATIENT_MS = 20_000;
const CONFIRM = 'POST /v1/payment_intents/*/confirm';
const CREATE = 'POST /v1/payment_intents';

let double: StripeDouble;
let payments: Payments;
let customer: string;
let card: string;

const open = (maxNetworkRetries: number, timeoutMs = TIMEOUT_MS): Payments =>
  makeStripePayments({ secretKey: TEST_KEY, apiBase: double.url, timeoutMs, maxNetworkRetries });

beforeEach(async () => {
  double = await startStripeDouble();
  const patient = open(0, PATIENT_MS);
  payments = open(0);
  const made = await patient.createCustomer({ deployment: 'd', account: accountId('a'), name: 'A', email: null });
  if (made.kind !== 'made') throw new Error('No customer.');
  customer = made.customer;
  const attached = await patient.attachCard(customer, 'pm_card_visa');
  if (attached.kind !== 'attached') throw new Error('No card.');
  card = attached.card.processorId;
});
afterEach(() => double.stop());

const request = (): IntentRequest => ({
  charge: chargeId(randomUUID()),
  account: accountId('a'),
  deployment: 'd',
  customer,
  amountMinor: minorUnits(2_000),
  currency: currency('usd'),
  description: '200 credits',
  sold: { kind: 'top_off', credits: credits(200) },
});

async function firstAttempt(): Promise<ConfirmRequest> {
  const asked = request();
  const made = await payments.createIntent(asked);
  if (made.kind !== 'seen') throw new Error('No intent.');
  return {
    intentId: made.view.intentId,
    idempotencyKey: `${asked.charge}-1`,
    params: { payment_method: card, off_session: true },
    firstSentAt: instant(Date.now()),
  };
}

/** What a careful flow does: the same attempt again until there is a definite answer, looking where it is told to. */
async function settle(attempt: ConfirmRequest): Promise<PaymentOutcome> {
  for (let tries = 0; tries < 5; tries += 1) {
    const outcome = await payments.confirmIntent(attempt);
    if (outcome.kind === 'look') return payments.retrieveIntent(attempt.intentId);
    if (outcome.kind === 'seen' || outcome.kind === 'declined') return outcome;
  }
  throw new Error('There was no definite answer.');
}

interface Row {
  readonly title: string;
  readonly fault: Exclude<Fault, { kind: 'decline' | 'processing' | 'refund_pending' }>;
  readonly kind: PaymentOutcome['kind'];
  readonly more?: Record<string, unknown>;
}

/** A reset is given twice, because the SDK sends again by itself after the first. */
const rows: readonly Row[] = [
  { title: 'no answer, nothing moved', fault: { kind: 'timeout', moment: 'before' }, kind: 'silent' },
  { title: 'no answer, money moved', fault: { kind: 'timeout', moment: 'after' }, kind: 'silent' },
  { title: 'an answer cut off, nothing moved', fault: { kind: 'cut', moment: 'before' }, kind: 'silent' },
  { title: 'an answer cut off, money moved', fault: { kind: 'cut', moment: 'after' }, kind: 'silent' },
  { title: 'a connection reset, nothing moved', fault: { kind: 'reset', moment: 'before', times: 2 }, kind: 'silent' },
  { title: 'a connection reset, money moved', fault: { kind: 'reset', moment: 'after', times: 2 }, kind: 'silent' },
  { title: 'a page of a proxy, nothing moved', fault: { kind: 'html', moment: 'before' }, kind: 'silent' },
  { title: 'a page of a proxy, money moved', fault: { kind: 'html', moment: 'after' }, kind: 'silent' },
  { title: 'a 500, nothing moved', fault: { kind: 'server_error', moment: 'before' }, kind: 'silent' },
  { title: 'a saved 500, money moved', fault: { kind: 'server_error', moment: 'after' }, kind: 'silent' },
  { title: 'a 503', fault: { kind: 'unavailable' }, kind: 'silent' },
  {
    title: 'a limit with a time to wait',
    fault: { kind: 'rate_limit', retryAfterSeconds: 7 },
    kind: 'unavailable',
    more: { retryAfterMs: 7_000 },
  },
  {
    title: 'a limit without a time to wait',
    fault: { kind: 'rate_limit' },
    kind: 'unavailable',
    more: { retryAfterMs: null },
  },
  { title: 'a key in use', fault: { kind: 'conflict', code: 'idempotency_key_in_use' }, kind: 'unavailable' },
  { title: 'a lock not had in time', fault: { kind: 'conflict', code: 'lock_timeout' }, kind: 'unavailable' },
  { title: 'an answer later than the timeout', fault: { kind: 'delay', ms: 2 * TIMEOUT_MS }, kind: 'silent' },
];

describe('a confirm that meets a fault', () => {
  it.each(rows)('$title: named rightly, and paid once when sent again', async ({ fault, kind, more = {} }) => {
    const attempt = await firstAttempt();
    double.control.fail({ ...fault, route: CONFIRM });
    expect(await payments.confirmIntent(attempt)).toMatchObject({ kind, ...more });
    await expect
      .poll(() => settle(attempt), { timeout: 5_000 })
      .toMatchObject({ kind: 'seen', view: { status: 'succeeded' } });
    const { payments: made } = double.control.summary();
    expect(made.map((one) => [one.intent, one.amountMinor])).toEqual([[attempt.intentId, 2_000]]);
    expect(double.control.faults()).toEqual([]);
    const keys = double.control
      .journal()
      .filter((one) => one.path.endsWith('/confirm'))
      .map((one) => one.idempotencyKey);
    expect(new Set(keys)).toEqual(new Set([attempt.idempotencyKey]));
  });

  it('a reset after the money moved is settled by the SDK itself, and seen as it now is', async () => {
    const attempt = await firstAttempt();
    double.control.fail({ kind: 'reset', moment: 'after', route: CONFIRM });
    expect(await payments.confirmIntent(attempt)).toMatchObject({ kind: 'seen', view: { status: 'succeeded' } });
    expect(double.control.summary().payments).toHaveLength(1);
  });

  it('a saved 500 that is replayed says look, even when nothing moved, and a new attempt may then pay', async () => {
    const attempt = await firstAttempt();
    double.control.fail({ kind: 'server_error', moment: 'rolled_back', route: CONFIRM });
    expect((await payments.confirmIntent(attempt)).kind).toBe('silent');
    expect((await payments.confirmIntent(attempt)).kind).toBe('look');
    const looked = await payments.retrieveIntent(attempt.intentId);
    expect(looked).toMatchObject({ kind: 'seen', view: { status: 'requires_payment_method', payment: null } });
    const next = await payments.confirmIntent({ ...attempt, idempotencyKey: `${attempt.idempotencyKey}-next` });
    expect(next.kind).toBe('seen');
    expect(double.control.summary().payments).toHaveLength(1);
  });

  it('an attempt that was under way, and is asked again once it has failed, is told as looked at: its end is no secret', async () => {
    const attempt = await firstAttempt();
    double.control.fail({ kind: 'processing', paymentMethod: card, times: 1 });
    expect(await payments.confirmIntent(attempt)).toMatchObject({ kind: 'seen', view: { status: 'processing' } });
    await double.control.finishProcessing(attempt.intentId, 'failed', 'insufficient_funds');
    expect(await payments.confirmIntent(attempt)).toMatchObject({
      ...{ kind: 'seen', looked: true },
      view: { status: 'requires_payment_method', lastDecline: { declineCode: 'insufficient_funds' } },
    });
  });

  it('a key older than a day is forgotten, and the intent itself still refuses to pay twice', async () => {
    const attempt = await firstAttempt();
    await payments.confirmIntent(attempt);
    await double.control.advance(25 * 3_600_000);
    expect((await payments.confirmIntent(attempt)).kind).toBe('look');
    expect(double.control.summary().payments).toHaveLength(1);
  });

  it('a first try in doubt is not explained away by what a later try was told', async () => {
    const attempt = await firstAttempt();
    double.control.fail({ kind: 'timeout', moment: 'after', route: CONFIRM });
    double.control.fail({ kind: 'rate_limit', route: CONFIRM });
    expect((await open(1).confirmIntent(attempt)).kind).toBe('silent');
    expect(await settle(attempt)).toMatchObject({ kind: 'seen', view: { status: 'succeeded' } });
    expect(double.control.summary().payments).toHaveLength(1);
  });

  it('a scripted decline carries the code and the advice of the issuer', async () => {
    const attempt = await firstAttempt();
    double.control.fail({
      kind: 'decline',
      declineCode: 'lost_card',
      adviceCode: 'do_not_try_again',
      paymentMethod: card,
    });
    expect(await payments.confirmIntent(attempt)).toMatchObject({
      kind: 'declined',
      decline: { code: 'card_declined', declineCode: 'lost_card', adviceCode: 'do_not_try_again' },
    });
    expect(double.control.summary()).toMatchObject({ declined: 1, payments: [] });
  });
});

describe('a creation that meets a fault', () => {
  it.each(rows.filter(({ fault }) => fault.kind !== 'delay'))(
    '$title: one intent when asked again',
    async ({ fault, kind }) => {
      double.control.fail({ ...fault, route: CREATE });
      const asked = request();
      expect((await payments.createIntent(asked)).kind).toBe(kind);
      expect(await payments.createIntent(asked)).toMatchObject({ kind: 'seen', view: { charge: asked.charge } });
      expect(double.control.summary().intents).toBe(1);
    },
  );

  it('a saved 500 with nothing made does not block the charge for a day: a second key makes the one intent', async () => {
    double.control.fail({ kind: 'server_error', moment: 'rolled_back', route: CREATE });
    const asked = request();
    expect((await payments.createIntent(asked)).kind).toBe('silent');
    expect(double.control.summary().intents).toBe(0);
    expect(await payments.createIntent(asked)).toMatchObject({ kind: 'seen', view: { charge: asked.charge } });
    expect((await payments.createIntent(asked)).kind).toBe('seen');
    expect(double.control.summary().intents).toBe(1);
  });
});

describe('an endpoint that is not Stripe', () => {
  it('where nobody listens, certainly nothing happened', async () => {
    const gone = await startStripeDouble();
    await gone.stop();
    const unheard = makeStripePayments({ secretKey: TEST_KEY, apiBase: gone.url, maxNetworkRetries: 0 });
    expect(await unheard.confirmIntent(await firstAttempt())).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['null', 'null'],
    ['an empty object', '{}'],
    ['a list', '[]'],
    [
      'another intent',
      '{"object":"payment_intent","id":"pi_other","status":"canceled","amount":1,"currency":"usd","metadata":{},"last_payment_error":null,"latest_charge":null}',
    ],
    [
      'an intent in an unknown state',
      '{"object":"payment_intent","id":"pi_1","status":"new_state","amount":1,"currency":"usd","metadata":{},"last_payment_error":null,"latest_charge":null}',
    ],
  ])('an answer of %s is silence, not a guess', async (_title, body) => {
    await withServer(
      (end) => end(body),
      async (apiBase) => {
        const strange = makeStripePayments({
          secretKey: TEST_KEY,
          apiBase,
          timeoutMs: TIMEOUT_MS,
          maxNetworkRetries: 0,
        });
        expect((await strange.retrieveIntent('pi_1')).kind).toBe('silent');
      },
    );
  });
});

it("calls in flight at once never take each other's troubles for their own", async () => {
  double.control.fail({ kind: 'rate_limit', route: 'GET /v1/payment_intents/pi_limited', times: null });
  const fresh = open(0, PATIENT_MS);
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, index) => fresh.retrieveIntent(index % 2 === 0 ? 'pi_limited' : 'pi_unknown')),
  );
  expect(outcomes.map((one) => one.kind)).toEqual(
    Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? 'unavailable' : 'refused')),
  );
});

async function withServer(
  answer: (end: (body: string) => void) => void,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((_request, response) => answer((body) => response.end(body)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  try {
    await use(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
