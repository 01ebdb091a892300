/** The double against Stripe's own description: every operation it has, in success and in refusal, in both directions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { BILLING_ROUTES } from '../../src/dev/stripe-double/billing-routes.js';
import { ROUTES } from '../../src/dev/stripe-double/routes.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, chargeId } from '../../src/domain/ids.js';
import { instant } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import { ask, eventsOf, sdk, TEST_KEY } from '../stripe/double-client.js';
import { everyCard, everyEndpoint, everyPayment, everyReturn } from '../stripe/every-operation.js';
import { description, differences, eventDifferences, operationKeys, operationOf } from '../stripe/openapi.js';

/** The description leaves the account out; its id is all that is read of it. */
const UNDESCRIBED = new Set(['GET /v1/account']);

let double: StripeDouble;
beforeAll(async () => {
  double = await startStripeDouble();
});
afterAll(() => double.stop());

/** Asks as the flows do, through the SDK. */
async function everyCallOfThePort(): Promise<void> {
  const payments = makeStripePayments({ secretKey: TEST_KEY, apiBase: double.url, maxNetworkRetries: 0 });
  const account = accountId('studio-1');
  const made = await payments.createCustomer({ deployment: 'd', account, name: 'Studio', email: 'a@example.com' });
  const customer = made.kind === 'made' ? made.customer : '';
  for (const card of [
    'pm_card_visa',
    'pm_card_chargeCustomerFail',
    'pm_card_authenticationRequired',
    'pm_card_radarBlock',
  ]) {
    const charge = chargeId(`charge-${card}`);
    const attached = await payments.attachCard(customer, card);
    const intent = await payments.createIntent({
      charge,
      account,
      deployment: 'd',
      customer,
      amountMinor: minorUnits(2_000),
      currency: currency('usd'),
      description: '200 credits',
      sold: { kind: 'top_off', credits: credits(200) },
    });
    if (attached.kind !== 'attached' || intent.kind !== 'seen') throw new Error(`${card} could not be tried.`);
    const { intentId } = intent.view;
    const params = { payment_method: attached.card.processorId, off_session: true };
    await payments.confirmIntent({ intentId, idempotencyKey: `${charge}-1`, params, firstSentAt: instant(0) });
    await payments.retrieveIntent(intentId);
    await payments.cancelIntent(intentId);
  }
  await payments.attachCard(customer, 'pm_card_visa_chargeDeclined');
  await payments.identify();
}

/** What the port does not ask for: the lists, the single objects, an intent that waits for its owner. */
async function everythingElse(): Promise<void> {
  const customer = (await ask(double, 'GET /v1/customers', 'limit=1')).body.data[0].id;
  const paid = double.control.summary().payments[0];
  await ask(double, 'GET /v1/balance');
  await ask(double, `GET /v1/customers/${customer}`);
  await ask(double, `GET /v1/customers/${customer}/payment_methods`, 'type=card');
  const methods = await ask(double, 'GET /v1/payment_methods', `customer=${customer}&limit=1`);
  const method = methods.body.data[0].id;
  await ask(double, `GET /v1/payment_methods/${method}`, 'expand[]=customer');
  await ask(double, `POST /v1/payment_methods/${method}/detach`);
  await ask(double, 'GET /v1/payment_intents', `customer=${customer}&expand[]=data.latest_charge&limit=100`);
  await ask(
    double,
    `GET /v1/payment_intents/${paid?.intent}`,
    'expand[]=customer&expand[]=payment_method&expand[]=latest_charge',
  );
  await ask(double, 'GET /v1/charges', `customer=${customer}`);
  await ask(double, `GET /v1/charges/${paid?.charge}`, 'expand[]=payment_intent&expand[]=customer');
  const waiting = await ask(
    double,
    'POST /v1/payment_intents',
    'amount=500&currency=jpy&automatic_payment_methods[enabled]=true',
  );
  await ask(
    double,
    `POST /v1/payment_intents/${waiting.body.id}/confirm`,
    'payment_method=pm_card_authenticationRequired',
  );
  await ask(double, `POST /v1/payment_intents/${waiting.body.id}/cancel`, 'cancellation_reason=abandoned');
  await ask(double, 'GET /v1/charges/ch_unknown');
  await ask(double, 'POST /v1/payment_intents', 'amount=1&currency=usd');
}

describe('every exchange with the double', () => {
  beforeAll(async () => {
    await everyCallOfThePort();
    await everythingElse();
    await everyCard(sdk(double), double);
    await everyPayment(sdk(double), double);
    await everyReturn(sdk(double), double);
    await everyEndpoint(sdk(double));
  });

  it('F59 is as Stripe describes it, request and answer, with no property that Stripe does not have', () => {
    const exchanges = double.control.journal().filter((one) => !UNDESCRIBED.has(`${one.method} ${one.path}`));
    expect(exchanges.length).toBeGreaterThan(30);
    expect(exchanges.flatMap(differences)).toEqual([]);
  });

  it('is told by events whose objects are as Stripe describes them too', () => {
    const events = eventsOf(double);
    expect(events.flatMap(eventDifferences)).toEqual([]);
    expect(new Set(events.map((one) => one.type)).size).toBeGreaterThan(25);
  });

  it('covers every operation of the double with success, and both kinds of refusal', () => {
    const done = double.control.journal().filter((one) => one.status === 200);
    const covered = new Set(done.map((one) => operationOf(one.method, one.path) ?? `${one.method} ${one.path}`));
    expect(ROUTES.map((one) => `${one.method} ${one.path}`).filter((one) => !covered.has(one))).toEqual([]);
    expect(new Set(double.control.journal().map((one) => one.status))).toEqual(new Set([200, 400, 402, 404]));
  });

  it('never takes a parameter that Stripe does not take', () => {
    for (const { method, path, spec } of ROUTES) {
      const operation = description.paths[path]?.[method.toLowerCase()];
      if (UNDESCRIBED.has(`${method} ${path}`)) continue;
      const form = operation?.requestBody?.content['application/x-www-form-urlencoded']?.schema.properties ?? {};
      const taken = [
        ...Object.keys(form),
        ...(operation?.parameters ?? []).map((one) => one.name),
        'payment_method_types',
      ];
      expect(
        Object.keys(spec).filter((name) => !taken.includes(name)),
        `${method} ${path}`,
      ).toEqual([]);
    }
  });
});

describe('the check itself', () => {
  const intent = () =>
    double.control
      .journal()
      .find((one) => one.method === 'GET' && one.path.startsWith('/v1/payment_intents/pi_') && one.status === 200);

  it.each([
    ['a property that Stripe does not have', (body: Record<string, unknown>) => ({ ...body, colour: 'red' })],
    ['a property that is missing', ({ amount: _amount, ...body }: Record<string, unknown>) => body],
    ['a wrong type', (body: Record<string, unknown>) => ({ ...body, amount: '2000' })],
    ['null where there is none', (body: Record<string, unknown>) => ({ ...body, currency: null })],
  ])('sees %s', (_title, spoil) => {
    const exchange = intent();
    if (exchange === undefined) throw new Error('No exchange to spoil.');
    expect(differences(exchange)).toEqual([]);
    expect(differences({ ...exchange, body: JSON.stringify(spoil(JSON.parse(exchange.body))) })).not.toEqual([]);
  });

  it('sees a parameter that Stripe does not have', () => {
    const exchange = intent();
    if (exchange === undefined) throw new Error('No exchange to spoil.');
    expect(differences({ ...exchange, params: { colour: 'red' } })).not.toEqual([]);
  });

  it('knows no operation of the description that the double lacks', () => {
    const routes = new Set([...ROUTES, ...BILLING_ROUTES].map((one) => `${one.method} ${one.path}`));
    expect(operationKeys.filter((one) => !routes.has(one))).toEqual([]);
  });
});
