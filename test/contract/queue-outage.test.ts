/** A queue that goes away and comes back: everybody fails fast or waits, nobody floods the log, nothing is lost. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { makeClocks, startTickWorker } from '../../src/adapters/queue/clocks.js';
import { makeQueues } from '../../src/adapters/queue/queues.js';
import { makeQuiet } from '../../src/adapters/queue/quiet.js';
import { checkRedisSafety } from '../../src/adapters/queue/redis-safety.js';
import { makeTransport } from '../../src/adapters/queue/transport.js';
import { startUsageWorker } from '../../src/adapters/queue/usage-worker.js';
import { accountNo, outboxId } from '../../src/domain/ids.js';
import { execute } from '../support/admin.js';
import { emptyDatabase } from '../support/database.js';
import { redisAvailable, startRedis } from '../support/redis.js';
import { until } from '../support/wait.js';
import { listeningLog } from './queue-servers.js';

const QUICK = { concurrency: 5, lockMs: 1_000, stalledMs: 300, backOffFirstMs: 2, backOffMostMs: 8 };
/** For `until`: asked again while it rejects. */
const works = (attempt: () => Promise<unknown>) => () => attempt().then(() => true);
const ROW = { accountNo: accountNo(7), id: outboxId('01890000-0000-7000-8000-000000000001') };

describe.skipIf(!redisAvailable)('a Redis that dies', () => {
  it('loses no usage job, in hand or waiting, and the worker goes on by itself when it is back', async () => {
    const log = listeningLog();
    const redis = await startRedis();
    const queues = await makeQueues({ kind: 'redis', url: redis.url }, log);
    const done = new Set<string>();
    let holding = true;
    let inHand = 0;
    const worker = await startUsageWorker(
      queues,
      async ({ id }) => {
        inHand += 1;
        while (holding) await pause(5);
        done.add(id);
        return { kind: 'done', result: null };
      },
      QUICK,
    );
    const ids = Array.from({ length: 20 }, (_, at) => `job-${at}`);
    await queues.ask('usage', (queue) =>
      queue.addBulk(ids.map((jobId) => ({ name: 'usage', data: {}, opts: { jobId } }))),
    );
    await until(() => inHand === QUICK.concurrency, { what: 'five are in hand' });
    const redisProbe = new Redis(redis.url);
    // What is in hand must be on the disk before the power is cut: the file is written once a second.
    await until(async () => (await redisProbe.info('persistence')).includes('aof_pending_bio_fsync:0'));
    redisProbe.disconnect();
    await redis.kill();

    const before = performance.now();
    await expect(makeTransport(queues).publish('charge', [ROW])).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(6_000);
    holding = false;
    await until(() => done.size === QUICK.concurrency, { what: 'those in hand were worked off without Redis' });

    const again = await redis.startAgain();
    await until(() => done.size === ids.length, { what: 'the others were taken' });
    await until(
      async () => {
        const counts = await queues.ask('usage', (queue) =>
          queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed'),
        );
        return counts.completed === ids.length && counts.failed === 0 && counts.active === 0;
      },
      { what: 'all are completed and none failed' },
    );
    await until(
      works(() => makeTransport(queues).publish('charge', [ROW])),
      {
        what: 'the relay publishes again',
      },
    );
    // Three connections tried many times: each source has spoken once.
    expect(log.said.filter((one) => one.level === 'warn').length).toBeLessThan(8);
    expect(log.said.filter((one) => one.level === 'error')).toEqual([]);
    expect(await worker.close(5_000)).toBe('drained');
    await queues.close();
    await again.stop();
  });

  it('closes within its deadline while it is away', async () => {
    const redis = await startRedis();
    const queues = await makeQueues({ kind: 'redis', url: redis.url }, listeningLog());
    const worker = await startUsageWorker(queues, async () => ({ kind: 'done', result: null }), QUICK);
    await queues.ask('usage', (queue) => queue.getJobCounts());
    await redis.kill();
    const before = performance.now();
    await worker.close(500);
    await queues.close();
    expect(performance.now() - before).toBeLessThan(9_000);
    await redis.stop();
  });

  it('may be away at the start: queues and workers find it when it comes', async () => {
    const redis = await startRedis();
    await redis.kill();
    const queues = await makeQueues({ kind: 'redis', url: redis.url }, listeningLog());
    let seen = 0;
    const worker = await startUsageWorker(
      queues,
      async () => {
        seen += 1;
        return { kind: 'done', result: null };
      },
      QUICK,
    );
    const again = await redis.startAgain();
    await until(works(() => queues.ask('usage', (queue) => queue.add('usage', {}))));
    await until(() => seen > 0);
    await worker.close(2_000);
    await queues.close();
    await again.stop();
  });

  it('emptied with FLUSHALL, has its clocks and its steps again', async () => {
    const redis = await startRedis();
    const queues = await makeQueues({ kind: 'redis', url: redis.url }, listeningLog());
    let ticks = 0;
    const renew = async () => {
      ticks += 1;
    };
    const worker = await startTickWorker(queues, { renew }, QUICK);
    const clocks = makeClocks(queues, [{ name: 'renew', everyMs: 100 }], 50);
    await until(() => ticks > 1);
    await makeTransport(queues).publish('charge', [ROW]);
    const probe = new Redis(redis.url);
    await probe.flushall();
    const before = ticks;
    await until(() => ticks > before + 2, { what: 'it ticks again' });
    await makeTransport(queues).publish('charge', [ROW]);
    expect(await queues.ask('charge', (queue) => queue.getJobState(ROW.id))).toBe('waiting');
    probe.disconnect();
    clocks.close();
    await worker.close(2_000);
    await queues.close();
    await redis.stop();
  });

  it('is judged by its settings before a usage event is trusted to it', async () => {
    const redis = await startRedis();
    const admin = new Redis(redis.url);
    expect(await checkRedisSafety(redis.url)).toEqual({ kind: 'safe' });
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await admin.config('SET', 'appendonly', 'no');
    const unsafe = await checkRedisSafety(redis.url);
    expect(unsafe).toMatchObject({
      kind: 'unsafe',
      problems: [
        expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
        expect.stringContaining('CONFIG SET appendonly yes'),
      ],
    });
    await admin.call('ACL', 'SETUSER', 'plain', 'on', '>word', '~*', '+@all', '-config');
    expect(await checkRedisSafety(redis.url.replace('//', '//plain:word@'))).toEqual(unsafe);
    await admin.call('ACL', 'SETUSER', 'plain', '-info');
    expect(await checkRedisSafety(redis.url.replace('//', '//plain:word@'))).toMatchObject({ kind: 'hidden' });
    admin.disconnect();
    await redis.stop();
    expect(await checkRedisSafety(redis.url)).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('a Postgres that drops its connections', () => {
  it('loses no usage job and the worker goes on by itself', async () => {
    const database = await emptyDatabase();
    const log = listeningLog();
    const queues = await makeQueues({ kind: 'postgres', url: database.url }, log);
    const done = new Set<string>();
    const worker = await startUsageWorker(
      queues,
      async ({ id }) => {
        done.add(id);
        return { kind: 'done', result: null };
      },
      QUICK,
    );
    const cut = () =>
      execute(
        database.url,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    const ids = Array.from({ length: 60 }, (_, at) => `job-${at}`);
    for (let at = 0; at < ids.length; at += 20) {
      const jobs = ids.slice(at, at + 20).map((jobId) => ({ name: 'usage', data: {}, opts: { jobId } }));
      await until(works(() => queues.ask('usage', (queue) => queue.addBulk(jobs))));
      await cut();
    }
    await until(
      async () => {
        const counts = await queues.ask('usage', (queue) =>
          queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed'),
        );
        return counts.completed === ids.length && counts.failed === 0;
      },
      { what: 'all are completed and none failed' },
    );
    expect(done.size).toBe(ids.length);
    expect(log.said.filter((one) => one.level === 'warn').length).toBeLessThan(8);
    await worker.close(2_000);
    await queues.close();
    await database.drop();
  });

  it('that is not there at the start is said in a sentence, without its password', async () => {
    const opened = makeQueues({ kind: 'postgres', url: 'postgres://me:secret@127.0.0.1:1/none' }, listeningLog(), {
      openMs: 100,
    });
    const error = await opened.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/Postgres could not be opened within 0.1 s: .*ECONNREFUSED/);
    expect(String(error)).not.toContain('secret');
  });
});

describe('the log of a queue', () => {
  it('speaks once in half a minute a source, counts what it kept back, hides passwords, and says when it is over', () => {
    const log = listeningLog();
    let now = 0;
    const quiet = makeQuiet(log, () => now);
    for (let times = 0; times < 50; times += 1)
      quiet.error('redis', new Error('cannot reach rediss://me:secret@host:1'));
    now = 30_000;
    quiet.error('redis', new Error('still'));
    quiet.ready('redis');
    quiet.ready('redis');
    expect(log.said.map(({ level, fields }) => ({ level, ...fields }))).toEqual([
      { level: 'warn', queue: 'redis', reason: 'cannot reach rediss://…', repeated: 0 },
      { level: 'warn', queue: 'redis', reason: 'still', repeated: 49 },
      { level: 'info', queue: 'redis', reason: 'still' },
    ]);
  });
});
