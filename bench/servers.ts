/** The servers of one run, all of them its own: nothing here is shared with whatever else runs on the machine, or outlives it. */
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../src/adapters/postgres/migrate.js';
import { freePort } from '../src/dev/free-port.js';
import { type Leashed, spawnLeashed } from '../src/dev/leash.js';
import { startMailSink } from '../src/dev/mail-sink/mail-sink.js';
import { startEmbeddedPostgres } from '../src/dev/postgres.js';
import { startStripeDouble } from '../src/dev/stripe-double/server.js';

/** Enough that no figure is about a cache of 128 MB, and the same for everybody who is measured. */
const POSTGRES_SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
} as const;

export interface Servers {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly stripeUrl: string;
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

/** What has been opened is closed again, the last first, whatever went wrong between. */
export function makeClosing() {
  const closers: (() => unknown)[] = [];
  return {
    add: (close: () => unknown): void => void closers.unshift(close),
    async close(): Promise<void> {
      for (const close of closers.splice(0)) await close();
    },
  };
}

export async function startServers(): Promise<Servers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'creditd-bench-'));
  // Under root Postgres runs as another user, who must be able to enter.
  chmodSync(folder, 0o711);
  const closing = makeClosing();
  closing.add(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const databaseUrl = await startPostgres(folder, closing);
    const redisUrl = await startRedis(folder, closing);
    const stripe = await startStripeDouble();
    closing.add(() => stripe.stop());
    const mail = await startMailSink();
    closing.add(() => mail.stop());
    return { folder, databaseUrl, redisUrl, stripeUrl: stripe.url, smtpUrl: mail.smtpUrl, stop: closing.close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function startPostgres(folder: string, closing: ReturnType<typeof makeClosing>): Promise<string> {
  const dataDir = path.join(folder, 'postgres');
  const start = () => startEmbeddedPostgres({ dataDir, log: () => undefined });
  // The size of its cache is read at a start only.
  const first = await start();
  try {
    await withClient(first.url, async (client) => {
      for (const [name, value] of Object.entries(POSTGRES_SETTINGS)) {
        await client.query(`alter system set ${name} = ${client.escapeLiteral(value)}`);
      }
    });
  } finally {
    await first.stop();
  }
  const server = await start();
  closing.add(() => server.stop());
  await migrate(server.url);
  return server.url;
}

const REDIS_PLACES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/snap/bin'];

function redisProgram(): string {
  for (const place of REDIS_PLACES) {
    for (const name of ['redis-server', 'valkey-server']) {
      try {
        accessSync(path.join(place, name), constants.X_OK);
        return path.join(place, name);
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(
    `redis-server was found in none of ${REDIS_PLACES.join(', ')}. Install it (apt-get install redis-server, brew install redis).`,
  );
}

/** Durable as production's must be: an append-only file, nothing evicted. */
async function startRedis(folder: string, closing: ReturnType<typeof makeClosing>): Promise<string> {
  const dir = path.join(folder, 'redis');
  mkdirSync(dir);
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir, appendonly: 'yes', 'maxmemory-policy': 'noeviction', save: '' };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  const server: Leashed = await spawnLeashed([redisProgram(), ...flags], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    signal: 'TERM',
    graceMs: 5_000,
    onLine: (line) => {
      if (line.includes('Ready to accept connections')) ready();
    },
  });
  closing.add(() => server.stop());
  if ((await Promise.race([isReady, server.ended])) !== 'ready') throw new Error('redis-server did not start.');
  return `redis://127.0.0.1:${port}`;
}

export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
