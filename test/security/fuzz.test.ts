/** Whatever anybody puts into a queue or posts to the webhooks' address: no crash, no money, no step that never ends. */
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeUsageJob } from '../../jobs/usage.js';
import { makeBatcher } from '../../src/flow/batcher.js';
import { makeDebitUsage } from '../../src/flow/debit-usage.js';
import { STRIPE_EVENT_TYPES } from '../../src/flow/stripe-event-types.js';
import { STRIPE_WEBHOOK_PATH } from '../../src/http/stripe-webhook.js';
import { readStepJob } from '../../src/messages.js';
import { query } from '../support/admin.js';
import { type LocalRiver, openLocalRiver, runDry, WEBHOOK_SECRET } from '../support/local-river.js';
import { brokenSums } from '../support/sums.js';

const SEED = 20_261_120;
const ACCOUNT = 'fuzzed';

let river: LocalRiver;
beforeAll(async () => {
  river = await openLocalRiver({ webhooks: true });
  await river.account(ACCOUNT);
});
afterAll(() => river?.close());

const anything = fc.oneof(
  fc.anything({ maxDepth: 3, withNullPrototype: true, withBigInt: false }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, undefined, -1, 0, 1e21, Number.NaN, 2 ** 53 + 1, '', '\0', '\udc00', '__proto__', [], {}),
);
/** As described, with one or more fields that are something else. */
const nearly = fc
  .record({
    account: fc.constantFrom(ACCOUNT, 'nobody', ''),
    meter: fc.constantFrom('answered_call', 'sms', 'constructor', '__proto__'),
    key: fc.string({ minLength: 1, maxLength: 20 }),
    quantity: fc.constantFrom<unknown>(1, 2, -1, 1.5, '1', 10 ** 15),
    properties: fc.constantFrom<unknown>({ outcome: 'full_conversation' }, {}, { outcome: 'hasOwnProperty' }, null),
  })
  .chain((event) =>
    fc
      .dictionary(
        fc.constantFrom(...Object.keys(event), 'mode', 'member', 'pool', 'occurredAt', 'lot', 'more'),
        anything,
      )
      .map((changed) => ({ ...event, ...changed })),
  );
const job = fc.oneof(
  anything,
  fc.record({ v: fc.constantFrom<unknown>(1, 0, '1', null), events: fc.array(fc.oneof(nearly, anything)) }),
  nearly.map((event) => ({ v: 1, event })),
  fc.array(nearly, { minLength: 1, maxLength: 20 }).map((events) => ({ v: 1, events })),
);

test('F43 F58 a usage job of any content is done, put off or unreadable, and what it used is what the ledger lost', {
  timeout: 120_000,
}, async () => {
  const { ledger } = river.desk;
  const batcher = makeBatcher(ledger, { lanes: 2, batchMax: 100, waitMs: 1 });
  const take = makeUsageJob(makeDebitUsage({ ...river.store, batcher }));
  const seen = new Map<string, number>();
  const addedAt = Date.now() - 3_600_000;
  await fc.assert(
    fc.asyncProperty(job, async (data) => {
      const verdict = await take({ id: 'fuzz', data, addedAt });
      seen.set(verdict.kind, (seen.get(verdict.kind) ?? 0) + 1);
      expect(['done', 'too_early', 'unreadable']).toContain(verdict.kind);
      expect(JSON.stringify(verdict)).not.toContain('internal');
    }),
    { seed: SEED, numRuns: 200 },
  );
  expect(seen.get('done')).toBeGreaterThan(20);
  expect(seen.get('unreadable')).toBeGreaterThan(20);
  expect(await brokenSums(river.url)).toEqual([]);
  expect(await query(river.url, `select 1 from refusals where reason = 'internal'`)).toEqual([]);
});

test('F43 a step’s job of any content is read as two ids or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(anything, fc.record({ v: fc.constantFrom(1, 2), account: anything, id: anything })),
      (data) => {
        const read = readStepJob(data);
        if (read.kind === 'read') expect(Number.isSafeInteger(read.accountNo)).toBe(true);
        else expect(read.reason.length).toBeGreaterThan(0);
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
});

describe('the address of webhooks', () => {
  const post = (body: string | Uint8Array, headers: Record<string, string>) =>
    fetch(`${river.apiUrl}${STRIPE_WEBHOOK_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as never,
    });
  const events = async (): Promise<number> =>
    (await query<{ n: number }>(river.url, 'select count(*)::int as n from stripe_events'))[0]?.n ?? -1;
  const signature = (payload: string): string =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });

  test('F28 takes nothing that is not signed, whatever it is made of, and says so with 400', {
    timeout: 120_000,
  }, async () => {
    const before = await events();
    const header = fc.oneof(
      fc.stringMatching(/^[ -~]*$/),
      fc.tuple(fc.integer(), fc.stringMatching(/^[0-9a-f]{0,64}$/)).map(([at, mac]) => `t=${at},v1=${mac}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), header, async (body, signed) => {
        const answer = await post(body, { 'stripe-signature': signed.trim() });
        expect(answer.status).toBe(400);
      }),
      { seed: SEED, numRuns: 120 },
    );
    expect(await events()).toBe(before);
  });

  test('takes signed nonsense, moves no money by it, and every step of it ends', { timeout: 120_000 }, async () => {
    await river.startWorker();
    const small = fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as unknown);
    const of = fc.record({
      id: fc.constantFrom<unknown>('pi_none', 'ch_none', 'sub_none', 7, null),
      object: fc.constantFrom<unknown>('payment_intent', 'charge', 'subscription', 'invoice', 'x', null),
      customer: fc.oneof(fc.constant('cus_none'), small),
      metadata: fc.oneof(
        small,
        fc.constant({ creditd_account: ACCOUNT, creditd_charge: 'none', creditd_deployment: 'x' }),
      ),
      amount: small,
      status: small,
    });
    const event = fc.record({
      id: fc.uuid().map((id) => `evt_${id.replaceAll('-', '')}`),
      object: fc.constant('event'),
      type: fc.constantFrom(...STRIPE_EVENT_TYPES, 'a.type.of.tomorrow'),
      created: fc.constantFrom<unknown>(Math.floor(Date.now() / 1_000), 0, 1e12),
      livemode: fc.constantFrom<unknown>(false, true, 'x'),
      data: fc.oneof(fc.record({ object: of }), fc.record({ object: small }), small),
    });
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(event, async (made) => {
        const payload = JSON.stringify(made);
        const { status } = await post(payload, { 'stripe-signature': signature(payload) });
        statuses.add(status);
        expect([200, 400]).toContain(status);
      }),
      { seed: SEED, numRuns: 100 },
    );
    expect(statuses).toContain(200);
    await runDry(river, 90_000);
    expect(await query(river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
    expect(river.processor.double.control.summary().payments).toEqual([]);
    expect(await query(river.url, `select 1 from grants where kind in ('purchase', 'top_off')`)).toEqual([]);
    expect(await brokenSums(river.url)).toEqual([]);
  });
});
