/** The queue that production uses, killed, emptied and taken away together with Postgres. Postgres remembers. */
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { CLOCK_QUEUE, USAGE_QUEUE } from '../../src/messages.js';
import { query } from '../support/admin.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver, runDry, troubled } from '../support/local-river.js';
import { redisAvailable, startRedis, type TestRedis } from '../support/redis.js';
import { callEvent } from '../support/river.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const CONFIRM = 'POST /v1/payment_intents/*/confirm';

describe.skipIf(!redisAvailable)('the river on Redis', { timeout: 90_000 }, () => {
  const folder = scratchFolder();
  const startPostgres = (port?: number) =>
    startEmbeddedPostgres({
      dataDir: path.join(folder, 'postgres'),
      fast: true,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let redis: TestRedis;
  let river: LocalRiver;
  const warnings: string[] = [];

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    await migrate(postgres.url);
    const warn = (_: unknown, message: string) => void warnings.push(message);
    const log = { info: () => undefined, warn, error: () => undefined };
    river = await openLocalRiver({ databaseUrl: postgres.url, queue: { kind: 'redis', url: redis.url }, log });
    await river.startWorker();
  });
  afterAll(async () => {
    await river.close();
    await Promise.all([postgres.stop(), redis.stop()]);
    removeScratch(folder);
  });

  /** Sixty calls in as many jobs, and a charge that is under way while the outage begins. */
  const underWay = async (account: string): Promise<void> => {
    await river.account(account);
    warnings.length = 0;
    river.processor.double.control.fail({ kind: 'delay', ms: 300, route: CONFIRM });
    await Promise.all(Array.from({ length: 60 }, (_, index) => river.calls(account, 1, `call-${index}`)));
    await until(() => river.processor.double.control.faults().length === 0, { what: 'the charge to be under way' });
  };
  const noticed = () => until(() => warnings.length > 1, { what: 'the worker to notice', timeoutMs: 30_000 });
  const whole = async (account: string): Promise<void> => {
    await runDry(river);
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
    expect((await river.usageCounts()).failed).toBe(0);
    expect(await brokenSums(river.url)).toEqual([]);
  };

  test('killed and started again: the worker catches up by itself', async () => {
    await underWay('redis-killed');
    await redis.kill();
    await noticed();
    redis = await redis.startAgain();
    await whole('redis-killed');
  });

  test('gone together with Postgres: the worker catches up by itself', async () => {
    await underWay('both-gone');
    await Promise.all([redis.kill(), postgres.stop()]);
    await noticed();
    [postgres, redis] = await Promise.all([startPostgres(postgres.port), redis.startAgain()]);
    await whole('both-gone');
  });

  test('emptied: usage that was only there is lost, and steps, clocks and what was posted are not', async () => {
    const account = 'emptied';
    await river.account(account);
    const { control } = river.processor.double;
    control.fail({ kind: 'timeout', moment: 'after', route: CONFIRM });
    await river.calls(account, 60);
    await troubled(river, account);
    // The producers' book: this one event exists nowhere but in the queue, and emptying the queue takes it away.
    const onlyThere = { v: 1, event: callEvent(account, 'only-in-the-queue') };
    await river.queues.ask(USAGE_QUEUE, (usage) => usage.add('usage', onlyThere, { delay: 3_600_000 }));
    const clocks = () => river.queues.ask(CLOCK_QUEUE, (clock) => clock.getJobSchedulersCount());
    const before = await clocks();
    expect(before).toBeGreaterThan(0);
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    await whole(account);
    await until(() => clocks().then((n) => n === before), { what: 'the clocks to be wound again' });
    await river.calls(account, 1, 'afterwards');
    await runDry(river);
    expect(await fateOf(river, account)).toEqual({ ...TOPPED_OFF_ONCE, balance: 239 });
  });

  test('emptied between publishing a step and taking it: the row’s lease publishes it again', async () => {
    const account = 'emptied-again';
    await river.account(account);
    await river.queues.ask('charge', (charge) => charge.pause());
    await river.calls(account, 60);
    await until(
      async () => {
        const [row] = await query<{ id: string }>(
          river.url,
          'select o.id from outbox o join accounts a on a.no = o.account_no where a.id = $1',
          [account],
        );
        return row && river.queues.ask('charge', (charge) => charge.getJob(row.id));
      },
      { what: 'the step to wait in the queue' },
    );
    const admin = new Redis(redis.url);
    // What says that the queue is paused goes with everything else.
    await admin.flushall();
    admin.disconnect();
    await whole(account);
  });
});
