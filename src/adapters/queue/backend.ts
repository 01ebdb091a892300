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
import { Cluster, Redis } from 'ioredis';
import { clusterPrefix, isClusterUrl, readClusterUrl, usageQueueAt } from '../../messages/cluster.js';
import { KEY_PREFIX, QUEUE_SCHEMA, type QueueName, USAGE_QUEUE } from '../../messages.js';
import type { Quiet } from './quiet.js';

export type QueueConfig =
  /** The URL of one Redis, or of a Redis Cluster. */
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
  /** Redis key prefix of whatever is not split; on Postgres the schema stands for it and BullMQ ignores this. */
  readonly prefix: string;
  /** How many queues usage is split over: one, but on a Redis Cluster. */
  readonly usageQueues: number;
  /** What a queue is called there. */
  placed(name: QueueName, place: number): { readonly name: string; readonly prefix: string };
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
  if (config.kind === 'postgres') return postgresBackend(config);
  return isClusterUrl(config.url) ? clusterBackend(config, quiet) : redisBackend(config, quiet);
}

const reconnect = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS);

function redisBackend(config: QueueConfig & { kind: 'redis' }, quiet: Quiet): Backend {
  const retryStrategy = reconnect;
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
    usageQueues: 1,
    placed: (name) => ({ name, prefix: config.prefix ?? KEY_PREFIX }),
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
  return {
    classes: withBackend(factory),
    prefix: KEY_PREFIX,
    usageQueues: 1,
    placed: (name) => ({ name, prefix: KEY_PREFIX }),
    async close() {},
  };
}

/** How soon a cluster whose nodes changed their parts is asked for its slots again. */
const SLOTS_AGAIN_MS = 2_000;
/** A failover takes some seconds; a command that meets one is sent on as often as that takes. */
const REDIRECTIONS = 64;
const MOVED_AGAIN_MS = 100;

/** Every queue lies on one node by its hash tag; usage is split over several of them. */
function clusterBackend(config: QueueConfig & { kind: 'redis' }, quiet: Quiet): Backend {
  const place = readClusterUrl(config.url);
  const opened: Cluster[] = [];
  const open = (maxRetriesPerRequest: 1 | null, offline: boolean): Cluster => {
    const cluster = new Cluster([...place.nodes], {
      enableOfflineQueue: offline,
      clusterRetryStrategy: reconnect,
      slotsRefreshInterval: SLOTS_AGAIN_MS,
      maxRedirections: REDIRECTIONS,
      retryDelayOnFailover: MOVED_AGAIN_MS,
      retryDelayOnClusterDown: MOVED_AGAIN_MS,
      retryDelayOnTryAgain: MOVED_AGAIN_MS,
      redisOptions: {
        maxRetriesPerRequest,
        ...(maxRetriesPerRequest === null ? {} : { commandTimeout: COMMAND_TIMEOUT_MS }),
        connectTimeout: CONNECT_TIMEOUT_MS,
        ...(place.username === null ? {} : { username: place.username }),
        ...(place.password === null ? {} : { password: place.password }),
        ...(place.tls ? { tls: {} } : {}),
      },
    });
    cluster.on('error', (error) => quiet.error('redis cluster', error));
    cluster.on('ready', () => quiet.ready('redis cluster'));
    opened.push(cluster);
    return cluster;
  };
  // As with one Redis: who adds a job is told at once when it cannot be added, and a worker waits out any outage.
  const shared = open(1, false);
  const patiently = open(null, true);
  const factory: BackendFactory<IQueueBackend, Ours> = (name, opts, extra) =>
    extra?.withBlockingConnection === true
      ? patient(createRedisBackend(name, { ...opts, connection: patiently, skipVersionCheck: true }, extra))
      : createRedisBackend(name, { ...opts, connection: shared, skipVersionCheck: true }, extra);
  const prefix = config.prefix ?? KEY_PREFIX;
  return {
    classes: withBackend(factory),
    prefix: clusterPrefix(prefix, null),
    usageQueues: place.usageQueues,
    placed: (name, at) =>
      name === USAGE_QUEUE
        ? { name: usageQueueAt(name, at), prefix: clusterPrefix(prefix, at) }
        : { name, prefix: clusterPrefix(prefix, null) },
    async close() {
      for (const cluster of opened) cluster.disconnect();
    },
  };
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
