/**
 * Twenty thousand events with repetitions and bad ones over a hundred accounts, four worker processes, two of them killed
 * on the way. At the end the producers' book, the ledger and the double's money agree exactly.
 */
import { describe, expect, test } from 'vitest';
import type { QueueConfig } from '../../src/adapters/queue/backend.js';
import { query } from '../support/admin.js';
import { redisAvailable, startRedis } from '../support/redis.js';
import { callEvent, drained, openRiver, type River } from '../support/river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const EVENTS = 20_000;
const ACCOUNTS = 100;
/** Half of the accounts top off; the others run into debt, for the work has happened. */
const toppedOff = (account: number): boolean => account % 2 === 0;

/** A small generator with a fixed seed: the same storm every time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Book {
  readonly jobs: unknown[];
  /** Credits used, by account. */
  readonly used: Map<string, number>;
  readonly keys: number;
  readonly refused: Map<string, string>;
}

/** What the producers send, and what it must come to. */
function produce(seed: number): Book {
  const random = randomOf(seed);
  const events: Record<string, unknown>[] = [];
  const used = new Map<string, number>();
  const refused = new Map<string, string>();
  let keys = 0;
  while (events.length < EVENTS) {
    const account = `account-${Math.floor(random() * ACCOUNTS)}`;
    const key = `key-${events.length}`;
    const chance = random();
    const first = events[Math.floor(random() * events.length)];
    if (chance < 0.2 && first !== undefined && !refused.has(String(first.key))) {
      events.push(first);
    } else if (chance > 0.99) {
      const bad = badEvent(account, key, Math.floor(random() * 4));
      refused.set(key, bad.reason);
      events.push(bad.event);
    } else {
      const quantity = 1 + Math.floor(random() * 3);
      used.set(account, (used.get(account) ?? 0) + quantity);
      keys += 1;
      events.push(callEvent(account, key, { quantity }));
    }
  }
  return { jobs: inJobs(events, random), used, keys, refused };
}

function badEvent(account: string, key: string, kind: number): { event: Record<string, unknown>; reason: string } {
  if (kind === 0) return { event: callEvent(account, key, { quantity: -1 }), reason: 'invalid' };
  if (kind === 3) return { event: callEvent(account, key, { quantity: 1.5 }), reason: 'bad_quantity' };
  if (kind === 1)
    return { event: callEvent(account, key, { properties: { outcome: 'who knows' } }), reason: 'unknown_value' };
  return { event: callEvent(account, key, { occurredAt: '2020-01-01T00:00:00Z' }), reason: 'too_old' };
}

/** Every tenth job holds one event, the others up to forty. */
function inJobs(events: readonly unknown[], random: () => number): unknown[] {
  const jobs: unknown[] = [];
  for (let at = 0; at < events.length; ) {
    const size = random() < 0.1 ? 1 : 1 + Math.floor(random() * 40);
    const part = events.slice(at, at + size);
    jobs.push(part.length === 1 ? { v: 1, event: part[0] } : { v: 1, events: part });
    at += size;
  }
  return jobs;
}

async function storm(river: River, book: Book): Promise<void> {
  const ids = Array.from({ length: ACCOUNTS }, (_, index) => index);
  for (const index of ids) {
    if (toppedOff(index)) await river.account(`account-${index}`);
    else await river.store.account(`account-${index}`);
  }
  const workers = [1, 2, 3, 4].map(() => river.startWorker());
  await Promise.all(workers.map((worker) => worker.ready));
  await river.enqueueAll(book.jobs);
  for (const [place, share] of [0.25, 0.6].entries()) {
    await until(async () => (await postedKeys(river)) > book.keys * share, {
      timeoutMs: 60_000,
      what: 'part of the storm',
    });
    workers[place]?.child.kill('SIGKILL');
  }
  await drained(river, 120_000);
}

async function postedKeys(river: River): Promise<number> {
  const [row] = await query<{ n: number }>(
    river.store.url,
    `select count(*)::int as n from ledger_entries where kind = 'use' and line = 0`,
  );
  return row?.n ?? 0;
}

async function assertAgreement(river: River, book: Book): Promise<void> {
  const { url } = river.store;
  const balances = await query<{ id: string; micro: string; bought: string; succeeded: number }>(
    url,
    `select a.id, (b.lots - b.debt)::text as micro,
       coalesce(sum(c.credits) filter (where c.state = 'succeeded'), 0)::text as bought,
       count(c.id) filter (where c.state = 'succeeded')::int as succeeded
     from accounts a join balances b on b.account_no = a.no left join charges c on c.account_no = a.no group by 1, 2`,
  );
  for (const { id, micro, bought } of balances) {
    const expected = 100_000_000n - BigInt(book.used.get(id) ?? 0) * 1_000_000n + BigInt(bought);
    expect(`${id} ${micro}`).toBe(`${id} ${expected}`);
  }
  expect(await postedKeys(river)).toBe(book.keys);
  const refusals = await query<{ key: string; reason: string }>(url, 'select key, reason from refusals');
  expect(new Map(refusals.map((row) => [row.key, row.reason]))).toEqual(book.refused);
  const paid = river.double.control.summary().payments.length;
  expect(paid).toBe(balances.reduce((sum, row) => sum + row.succeeded, 0));
  expect(paid).toBeGreaterThan(0);
  expect(await river.failedJobs()).toBe(0);
  expect(await brokenSums(url)).toEqual([]);
}

async function run(queue?: QueueConfig): Promise<void> {
  const book = produce(20_261_120);
  const river = await openRiver(queue);
  try {
    await storm(river, book);
    await assertAgreement(river, book);
  } finally {
    await river.close();
  }
}

describe('20 000 events, a fifth of them repeated, four workers, two killed', () => {
  test('on Postgres everything agrees to the micro-credit', { timeout: 240_000 }, () => run());

  test.skipIf(!redisAvailable)('on Redis everything agrees to the micro-credit', { timeout: 240_000 }, async () => {
    const redis = await startRedis();
    try {
      await run({ kind: 'redis', url: redis.url });
    } finally {
      await redis.stop();
    }
  });
});
