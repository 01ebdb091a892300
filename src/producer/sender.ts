/** The producer's end of the queue, on Redis or Postgres. */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Queue,
  type RedisOptions,
  withBackend,
} from 'bullmq';
import {
  KEY_PREFIX,
  QUEUE_SCHEMA,
  USAGE_JOB_NAME,
  USAGE_JOB_VERSION,
  USAGE_QUEUE,
  type UsageEvent,
} from '../messages.js';

export interface SenderOptions {
  /** `redis://`, `rediss://`, `postgres://` or `postgresql://`, or ioredis options. */
  readonly connection: string | RedisOptions;
  /** Key prefix on Redis. */
  readonly prefix?: string | undefined;
  /** BullMQ's schema on Postgres. */
  readonly schema?: string | undefined;
}

export interface Sender {
  /** Resolves when the queue has taken the events as one job. Rejects at the latest after 10 s; it may have happened. */
  send(events: readonly UsageEvent[]): Promise<void>;
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
  const { Queue: UsageQueueClass } = withBackend(factoryFor(options));
  let queue: UsageQueue | null = null;

  const opened = async (): Promise<UsageQueue> => {
    const open =
      queue ??
      new UsageQueueClass<unknown, unknown>(USAGE_QUEUE, {
        connection: 'ours',
        prefix: options.prefix ?? KEY_PREFIX,
        skipMetasUpdate: true,
      });
    if (queue === null) {
      queue = open;
      // Sending reports what matters; without a listener a lost connection would end the process.
      open.on('error', () => undefined);
    }
    try {
      await open.waitUntilReady();
    } catch (error) {
      // A queue on Postgres whose first connection failed stays broken, so the next try makes another.
      if (queue === open) queue = null;
      await open.close().catch(() => undefined);
      throw error;
    }
    return open;
  };

  return {
    async send(events) {
      const [first] = events;
      if (first === undefined) return;
      const data = events.length === 1 ? { v: USAGE_JOB_VERSION, event: first } : { v: USAGE_JOB_VERSION, events };
      const sent = opened().then((open) => open.add(USAGE_JOB_NAME, data, { attempts: 1 }));
      await limited(sent, SEND_MS, `The usage queue did not answer within ${SEND_MS / 1_000} s.`);
    },
    async close() {
      const open = queue;
      queue = null;
      if (open === null) return;
      await limited(open.close(), CLOSE_MS, 'slow').catch(() => open.disconnect().catch(() => undefined));
    },
  };
}

function factoryFor(options: SenderOptions): BackendFactory<IQueueBackend, Ours> {
  const { connection } = options;
  if (typeof connection === 'string' && /^postgres(ql)?:\/\//.test(connection)) {
    const pool = {
      connectionString: connection,
      schema: options.schema ?? QUEUE_SCHEMA,
      max: POOL_MAX,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    };
    return (name, opts, extra) => createPostgresBackend(name, { ...opts, connection: pool }, extra);
  }
  if (typeof connection === 'string' && !/^rediss?:\/\//.test(connection)) {
    throw new TypeError(
      'connection must be a redis://, rediss://, postgres:// or postgresql:// URL, or ioredis options.',
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
  return (name, opts, extra) => createRedisBackend(name, { ...opts, connection: redis, skipVersionCheck: true }, extra);
}

async function limited<T>(promise: Promise<T>, ms: number, sentence: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
