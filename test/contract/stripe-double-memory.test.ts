/** The double's memory: first answers by their keys, and money across restarts. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { ask } from '../stripe/double-client.js';

let double: StripeDouble;
beforeEach(async () => {
  double = await startStripeDouble();
});
afterEach(() => double.stop());

const key = (name: string) => ({ 'idempotency-key': name });
const AMOUNT = 'amount=2000&currency=usd';
const intentId = async (): Promise<string> => (await ask(double, 'POST /v1/payment_intents', AMOUNT)).body.id;

describe('idempotency keys', () => {
  it('replay the first answer, whatever happened since, and say so', async () => {
    const first = await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'));
    await ask(double, `POST /v1/payment_intents/${first.body.id}/cancel`);
    const again = await ask(double, 'POST /v1/payment_intents', 'currency=usd&amount=2000', key('k'));
    expect(again.body).toEqual(first.body);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'));
  });

  it('replay a decline', async () => {
    const path = `POST /v1/payment_intents/${await intentId()}/confirm`;
    const form = 'payment_method=pm_card_chargeCustomerFail&off_session=true';
    const first = await ask(double, path, form, key('k'));
    const again = await ask(double, path, form, key('k'));
    expect([first.status, again.status]).toEqual([402, 402]);
    expect(again.body).toEqual(first.body);
    expect(double.control.summary().declined).toBe(1);
  });

  it('are refused with other parameters and on another path', async () => {
    await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'));
    const other = await ask(double, 'POST /v1/payment_intents', 'amount=3000&currency=usd', key('k'));
    expect([other.status, other.body.error.type]).toEqual([400, 'idempotency_error']);
    expect((await ask(double, 'POST /v1/customers', '', key('k'))).body.error.type).toBe('idempotency_error');
  });

  it('are not used up by a request that was refused before it ran', async () => {
    expect((await ask(double, 'POST /v1/payment_intents', 'amount=x&currency=usd', key('k'))).status).toBe(400);
    expect((await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'))).status).toBe(200);
  });

  it('answer 409 while their first request still runs, and the answer afterwards', async () => {
    double.control.fail({ kind: 'delay', ms: 200 });
    const slow = ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'));
    await expect.poll(() => double.control.faults()).toEqual([]);
    const meanwhile = await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'));
    expect([meanwhile.status, meanwhile.body.error.code]).toEqual([409, 'idempotency_key_in_use']);
    const first = await slow;
    expect((await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'))).body).toEqual(first.body);
  });

  it("are forgotten after a day of the double's own time", async () => {
    const first = await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'));
    await double.control.advance(24 * 3_600_000 - 60_000);
    expect((await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'))).body.id).toBe(first.body.id);
    await double.control.advance(60_000);
    expect((await ask(double, 'POST /v1/payment_intents', AMOUNT, key('k'))).body.id).not.toBe(first.body.id);
  });
});

describe('a state file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stripe-double-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps account, money, keys and clock across a restart', async () => {
    const stateFile = join(folder, 'new', 'state.json');
    const first = await startStripeDouble({ stateFile });
    await first.control.advance(5_000_000);
    const made = await ask(first, 'POST /v1/payment_intents', `${AMOUNT}&metadata[a]=1`, key('k'));
    await ask(
      first,
      `POST /v1/payment_intents/${made.body.id}/confirm`,
      'payment_method=pm_card_visa&off_session=true',
      key('c'),
    );
    const before = first.control.summary();
    await first.stop();
    const second = await startStripeDouble({ stateFile });
    expect(second.control.summary()).toEqual(before);
    expect(before.payments).toHaveLength(1);
    expect((await ask(second, 'POST /v1/payment_intents', `${AMOUNT}&metadata[a]=1`, key('k'))).body).toEqual(
      made.body,
    );
    const later = await ask(second, 'POST /v1/payment_intents', AMOUNT);
    expect(later.body.created * 1_000 - Date.now()).toBeGreaterThan(4_900_000);
    await second.stop();
  });

  it('holds the payment before the answer leaves, however the double ends', async () => {
    const stateFile = join(folder, 'state.json');
    const one = await startStripeDouble({ stateFile });
    const made = await ask(one, 'POST /v1/payment_intents', AMOUNT);
    await ask(one, `POST /v1/payment_intents/${made.body.id}/confirm`, 'payment_method=pm_card_visa');
    const onDisk = JSON.parse(await readFile(stateFile, 'utf8'));
    expect(onDisk.charges.map((charge: { intent: string }) => charge.intent)).toEqual([made.body.id]);
    await one.stop();
  });

  it('keeps refunds, disputes, set-up cards and events, and what an older release had kept', async () => {
    const stateFile = join(folder, 'state.json');
    const one = await startStripeDouble({ stateFile });
    const made = await ask(one, 'POST /v1/payment_intents', AMOUNT);
    const confirm = `POST /v1/payment_intents/${made.body.id}/confirm`;
    await ask(one, confirm, 'payment_method=pm_card_visa');
    await ask(one, 'POST /v1/refunds', `payment_intent=${made.body.id}&amount=500`);
    await one.control.dispute(made.body.id, { amount: 700 });
    const [before, told] = [one.control.summary(), one.control.events()];
    await one.stop();
    const second = await startStripeDouble({ stateFile });
    expect(second.control.summary()).toEqual(before);
    expect(before.payments).toMatchObject([{ refundedMinor: 500, disputedMinor: 700 }]);
    expect(second.control.events()).toEqual(told);
    await second.stop();
    const { refunds, disputes, eventsIn, endpoints, deliveries, setupIntents, ...older } = JSON.parse(
      await readFile(stateFile, 'utf8'),
    );
    expect([refunds, disputes, endpoints, deliveries, setupIntents].every(Array.isArray)).toBe(true);
    expect(eventsIn.bytes).toBeGreaterThan(0);
    await writeFile(stateFile, JSON.stringify(older));
    const third = await startStripeDouble({ stateFile });
    expect((await ask(third, confirm, 'payment_method=pm_card_visa')).status).toBe(400);
    expect((await ask(third, 'GET /v1/refunds')).body.data).toEqual([]);
    await third.stop();
  });

  it('counts no event that was written before a state that never was', async () => {
    const stateFile = join(folder, 'state.json');
    const one = await startStripeDouble({ stateFile });
    await ask(one, 'POST /v1/customers', 'name=kept');
    const [state, told] = [await readFile(stateFile, 'utf8'), one.control.events()];
    await ask(one, 'POST /v1/customers', 'name=lost');
    await one.stop();
    await writeFile(stateFile, state);
    for (let start = 0; start < 2; start += 1) {
      const next = await startStripeDouble({ stateFile });
      expect(next.control.events()).toEqual(told);
      await next.stop();
    }
    const last = await startStripeDouble({ stateFile });
    await ask(last, 'POST /v1/customers', 'name=new');
    await last.stop();
    expect((await readdir(folder)).length).toBe(2);
    const after = await startStripeDouble({ stateFile });
    expect(after.control.events().length).toBe(2);
    await after.stop();
    for (const name of await readdir(folder)) if (name.includes('events')) await rm(join(folder, name));
    await expect(startStripeDouble({ stateFile })).rejects.toThrow(/Move it away/);
  });

  it('that is not one is never overwritten', async () => {
    const stateFile = join(folder, 'state.json');
    await writeFile(stateFile, 'my diary');
    await expect(startStripeDouble({ stateFile })).rejects.toThrow(/Move it away/);
    expect(await readFile(stateFile, 'utf8')).toBe('my diary');
  });
});
