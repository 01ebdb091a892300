/**
 * The servers a queue can live on, opened alike, and a log that remembers what was said. Redis is among them where it is
 * installed; where it is not, the run says so at its end.
 */
import type { QueueConfig } from '../../src/adapters/queue/backend.js';
import type { Log } from '../../src/ports.js';
import { emptyDatabase } from '../support/database.js';
import { redisAvailable, startRedis } from '../support/redis.js';

export interface QueueServer {
  readonly config: QueueConfig;
  stop(): Promise<void>;
}

export interface Startable {
  readonly on: 'postgres' | 'redis';
  start(): Promise<QueueServer>;
}

const POSTGRES: Startable = {
  on: 'postgres',
  async start() {
    const database = await emptyDatabase();
    return { config: { kind: 'postgres', url: database.url }, stop: () => database.drop() };
  },
};

const REDIS: Startable = {
  on: 'redis',
  async start() {
    const redis = await startRedis();
    return { config: { kind: 'redis', url: redis.url }, stop: () => redis.stop() };
  },
};

export const QUEUE_SERVERS: readonly Startable[] = redisAvailable ? [POSTGRES, REDIS] : [POSTGRES];

export interface Said {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface ListeningLog extends Log {
  readonly said: Said[];
}

export function listeningLog(): ListeningLog {
  const said: Said[] = [];
  const at = (level: Said['level']) => (fields: Record<string, unknown>, message: string) => {
    said.push({ level, fields, message });
  };
  return { info: at('info'), warn: at('warn'), error: at('error'), said };
}
