/** The poller over a list of events as Stripe keeps it, and the database that remembers how far it was read. */
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeStripeEvents } from '../../src/adapters/postgres/stripe-events.js';
import { DAY_MS, type Instant, instant, later } from '../../src/domain/instant.js';
import { makePollStripe } from '../../src/flow/poll-stripe.js';
import { makeTakeStripeEvents } from '../../src/flow/take-stripe-events.js';
import type { PageWish, StripeEvent } from '../../src/ports.js';
import { query } from '../support/admin.js';
import { DEPLOYMENT, openTestStore, type TestStore } from '../support/store.js';

const PAGE = 10;
let store: TestStore;
/** Oldest first. */
let happened: StripeEvent[];
let asked: PageWish[];
let isAway = false;

beforeEach(async () => {
  store = await openTestStore();
  const account = await store.account('acme');
  await store.accounts.setCustomer(account, 'cus_acme');
  happened = [];
  asked = [];
  isAway = false;
});
afterEach(() => store.close());

const NAMES = {
  intent: null,
  paymentMethod: null,
  setupIntent: null,
  subscription: null,
  invoice: null,
  session: null,
};
const UNNAMED = { ...NAMES, deployment: null, account: null, charge: null };

/** One event a second. */
function happen(count: number, from: Instant): void {
  for (let index = 0; index < count; index += 1) {
    happened.push({
      ...{ id: `evt_${happened.length}`, type: 'charge.refunded', createdAt: later(from, index * 1_000) },
      ...{ livemode: false, account: null, objectId: 'ch_1', names: { ...UNNAMED, customer: 'cus_acme' } },
    });
  }
}

const records = {
  async events(wish: PageWish) {
    asked.push(wish);
    if (isAway) return { kind: 'unavailable', reason: 'Stripe is away', retryAfterMs: null } as const;
    const newest = happened.filter((one) => wish.since === null || one.createdAt >= wish.since).reverse();
    const at = wish.after === null ? 0 : newest.findIndex((one) => one.id === wish.after) + 1;
    if (wish.after !== null && at === 0) {
      return { kind: 'refused', code: 'resource_missing', reason: 'No such event' } as const;
    }
    const items = newest.slice(at, at + PAGE);
    const last = items.at(-1);
    return { kind: 'page', items, after: at + PAGE < newest.length && last !== undefined ? last.id : null } as const;
  },
};

function poll(): Promise<number> {
  const events = makeStripeEvents({ ...store, deployment: DEPLOYMENT, newId: () => v7(), onAsked: () => undefined });
  const processor = { kind: 'stripe', account: 'acct_1', livemode: false } as const;
  const take = makeTakeStripeEvents({ events, processor, deployment: DEPLOYMENT });
  return makePollStripe({ records, events, take, clock: store.clock, log: store.log })();
}

const kept = async (): Promise<number> =>
  (await query<{ n: number }>(store.url, 'select count(*)::int as n from stripe_events'))[0]?.n ?? -1;

const START = instant(1_790_000_000_000);

describe('the poller', () => {
  test('begins with the newest page, and from then on reads everything', async () => {
    happen(15, START);
    happen(PAGE, later(START, 60 * 60_000));
    expect(await poll()).toBe(PAGE);
    expect(await kept()).toBe(PAGE);
    happen(4, later(START, 65 * 60_000));
    expect(await poll()).toBe(4);
    expect(await poll()).toBe(0);
    expect(await kept()).toBe(PAGE + 4);
  });

  test('F31 reads what happened while nobody listened, however long that was', async () => {
    happen(1, START);
    await poll();
    happen(35, later(START, 3 * DAY_MS));
    expect(await poll()).toBe(35);
    expect(await kept()).toBe(36);
  });

  test('finds what appears in the list a little late', async () => {
    happen(1, START);
    await poll();
    happen(1, later(START, 5 * 60_000));
    await poll();
    happen(1, later(START, 2 * 60_000));
    expect(await poll()).toBe(1);
  });

  test('goes on from where it was in a list that is longer than one tick reads, though new events come in front', async () => {
    happen(1, START);
    await poll();
    happen(450, later(START, 20 * 60_000));
    expect(await poll()).toBe(20 * PAGE);
    happen(15, later(START, 60 * 60_000));
    let ticks = 0;
    while ((await poll()) > 0) ticks += 1;
    expect(await kept()).toBe(466);
    expect(ticks).toBeLessThan(6);
  });

  test('begins again at the newest when Stripe no longer keeps the event it had come to', async () => {
    happen(1, START);
    await poll();
    happen(300, later(START, 20 * 60_000));
    await poll();
    happened = happened.slice(-50);
    happen(5, later(START, DAY_MS));
    await poll();
    expect(await kept()).toBe(1 + 20 * PAGE + 5);
  });

  test('moves nothing while Stripe is away, and goes on when it is back', async () => {
    happen(1, START);
    await poll();
    happen(5, later(START, 60_000));
    isAway = true;
    expect(await poll()).toBe(0);
    isAway = false;
    expect(await poll()).toBe(5);
  });

  test('knows what webhooks have brought, and asks for each event’s step once', async () => {
    happen(5, START);
    await Promise.all([poll(), poll(), poll()]);
    await poll();
    const [row] = await query<{ n: number }>(
      store.url,
      `select count(*)::int as n from outbox where topic = 'webhook'`,
    );
    expect([row?.n, await kept()]).toEqual([5, 5]);
  });

  test('forgets what has ended five weeks ago, and never what still waits', async () => {
    happen(2, START);
    await poll();
    await query(
      store.url,
      `update stripe_events set state = 'done', result = 'x', done_at = received_at where id = 'evt_0'`,
    );
    store.travel(36 * DAY_MS);
    happened = [];
    await poll();
    expect(await query(store.url, 'select id from stripe_events')).toEqual([{ id: 'evt_1' }]);
  });
});
