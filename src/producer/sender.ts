/** The producer's end of the queue, on Redis or Postgres. */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Queue,
  type RedisOptions,
  type Telemetry,
  withBackend,
} from 'bullmq';
import { Cluster } from 'ioredis';
import { byPlace, clusterPrefix, isClusterUrl, readClusterUrl, usageQueueAt } from '../messages/cluster.js';
import {
  KEY_PREFIX,
  QUEUE_SCHEMA,
  USAGE_JOB_NAME,
  USAGE_JOB_VERSION,
  USAGE_QUEUE,
  type UsageEvent,
} from '../messages.js';

export interface SenderOptions {
  /** `redis://`, `rediss://`, `redis+cluster://`, `rediss+cluster://`, `postgres://` or `postgresql://`, or ioredis options. */
  readonly connection: string | RedisOptions;
  /** Key prefix on Redis. */
  readonly prefix?: string | undefined;
  /** BullMQ's schema on Postgres. */
  readonly schema?: string | undefined;
  readonly telemetry?: Telemetry | undefined;
}

export interface Sender {
  /** Resolves when the queue has taken the events as one job. Rejects at the latest after 10 s; it may have happened. */
  send(events: readonly UsageEvent[], within: unknown): Promise<void>;
  close(): Promise<void>;
}

type Ours = 'ours';
type UsageQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, Ours>;

const SEND_MS = 10_000;
const CLOSE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_AT_MOST_MS = 2_000;
const POOL_MAX = 1;

export function makeSender(options: SenderOptions): Sender {
  const { factory, queues: count, end } = factoryFor(options);
  const { Queue: UsageQueueClass } = withBackend(factory);
  const { telemetry } = options;
  const prefix = options.prefix ?? KEY_PREFIX;
  const queues = new Map<number, UsageQueue>();

  const opened = async (place: number): Promise<UsageQueue> => {
    const standing = queues.get(place);
    const open =
      standing ??
      new UsageQueueClass<unknown, unknown>(count === null ? USAGE_QUEUE : usageQueueAt(USAGE_QUEUE, place), {
        connection: 'ours',
        prefix: count === null ? prefix : clusterPrefix(prefix, place),
        skipMetasUpdate: true,
        ...(telemetry === undefined ? {} : { telemetry }),
      });
    if (standing === undefined) {
      queues.set(place, open);
      // Sending reports what matters; without a listener a lost connection would end the process.
      open.on('error', () => undefined);
    }
    try {
      await open.waitUntilReady();
    } catch (error) {
      // A queue on Postgres whose first connection failed stays broken, so the next try makes another.
      if (queues.get(place) === open) queues.delete(place);
      await open.close().catch(() => undefined);
      throw error;
    }
    return open;
  };

  const add = async (place: number, events: readonly UsageEvent[], within: unknown): Promise<void> => {
    const [first] = events;
    const data = events.length === 1 ? { v: USAGE_JOB_VERSION, event: first } : { v: USAGE_JOB_VERSION, events };
    const open = await opened(place);
    const put = () => open.add(USAGE_JOB_NAME, data, { attempts: 1 });
    await (telemetry === undefined ? put() : telemetry.contextManager.with(within, put));
  };

  return {
    async send(events, within) {
      // Where one part is taken and another is not, all are sent again: their keys make that harmless.
      const sent = Promise.all(byPlace(events, count ?? 1).map(({ place, events: own }) => add(place, own, within)));
      await limited(sent, SEND_MS, `The usage queue did not answer within ${SEND_MS / 1_000} s.`);
    },
    async close() {
      const open = [...queues.values()];
      queues.clear();
      for (const queue of open)
        await limited(queue.close(), CLOSE_MS, 'slow').catch(() => queue.disconnect().catch(() => undefined));
      end();
    },
  };
}

interface Way {
  readonly factory: BackendFactory<IQueueBackend, Ours>;
  /** How many queues usage is split over; null: it is not. */
  readonly queues: number | null;
  readonly end: () => void;
}

const wayOf = (factory: Way['factory']): Way => ({ factory, queues: null, end: () => undefined });

function factoryFor(options: SenderOptions): Way {
  const { connection } = options;
  if (typeof connection === 'string' && /^postgres(ql)?:\/\//.test(connection)) {
    const pool = {
      connectionString: connection,
      schema: options.schema ?? QUEUE_SCHEMA,
      max: POOL_MAX,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    };
    return wayOf((name, opts, extra) => createPostgresBackend(name, { ...opts, connection: pool }, extra));
  }
  if (typeof connection === 'string' && isClusterUrl(connection)) return clusterWay(connection);
  if (typeof connection === 'string' && !/^rediss?:\/\//.test(connection)) {
    throw new TypeError(
      'connection must be a redis://, rediss://, redis+cluster://, rediss+cluster://, postgres:// or postgresql:// URL, or ioredis options.',
    );
  }
  const redis: RedisOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: SEND_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS),
    ...(typeof connection === 'string' ? { url: connection } : connection),
    // The buffer of this library is the only one: a second, hidden one would make "sent" mean nothing.
    enableOfflineQueue: false,
  };
  return wayOf((name, opts, extra) =>
    createRedisBackend(name, { ...opts, connection: redis, skipVersionCheck: true }, extra),
  );
}

/** One connection for all queues of the cluster, made at the first event. */
function clusterWay(url: string): Way {
  const { nodes, username, password, tls, usageQueues } = readClusterUrl(url);
  let cluster: Cluster | null = null;
  const connect = (): Cluster => {
    if (cluster !== null) return cluster;
    cluster = new Cluster([...nodes], {
      enableOfflineQueue: false,
      clusterRetryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS),
      redisOptions: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        commandTimeout: SEND_MS,
        maxRetriesPerRequest: 1,
        ...(username === null ? {} : { username }),
        ...(password === null ? {} : { password }),
        ...(tls ? { tls: {} } : {}),
      },
    });
    cluster.on('error', () => undefined);
    return cluster;
  };
  return {
    factory: (name, opts, extra) =>
      createRedisBackend(name, { ...opts, connection: connect(), skipVersionCheck: true }, extra),
    queues: usageQueues,
    end: () => cluster?.disconnect(),
  };
}

async function limited<T>(promise: Promise<T>, ms: number, sentence: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
