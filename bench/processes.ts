/** Programs under measurement: each a process of its own, ended with the run however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/dev/free-port.js';
import type { Servers } from './servers.js';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
const PEER = fileURLToPath(new URL('./peer.js', import.meta.url));
const SESSION_SECRET = 'a secret of the measurements that is long enough';
const OPERATOR_PASSWORD = 'the measurements alone';
/** The other built-in catalogs are of no use here. */
const CATALOGS = 'receptionist,atlios';
const READY_MS = 60_000;
const END_MS = 30_000;

export interface Program {
  readonly pid: number;
  /** From the start of the process until it said that it was ready, in milliseconds. */
  readonly readyMs: number;
  readonly ended: Promise<void>;
  /** Asks for a clean end and waits for it. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL, as from a power cut. */
  kill(): Promise<void>;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

async function start(args: readonly string[], env: Record<string, string>, ready: RegExp): Promise<Program> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...env },
  });
  alive.add(child);
  const said: string[] = [];
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      alive.delete(child);
      resolve();
    });
  });
  const isReady = new Promise<number>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (said.push(line) > 20) said.shift();
        if (ready.test(line)) resolve(performance.now() - began);
      });
    }
  });
  const late = new Promise<null>((resolve) => void setTimeout(resolve, READY_MS, null).unref());
  const readyMs = await Promise.race([isReady, ended.then(() => null), late]);
  if (readyMs === null) {
    child.kill('SIGKILL');
    throw new Error(`A program did not become ready:\n${said.join('\n')}`);
  }
  return {
    pid: child.pid ?? 0,
    readyMs,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const surroundings = (servers: Servers): Record<string, string> => ({
  DATABASE_URL: servers.databaseUrl,
  REDIS_URL: servers.redisUrl,
  STRIPE_SECRET_KEY: 'sk_test_bench',
  STRIPE_API_BASE: servers.stripeUrl,
  SMTP_URL: servers.smtpUrl,
  CATALOG: CATALOGS,
  LOG_LEVEL: 'info',
  OPERATOR_PASSWORD,
  SESSION_SECRET,
});

/** `creditd worker`, as it runs in production: clocks, relay and all. `flags` are Node's own, such as for a profile. */
export async function startWorker(servers: Servers, flags: readonly string[] = []): Promise<Program> {
  const env = { ...surroundings(servers), PORT: String(await freePort()) };
  return start([...flags, MAIN, 'worker'], env, /"worker ready"/);
}

export interface Served extends Program {
  readonly url: string;
}

export async function startApi(servers: Servers): Promise<Served> {
  const port = await freePort();
  const api = await start([MAIN, 'api'], { ...surroundings(servers), PORT: String(port) }, /"api ready"/);
  return { ...api, url: `http://127.0.0.1:${port}` };
}

/** One of the programs in `peers/`, by name. */
export async function startPeer(name: string, servers: Servers, more: object = {}): Promise<Program> {
  const settings = { name, databaseUrl: servers.databaseUrl, redisUrl: servers.redisUrl, ...more };
  return start([PEER, JSON.stringify(settings)], {}, /^ready$/);
}

/** Resident memory in bytes; null where the system does not tell it this way. */
export function residentBytes(pid: number): number | null {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) * 1_024;
  } catch {
    return null;
  }
}
