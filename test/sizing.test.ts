/** The figures on the page about sizing are measured here again, so that the arithmetic stands on what is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { makeQueues } from '../src/adapters/queue/queues.js';
import type { Command } from '../src/domain/commands.js';
import type { AccountId } from '../src/domain/ids.js';
import { root } from './house/source.js';
import { query } from './support/admin.js';
import { redisAvailable, startRedis } from './support/redis.js';
import { callEvent } from './support/river.js';
import { openTestStore } from './support/store.js';

const page = readFileSync(path.join(root, 'docs/sizing.md'), 'utf8');
/** A row of the page's table of what was measured. */
function said(what: string): number {
  const found = new RegExp(`^\\| ${what} \\| ([\\d ]+) bytes \\|`, 'm').exec(page)?.[1];
  if (found === undefined) throw new Error(`the page says nothing of: ${what}`);
  return Number(found.replaceAll(' ', ''));
}
/** What a page may be off by before its arithmetic is: builds of Postgres and Redis differ a little. */
const near = (measured: number, what: string): void => {
  expect(measured, what).toBeGreaterThan(said(what) * 0.75);
  expect(measured, what).toBeLessThan(said(what) * 1.25);
};

const LINES = 12_000;
const ACCOUNTS = 20;
const BATCH = 1_000;

test('a ledger line takes what the page says, in its table and in its indexes', { timeout: 120_000 }, async () => {
  const store = await openTestStore(['receptionist']);
  try {
    const accounts: AccountId[] = [];
    for (let index = 0; index < ACCOUNTS; index += 1) accounts.push(await store.account(`acct_${index}_0190a0a0`));
    for (let at = 0; at < LINES; at += BATCH) {
      const uses = Array.from({ length: BATCH }, (_, index): Command => {
        const account = accounts[index % ACCOUNTS];
        if (account === undefined) throw new Error('there is no such account');
        return {
          ...{ kind: 'use', account, key: `call_${at + index}_9c1f`, meter: 'answered_call', quantity: 1 },
          ...{ properties: { outcome: 'full_conversation' }, onRefusal: 'record' },
        };
      });
      await store.post(...uses);
    }
    await query(store.url, 'vacuum analyze ledger_entries');
    const [size] = await query<{ row: number; heap: number; indexes: number }>(
      store.url,
      `select (select avg(pg_column_size(e.*)) from ledger_entries e where kind = 'use')::float8 as row,
         pg_relation_size('ledger_entries')::float8 / count(*) as heap,
         pg_indexes_size('ledger_entries')::float8 / count(*) as indexes from ledger_entries`,
    );
    if (size === undefined) throw new Error('nothing was measured');
    process.stdout.write(`${JSON.stringify(size)}\n`);
    near(size.row, 'A ledger line, by itself');
    near(size.heap, 'A ledger line, in its table');
    near(size.indexes, 'A ledger line, in its indexes');
  } finally {
    await store.close();
  }
});

describe.skipIf(!redisAvailable)('Redis', () => {
  test('a waiting job takes what the page says, with one event and with a hundred', { timeout: 120_000 }, async () => {
    const redis = await startRedis();
    const direct = new Redis(redis.url);
    const queues = await makeQueues({ kind: 'redis', url: redis.url }, pino({ level: 'silent' }));
    const used = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(await direct.info('memory'))?.[1]);
    const perJob = async (jobs: number, data: (index: number) => unknown): Promise<number> => {
      const before = await used();
      const all = Array.from({ length: jobs }, (_, index) => ({ name: 'usage', data: data(index) }));
      for (let at = 0; at < jobs; at += BATCH)
        await queues.ask('usage', (usage) => usage.addBulk(all.slice(at, at + BATCH)));
      return ((await used()) - before) / jobs;
    };
    const event = (key: string) =>
      callEvent('acct_7_0190a0a0', `call_${key}_9c1f`, { occurredAt: '2026-11-20T20:00:00.000Z' });
    try {
      await perJob(100, (index) => ({ v: 1, event: event(`first-${index}`) }));
      const one = await perJob(5_000, (index) => ({ v: 1, event: event(String(index)) }));
      const hundred = await perJob(500, (job) => ({
        v: 1,
        events: Array.from({ length: 100 }, (_, index) => event(`${job}-${index}`)),
      }));
      process.stdout.write(`${JSON.stringify({ one, hundred })}\n`);
      near(one, 'A waiting job of one event');
      near(hundred, 'A waiting job of a hundred events');
    } finally {
      await queues.close();
      direct.disconnect();
      await redis.stop();
    }
  });
});
