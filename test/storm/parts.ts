/** Workers and apis as processes, which are killed, frozen and, as an orchestrator would, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Limits } from '../../src/domain/limits.js';
import { bareEnvironment } from '../support/environment.js';
import { SHORT_LIMITS } from '../support/river.js';
import { until } from '../support/wait.js';
import type { Ground } from './ground.js';
import { SECRETS } from './secrets.js';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'part.mjs');
const TIMING = { lockMs: 1_500, stalledMs: 500, backOffFirstMs: 100, windEveryMs: 300 };
/** A busy machine answers late: what is cut short here has to be a fault of the storm, not of the machine. */
const STORM_LIMITS: Limits = { ...SHORT_LIMITS, paymentTimeoutMs: 1_000, stepMs: 12_400, leaseMs: 12_800 };
/** Longer than a step's row is leased for. */
export const PAST_LEASE_MS = STORM_LIMITS.leaseMs + 500;
/** How soon a part that ended is started again; one that could not start is left alone for longer each time. */
const RESTART_MS = 150;
const RESTART_MOST_MS = 3_000;
const UP_MS = 150_000;

interface Slot {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  child: ChildProcess | null;
  ready: boolean;
  frozen: NodeJS.Timeout | null;
  starts: number;
  /** Ends in a row before it was up. */
  failures: number;
}

export type Parts = ReturnType<typeof startParts>;

export function startParts(ground: Ground, workers: number) {
  const said: string[] = [];
  const slots = slotsOf(ground, workers);
  let ending = false;

  const start = (slot: Slot): void => {
    if (ending) return;
    const settings = { ...slot.settings, offsetMs: ground.time.offsetMs() };
    const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: bareEnvironment(),
    });
    Object.assign(slot, { child, ready: false, starts: slot.starts + 1 });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => said.push(text));
    }
    child.on('message', () => {
      slot.ready = true;
    });
    child.on('error', () => undefined);
    child.on('exit', () => {
      slot.failures = slot.ready ? 0 : slot.failures + 1;
      Object.assign(slot, { child: null, ready: false });
      setTimeout(() => start(slot), Math.min(RESTART_MOST_MS, RESTART_MS * 2 ** slot.failures)).unref();
    });
  };

  const thaw = (slot: Slot): void => {
    if (slot.frozen !== null) clearTimeout(slot.frozen);
    slot.frozen = null;
    slot.child?.kill('SIGCONT');
  };

  for (const slot of slots) start(slot);
  ground.time.onMove((offsetMs) => {
    for (const { child } of slots) if (child?.connected === true) child.send({ offsetMs }, () => undefined);
  });

  return {
    slots,
    /** All that any of them has printed. */
    said: (): string => said.join(''),
    kill: (slot: Slot, signal: 'SIGKILL' | 'SIGTERM'): void => {
      slot.child?.kill(signal);
      // A frozen process hears nothing but a SIGKILL.
      if (signal === 'SIGTERM') thaw(slot);
    },
    /** Stands still for so long, as on a machine that swaps or under a debugger. */
    freeze: (slot: Slot, ms: number): void => {
      if (slot.frozen !== null) return;
      slot.child?.kill('SIGSTOP');
      slot.frozen = setTimeout(() => thaw(slot), ms);
    },
    thawAll: (): void => slots.forEach(thaw),
    allReady: () => until(() => slots.every((slot) => slot.ready), { timeoutMs: UP_MS, what: 'every part to be up' }),
    async stop(): Promise<void> {
      ending = true;
      for (const slot of slots) {
        thaw(slot);
        slot.child?.kill('SIGKILL');
      }
      await until(() => slots.every((slot) => slot.child === null), { what: 'every part to be gone' });
    },
  };
}

function slotsOf(ground: Ground, workers: number): Slot[] {
  const linked = (url: string): string => {
    const direct = new URL(url);
    direct.port = String(ground.links.postgres.port);
    return direct.href;
  };
  const { creditd_worker: workerUrl, creditd_api: apiUrl } = ground.urls;
  const shared = {
    queue: { kind: 'redis', url: `redis://127.0.0.1:${ground.links.redis.port}` },
    stripe: { secretKey: SECRETS.stripeKey, apiBase: ground.double.url },
    smtpUrl: `smtp://storm:${SECRETS.smtpPassword}@127.0.0.1:${ground.smtp.port}`,
    catalogs: [ground.catalog],
    limits: STORM_LIMITS,
    timing: TIMING,
    webhookSecret: SECRETS.webhookSecret,
    sessionSecret: SECRETS.sessionSecret,
    operatorPassword: SECRETS.operatorPassword,
  };
  const slot = (name: string, more: Readonly<Record<string, unknown>>): Slot => ({
    name,
    settings: { ...shared, ...more },
    ...{ child: null, ready: false, frozen: null, starts: 0, failures: 0 },
  });
  return [
    ...Array.from({ length: workers }, (_, index) =>
      slot(`worker-${index + 1}`, { role: 'worker', databaseUrl: linked(workerUrl) }),
    ),
    ...ground.apiPorts.map((port, index) =>
      slot(`api-${index + 1}`, { role: 'api', port, databaseUrl: linked(apiUrl) }),
    ),
  ];
}
