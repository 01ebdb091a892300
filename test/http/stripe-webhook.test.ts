/** The door that Stripe's events come in by, over the database that keeps them. */
import { createHmac, randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeStripeEvents } from '../../src/adapters/postgres/stripe-events.js';
import { makeReadStripeWebhook } from '../../src/adapters/stripe/webhooks.js';
import { makeTakeStripeEvents } from '../../src/flow/take-stripe-events.js';
import { answerProblems } from '../../src/http/problems.js';
import { secure } from '../../src/http/security.js';
import { STRIPE_WEBHOOK_PATH, serveStripeWebhook } from '../../src/http/stripe-webhook.js';
import type { Log } from '../../src/ports.js';
import { query } from '../support/admin.js';
import { DEPLOYMENT, openTestStore, type TestStore } from '../support/store.js';

const SECRET = 'whsec_door';
let store: TestStore;
let app: FastifyInstance;
const counted: string[] = [];
const logged: string[] = [];
const note = (fields: Record<string, unknown>, message: string) => {
  logged.push(JSON.stringify({ ...fields, message }));
};
const log: Log = { info: note, warn: note, error: note };

beforeAll(async () => {
  store = await openTestStore();
  const account = await store.account('acme');
  await store.accounts.setCustomer(account, 'cus_acme');
  const events = makeStripeEvents({ ...store, deployment: DEPLOYMENT, newId: () => v7(), onAsked: () => undefined });
  const take = makeTakeStripeEvents({
    ...{ events, deployment: DEPLOYMENT },
    processor: { kind: 'stripe', account: 'acct_ours', livemode: false },
    onTaken: (type, taken) => counted.push(`${type} ${taken}`),
  });
  app = Fastify({ bodyLimit: 1_000 });
  secure(app);
  answerProblems(app, log);
  await app.register((scope) =>
    serveStripeWebhook(scope, {
      read: makeReadStripeWebhook([SECRET]),
      take,
      log,
      onRefused: () => counted.push('refused'),
    }),
  );
});

afterAll(async () => {
  await app.close();
  await store.close();
});

interface Wish {
  readonly id?: string;
  readonly type?: string;
  readonly livemode?: boolean;
  readonly account?: string;
  readonly object?: Record<string, unknown>;
}

const eventId = (): string => `evt_${randomUUID().replaceAll('-', '')}`;

const event = ({
  id = eventId(),
  type = 'payment_intent.succeeded',
  livemode = false,
  account,
  object,
}: Wish = {}) => ({
  ...{ id, object: 'event', type, livemode, created: Math.floor(Date.now() / 1_000) },
  ...(account === undefined ? {} : { account }),
  data: { object: object ?? { id: 'pi_1', object: 'payment_intent', customer: 'cus_acme' } },
});

function post(payload: string, header?: string) {
  const at = Math.floor(Date.now() / 1_000);
  const mac = createHmac('sha256', SECRET).update(`${at}.${payload}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'stripe-signature': header ?? `t=${at},v1=${mac}` };
  return app.inject({ method: 'POST', url: STRIPE_WEBHOOK_PATH, payload, headers });
}

const send = (wish: Wish = {}) => post(JSON.stringify(event(wish), null, 2));

const kept = async (id: string) => {
  const [row] = await query<{ state: string; result: string | null; account: string | null; steps: number }>(
    store.url,
    `select e.state, e.result, a.id as account,
       (select count(*)::int from outbox o where o.topic = 'webhook' and o.subject = e.step) as steps
     from stripe_events e left join accounts a on a.no = e.account_no where e.id = $1`,
    [id],
  );
  return row;
};

describe('what is let in', () => {
  test('is stored with its step, and answered with 200', async () => {
    const id = eventId();
    const answer = await send({ id });
    expect([answer.statusCode, answer.json()]).toEqual([200, { received: 'stored' }]);
    expect(await kept(id)).toEqual({ state: 'waiting', result: null, account: 'acme', steps: 1 });
  });

  test('F25 is stored once, however often and however many at once', async () => {
    const id = eventId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ id })));
    expect(answers.every((answer) => answer.statusCode === 200)).toBe(true);
    expect(answers.filter((answer) => answer.json().received === 'stored')).toHaveLength(1);
    expect(await kept(id)).toMatchObject({ state: 'waiting', steps: 1 });
  });

  test.each<[string, Wish, RegExp]>([
    ['of a type that is not heard', { type: 'payout.paid' }, /type are not heard/],
    ['of the other mode', { livemode: true }, /live mode/],
    ['of another account', { account: 'acct_other' }, /another account/],
    [
      'of another deployment',
      { object: { id: 'pi_2', object: 'payment_intent', customer: 'cus_acme', metadata: { creditd_deployment: 'x' } } },
      /another deployment/,
    ],
    [
      'of nobody here',
      { object: { id: 'pi_3', object: 'payment_intent', customer: 'cus_stranger' } },
      /no account here/,
    ],
  ])('is kept as ignored, without a step, when it is %s', async (_, wish, reason) => {
    const id = eventId();
    const answer = await send({ ...wish, id });
    expect([answer.statusCode, answer.json()]).toEqual([200, { received: 'ignored' }]);
    expect(await kept(id)).toEqual({
      state: 'ignored',
      result: expect.stringMatching(reason),
      account: null,
      steps: 0,
    });
  });

  test('an event of our own account, said so, is ours', async () => {
    expect((await send({ account: 'acct_ours' })).json()).toEqual({ received: 'stored' });
  });

  test('F30 metadata of another deployment cannot name an account of ours by its id', async () => {
    const id = eventId();
    const metadata = { creditd_account: 'acme' };
    await send({ id, object: { id: 'pi_4', object: 'payment_intent', customer: null, metadata } });
    expect(await kept(id)).toMatchObject({ state: 'ignored', account: null });
    const named = eventId();
    const ours = { creditd_account: 'acme', creditd_deployment: DEPLOYMENT };
    await send({ id: named, object: { id: 'pi_5', object: 'payment_intent', customer: null, metadata: ours } });
    expect(await kept(named)).toMatchObject({ state: 'waiting', account: 'acme' });
  });

  test('may be larger than what other addresses take', async () => {
    const object = { id: 'pi_1', object: 'payment_intent', customer: 'cus_acme', description: 'x'.repeat(300_000) };
    expect((await send({ object })).statusCode).toBe(200);
  });

  test('a flood of 500 different events is all kept', async () => {
    const ids = Array.from({ length: 500 }, eventId);
    const answers = await Promise.all(ids.map((id) => send({ id })));
    expect(answers.filter((answer) => answer.statusCode !== 200)).toEqual([]);
    const [row] = await query<{ n: number }>(
      store.url,
      'select count(*)::int as n from stripe_events where id = any($1)',
      [ids],
    );
    expect(row?.n).toBe(500);
  });
});

describe('what is turned away', () => {
  test('F28 a forged signature is answered with 400 in a sentence, and nothing is stored', async () => {
    const id = eventId();
    const at = Math.floor(Date.now() / 1_000);
    const answer = await post(JSON.stringify(event({ id })), `t=${at},v1=${'0'.repeat(64)}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ detail: expect.stringMatching(/fits none of the signing secrets/) });
    expect(await kept(id)).toBeUndefined();
    expect(counted.at(-1)).toBe('refused');
  });

  test('a body that is too large is refused before it is read', async () => {
    expect((await post('x'.repeat(1_100_000))).statusCode).toBe(413);
  });

  test('an empty body is refused', async () => {
    expect((await post('')).statusCode).toBe(400);
  });

  test('no secret, signature or body is written into the log', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('\n')).not.toMatch(/whsec_|v1=|payment_intent/);
  });
});

test('what the door makes of events is counted by type, and every unknown type is one', () => {
  expect(counted).toEqual(
    expect.arrayContaining(['payment_intent.succeeded stored', 'payment_intent.succeeded known']),
  );
  expect(counted).toContain('unknown ignored');
});
