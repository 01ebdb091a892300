/** A Redis Cluster of one's own: six servers on this machine, three of them the others' replicas. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/dev/free-port.js';
import { type Leashed, spawnLeashed } from '../../src/dev/leash.js';
import { findProgram, redisServer } from './programs.js';
import { removeScratch, scratchFolder } from './scratch.js';
import { until } from './wait.js';

const redisCli = findProgram('redis-cli', 'valkey-cli');
export const redisClusterAvailable: boolean = redisServer !== null && redisCli !== null;

const NODES = 6;
/** How long a node may be silent before another one takes its place. */
const NODE_TIMEOUT_MS = 1_500;
/** A cluster's own port lies this far above the one it serves. */
const BUS_OFFSET = 10_000;
const HIGHEST_PORT = 65_535;
const MOST_TRIES = 60;

export interface ClusterNode {
  readonly id: string;
  readonly port: number;
  readonly isMaster: boolean;
  readonly masterId: string | null;
  readonly failed: boolean;
}

const ask = async <T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
};

const nodes = (port: number): Promise<ClusterNode[]> =>
  ask(port, async (redis) => read(String(await redis.cluster('NODES'))));

const isWhole = (port: number): Promise<boolean> =>
  ask(port, async (redis) => String(await redis.cluster('INFO')).includes('cluster_state:ok'));

export type RedisCluster = Awaited<ReturnType<typeof startRedisCluster>>;

export async function startRedisCluster() {
  const folder = scratchFolder();
  const servers = new Map<number, Leashed>();
  for (let count = 0; count < NODES; count += 1) {
    const { port, server } = await launchSomewhere(folder);
    servers.set(port, server);
  }
  const ports = [...servers.keys()];
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  execFileSync(redisCli ?? '', ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'], {
    stdio: 'pipe',
  });

  for (const port of ports) await until(() => isWhole(port), { what: 'the cluster to be whole' });
  await until(async () => (await nodes(ports[0] ?? 0)).filter((node) => !node.isMaster).length === NODES / 2, {
    what: 'the replicas',
  });
  const signal = (port: number, name: NodeJS.Signals): void => {
    const pid = servers.get(port)?.pid;
    if (pid !== undefined) process.kill(pid, name);
  };

  return {
    ports,
    /** As the worker and the producers are told of it. */
    url: (usage: number): string =>
      `redis+cluster://127.0.0.1:${ports[0]}?${ports
        .slice(1)
        .map((port) => `node=127.0.0.1:${port}`)
        .join('&')}&usage=${usage}`,
    nodes,
    isWhole,
    /** The port of a node that answers, none of these. */
    async alive(...but: readonly (number | undefined)[]): Promise<number> {
      for (const port of ports) if (!but.includes(port) && (await isWhole(port).catch(() => false))) return port;
      throw new Error('no node of the cluster answers');
    },
    /** The port of whoever serves this key now, asked of the node at `port`. */
    ownerOf: (key: string, port: number): Promise<number> =>
      ask(port, async (redis) => {
        const slot = Number(await redis.cluster('KEYSLOT', key));
        const ranges = (await redis.cluster('SLOTS')) as unknown as [number, number, [string, number]][];
        const found = ranges.find(([from, to]) => slot >= from && slot <= to);
        return found?.[2][1] ?? 0;
      }),
    /** Breaks the connections that its replicas follow it by. */
    cutReplicas: (port: number): Promise<unknown> =>
      ask(port, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica')),
    freeze: (port: number): void => signal(port, 'SIGSTOP'),
    thaw: (port: number): void => signal(port, 'SIGCONT'),
    async kill(port: number): Promise<void> {
      signal(port, 'SIGKILL');
      await servers.get(port)?.ended;
    },
    async stop(): Promise<void> {
      for (const [port, server] of servers) {
        try {
          signal(port, 'SIGCONT');
        } catch {
          // It has gone.
        }
        await server.stop();
      }
      removeScratch(folder);
    },
  };
}

/** Both its port and its bus' may be taken by another between being found free and being taken. */
async function launchSomewhere(folder: string): Promise<{ readonly port: number; readonly server: Leashed }> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = await freePort();
    if (port + BUS_OFFSET > HIGHEST_PORT) continue;
    const server = await launch(path.join(folder, String(port)), port);
    if (server !== null) return { port, server };
  }
  throw new Error('no redis-server of the cluster could be started');
}

const read = (text: string): ClusterNode[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', master = '-'] = line.split(' ');
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        isMaster: flags.includes('master'),
        masterId: master === '-' ? null : master,
        failed: flags.split(',').includes('fail'),
      };
    });

/** Null where it ended before it served. */
async function launch(data: string, port: number): Promise<Leashed | null> {
  mkdirSync(data, { recursive: true });
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  const settings = {
    ...{ port, bind: '127.0.0.1', dir: data, appendonly: 'yes', 'maxmemory-policy': 'noeviction', save: '' },
    ...{ 'cluster-enabled': 'yes', 'cluster-node-timeout': NODE_TIMEOUT_MS, 'cluster-port': port + BUS_OFFSET },
    // A replica that has missed something takes over all the same: what it missed is what is counted.
    ...{ 'cluster-replica-validity-factor': 0 },
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = await spawnLeashed([redisServer ?? '', ...flags], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    signal: 'TERM',
    graceMs: 5_000,
    onLine: (line) => line.includes('Ready to accept connections') && ready(),
  });
  return (await Promise.race([isReady, server.ended])) === 'ready' ? server : null;
}
