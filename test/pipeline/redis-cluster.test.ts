/**
 * Usage on a real Redis Cluster of six servers, with failovers in the middle. What an asynchronous failover loses of adds that
 * were acknowledged is counted; producers send again from their books, and nothing is debited twice.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueFacts } from '../../src/adapters/queue/facts.js';
import { producerKey } from '../../src/domain/keys.js';
import { crc16, readClusterUrl, usagePlace } from '../../src/messages/cluster.js';
import { createProducer, type Producer } from '../../src/producer.js';
import { query } from '../support/admin.js';
import { type LocalRiver, type LocalWorker, openLocalRiver } from '../support/local-river.js';
import { type RedisCluster, redisClusterAvailable, startRedisCluster } from '../support/redis-cluster.js';
import { callEvent } from '../support/river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const USAGE_QUEUES = 6;
const ACCOUNTS = Array.from({ length: 24 }, (_, index) => `cluster-${index}`);

test('the slot of an account is counted as Redis counts it', () => {
  expect(crc16('123456789')).toBe(0x31c3);
  expect(usagePlace('anybody', 1)).toBe(0);
  expect(new Set(ACCOUNTS.map((account) => usagePlace(account, USAGE_QUEUES))).size).toBe(USAGE_QUEUES);
});

test('the URL of a cluster names its nodes, its login and how many queues usage is split over', () => {
  expect(readClusterUrl('rediss+cluster://u:p%40s@one:7000?node=two:7001&node=three&usage=16')).toEqual({
    nodes: [
      { host: 'one', port: 7000 },
      { host: 'two', port: 7001 },
      { host: 'three', port: 6379 },
    ],
    ...{ username: 'u', password: 'p@s', tls: true, usageQueues: 16 },
  });
  expect(() => readClusterUrl('redis+cluster://:secret@one?usage=0')).toThrow(/^(?!.*secret).*from 1 to 256/);
  expect(() => readClusterUrl('redis+cluster://one?node=two:x')).toThrow(/a host and a port/);
});

describe.skipIf(!redisClusterAvailable)('on a cluster of six', () => {
  let cluster: RedisCluster;
  let river: LocalRiver;
  let producer: Producer;
  const sent = new Set<string>();
  let serial = 0;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    river = await openLocalRiver({ queue: { kind: 'redis', url: cluster.url(USAGE_QUEUES) } });
    for (const account of ACCOUNTS) await river.account(account, null);
    producer = createProducer({
      connection: cluster.url(USAGE_QUEUES),
      batch: { maxWaitMs: 2 },
      onError: () => undefined,
    });
  }, 90_000);
  afterAll(async () => {
    await producer?.close({ timeoutMs: 1_000 }).catch(() => undefined);
    await river?.close();
    await cluster?.stop();
  }, 60_000);

  const eventOf = (key: string) => callEvent(ACCOUNTS[Number(key) % ACCOUNTS.length] ?? '', key) as never;
  /** Resolves when the cluster has acknowledged all of them. */
  const send = async (count: number): Promise<string[]> => {
    const keys = Array.from({ length: count }, () => String(serial++));
    for (const key of keys) sent.add(key);
    await Promise.all(keys.map((key) => producer.track(eventOf(key))));
    return keys;
  };
  const drained = () =>
    until(async () => Object.values((await queueFacts(river.queues, 'usage')).depth).every((count) => count === 0), {
      timeoutMs: 60_000,
      everyMs: 50,
      what: 'the usage queues to be empty',
    });
  const missing = async (): Promise<string[]> => {
    const rows = await query<{ hash: string }>(
      river.url,
      `select key_hash as hash from ledger_entries where kind = 'use' and line = 0`,
    );
    const known = new Set(rows.map(({ hash }) => hash));
    return [...sent].filter((key) => !known.has(producerKey(key)));
  };
  /** Ends the master at this port and waits until its replica serves in its place. */
  const failover = async (master: number, thaw?: number): Promise<number> => {
    const other = await cluster.alive(master, thaw);
    const before = await cluster.nodes(other);
    const { id } = before.find((node) => node.port === master) ?? { id: '' };
    const replica = before.find((node) => node.masterId === id)?.port ?? 0;
    await cluster.kill(master);
    if (thaw !== undefined) cluster.thaw(thaw);
    await until(
      async () =>
        (await cluster.nodes(other)).some((node) => node.port === replica && node.isMaster) &&
        (await cluster.isWhole(other)),
      { timeoutMs: 60_000, everyMs: 100, what: 'the replica to take over' },
    );
    return replica;
  };

  test('usage is split over servers, and each event is debited once', { timeout: 60_000 }, async () => {
    const worker = await river.startWorker();
    await send(600);
    await drained();
    expect(await missing()).toEqual([]);
    const owners = new Set<number>();
    for (let place = 0; place < USAGE_QUEUES; place += 1)
      owners.add(await cluster.ownerOf(`{creditd-${place}}:usage-${place}:id`, cluster.ports[0] ?? 0));
    expect(owners.size).toBeGreaterThan(1);
    await worker.close();
  });

  let worker: LocalWorker;
  /** Who took over at the first failover: it has no replica of its own any more. */
  let promoted = 0;

  test('a failover loses acknowledged adds that its replica had not seen: they are counted, and sent again from the book', {
    timeout: 120_000,
  }, async () => {
    const master = await cluster.ownerOf('{creditd-0}:usage-0:id', cluster.ports[0] ?? 0);
    const nodes = await cluster.nodes(master);
    const own = nodes.find((node) => node.port === master)?.id;
    const replica = nodes.find((node) => node.masterId === own)?.port ?? 0;
    // Its replica hears nothing of what is acknowledged now, and nobody takes it out before the master is gone.
    cluster.freeze(replica);
    await cluster.cutReplicas(master);
    const unseen = new Set(await send(240));
    promoted = await failover(master, replica);
    const after = await send(240);
    worker = await river.startWorker();
    await drained();
    const lost = await missing();
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(unseen.size);
    expect(lost.filter((key) => !unseen.has(key))).toEqual([]);
    expect(after.filter((key) => lost.includes(key))).toEqual([]);
    for (const key of sent) void producer.track(eventOf(key));
    await producer.flush({ timeoutMs: 20_000 });
    await drained();
    expect(await missing()).toEqual([]);
  });

  test('a failover in the middle of work: the same worker and the same producer go on', {
    timeout: 120_000,
  }, async () => {
    const { port: master } =
      (await cluster.nodes(await cluster.alive())).find(
        (node) => node.isMaster && !node.failed && node.port !== promoted,
      ) ?? expect.fail('there is no master left that has a replica');
    let streaming = true;
    const stream = (async () => {
      while (streaming) await send(20);
    })();
    await failover(master);
    streaming = false;
    await stream;
    await send(60);
    await drained();
    // What the failover took with it is sent again, beside all that is known already.
    for (const key of sent) void producer.track(eventOf(key));
    await producer.flush({ timeoutMs: 20_000 });
    await drained();
    expect(await missing()).toEqual([]);
    await worker.close();
  });

  test('after all of it each event was debited exactly once, and every sum holds', async () => {
    const [row] = await query<{ lines: number; micro: string }>(
      river.url,
      `select (count(*) filter (where line = 0))::int as lines, (-sum(amount))::text as micro from ledger_entries where kind = 'use'`,
    );
    expect(row).toEqual({ lines: sent.size, micro: `${sent.size}000000` });
    expect(await brokenSums(river.url)).toEqual([]);
  });
});
