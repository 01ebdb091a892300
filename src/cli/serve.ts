/** `creditd worker`, `creditd api` and `creditd migrate`: the parts alone, on real servers. */

import { migrate } from '../adapters/postgres/migrate.js';
import type { QueueConfig } from '../adapters/queue/backend.js';
import { checkRedisSafety } from '../adapters/queue/redis-safety.js';
import { type Config, DEFAULT_PORTS } from '../config.js';
import type { Log } from '../ports.js';
import { notReached, openMailer, openPayments, openQueues, openStore, startApi, startWorkers } from '../wire.js';
import { openPayPage } from '../wire-checkout.js';
import { openDoors } from '../wire-doors.js';
import { openStripeWebhook } from '../wire-stripe.js';
import { openTelemetry } from '../wire-telemetry.js';
import { closeOnSignal, listed, Plain, required, setUp } from './setting-up.js';

export async function migrateCommand(out: (line: string) => void): Promise<number> {
  const { config } = setUp('migrate');
  const applied = await migrate(required(config.databaseUrl)).catch(explained);
  out(applied.length === 0 ? 'The database is up to date.' : listed('Applied:', applied));
  return 0;
}

/** A migration that failed speaks for itself; a server that is not there is said as everywhere else. */
function explained(error: unknown): never {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && /^E[A-Z_]+$|^28|^3D/.test(code)) return notReached(error);
  throw error;
}

export async function workerCommand(): Promise<null> {
  const { config, log, lifecycle, catalogs } = setUp('worker');
  closeOnSignal(lifecycle, () => process.exit(0));
  try {
    const queueConfig = await safeQueue(config, log);
    const { databaseUrl, sharded } = config;
    const { tracer, queueSpans } = await openTelemetry(config.traces, 'worker', log, lifecycle);
    const store = await openStore({ databaseUrl: required(databaseUrl), catalogs, log, sharded, tracer }, lifecycle);
    const { payments, stamp, stripe } = await openPayments(store, required(config.stripe), false);
    const queues = await openQueues(queueConfig, log, lifecycle, queueSpans);
    const mailer = openMailer(required(config.smtpUrl), config.mailFrom, lifecycle);
    const parts = {
      store,
      queues,
      payments,
      stripe,
      stamp,
      mailer,
      publicUrl: config.publicUrl,
      messageIdDomain: domainOf(config),
      allowPrivateEndpoints: config.allowPrivateEndpoints,
      keptDays: config.keptDays,
    };
    await startWorkers(parts, lifecycle);
    const { host, operatorPassword } = config;
    // Probes and metrics: what a worker counts is counted nowhere else. Several workers of one machine find a port each.
    const place = { host, port: config.port ?? DEFAULT_PORTS.worker, anyPort: true, operatorPassword, pages: false };
    const door = await startApi({ store, queues, ...place }, lifecycle);
    log.info({ address: `${host}:${door.port}` }, 'probes and metrics');
    lifecycle.running();
    return null;
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

export async function apiCommand(): Promise<null> {
  const { config, log, lifecycle, catalogs } = setUp('api');
  closeOnSignal(lifecycle, () => process.exit(0));
  try {
    const queueConfig = await safeQueue(config, log);
    const { databaseUrl, sharded } = config;
    const { tracer, queueSpans } = await openTelemetry(config.traces, 'api', log, lifecycle);
    const store = await openStore({ databaseUrl: required(databaseUrl), catalogs, log, sharded, tracer }, lifecycle);
    const paid = await openPayments(store, required(config.stripe), false);
    const secrets = config.stripeWebhookSecrets;
    const heard = secrets.length === 0 ? {} : { stripeWebhook: openStripeWebhook({ store, ...paid }, secrets) };
    const queues = await openQueues(queueConfig, log, lifecycle, queueSpans);
    const { host, operatorPassword, sessionSecrets, billingOrigins } = config;
    if (sessionSecrets.length === 0)
      log.warn({}, 'SESSION_SECRET is not set: backends can come in by their keys, and no person by a session');
    const port = config.port ?? DEFAULT_PORTS.api;
    let own = '';
    const publicUrl = (): string => (config.publicUrl ?? own).replace(/\/+$/, '');
    const { allowPrivateEndpoints } = config;
    const api = openDoors(
      { store, queues, stamp: paid.stamp, sessionSecrets, publicUrl, paid, allowPrivateEndpoints },
      lifecycle,
    );
    const payPage = openPayPage({ store, publicUrl });
    const server = await startApi(
      {
        store,
        queues,
        host,
        port,
        operatorPassword: required(operatorPassword),
        billingOrigins,
        ...heard,
        api,
        payPage,
      },
      lifecycle,
    );
    own = server.url;
    log.info({ address: `${host}:${server.port}` }, 'api ready');
    lifecycle.running();
    return null;
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

/** Usage lives in the queue before it lives in Postgres: a Redis that may lose it is refused, with what to do. */
export async function safeQueue(config: Config, log: Log): Promise<QueueConfig> {
  if (config.redisUrl === null) return { kind: 'postgres', url: required(config.databaseUrl) };
  const safety = await checkRedisSafety(config.redisUrl);
  switch (safety.kind) {
    case 'safe':
      break;
    case 'hidden':
      log.warn({}, safety.sentence);
      break;
    case 'unreachable':
      // It may come back: workers wait for it, as they do when it goes away later.
      log.warn({ reason: safety.reason }, 'Redis does not answer yet, and its settings could not be checked');
      break;
    case 'unsafe':
      if (!config.allowUnsafeRedis) {
        throw new Plain(
          listed('This Redis is not safe for usage events:', [
            ...safety.problems,
            'To run all the same: CREDITD_ALLOW_UNSAFE_REDIS=1.',
          ]),
        );
      }
      log.warn(
        { problems: safety.problems },
        'this Redis may lose usage events, and CREDITD_ALLOW_UNSAFE_REDIS allows it',
      );
  }
  return { kind: 'redis', url: config.redisUrl };
}

/** What Message-IDs end in: the sender's own domain. */
export const domainOf = (config: Pick<Config, 'mailFrom'>): string =>
  /@([A-Za-z0-9.-]+)>?\s*$/.exec(config.mailFrom)?.[1] ?? 'localhost.localdomain';
