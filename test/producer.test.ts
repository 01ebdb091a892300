/** The producer library against real queues: what it promises about every event it was given. */
import { readdirSync, readFileSync } from 'node:fs';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeQueues, type Queues } from '../src/adapters/queue/queues.js';
import { readUsageJob, type UsageEvent } from '../src/messages.js';
import {
  BufferFullError,
  ClosedError,
  createProducer,
  InvalidEventError,
  type ProducerError,
  UnavailableError,
} from '../src/producer.js';
import { listeningLog, QUEUE_SERVERS, type QueueServer } from './contract/queue-servers.js';
import { redisAvailable, startRedis } from './support/redis.js';
import { until } from './support/wait.js';

const event = (at: number): UsageEvent => ({ account: 'store_42', meter: 'call', key: `call_${at}` });
const events = (count: number) => Array.from({ length: count }, (_, at) => event(at));
/** Nothing listens there. */
const NOWHERE = 'redis://127.0.0.1:1';

describe.each(QUEUE_SERVERS)('producer on $on', ({ start }) => {
  let server: QueueServer;
  let queues: Queues;
  beforeAll(async () => {
    server = await start();
    queues = await makeQueues(server.config, listeningLog());
  });
  beforeEach(() => queues.ask('usage', (queue) => queue.drain()));
  afterAll(async () => {
    await queues.close();
    await server.stop();
  });
  /** What the worker will read, oldest job first. */
  const queued = async () => {
    const jobs = await queues.ask('usage', (queue) => queue.getJobs(['waiting'], 0, -1, true));
    return jobs.map((job) => {
      const read = readUsageJob(job.data);
      if (read.kind === 'unreadable') throw new Error(read.reason);
      return read.events.map((one) => (one.kind === 'event' ? one.event : one));
    });
  };

  it('puts a tracked event into the queue, with the time it was tracked', async () => {
    const producer = createProducer({ connection: server.config.url });
    const before = new Date().toISOString();
    await producer.track({ ...event(1), properties: { seconds: 95 } });
    const [[sent] = []] = await queued();
    expect(sent).toEqual({ ...event(1), properties: { seconds: 95 }, occurredAt: expect.any(String) });
    const { occurredAt = '' } = sent as UsageEvent;
    expect(occurredAt >= before && occurredAt <= new Date().toISOString()).toBe(true);
    await producer.close();
  });

  it('sends batches in order, none larger than it was told, and keeps a given time', async () => {
    const producer = createProducer({ connection: server.config.url, batch: { maxEvents: 40, maxWaitMs: 60_000 } });
    const occurredAt = '2026-03-01T12:00:00Z';
    const tracked = events(100).map((one) => producer.track({ ...one, occurredAt }));
    await producer.flush();
    await Promise.all(tracked);
    const jobs = await queued();
    expect(jobs.map((job) => job.length)).toEqual([40, 40, 20]);
    expect(jobs.flat()).toEqual(events(100).map((one) => ({ ...one, occurredAt })));
    expect(producer.pending).toBe(0);
    await producer.close();
  });

  it('never makes a job that is too large to be read', async () => {
    const producer = createProducer({ connection: server.config.url, batch: { maxEvents: 1_000 } });
    const properties = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`p${at}`, 'é'.repeat(1_000)]));
    for (const one of events(120)) void producer.track({ ...one, properties });
    await producer.close();
    const jobs = await queued();
    expect(jobs.flat().map((one) => 'key' in one && one.key)).toEqual(events(120).map(({ key }) => key));
    expect(jobs.length).toBeGreaterThan(2);
  });

  it('sends what is buffered when it is closed, and refuses what comes after', async () => {
    const producer = createProducer({ connection: server.config.url, batch: { maxWaitMs: 60_000 } });
    const tracked = Promise.all(events(3).map(producer.track));
    await producer.close();
    await tracked;
    await producer.close();
    expect((await queued()).flat()).toHaveLength(3);
    await expect(producer.track(event(4))).rejects.toThrow(ClosedError);
  });
});

describe('a producer', () => {
  it('refuses an event that could not be read, naming the field, and buffers nothing', async () => {
    const producer = createProducer({ connection: NOWHERE });
    const bad = { ...event(1), quantity: '1' } as unknown as UsageEvent;
    const error = await producer.track(bad).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidEventError);
    expect(error).toMatchObject({
      field: 'quantity',
      event: bad,
      message: expect.stringContaining('"quantity" must be a number'),
    });
    expect(producer.pending).toBe(0);
    await producer.close();
  });

  it('refuses one event more than its buffer holds and hands it back', async () => {
    const told: ProducerError[] = [];
    const producer = createProducer({
      connection: NOWHERE,
      buffer: { maxEvents: 2 },
      onError: (error) => told.push(error),
    });
    for (const one of events(2)) void producer.track(one);
    const error = await producer.track(event(2)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BufferFullError);
    expect(error).toMatchObject({ event: event(2) });
    await expect(producer.close({ timeoutMs: 50 })).rejects.toThrow(UnavailableError);
    expect(told).toContain(error);
  });

  it('hands back what it could not send: flush keeps trying it, close gives it away, and every track says so', async () => {
    const told: ProducerError[] = [];
    const producer = createProducer({ connection: NOWHERE, onError: (error) => told.push(error) });
    const tracked = events(3).map((one) => producer.track(one));
    const flushed = await producer.flush({ timeoutMs: 50 }).catch((reason: unknown) => reason);
    expect(flushed).toBeInstanceOf(UnavailableError);
    expect(flushed).toMatchObject({ events: events(3) });
    expect(producer.pending).toBe(3);
    const closed = await producer.close({ timeoutMs: 50 }).catch((reason: unknown) => reason);
    expect(closed).toBeInstanceOf(UnavailableError);
    expect(closed).toMatchObject({ events: events(3) });
    expect(await Promise.allSettled(tracked)).toMatchObject(
      events(3).map((one) => ({ status: 'rejected', reason: { name: 'UnavailableError', events: [one] } })),
    );
    expect(told.filter((error) => error instanceof UnavailableError && error.events.length > 0)).toEqual([closed]);
  });

  it.each([
    [{ connection: 'http://localhost' }, TypeError],
    [{ connection: NOWHERE, batch: { maxEvents: 1_001 } }, RangeError],
    [{ connection: NOWHERE, batch: { maxWaitMs: -1 } }, RangeError],
    [{ connection: NOWHERE, buffer: { maxEvents: 0.5 } }, RangeError],
  ])('says at once what is wrong with its options: %j', (options, kind) => {
    expect(() => createProducer(options)).toThrow(kind);
  });

  it('pulls no part of the server into a product: bullmq and its driver, zod and the messages alone', () => {
    const files = [
      'producer.ts',
      'messages.ts',
      ...['producer', 'messages'].flatMap((folder) =>
        readdirSync(new URL(`../src/${folder}`, import.meta.url))
          // What products are told is read by those who hear it, and by nothing here.
          .filter((name) => name !== 'events.ts')
          .map((name) => `${folder}/${name}`),
      ),
    ];
    const imports = files.flatMap((file) =>
      [
        ...readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8').matchAll(
          /^(?:import|export|\}) .*?from '(.+)';$/gm,
        ),
      ].map(([, from = '']) => from),
    );
    expect(imports.length).toBeGreaterThan(5);
    for (const from of imports)
      expect(from).toMatch(/^(bullmq|ioredis|zod|\.\.?\/(messages|producer)(\/[\w-]+)?\.js|\.\/[\w-]+\.js)$/);
  });
});

describe.skipIf(!redisAvailable)('a producer whose Redis goes away', () => {
  it('keeps events in order and sends each when it is back', async () => {
    const redis = await startRedis();
    const told: ProducerError[] = [];
    const producer = createProducer({
      connection: redis.url,
      batch: { maxEvents: 10 },
      onError: (error) => told.push(error),
    });
    await producer.track(event(0));
    await redis.kill();
    const tracked = Array.from({ length: 50 }, (_, at) => producer.track(event(at + 1)));
    await until(() => told.length > 0, { what: 'a failed try was told' });
    expect(told[0]).toBeInstanceOf(UnavailableError);
    const again = await redis.startAgain({ empty: true });
    await Promise.all(tracked);
    const queue = new Queue('usage', { prefix: 'creditd', connection: { url: redis.url } });
    const jobs = await queue.getJobs(['waiting'], 0, -1, true);
    const keys = jobs.flatMap((job) => job.data.events ?? [job.data.event]).map((one: UsageEvent) => one.key);
    // A try whose answer was lost may have been taken: its batch then stands twice, and its keys are debited once.
    expect([...new Set(keys)]).toEqual(Array.from({ length: 50 }, (_, at) => `call_${at + 1}`));
    await queue.close();
    await producer.close();
    await again.stop();
  });
});
