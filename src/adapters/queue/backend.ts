/**
 * Redis or Postgres under BullMQ, with the connections each part needs. Everything above this file is the same on both.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BackendClasses,
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type JobProgress,
  type Queue,
  type Worker,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import { KEY_PREFIX, QUEUE_SCHEMA } from '../../messages.js';
import type { Quiet } from './quiet.js';

export type QueueConfig =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix?: string }
  /** `max` is connections a pool: every queue and every worker has one, and a worker one more to listen with. */
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string; readonly max?: number };

/** The factory below knows the connection, so nothing above it hands one on. */
export type Ours = 'ours';
export type BillingQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, Ours>;
export type BillingWorker = Worker<unknown, unknown, string, IQueueBackend, JobProgress, Ours>;
export type BillingJob = Job<unknown, unknown, string>;

export interface Backend {
  readonly classes: BackendClasses<IQueueBackend, Ours>;
  /** Redis key prefix; on Postgres the schema stands for it and BullMQ ignores this. */
  readonly prefix: string;
  /** Closes what the queues share. The queues and workers themselves close before it. */
  close(): Promise<void>;
}

/** Small on purpose: queues need a connection only for an instant, and the sum of all pools must fit the server. */
export const POOL_MAX = 2;
const CONNECT_TIMEOUT_MS = 5_000;
/** Without it a producer would wait for ever on a connection whose other end has silently gone. */
const COMMAND_TIMEOUT_MS = 10_000;
const RECONNECT_AT_MOST_MS = 2_000;
/**
 * BullMQ asks again at once when fetching fails for anything but a refused connection. A Postgres that is starting up
 * refuses differently, and would be asked thousands of times a second.
 */
const FETCH_AGAIN_MS = 500;

export function makeBackend(config: QueueConfig, quiet: Quiet): Backend {
  return config.kind === 'redis' ? redisBackend(config, quiet) : postgresBackend(config);
}

function redisBackend(config: QueueConfig & { kind: 'redis' }, quiet: Quiet): Backend {
  const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS);
  // One connection for all queues of this process. It fails at once while Redis is away: whoever adds a job must know.
  const shared = new Redis(config.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy,
  });
  shared.on('error', (error) => quiet.error('redis', error));
  shared.on('ready', () => quiet.ready('redis'));
  const factory: BackendFactory<IQueueBackend, Ours> = (name, opts, extra) =>
    extra?.withBlockingConnection === true
      ? patient(
          createRedisBackend(
            name,
            // Workers wait out any outage: BullMQ demands that their commands are never given up.
            {
              ...opts,
              connection: {
                url: config.url,
                maxRetriesPerRequest: null,
                connectTimeout: CONNECT_TIMEOUT_MS,
                retryStrategy,
              },
            },
            extra,
          ),
        )
      : // The version check is one INFO at the start whose failure would break the queue for good.
        createRedisBackend(name, { ...opts, connection: shared, skipVersionCheck: true }, extra);
  return {
    classes: withBackend(factory),
    prefix: config.prefix ?? KEY_PREFIX,
    async close() {
      shared.disconnect();
    },
  };
}

function postgresBackend(config: QueueConfig & { kind: 'postgres' }): Backend {
  const connection = {
    connectionString: config.url,
    schema: config.schema ?? QUEUE_SCHEMA,
    max: config.max ?? POOL_MAX,
    migrate: true,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  const factory: BackendFactory<IQueueBackend, Ours> = (name, opts, extra) =>
    patient(createPostgresBackend(name, { ...opts, connection }, extra));
  return { classes: withBackend(factory), prefix: KEY_PREFIX, async close() {} };
}

/** The same backend, which draws breath after a fetch that failed. */
function patient<B extends IQueueBackend>(backend: B): B {
  const fetch = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...args) => {
    try {
      return await fetch(...args);
    } catch (error) {
      if (backend.closing === undefined) await delay(FETCH_AGAIN_MS);
      throw error;
    }
  };
  return backend;
}
