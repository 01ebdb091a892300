/** The double itself, asked without any SDK: what it refuses, how its cards behave, how it is steered, what it shows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCards } from '../../src/dev/stripe-double/cards.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import declineCodes from '../stripe/decline-codes.json' with { type: 'json' };
import { ask } from '../stripe/double-client.js';

let double: StripeDouble;
beforeEach(async () => {
  double = await startStripeDouble();
});
afterEach(() => double.stop());

const AMOUNT = 'amount=2000&currency=usd';

async function intentId(form = AMOUNT): Promise<string> {
  return (await ask(double, 'POST /v1/payment_intents', form)).body.id;
}

describe('what is refused', () => {
  it('a live key, in words that its owner must hear', async () => {
    const refused = await ask(double, 'GET /v1/account', '', { authorization: 'Bearer sk_live_x' });
    expect(refused.status).toBe(401);
    expect(refused.body.error.message).toMatch(/live key/);
    const basic = `Basic ${Buffer.from('rk_live_x:').toString('base64')}`;
    expect((await ask(double, 'GET /v1/account', '', { authorization: basic })).status).toBe(401);
  });

  it('no key, another version of the API, an operation that is not played', async () => {
    expect((await ask(double, 'GET /v1/account', '', { authorization: '' })).status).toBe(401);
    expect((await ask(double, 'GET /v1/account', '', { 'stripe-version': '2020-08-27' })).status).toBe(400);
    const unknown = await ask(double, 'POST /v1/tokens', 'customer=x');
    expect([unknown.status, unknown.body.error.type]).toEqual([404, 'invalid_request_error']);
    expect(unknown.body.error.message).toMatch(/not part of the double/);
  });

  it.each([
    ['payment_method_types[]=card', 'payment_method_types_no_longer_supported'],
    ['colour=red', 'parameter_unknown'],
    ['__proto__[polluted]=1', 'parameter_unknown'],
    ['metadata[constructor]=1', 'parameter_unknown'],
    ['amount[nested]=1', 'parameter_invalid'],
    ['amount=1', 'parameter_invalid'],
    ['customer=cus_unknown', 'resource_missing'],
    ['expand[]=nonsense', 'parameter_invalid'],
    ['allowed_payment_method_types[]=card&automatic_payment_methods[enabled]=true', 'parameter_invalid'],
  ])('%s on a new intent', async (extra, code) => {
    const refused = await ask(double, 'POST /v1/payment_intents', `${AMOUNT}&${extra}`);
    expect([refused.status, refused.body.error.code]).toEqual([400, code]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(double.control.summary().intents).toBe(0);
  });

  it.each([
    ['currency=usd', 'parameter_missing'],
    ['amount=&currency=usd', 'parameter_invalid_empty'],
    ['amount=49&currency=usd', 'amount_too_small'],
    ['amount=100000000&currency=usd', 'amount_too_large'],
    ['amount=0&currency=usd', 'parameter_invalid_integer'],
    ['amount=-100&currency=usd', 'parameter_invalid_integer'],
    ['amount=20.5&currency=usd', 'parameter_invalid_integer'],
    ['amount=1e3&currency=usd', 'parameter_invalid_integer'],
    ['amount=2000&currency=zzz', 'invalid_currency'],
  ])('an intent of %s', async (form, code) => {
    const refused = await ask(double, 'POST /v1/payment_intents', form);
    expect([refused.status, refused.body.error.code]).toEqual([400, code]);
  });
});

it('confirming a paid intent again is refused with the intent inside, and nothing is paid twice', async () => {
  const path = `POST /v1/payment_intents/${await intentId()}/confirm`;
  await ask(double, path, 'payment_method=pm_card_visa');
  const again = await ask(double, path, 'payment_method=pm_card_visa');
  expect([again.status, again.body.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
  expect(again.body.error.payment_intent.status).toBe('succeeded');
  expect(double.control.summary().totals).toEqual({ usd: 2_000 });
});

it('an on-session confirm of a card that wants its owner answers 200 and waits for them', async () => {
  const path = `POST /v1/payment_intents/${await intentId()}/confirm`;
  const asked = await ask(double, path, 'payment_method=pm_card_authenticationRequired');
  expect([asked.status, asked.body.status]).toEqual([200, 'requires_action']);
  expect(double.control.summary().payments).toEqual([]);
});

it('a detached card and a card of another customer never pay', async () => {
  const owner = (await ask(double, 'POST /v1/customers')).body.id;
  const card = (await ask(double, 'POST /v1/payment_methods/pm_card_visa/attach', `customer=${owner}`)).body.id;
  const strangers = await intentId();
  expect((await ask(double, `POST /v1/payment_intents/${strangers}/confirm`, `payment_method=${card}`)).status).toBe(
    400,
  );
  await ask(double, `POST /v1/payment_methods/${card}/detach`);
  const own = await intentId(`${AMOUNT}&customer=${owner}`);
  expect((await ask(double, `POST /v1/payment_intents/${own}/confirm`, `payment_method=${card}`)).status).toBe(400);
  expect(double.control.summary().payments).toEqual([]);
});

it('an empty text unsets, one name of the metadata or all of it', async () => {
  const made = await ask(double, 'POST /v1/customers', 'name=A&metadata[a]=1&metadata[b]=2');
  const path = `POST /v1/customers/${made.body.id}`;
  expect((await ask(double, path, 'metadata[a]=')).body.metadata).toEqual({ b: '2' });
  expect((await ask(double, path, 'metadata=&name=')).body).toMatchObject({ metadata: {}, name: null });
});

it('lists are walked from either end without a gap', async () => {
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1)
    made.unshift((await ask(double, 'POST /v1/customers', `name=${count}`)).body.id);
  const ids = (said: { body: { data: { id: string }[] } }) => said.body.data.map((one) => one.id);
  const first = await ask(double, 'GET /v1/customers', 'limit=2');
  expect([ids(first), first.body.has_more]).toEqual([made.slice(0, 2), true]);
  const rest = await ask(double, 'GET /v1/customers', `limit=3&starting_after=${made[1]}`);
  expect([ids(rest), rest.body.has_more]).toEqual([made.slice(2), false]);
  const back = await ask(double, 'GET /v1/customers', `limit=2&ending_before=${made[3]}`);
  expect([ids(back), back.body.has_more]).toEqual([made.slice(1, 3), true]);
});

describe('the test cards', () => {
  const published = declineCodes.test_payment_methods.cards;

  it.each(testCards().map((card) => card.name))('%s behaves as Stripe has published', async (name) => {
    const facts = published.find((one) => one.payment_method === name);
    const promised = facts?.off_session_confirm as
      | {
          http: number;
          status?: string;
          error?: { code: string; decline_code: string | null };
          before_setup?: { http: number; error: { code: string } };
        }
      | undefined;
    const expected = promised?.before_setup ?? promised;
    const customer = (await ask(double, 'POST /v1/customers')).body.id;
    const attach = await ask(double, `POST /v1/payment_methods/${name}/attach`, `customer=${customer}`);
    if (facts?.attachable_to_customer !== null) expect(attach.status).toBe(facts?.attachable_to_customer ? 200 : 402);
    const said = await ask(
      double,
      `POST /v1/payment_intents/${await intentId()}/confirm`,
      `payment_method=${name}&off_session=true`,
    );
    expect(said.status).toBe(expected?.http);
    if (expected?.http === 402) {
      expect(said.body.error.code).toBe(expected.error?.code);
      expect(said.body.error.payment_intent.status).toBe('requires_payment_method');
      if (promised?.error) expect(said.body.error.decline_code ?? null).toBe(promised.error.decline_code);
    }
  });
});

describe('the control over HTTP', () => {
  it('scripts a fault, shows it waiting, and shows the money that moved', async () => {
    const post = (path: string, body: unknown) =>
      ask(double, `POST ${path}`, JSON.stringify(body), { 'content-type': 'application/json' });
    const added = await post('/_double/faults', { kind: 'decline', declineCode: 'insufficient_funds', times: 1 });
    expect(added.body).toMatchObject([{ kind: 'decline', declineCode: 'insufficient_funds', times: 1 }]);
    const path = `POST /v1/payment_intents/${await intentId(`${AMOUNT}&metadata[creditd_charge]=c1`)}/confirm`;
    expect((await ask(double, path, 'payment_method=pm_card_visa')).body.error.decline_code).toBe('insufficient_funds');
    expect((await ask(double, path, 'payment_method=pm_card_visa')).status).toBe(200);
    const summary = await ask(double, 'GET /_double/summary');
    expect(summary.body).toMatchObject({
      declined: 1,
      payments: [{ amountMinor: 2_000, metadata: { creditd_charge: 'c1' } }],
    });
    expect((await post('/_double/faults', { kind: 'gremlins' })).status).toBe(400);
    expect((await post('/_double/clock', { advanceMs: 1_000 })).status).toBe(200);
    expect((await ask(double, 'GET /_double/journal')).body.length).toBeGreaterThan(2);
  });

  it('takes nothing that a page elsewhere could send without asking', async () => {
    const forged = await ask(double, 'POST /_double/faults', '{"kind":"unavailable"}', {
      'content-type': 'text/plain',
    });
    expect(forged.status).toBe(400);
    expect(double.control.faults()).toEqual([]);
  });
});

describe('the page', () => {
  it('shows payments and customers, with whatever they are called escaped', async () => {
    const name = '<script>alert(1)</script>"&\'';
    await ask(
      double,
      'POST /v1/customers',
      new URLSearchParams({ name, 'metadata[creditd_account]': name }).toString(),
    );
    const id = await intentId(
      new URLSearchParams({ amount: '2000', currency: 'usd', 'metadata[creditd_account]': name }).toString(),
    );
    const paid = await ask(
      double,
      `POST /v1/payment_intents/${id}/confirm`,
      'payment_method=pm_card_visa&expand[]=latest_charge',
    );
    const page = await fetch(double.url);
    const html = await page.text();
    expect(html).toContain('$20.00');
    expect(html).toContain('&#60;script&#62;alert(1)');
    expect(html).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const receipt = await fetch(paid.body.latest_charge.receipt_url);
    expect(await receipt.text()).toContain('Receipt for $20.00');
  });
});
