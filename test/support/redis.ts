/** A Redis of one's own, durable as production's must be: every write to the append-only file, nothing evicted. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../src/dev/free-port.js';
import { type Leashed, spawnLeashed } from '../../src/dev/leash.js';
import { isAlive } from '../../src/dev/process-table.js';
import { redisServer } from './programs.js';
import { removeScratch, scratchFolder } from './scratch.js';

/** For `describe.skipIf(!redisAvailable)`; what was skipped is said at the end of the run. */
export const redisAvailable: boolean = redisServer !== null;

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Clean shutdown; its data is removed. Safe to call twice, and after `kill`. */
  stop(): Promise<void>;
  /** SIGKILL; its data stays for `startAgain`. Resolves when it has gone. */
  kill(): Promise<void>;
  /** After `kill`: the same port, with the data it had or, `empty`, with none. */
  startAgain(options?: { readonly empty?: boolean }): Promise<TestRedis>;
}

export async function startRedis(): Promise<TestRedis> {
  const folder = scratchFolder();
  return serve(folder, await freePort());
}

async function serve(folder: string, port: number): Promise<TestRedis> {
  const server = await launch(path.join(folder, 'data'), port);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: server.pid,
    async stop() {
      await server.stop();
      removeScratch(folder);
    },
    async kill() {
      if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    async startAgain({ empty = false } = {}) {
      if (empty) removeScratch(path.join(folder, 'data'));
      return serve(folder, port);
    },
  };
}

async function launch(data: string, port: number): Promise<Leashed> {
  if (redisServer === null)
    throw new Error('redis-server was not found: guard the suite with describe.skipIf(!redisAvailable).');
  mkdirSync(data, { recursive: true });
  const lines: string[] = [];
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: data,
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = await spawnLeashed([redisServer, ...flags], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    signal: 'TERM',
    graceMs: 5_000,
    onLine(line) {
      lines.push(line);
      if (line.includes('Ready to accept connections')) ready();
    },
  });
  if ((await Promise.race([isReady, server.ended])) === 'ready') return server;
  throw new Error(`redis-server did not start on port ${port}: ${lines.slice(-5).join(' ')}`);
}
