/** Cards that owners take off here, and customers who are to be forgotten, brought to agree at the processor. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeChargeRows } from '../../src/adapters/postgres/charge-rows.js';
import { makeDeskRows } from '../../src/adapters/postgres/desk-rows.js';
import { makeStripeDesk } from '../../src/adapters/stripe/desk.js';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { makeStripeRecords } from '../../src/adapters/stripe/records.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { type AccountId, paymentMethodId } from '../../src/domain/ids.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { bringCard } from '../../src/flow/hear-card.js';
import { makeTidyProcessor } from '../../src/flow/tidy-processor.js';
import type { ProcessorDesk } from '../../src/ports.js';
import { sdk, TEST_KEY } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { DEPLOYMENT, openTestStore, type TestStore } from '../support/store.js';

let double: StripeDouble;
let store: TestStore;
beforeAll(async () => {
  double = await startStripeDouble();
});
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());
afterAll(() => double.stop());

const settings = () => ({ secretKey: TEST_KEY, apiBase: double.url, timeoutMs: 2_000, maxNetworkRetries: 0 });

function tidy(desk: ProcessorDesk = makeStripeDesk(settings())): Promise<number> {
  const { prisma, clock, log } = store;
  const records = makeStripeRecords(settings());
  return makeTidyProcessor({ rows: makeDeskRows(prisma), desk, records, clock, log })();
}

/** An account with a customer and a card of it, both at the double. */
async function withCard(id: string, isOf?: string) {
  const account = await store.account(id);
  const payments = makeStripePayments(settings());
  const made = await payments.createCustomer({ deployment: DEPLOYMENT, account, name: id, email: 'ada@example.com' });
  const own = made.kind === 'made' ? made.customer : '';
  const attached = await payments.attachCard(isOf ?? own, 'pm_card_visa');
  if (attached.kind !== 'attached') throw new Error(attached.kind);
  await store.accounts.setCustomer(account, own);
  await store.post({ kind: 'attach_card', account, card: attached.card });
  const [row] = await query<{ id: string }>(
    store.url,
    'select p.id from payment_methods p join accounts a on a.no = p.account_no where a.id = $1',
    [id],
  );
  return { account, customer: own, processorId: attached.card.processorId, card: paymentMethodId(row?.id ?? '') };
}

const ownerAt = async (processorId: string) => (await sdk(double).paymentMethods.retrieve(processorId)).customer;
const owed = () =>
  query<{ due: boolean }>(store.url, 'select removal_due_at is not null as due from payment_methods order by id');
const takeOff = (account: AccountId, card: ReturnType<typeof paymentMethodId>) =>
  store.post({ kind: 'detach_card', account, card });

describe('a card that its owner takes off', () => {
  test('is taken off at Stripe, once, and the webhook that comes of it changes nothing here', async () => {
    const one = await withCard('t-off');
    await takeOff(one.account, one.card);
    expect([await ownerAt(one.processorId), await owed()]).toEqual([one.customer, [{ due: true }]]);
    expect([await tidy(), await ownerAt(one.processorId), await owed()]).toEqual([1, null, [{ due: false }]]);
    expect(await tidy()).toBe(0);
    const deps = {
      ledger: store.ledger,
      charges: makeChargeRows(store.prisma),
      records: makeStripeRecords(settings()),
    };
    expect(await bringCard(deps, one.account, one.processorId)).toMatchObject({
      result: 'The card stands here as it does at Stripe.',
    });
  });

  test('waits while Stripe is away, whatever dies in between, and is taken off afterwards', async () => {
    const one = await withCard('t-away');
    await takeOff(one.account, one.card);
    const away = { kind: 'unavailable', reason: 'Stripe is away' } as const;
    const desk = { ...makeStripeDesk(settings()), detachCard: async () => away };
    expect([await tidy(desk), await owed()]).toEqual([0, [{ due: true }]]);
    expect(await tidy()).toBe(0);
    store.travel(5 * MINUTE_MS);
    // It answered, and the process died before it was written down: asked again, it is off already.
    await sdk(double).paymentMethods.detach(one.processorId);
    expect([await tidy(), await owed()]).toEqual([1, [{ due: false }]]);
  });

  test('that is another customer’s there, or another account’s here, is left alone', async () => {
    const stranger = await sdk(double).customers.create({ name: 'Stranger' });
    const one = await withCard('t-strange', stranger.id);
    await takeOff(one.account, one.card);
    expect([await tidy(), await ownerAt(one.processorId)]).toEqual([1, stranger.id]);
    const two = await withCard('t-shared');
    const other = await store.account('t-also');
    const { card: facts } = {
      card: (await makeStripeRecords(settings()).card(two.processorId)) as never as { card: never },
    };
    await store.post({ kind: 'attach_card', account: other, card: facts.card });
    await takeOff(two.account, two.card);
    expect([await tidy(), await ownerAt(two.processorId)]).toEqual([1, two.customer]);
  });

  test('there already is owed nothing', async () => {
    const one = await withCard('t-gone');
    await store.post({ kind: 'detach_card', account: one.account, card: one.card, isGone: true });
    expect(await owed()).toEqual([{ due: false }]);
  });
});

describe('a customer who is to be forgotten', () => {
  test('loses name and address at Stripe, also where Stripe was away at first', async () => {
    const { customer } = await withCard('t-forget');
    await query(
      store.url,
      `update accounts set name = 'erased-1', billing_email = null, customer_due_at = created_at where id = 't-forget'`,
    );
    const away = { kind: 'silent', reason: 'no answer' } as const;
    expect(await tidy({ ...makeStripeDesk(settings()), describeCustomer: async () => away })).toBe(0);
    expect(await sdk(double).customers.retrieve(customer)).toMatchObject({ email: 'ada@example.com' });
    store.travel(HOUR_MS);
    expect([await tidy(), await tidy()]).toEqual([1, 0]);
    expect(await sdk(double).customers.retrieve(customer)).toMatchObject({ name: 'erased-1', email: null });
  });
});
