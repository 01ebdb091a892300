/** The servers of a storm: a Postgres and a Redis of its own that may be ended and started again, the double, the mailbox. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { freePort } from '../../src/dev/free-port.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { isAlive } from '../../src/dev/process-table.js';
import { startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { STRIPE_WEBHOOK_PATH } from '../../src/http/stripe-webhook.js';
import { execute } from '../support/admin.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { prepareRoles } from '../support/roles.js';
import { openRoughLink } from '../support/rough-link.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { startTestSmtp } from '../support/smtp.js';
import { until } from '../support/wait.js';
import { WALK_CATALOG } from '../support/walk-catalog.js';
import { SECRETS } from './secrets.js';
import { openSmallDisk } from './small-disk.js';

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** Real time plus what it was moved by: one clock for Postgres, the processor and everybody. */
function makeTime() {
  const listeners: ((offsetMs: number) => void)[] = [];
  let offsetMs = 0;
  return {
    get nowMs(): number {
      return Date.now() + offsetMs;
    },
    set nowMs(wanted: number) {
      offsetMs = Math.round(wanted - Date.now());
      for (const listener of listeners) listener(offsetMs);
    },
    offsetMs: () => offsetMs,
    onMove: (listener: (ms: number) => void): void => void listeners.push(listener),
  };
}

export async function openGround() {
  const folder = scratchFolder();
  const closers: (() => Promise<unknown> | unknown)[] = [() => removeScratch(folder)];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await Promise.resolve(closer()).catch(() => undefined);
  };
  try {
    return { ...(await openAll(folder, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAll(folder: string, closers: (() => Promise<unknown> | unknown)[]) {
  const time = makeTime();
  const postgres = await openPostgres(path.join(folder, 'postgres'));
  closers.push(() => postgres.server().stop());
  const databaseUrl = withPassword(postgres.server().url, postgres.password);
  await migrate(databaseUrl);
  const { urls } = await prepareRoles(databaseUrl, postgres.password);
  const disk = await openSmallDisk(folder, databaseUrl);
  closers.push(() =>
    postgres
      .server()
      .stop()
      .then(() => disk?.remove()),
  );
  const redis = await openRedis();
  closers.push(() => redis.stop());
  const links = {
    postgres: await openRoughLink(postgres.server().port),
    redis: await openRoughLink(redis.server().port),
    producers: await openRoughLink(redis.server().port),
  };
  closers.push(() => Promise.all(Object.values(links).map((link) => link.close())));
  const smtp = await startTestSmtp({ login: { user: 'storm', password: SECRETS.smtpPassword } });
  closers.push(() => smtp.stop());
  const apiPorts = [await freePort(), await freePort()] as const;
  const double = await startStripeDouble({
    now: () => time.nowMs,
    aftermathMs: 5,
    journalLength: 100_000,
    webhooks: { url: `http://127.0.0.1:${apiPorts[0]}${STRIPE_WEBHOOK_PATH}`, secret: SECRETS.webhookSecret },
    delivery: { firstMs: 50, mostMs: 1_000, timeoutMs: 3_000 },
  });
  closers.push(() => double.stop());
  const catalog = path.join(folder, 'storm.yaml');
  writeFileSync(catalog, WALK_CATALOG);
  return {
    /** The urls of users who may do what their part of creditd needs and nothing else. */
    urls,
    ...{ time, postgres, databaseUrl, disk, redis, links, smtp, apiPorts, double, catalog },
    /** Whether the mail server is away just now. */
    mail: { away: false },
  };
}

/** The server's own password is replaced by one that can be recognised wherever it should not be. */
async function openPostgres(dataDir: string) {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const { port } = server;
  const password = SECRETS.databasePassword;
  await execute(server.url, `alter user creditd password '${password}'`);
  // The next start asks for the password of the file beside the data.
  writeFileSync(`${dataDir}.password`, `${password}\n`);
  const again = async (): Promise<void> => {
    await server.ended;
    server = await startEmbeddedPostgres({ dataDir, port, log: () => undefined });
  };
  return {
    password,
    server: () => server,
    /** A clean restart: transactions are rolled back, connections closed. */
    restart: async (): Promise<void> => {
      await server.stop();
      await again();
    },
    /** As after a power cut: nothing is closed, the log is replayed at the next start. */
    crash: async (): Promise<void> => {
      const file = path.join(dataDir, 'postmaster.pid');
      const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
      if (Number.isInteger(pid) && isAlive(pid)) process.kill(pid, 'SIGQUIT');
      await again();
    },
  };
}

const withPassword = (url: string, password: string): string => {
  const given = new URL(url);
  given.password = password;
  return given.href;
};

/** Each write is on its disk before it is answered, so that only an emptied Redis may lose what it has taken. */
async function openRedis() {
  let server: TestRedis = await startRedis();
  const direct = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
  direct.on('error', () => undefined);
  const careful = (): Promise<unknown> =>
    until(() => direct.config('SET', 'appendfsync', 'always'), { what: 'Redis to answer' });
  await careful();
  const start = async (empty: boolean): Promise<void> => {
    await server.kill();
    server = await server.startAgain({ empty });
    await careful();
  };
  return {
    direct,
    server: () => ({ port: server.port }),
    stop: (): Promise<void> => {
      direct.disconnect();
      return server.stop();
    },
    crash: () => start(false),
    crashEmpty: () => start(true),
  };
}
