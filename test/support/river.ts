/** The whole river on real parts, with workers in processes of their own that may be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { stampDatabase } from '../../src/adapters/postgres/stamp.js';
import type { QueueConfig } from '../../src/adapters/queue/backend.js';
import { makeQueues } from '../../src/adapters/queue/queues.js';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { accountId } from '../../src/domain/ids.js';
import type { Limits } from '../../src/domain/limits.js';
import { makeAttachCard } from '../../src/flow/open-account.js';
import { USAGE_QUEUE } from '../../src/messages.js';
import { query } from './admin.js';
import { bareEnvironment } from './environment.js';
import { startTestSmtp } from './smtp.js';
import { DEPLOYMENT, openTestStore, TOP_OFF } from './store.js';
import { until } from './wait.js';

/** Short enough that a crashed step comes back while a test waits, with the same relations as the real ones. */
export const SHORT_LIMITS: Limits = {
  paymentTimeoutMs: 400,
  paymentNetworkRetries: 0,
  paymentPauseMs: 50,
  mailTimeoutMs: 2_000,
  courierTimeoutMs: 1_000,
  stepMs: 5_200,
  leaseMs: 5_600,
  startsMax: 20,
  relayPollMs: 50,
};

export interface KillAt {
  readonly part: 'sql' | 'outbox' | 'payments' | 'mailer' | 'notices';
  readonly call: string;
  readonly moment: 'before' | 'after';
  /** The how-manieth such call of the process; the first by default. */
  readonly nth?: number;
}

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Resolves with the signal that ended it, or its exit code. */
  readonly ended: Promise<string>;
}

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'killable-worker.mjs');

/** `settings` are written out in the script, which takes them as one argument. */
function spawnWorker(settings: Readonly<Record<string, unknown>>): WorkerProcess {
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: bareEnvironment(),
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise<string>((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ?? `exit ${code} ${said}`)),
  );
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes('ready') && resolve());
    ended.then((how) =>
      how === 'SIGKILL' ? resolve() : reject(new Error(`the worker ended before it was ready: ${how}`)),
    );
  });
  ready.catch(() => undefined);
  return { child, ready, ended };
}

export type River = Awaited<ReturnType<typeof openRiver>>;

/** `queue`: left out, BullMQ runs on Postgres in the river's own database. */
export async function openRiver(queue?: QueueConfig) {
  const store = await openTestStore();
  const double = await startStripeDouble({});
  const smtp = await startTestSmtp();
  const stripe = { secretKey: 'sk_test_river', apiBase: double.url };
  const payments = makeStripePayments(stripe);
  await stampDatabase(store.prisma, await payments.identify(), true, () => DEPLOYMENT, new Date());
  const queueConfig: QueueConfig = queue ?? { kind: 'postgres', url: store.url };
  const queues = await makeQueues(queueConfig, pino({ level: 'silent' }));
  const workers: WorkerProcess[] = [];
  const attach = makeAttachCard(store.accounts, store.ledger, payments, DEPLOYMENT);

  const startWorker = (killAt: KillAt | null = null): WorkerProcess => {
    const timing = { lockMs: 1_500, stalledMs: 500, backOffFirstMs: 100 };
    const outside = { databaseUrl: store.url, queue: queueConfig, stripe, smtpUrl: smtp.url };
    const worker = spawnWorker({ ...outside, limits: SHORT_LIMITS, timing, killAt });
    workers.push(worker);
    return worker;
  };

  return {
    ...{ store, double, smtp, queues, startWorker },
    /** An account with 100 calls, a card, and auto top-off "below 50, add 200". */
    async account(id: string, card = 'pm_card_visa') {
      const account = await store.account(id);
      const attached = await attach(accountId(id), card);
      if (attached.kind !== 'attached') throw new Error(`the card was ${attached.kind}`);
      await store.post({ kind: 'configure_top_off', account, settings: TOP_OFF });
      return account;
    },
    /** A plain BullMQ job, as any client of any language sends it. */
    enqueue: (data: unknown) => queues.ask(USAGE_QUEUE, (usage) => usage.add('usage', data)),
    enqueueAll: (all: readonly unknown[]) =>
      queues.ask(USAGE_QUEUE, (usage) => usage.addBulk(all.map((data) => ({ name: 'usage', data })))),
    failedJobs: () => queues.ask(USAGE_QUEUE, (usage) => usage.getFailedCount()),
    isDrained: async () => {
      const counts = await queues.ask(USAGE_QUEUE, (usage) =>
        usage.getJobCounts('waiting', 'active', 'delayed', 'prioritized'),
      );
      const [row] = await query<{ n: number }>(store.url, 'select count(*)::int as n from outbox');
      return Object.values(counts).every((count) => count === 0) && row?.n === 0;
    },
    async close() {
      for (const { child } of workers) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await Promise.all(workers.map((worker) => worker.ended));
      await queues.close();
      await double.stop();
      await smtp.stop();
      await store.close();
    },
  };
}

export const callEvent = (account: string, key: string, more: Record<string, unknown> = {}) => ({
  account,
  meter: 'answered_call',
  key,
  properties: { outcome: 'full_conversation' },
  ...more,
});

/** Waits until nothing waits, runs or is due any more. */
export const drained = (river: River, timeoutMs = 60_000) =>
  until(river.isDrained, { timeoutMs, everyMs: 100, what: 'the river to run dry' });
