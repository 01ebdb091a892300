/** What the double's webhooks promise: signed as Stripe signs, sent until taken, and disordered only when told to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { ask, sdk } from '../stripe/double-client.js';
import { type HookServer, startHook } from '../stripe/hook-server.js';
import { eventDifferences } from '../stripe/openapi.js';

const SECRET = 'whsec_given_at_the_start';
const QUICK = { firstMs: 5, mostMs: 40 };

let hook: HookServer;
let double: StripeDouble;
let stripe: Stripe;
beforeEach(async () => {
  hook = await startHook();
  double = await startStripeDouble({ webhooks: { url: hook.url, secret: SECRET }, delivery: QUICK });
  stripe = sdk(double);
});
afterEach(async () => {
  await double.stop();
  await hook.stop();
});

describe('a delivery', () => {
  it('is signed so that the real library takes it, and only with the right secret and body', async () => {
    await stripe.customers.create({ email: 'a@example.com' });
    await double.control.webhooks.idle();
    const [{ body, signature } = { body: '', signature: '' }] = hook.hits;
    const event = stripe.webhooks.constructEvent(body, signature, SECRET);
    expect([event.type, event.livemode]).toEqual(['customer.created', false]);
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow(/signature/i);
    expect(() => stripe.webhooks.constructEvent(`${body} `, signature, SECRET)).toThrow(/signature/i);
  });

  it('is as Stripe describes it, names the request that caused it, and is what a poller is shown', async () => {
    const created = await stripe.customers.create({}, { idempotencyKey: 'made-once' });
    await double.control.webhooks.idle();
    const sent = JSON.parse(hook.hits[0]?.body ?? '');
    expect(eventDifferences(sent)).toEqual([]);
    expect(sent.request).toEqual({ id: created.lastResponse.requestId, idempotency_key: 'made-once' });
    expect(sent.data.object.id).toBe(created.id);
    const listed = (await stripe.events.list()).data[0];
    expect({ ...listed, pending_webhooks: 1 }).toEqual(sent);
    expect(listed?.pending_webhooks).toBe(0);
  });

  it('is repeated until it is answered with a 2xx, signed anew each time', async () => {
    hook.answer(500);
    await stripe.customers.create({});
    await expect.poll(() => hook.hits.length).toBeGreaterThan(2);
    expect((await stripe.events.list()).data[0]?.pending_webhooks).toBe(1);
    hook.answer(204);
    await double.control.webhooks.idle();
    const tries = double.control.webhooks.tries();
    expect(tries.slice(0, -1).every((one) => one.status === 500)).toBe(true);
    expect(tries.at(-1)?.status).toBe(204);
    expect(new Set(hook.hits.map((one) => JSON.parse(one.body).id)).size).toBe(1);
    for (const { body, signature } of hook.hits) stripe.webhooks.constructEvent(body, signature, SECRET);
  });

  it('reaches an endpoint that was down when the event happened', async () => {
    const port = Number(new URL(hook.url).port);
    await hook.stop();
    await stripe.customers.create({});
    await expect.poll(() => double.control.webhooks.tries().length).toBeGreaterThan(1);
    expect(double.control.webhooks.tries()[0]).toMatchObject({ status: null, problem: expect.stringMatching(/./) });
    hook = await startHook(port);
    await double.control.webhooks.idle();
    expect(hook.types()).toEqual(['customer.created']);
  });

  it("is given up after three days of the double's own time", async () => {
    hook.answer(500);
    await stripe.customers.create({});
    await expect.poll(() => hook.hits.length).toBeGreaterThan(0);
    expect(double.control.webhooks.owed()).toBe(1);
    await double.control.advance(3 * 86_400_000 + 60_000);
    await double.control.webhooks.idle();
    expect(double.control.webhooks.owed()).toBe(0);
  });

  it('that was owed when the double ended is made by the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stripe-double-'));
    const options = { stateFile: join(folder, 'state.json'), webhooks: { url: hook.url, secret: SECRET } };
    hook.answer(503);
    const first = await startStripeDouble({ ...options, delivery: QUICK });
    await sdk(first).customers.create({ name: 'Ada' });
    await expect.poll(() => hook.hits.length).toBeGreaterThan(0);
    await first.stop();
    hook.answer(200);
    const second = await startStripeDouble({ ...options, delivery: QUICK });
    await second.control.webhooks.idle();
    expect(JSON.parse(hook.hits.at(-1)?.body ?? '').data.object.name).toBe('Ada');
    expect(second.control.webhooks.owed()).toBe(0);
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

describe('an endpoint', () => {
  it('made by a request gets only the types it named, signed with the secret that is shown once', async () => {
    const other = await startHook();
    const made = await stripe.webhookEndpoints.create({ url: other.url, enabled_events: ['customer.updated'] });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
    const customer = await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'Ada' });
    await double.control.webhooks.idle();
    expect(other.types()).toEqual(['customer.updated']);
    const { body, signature } = other.hits[0] ?? { body: '', signature: '' };
    const event = stripe.webhooks.constructEvent(body, signature, made.secret ?? '');
    expect(event.data.previous_attributes).toEqual({ name: null });
    await other.stop();
  });

  it('that was disabled or deleted gets nothing more', async () => {
    const made = await stripe.webhookEndpoints.create({ url: `${hook.url}/other`, enabled_events: ['*'] });
    await stripe.webhookEndpoints.update(made.id, { disabled: true });
    await stripe.customers.create({});
    await stripe.webhookEndpoints.update(made.id, { disabled: false });
    await stripe.webhookEndpoints.del(made.id);
    await stripe.customers.create({});
    await double.control.webhooks.idle();
    expect(hook.types()).toEqual(['customer.created', 'customer.created']);
    await expect(stripe.webhookEndpoints.retrieve(made.id)).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('that cannot be an address, or wants what is no type, is refused', async () => {
    const make = (url: string, type: string) =>
      ask(double, 'POST /v1/webhook_endpoints', new URLSearchParams({ url, 'enabled_events[0]': type }).toString());
    expect((await make('here', '*')).body.error.code).toBe('url_invalid');
    expect((await make(hook.url, 'everything!')).body.error.param).toBe('enabled_events');
  });
});

describe('the control of deliveries', () => {
  const create = () => stripe.customers.create({});

  it('holds back, and releases in either order', async () => {
    const { webhooks } = double.control;
    webhooks.hold(['customer.*']);
    const customer = await create();
    await stripe.customers.update(customer.id, { name: 'Ada' });
    await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    await webhooks.idle();
    expect([hook.types(), webhooks.owed()]).toEqual([['payment_intent.created'], 2]);
    await webhooks.release('newest_first');
    expect(hook.types().slice(1)).toEqual(['customer.updated', 'customer.created']);
    await create();
    await webhooks.idle();
    expect(hook.types().at(-1)).toBe('customer.created');
  });

  it('loses a delivery of an event that a poller still finds', async () => {
    double.control.webhooks.drop({ types: ['customer.created'] });
    const lost = await create();
    await create();
    await double.control.webhooks.idle();
    expect(hook.hits.length).toBe(1);
    const found = await stripe.events.list({ type: 'customer.created' });
    expect(found.data.map((one) => (one.data.object as Stripe.Customer).id)).toContain(lost.id);
  });

  it('sends a delivery twice, and one of the past again, under the same id', async () => {
    double.control.webhooks.duplicate();
    await create();
    await double.control.webhooks.idle();
    const [event] = (await stripe.events.list()).data;
    double.control.webhooks.replay(event?.id ?? '');
    await double.control.webhooks.idle();
    expect(hook.hits.map((one) => JSON.parse(one.body).id)).toEqual([event?.id, event?.id, event?.id]);
    expect(() => double.control.webhooks.replay('evt_never')).toThrow(/no event/);
  });

  it('tells of what never happened, recorded or not, and plays a forger', async () => {
    const { webhooks } = double.control;
    const id = await webhooks.emit('charge.succeeded', { id: 'ch_made', object: 'charge' });
    await webhooks.idle();
    expect((await stripe.events.retrieve(id)).type).toBe('charge.succeeded');
    const sent = await webhooks.deliver({ id: 'evt_hand', object: 'event' });
    expect(sent).toEqual([{ status: 200, problem: null }]);
    const hand = hook.hits.at(-1) ?? { body: '', signature: '' };
    expect(stripe.webhooks.constructEvent(hand.body, hand.signature, SECRET).id).toBe('evt_hand');
    await webhooks.deliver('{"id":"evt_forged"}', { header: 't=1,v1=00' });
    await webhooks.deliver('{"id":"evt_late"}', { signedAtSeconds: Math.floor(Date.now() / 1_000) - 900 });
    for (const { body, signature } of hook.hits.slice(-2)) {
      expect(() => stripe.webhooks.constructEvent(body, signature, SECRET)).toThrow();
    }
    expect((await stripe.events.list()).data.map((one) => one.id)).toEqual([id]);
  });

  it('is had over HTTP as well', async () => {
    const post = (body: unknown) =>
      ask(double, 'POST /_double/webhooks', JSON.stringify(body), { 'content-type': 'application/json' });
    await post({ action: 'hold' });
    await create();
    expect((await ask(double, 'GET /_double/deliveries')).body.owed).toBe(1);
    await post({ action: 'release' });
    await post({ action: 'emit', type: 'customer.created', object: { id: 'cus_made' } });
    await double.control.webhooks.idle();
    expect(hook.hits.length).toBe(2);
    expect((await ask(double, 'GET /_double/events')).body.length).toBe(2);
    const refused = await post({ action: 'replay', event: 'evt_never' });
    expect([refused.status, refused.body.problem]).toEqual([400, 'The double keeps no event evt_never.']);
    expect((await post({ action: 'shout' })).status).toBe(400);
  });
});

describe('the list of events', () => {
  it('is narrowed by types and by time, and walked', async () => {
    const customer = await stripe.customers.create({});
    await double.control.advance(10_000_000);
    await stripe.customers.update(customer.id, { name: 'Ada' });
    await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    const types = async (params: Stripe.EventListParams) =>
      (await stripe.events.list(params)).data.map((one) => one.type);
    expect(await types({ types: ['customer.created', 'customer.updated'] })).toEqual([
      'customer.updated',
      'customer.created',
    ]);
    expect(await types({ created: { gt: customer.created } })).toEqual(['payment_intent.created', 'customer.updated']);
    const first = (await stripe.events.list({ limit: 1 })).data[0]?.id ?? '';
    expect(await types({ starting_after: first })).toEqual(['customer.updated', 'customer.created']);
    await expect(stripe.events.retrieve('evt_never')).rejects.toMatchObject({ statusCode: 404 });
  });

  it("forgets what is older than thirty days of the double's own time", async () => {
    await stripe.customers.create({ name: 'old' });
    await double.control.advance(31 * 86_400_000);
    await stripe.customers.create({ name: 'new' });
    expect(double.control.events().length).toBe(1);
  });
});
