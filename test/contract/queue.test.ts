/** What every part above relies on, on both backends: a job is never lost, never failed by us, and never done for nothing. */
import { Job } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeClocks, startTickWorker } from '../../src/adapters/queue/clocks.js';
import { queueFacts } from '../../src/adapters/queue/facts.js';
import { makeQueues, type Queues } from '../../src/adapters/queue/queues.js';
import { startStepWorker } from '../../src/adapters/queue/step-worker.js';
import { makeTransport } from '../../src/adapters/queue/transport.js';
import { startUsageWorker, type UsageDelivery, type UsageVerdict } from '../../src/adapters/queue/usage-worker.js';
import type { RunningWorker } from '../../src/adapters/queue/worker.js';
import { accountNo, outboxId } from '../../src/domain/ids.js';
import { until } from '../support/wait.js';
import { listeningLog, QUEUE_SERVERS, type QueueServer } from './queue-servers.js';

const ROW = { accountNo: accountNo(7), id: outboxId('01890000-0000-7000-8000-000000000001') };
const QUICK = { concurrency: 5, lockMs: 1_000, stalledMs: 300, backOffFirstMs: 2, backOffMostMs: 8 };

describe.each(QUEUE_SERVERS)('queue on $on', ({ start }) => {
  let server: QueueServer;
  let queues: Queues;
  let log = listeningLog();
  const workers: RunningWorker[] = [];
  const usage = async (handle: (delivery: UsageDelivery) => Promise<UsageVerdict>, settings = QUICK) => {
    const worker = await startUsageWorker(queues, handle, settings);
    workers.push(worker);
    return worker;
  };
  const state = (queue: 'usage' | 'charge', id: string) => queues.ask(queue, (it) => it.getJobState(id));
  const add = (id: string, data: unknown = {}, opts: object = {}) =>
    queues.ask('usage', (queue) => queue.add('usage', data, { jobId: id, ...opts }));

  beforeAll(async () => {
    server = await start();
    queues = await makeQueues(server.config, {
      info: (...a) => log.info(...a),
      warn: (...a) => log.warn(...a),
      error: (...a) => log.error(...a),
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(workers.splice(0).map((worker) => worker.close(3_000)));
    for (const queue of queues.all) await queue.obliterate({ force: true });
    for (const queue of queues.all) await queue.resume();
    log = listeningLog();
  });
  afterAll(async () => {
    await queues.close();
    await server.stop();
  });

  it('publishes an outbox row once however often it is asked, and again after its step has ended', async () => {
    const transport = makeTransport(queues);
    await transport.publish('charge', [ROW]);
    await transport.publish('charge', [ROW, { ...ROW, id: outboxId('01890000-0000-7000-8000-000000000002') }]);
    expect((await queueFacts(queues, 'charge')).depth.waiting).toBe(2);
    const seen: string[] = [];
    workers.push(
      await startStepWorker(queues, 'charge', async (step) => void seen.push(`${step.accountNo}/${step.id}`), QUICK),
    );
    await until(async () => seen.length === 2 && (await state('charge', ROW.id)) === 'unknown', {
      what: 'both steps ran and left nothing',
    });
    await transport.publish('charge', [ROW]);
    await until(() => seen.length === 3, { what: 'it ran again' });
    expect(seen).toEqual([`7/${ROW.id}`, '7/01890000-0000-7000-8000-000000000002', `7/${ROW.id}`]);
  });

  it('lets a step that threw be published again', async () => {
    const transport = makeTransport(queues);
    let tries = 0;
    const handle = async () => {
      tries += 1;
      if (tries === 1) throw new Error('broken assumption');
    };
    workers.push(await startStepWorker(queues, 'charge', handle, QUICK));
    await transport.publish('charge', [ROW]);
    await until(async () => tries === 1 && (await state('charge', ROW.id)) === 'unknown', {
      what: 'the failed job is gone',
    });
    await transport.publish('charge', [ROW]);
    await until(() => tries === 2, { what: 'it ran again' });
    expect(log.said.filter((one) => one.level === 'error')).toMatchObject([
      { fields: { outboxId: ROW.id, reason: 'broken assumption' } },
    ]);
  });

  it('never fails a plain job with one attempt that is put off thirty times for our reasons', async () => {
    let tries = 0;
    await usage(async () => {
      tries += 1;
      return tries <= 30 ? { kind: 'our_fault', reason: 'Postgres is away' } : { kind: 'done', result: { posted: 1 } };
    });
    await add('plain');
    await until(async () => (await state('usage', 'plain')) === 'completed', { what: 'the job completed' });
    const job = await queues.ask('usage', (queue) => queue.getJob('plain'));
    expect({ tries, attempts: job?.opts.attempts, made: job?.attemptsMade, result: job?.returnvalue }).toEqual({
      tries: 31,
      attempts: expect.toBeOneOf([undefined, 0, 1]),
      made: 1,
      result: { posted: 1 },
    });
    expect((await queueFacts(queues, 'usage')).depth.failed).toBe(0);
  });

  it('brings a job back when its handler throws, and says so as an error', async () => {
    let tries = 0;
    await usage(async () => {
      tries += 1;
      if (tries === 1) throw new Error('an assumption of ours broke');
      return { kind: 'done', result: null };
    });
    await add('thrown');
    await until(async () => (await state('usage', 'thrown')) === 'completed', { what: 'the job completed' });
    expect(log.said.filter((one) => one.level === 'error')).toMatchObject([
      { fields: { reason: 'an assumption of ours broke' } },
    ]);
  });

  it('does not fail a job that was done but whose completion could not be written', async () => {
    let tries = 0;
    vi.spyOn(Job.prototype, 'moveToCompleted').mockRejectedValueOnce(new Error('Connection terminated unexpectedly'));
    await usage(async () => {
      tries += 1;
      return { kind: 'done', result: null };
    });
    await add('done-twice');
    await until(async () => (await state('usage', 'done-twice')) === 'completed', { what: 'the job completed' });
    expect(tries).toBe(2);
  });

  it('leaves a job to the stalled check when it cannot even be put off', async () => {
    let tries = 0;
    vi.spyOn(Job.prototype, 'moveToDelayed').mockRejectedValueOnce(new Error('Connection is closed.'));
    await usage(async () => {
      tries += 1;
      return tries === 1 ? { kind: 'our_fault', reason: 'Postgres is away' } : { kind: 'done', result: null };
    });
    await add('stuck');
    await until(async () => (await state('usage', 'stuck')) === 'completed', { what: 'the job completed' });
    expect(tries).toBe(2);
  });

  it('keeps an unreadable job in the failed set whatever its producer chose, and tries it once', async () => {
    let tries = 0;
    await usage(async () => {
      tries += 1;
      return { kind: 'unreadable', reason: 'No event\0 could be read.' };
    });
    await add('unreadable', { v: 99 }, { removeOnFail: true, attempts: 5, backoff: 1 });
    await until(async () => (await state('usage', 'unreadable')) === 'failed', { what: 'the job failed' });
    const job = await queues.ask('usage', (queue) => queue.getJob('unreadable'));
    expect({ tries, reason: job?.failedReason }).toEqual({ tries: 1, reason: 'No event\uFFFD could be read.' });
  });

  it('cuts a job down to the part that came too early', async () => {
    const seen: unknown[] = [];
    await usage(async ({ data }) => {
      seen.push(data);
      return seen.length === 1
        ? { kind: 'too_early', data: { v: 1, event: 'b' }, afterMs: 30 }
        : { kind: 'done', result: null };
    });
    await add('early', { v: 1, events: ['a', 'b'] });
    await until(async () => (await state('usage', 'early')) === 'completed', { what: 'the job completed' });
    expect(seen).toEqual([
      { v: 1, events: ['a', 'b'] },
      { v: 1, event: 'b' },
    ]);
  });

  it('gives back the job of a worker that died, more often than the library would by itself', async () => {
    await add('orphan');
    for (let death = 1; death <= 3; death += 1) {
      let taken = false;
      const dying = await startUsageWorker(
        queues,
        () =>
          new Promise<never>(() => {
            taken = true;
          }),
        QUICK,
      );
      await until(() => taken, { what: `worker ${death} took it` });
      expect(await dying.close(0)).toBe('forced');
    }
    await usage(async () => ({ kind: 'done', result: null }));
    await until(async () => (await state('usage', 'orphan')) === 'completed', { what: 'the job completed' });
  }, 60_000);

  it('drains the jobs in hand when it closes, and takes no more', async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let taken = 0;
    const worker = await usage(
      async () => {
        taken += 1;
        await held;
        return { kind: 'done', result: null };
      },
      { ...QUICK, concurrency: 1 },
    );
    await add('in-hand');
    await add('waiting');
    await until(() => taken === 1, { what: 'one is in hand' });
    const closed = worker.close(10_000);
    finish();
    expect(await closed).toBe('drained');
    expect([await state('usage', 'in-hand'), await state('usage', 'waiting'), taken]).toEqual([
      'completed',
      'waiting',
      1,
    ]);
  });

  it('ticks, and gets its clocks back when the queue was emptied', async () => {
    let ticks = 0;
    const renew = async () => {
      ticks += 1;
    };
    workers.push(await startTickWorker(queues, { renew }, QUICK));
    const clocks = makeClocks(queues, [{ name: 'renew', everyMs: 200 }], 50);
    try {
      await until(() => ticks >= 3, { what: 'it ticks' });
      await queues.ask('clock', (queue) => queue.obliterate({ force: true }));
      await queues.ask('clock', (queue) => queue.resume());
      const before = ticks;
      await until(() => ticks >= before + 3, { what: 'it ticks again' });
    } finally {
      clocks.close();
    }
  });

  it('does not move a clock that stands when it is wound again', async () => {
    const clocks = makeClocks(queues, [{ name: 'audit', everyMs: 3_600_000 }]);
    clocks.close();
    await clocks.wind();
    const first = await queues.ask('clock', (queue) => queue.getJobScheduler('audit'));
    await clocks.wind();
    const second = await queues.ask('clock', (queue) => queue.getJobScheduler('audit'));
    expect(first?.next).toBeTypeOf('number');
    expect(second).toEqual(first);
  });

  it('never has more than one tick waiting while a slow one is in hand', async () => {
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started = 0;
    const handler = async () => {
      started += 1;
      await slow;
    };
    workers.push(await startTickWorker(queues, { slow: handler }, { ...QUICK, concurrency: 1 }));
    const clocks = makeClocks(queues, [{ name: 'slow', everyMs: 50 }], 20);
    try {
      await until(
        async () =>
          (await queueFacts(queues, 'clock')).depth.waiting === 1 ||
          (await queueFacts(queues, 'clock')).depth.delayed === 1,
        { what: 'a tick waits behind the slow one' },
      );
      const due = Date.now() + 500;
      let most = 0;
      await until(
        async () => {
          const { depth } = await queueFacts(queues, 'clock');
          most = Math.max(most, depth.waiting + depth.delayed);
          return Date.now() > due;
        },
        { what: 'ten more were due' },
      );
      expect([started, most]).toEqual([1, 1]);
    } finally {
      clocks.close();
      release();
    }
  });

  it('counts what waits, paused or not, and says how old the oldest is', async () => {
    expect(await queueFacts(queues, 'usage')).toEqual({
      queue: 'usage',
      depth: { waiting: 0, prioritized: 0, active: 0, delayed: 0, failed: 0 },
      oldestWaitingMs: null,
    });
    const now = Date.now();
    await add('old', {}, { timestamp: now - 60_000 });
    await add('new', {}, { timestamp: now - 1_000 });
    await add('later', {}, { delay: 600_000 });
    expect(await queueFacts(queues, 'usage', now)).toMatchObject({
      depth: { waiting: 2, delayed: 1 },
      oldestWaitingMs: 60_000,
    });
    await queues.ask('usage', (queue) => queue.pause());
    expect((await queueFacts(queues, 'usage', now)).depth.waiting).toBe(2);
  });
});
