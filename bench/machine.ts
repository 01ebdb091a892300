/** What a run was measured on: without it no figure means anything. */
import { cpus, totalmem } from 'node:os';
import { Redis } from 'ioredis';
import { type Servers, withClient } from './servers.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
}

export async function describeMachine(servers: Servers): Promise<Machine> {
  const postgres = await withClient(servers.databaseUrl, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
  const redis = new Redis(servers.redisUrl);
  try {
    const info = await redis.info('server');
    return {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      postgres,
      redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    };
  } finally {
    redis.disconnect();
  }
}

export const machineLine = ({ processor, cores, memoryGb, node, postgres, redis }: Machine): string =>
  `${cores} cores (${processor}), ${memoryGb} GB, Node ${node}, Postgres ${postgres}, Redis ${redis}`;
