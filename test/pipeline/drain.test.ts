/** Workers that are asked to stop, or stand still: `creditd worker` in processes of its own, with signals from outside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { type Creditd, startCreditd } from '../support/creditd.js';
import { callEvent, drained, openRiver, type River, SHORT_LIMITS } from '../support/river.js';
import { CARD, call, openTestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const CONFIRM = 'POST /v1/payment_intents/*/confirm';

let river: River;
beforeAll(async () => {
  river = await openRiver();
});
afterAll(() => river.close());

/** `creditd worker` itself, with the limits that production has. */
const creditdWorker = (): Creditd =>
  startCreditd(['worker'], {
    DATABASE_URL: river.store.url,
    STRIPE_SECRET_KEY: 'sk_test_river',
    STRIPE_API_BASE: river.double.url,
    SMTP_URL: river.smtp.url,
    CATALOG: 'receptionist',
  });
const ready = (worker: Creditd) => until(() => worker.said().includes('worker ready'), { timeoutMs: 30_000 });

const usedBy = async (account: string): Promise<number> => {
  const [row] = await query<{ used: number }>(
    river.store.url,
    `select coalesce(-sum(e.amount) / 1000000, 0)::int as used from ledger_entries e join accounts a on a.no = e.account_no
     where a.id = $1 and e.kind = 'use'`,
    [account],
  );
  return row?.used ?? 0;
};

/** One payment, one grant, one mail for the account, and no job that failed. */
async function assertOnce(account: string, used: number): Promise<void> {
  expect(await usedBy(account)).toBe(used);
  const charges = await query(
    river.store.url,
    `select c.state, count(g.id)::int as grants from charges c join accounts a on a.no = c.account_no
     left join grants g on g.account_no = c.account_no and g.charge_id = c.id where a.id = $1 group by c.id, c.state`,
    [account],
  );
  expect(charges).toEqual([{ state: 'succeeded', grants: 1 }]);
  const { payments } = river.double.control.summary();
  expect(payments.filter((one) => one.metadata.creditd_account === account)).toHaveLength(1);
  expect(river.smtp.mails.filter((mail) => mail.recipients.includes(`${account}@example.com`))).toHaveLength(1);
  expect(await river.failedJobs()).toBe(0);
  expect(await brokenSums(river.store.url)).toEqual([]);
}

describe('asked to stop with SIGTERM', { timeout: 90_000 }, () => {
  test('in the middle of a slow answer of the processor, it settles that answer and exits 0', async () => {
    await river.account('slow-answer');
    const worker = creditdWorker();
    await ready(worker);
    river.double.control.fail({ kind: 'delay', ms: 1_500, route: CONFIRM });
    await river.enqueue({ v: 1, events: Array.from({ length: 60 }, (_, i) => callEvent('slow-answer', `call-${i}`)) });
    await until(() => river.double.control.faults().length === 0, { what: 'the answer to be awaited' });
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const charges = await query(river.store.url, `select state from charges`);
    expect(charges).toEqual([{ state: 'succeeded' }]);
    const next = creditdWorker();
    await ready(next);
    await drained(river);
    await assertOnce('slow-answer', 60);
    next.signal('SIGTERM');
    expect((await next.ended).code).toBe(0);
  });

  test('in the middle of much usage, it exits 0, loses none of it, and the next worker does the rest once', async () => {
    const account = await river.account('much-usage');
    const worker = creditdWorker();
    await ready(worker);
    const job = (at: number) => ({
      v: 1,
      events: Array.from({ length: 20 }, (_, i) => callEvent('much-usage', `call-${at}-${i}`)),
    });
    // Without the top-offs, of which so much usage would need more than its brake allows.
    const settings = { ...TOP_OFF, enabled: false };
    await river.store.post({ kind: 'configure_top_off', account, settings });
    await river.enqueueAll(Array.from({ length: 500 }, (_, at) => job(at)));
    await until(async () => (await usedBy('much-usage')) > 0, { everyMs: 5, what: 'the first of it to be posted' });
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const next = creditdWorker();
    await ready(next);
    await drained(river);
    expect(await usedBy('much-usage')).toBe(10_000);
    expect(await river.failedJobs()).toBe(0);
    expect(await brokenSums(river.store.url)).toEqual([]);
    next.signal('SIGTERM');
    expect((await next.ended).code).toBe(0);
  });
});

describe('frozen past its hold and its lock', { timeout: 120_000 }, () => {
  test('a step whose row has passed to another can neither end it nor mark it failed', async () => {
    const store = await openTestStore();
    const account = await store.account('passed-on');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
      call(account, 'k', 60),
    );
    const rows = () => query<{ note: string | null }>(store.url, 'select note from outbox');
    const [ref] = await store.outbox.takeDue('charge', 1);
    const frozen = ref && (await store.outbox.start(ref));
    store.travel(HOUR_MS);
    const holder = ref && (await store.outbox.start(ref));
    if (!ref || !frozen || !holder) throw new Error('the row was not free');
    await store.outbox.end({ ...frozen, next: null, note: 'late' });
    await store.outbox.end({ ...frozen, next: frozen.at, note: 'late' });
    await store.outbox.failed(frozen, 'late');
    expect(await rows()).toEqual([{ note: null }]);
    expect(await store.outbox.start(ref)).toBeNull();
    await store.outbox.end({ ...holder, next: null, note: null });
    expect(await rows()).toEqual([]);
    await store.close();
  });

  test('another worker takes over, and what the frozen one still writes when it wakes changes nothing', async () => {
    await river.account('frozen');
    const frozen = river.startWorker();
    await frozen.ready;
    river.double.control.fail({ kind: 'delay', ms: SHORT_LIMITS.paymentTimeoutMs / 2, route: CONFIRM });
    for (let at = 0; at < 60; at += 1) await river.enqueue({ v: 1, event: callEvent('frozen', `call-${at}`) });
    await until(() => river.double.control.faults().length === 0, { everyMs: 5, what: 'the charge to be under way' });
    frozen.child.kill('SIGSTOP');
    const second = river.startWorker();
    await second.ready;
    // A process may freeze in the middle of a transaction: then Postgres has to give its locks up first.
    await drained(river, 90_000);
    await assertOnce('frozen', 60);
    frozen.child.kill('SIGCONT');
    // Awake again it works as before: the next account's usage and top-off pass through both.
    await river.account('after-frozen');
    for (let at = 0; at < 60; at += 1) await river.enqueue({ v: 1, event: callEvent('after-frozen', `call-${at}`) });
    await drained(river);
    await assertOnce('after-frozen', 60);
    await assertOnce('frozen', 60);
    for (const worker of [frozen, second]) worker.child.kill('SIGTERM');
    expect(await frozen.ended).toMatch(/^exit 0/);
    expect(await second.ended).toMatch(/^exit 0/);
    await assertOnce('frozen', 60);
  });
});
