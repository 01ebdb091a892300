/** Postgres 18 on this machine, from an npm package, for the demo and the tests: on the loopback only, never left behind. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { freePort, isFree } from './free-port.js';
import { type Leashed, spawnLeashed } from './leash.js';
import { isRoot, othersMayEnter } from './open-place.js';
import { type Programs, postgresPrograms, postgresUser } from './postgres-files.js';
import { clearLeftover } from './postgres-leftover.js';

const USER = 'creditd';
const DATABASE = 'creditd';
const STOP_GRACE_MS = 15_000;
const PORT_TRIES = 5;

export interface EmbeddedPostgresOptions {
  /** Made when it does not exist. Its parent must exist and, under root, be enterable by other users. */
  readonly dataDir: string;
  /** Taken when it is free; otherwise, and by default, any free port. */
  readonly port?: number;
  /** Gives durability up for speed. For tests: a power cut may cost the whole folder. */
  readonly fast?: boolean;
  /** Receives the server's own log, line by line. */
  readonly log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Superuser on a database of its own, with the password that was drawn when the folder was made. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the server has gone: after `stop`, or because it died. */
  readonly ended: Promise<number>;
  /** Fast shutdown: open transactions are rolled back, connections closed, a checkpoint written. Safe to call twice. */
  stop(): Promise<void>;
}

type User = ReturnType<typeof postgresUser>;

/**
 * Starts on the folder's existing data, or on a new folder. A server that a killed process left on this folder is stopped
 * first; one whose owner lives is left alone, and this throws a sentence that says so.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new Error('The embedded Postgres runs on Linux and macOS. Give DATABASE_URL, or use WSL.');
  }
  const dataDir = path.resolve(options.dataDir);
  if (isRoot() && !othersMayEnter(path.dirname(dataDir))) {
    throw new Error(`Postgres does not run as root, and other users may not enter ${path.dirname(dataDir)}.`);
  }
  const programs = postgresPrograms();
  const user = postgresUser();
  if (!existsSync(dataDir)) await initialise(programs, dataDir, user, options);
  await clearLeftover(dataDir);
  const { server, port } = await startOnSomePort(programs, dataDir, user, options);
  const url = `postgresql://${USER}:${password(dataDir)}@127.0.0.1:${port}/${DATABASE}`;
  try {
    await ensureDatabase(url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, port, ended: server.ended, stop: server.stop };
}

/**
 * Beside the folder, readable by us alone. Without a password every other user of the machine would be this database's
 * superuser, and a superuser runs programs as us.
 */
const passwordFile = (dataDir: string): string => `${dataDir}.password`;
const password = (dataDir: string): string => readFileSync(passwordFile(dataDir), 'utf8').trim();

/** Made under another name and renamed: a folder that died half-made is never taken for data. */
async function initialise(
  programs: Programs,
  dataDir: string,
  user: User,
  options: EmbeddedPostgresOptions,
): Promise<void> {
  const draft = `${dataDir}.${process.pid}.draft`;
  const secret = `${draft}.secret`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(secret, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (user) for (const file of [draft, secret]) chownSync(file, user.uid, user.gid);
  const lines: string[] = [];
  const flags = [
    `--pgdata=${draft}`,
    `--username=${USER}`,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.fast ? ['--no-sync', '--no-data-checksums'] : []),
  ];
  const making = await spawnLeashed([programs.initdb, ...flags], {
    ...surroundings(user, draft),
    onLine: (line) => lines.push(line),
  });
  if ((await making.ended) !== 0) {
    rmSync(draft, { recursive: true, force: true });
    rmSync(secret, { force: true });
    throw new Error(`Postgres could not make its data folder ${dataDir}: ${lines.slice(-3).join(' ')}`);
  }
  if (user) chownSync(secret, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  chmodSync(secret, 0o600);
  renameSync(secret, passwordFile(dataDir));
  renameSync(draft, dataDir);
}

const surroundings = (user: User, cwd: string) =>
  ({
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    user,
    cwd,
    signal: 'INT',
    graceMs: STOP_GRACE_MS,
  }) as const;

/** Between finding a port free and taking it another process may take it, so a lost race tries the next one. */
async function startOnSomePort(programs: Programs, dataDir: string, user: User, options: EmbeddedPostgresOptions) {
  const wish = options.port !== undefined && (await isFree(options.port)) ? options.port : undefined;
  for (let tries = 1; ; tries += 1) {
    const port = tries === 1 && wish !== undefined ? wish : await freePort();
    const outcome = await startServer(programs, dataDir, user, port, options);
    if (outcome.kind === 'ready') return { server: outcome.server, port };
    if (!outcome.portTaken || tries === PORT_TRIES) {
      throw new Error(`Postgres did not start on ${dataDir}: ${outcome.lines.slice(-4).join(' ')}`);
    }
  }
}

type Start =
  | { readonly kind: 'ready'; readonly server: Leashed }
  | { readonly kind: 'failed'; readonly portTaken: boolean; readonly lines: readonly string[] };

async function startServer(
  programs: Programs,
  dataDir: string,
  user: User,
  port: number,
  options: EmbeddedPostgresOptions,
): Promise<Start> {
  const lines: string[] = [];
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  let serving = false;
  const server = await spawnLeashed([programs.postgres, '-D', dataDir, '-p', String(port), ...settings(options.fast)], {
    ...surroundings(user, dataDir),
    onLine(line) {
      if (!serving) lines.push(line);
      if (line.includes('database system is ready to accept connections')) {
        serving = true;
        ready();
      }
      options.log(line);
    },
  });
  if ((await Promise.race([isReady, server.ended])) === 'ready') return { kind: 'ready', server };
  const portTaken = lines.some((line) => line.includes('Address already in use') || line.includes('could not bind'));
  return { kind: 'failed', portTaken, lines };
}

/** The demo keeps every promise of durability, so that pulling the plug shows what production would. */
function settings(fast = false): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '500',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_checkpoints: 'off',
    jit: 'off',
    ...(fast
      ? {
          fsync: 'off',
          full_page_writes: 'off',
          synchronous_commit: 'off',
          wal_level: 'minimal',
          max_wal_senders: '0',
          max_wal_size: '4GB',
        }
      : {}),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function ensureDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}
