/** `creditd dev`, which is `npm start`: the whole system on one machine, each real setting replacing its stand-in. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readCatalogs } from '../adapters/catalog/registry.js';
import { makePinoLog } from '../adapters/log/pino.js';
import { isEmptyDatabase, migrate } from '../adapters/postgres/migrate.js';
import { type Config, DEFAULT_PORTS, readConfig } from '../config.js';
import { startMailSink } from '../dev/mail-sink/mail-sink.js';
import { startEmbeddedPostgres } from '../dev/postgres.js';
import { claimStateFolder } from '../dev/state-folder.js';
import { startStripeDouble } from '../dev/stripe-double/server.js';
import { type Lifecycle, makeLifecycle } from '../lifecycle.js';
import type { Log } from '../ports.js';
import { openDesk, openMailer, openPayments, openQueues, openStore, startApi, startWorkers } from '../wire.js';
import { banner } from './demo/banner.js';
import { startNarrator } from './demo/narrator.js';
import { DEMO_CATALOG, openDemoAccount, startTraffic } from './demo/product.js';
import { domainOf, safeQueue } from './serve.js';
import { listed, Plain } from './setting-up.js';

/** Where the stand-ins like to listen; a taken port gets another. */
const PORTS = { postgres: 54_329, double: 12_111, smtp: 2_525, inbox: 8_025 };
const DOUBLE_KEY = 'sk_test_double';

type Out = (line: string) => void;

export async function devCommand(args: string[], out: Out): Promise<number | null> {
  const { values } = parseArgs({ args, options: { fresh: { type: 'boolean' } } });
  const read = readConfig();
  if (read.kind === 'invalid') throw new Plain(listed('The configuration is not usable:', read.problems));
  const { config } = read;
  // The banner and the narrator speak here; the log only when something is wrong.
  const log = makePinoLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const lifecycle = makeLifecycle(log);
  const stopped = new Promise<void>((resolve) => listen(lifecycle, out, resolve));
  try {
    await start(config, values.fresh === true, lifecycle, log, out);
    lifecycle.running();
  } catch (error) {
    await lifecycle.close();
    if (lifecycle.interrupted()) return 0;
    throw error;
  }
  await stopped;
  return 0;
}

/** The first signal drains and stops all that was started; the second does not wait. */
function listen(lifecycle: Lifecycle, out: Out, stopped: () => void): void {
  const stop = (): void => {
    if (lifecycle.interrupted()) process.exit(130);
    lifecycle.interrupt();
    out('\nStopping: what is under way is finished first. (Ctrl-C again to stop at once)');
    void lifecycle.close().then(() => {
      out('Stopped. npm start goes on from here; npm start -- --fresh begins anew.');
      stopped();
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function start(config: Config, fresh: boolean, lifecycle: Lifecycle, log: Log, out: Out): Promise<void> {
  const state = claimStateFolder({
    home: config.home ?? '/nonexistent',
    ...(config.stateHome === null ? {} : { xdgStateHome: config.stateHome }),
    fresh,
  });
  lifecycle.onClose('state folder', () => state.release());
  const databaseUrl = await openDatabase(config, state.path, lifecycle, log);
  // Demo traffic flows only into a database that the demo made: one in which nothing lay before.
  const isOurs = await isEmptyDatabase(databaseUrl);
  await migrate(databaseUrl);
  const stripe = await openStripe(config, state.path, lifecycle);
  const mail = await openMail(config, state.path, lifecycle);
  const names = config.catalogs.length > 0 ? config.catalogs : [DEMO_CATALOG];
  const catalogs = readCatalogs([...new Set([...names, DEMO_CATALOG])]);
  if (catalogs.kind === 'invalid') throw new Plain(listed('A catalog is not usable:', catalogs.problems));
  const store = await openStore({ databaseUrl, catalogs: catalogs.files, log }, lifecycle);
  const { payments, stamp } = await openPayments(store, stripe, isOurs);
  const queueConfig = await safeQueue({ ...config, databaseUrl }, log);
  const queues = await openQueues(queueConfig, log, lifecycle);
  const { host } = config;
  const port = config.port ?? DEFAULT_PORTS.api;
  const links = [
    ...(mail.inboxUrl === null ? [] : [{ label: 'Inbox', href: mail.inboxUrl }]),
    ...(stripe.page === null ? [] : [{ label: 'Stripe double', href: stripe.page }]),
  ];
  const api = await startApi(
    { store, queues, host, port, anyPort: true, operatorPassword: config.operatorPassword, links },
    lifecycle,
  );
  const publicUrl = config.publicUrl ?? api.url;
  const mailer = openMailer(mail.smtpUrl, config.mailFrom, lifecycle);
  await startWorkers(
    { store, queues, payments, stamp, mailer, publicUrl, messageIdDomain: domainOf(config) },
    lifecycle,
  );
  const isDemo = stamp.demo;
  if (isDemo) await openDemoAccount(openDesk(store, stamp, payments), await store.clock.now());
  for (const line of banner({
    api: api.url,
    inbox: mail.inboxUrl,
    double: stripe.page,
    state: state.path,
    queues: queues.kind,
    isDemo,
  }))
    out(line);
  const narrator = startNarrator(store, out);
  lifecycle.onClose('narrator', () => narrator.close());
  if (!isDemo) return;
  const traffic = startTraffic(queueConfig, () => narrator.sawTopOff(), log);
  lifecycle.onClose('demo traffic', () => traffic.close());
}

async function openDatabase(config: Config, folder: string, lifecycle: Lifecycle, log: Log): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'postgres'),
    port: PORTS.postgres,
    log: (line) => log.info({ postgres: line }, 'postgres'),
  });
  lifecycle.onClose('postgres', () => postgres.stop());
  return postgres.url;
}

async function openStripe(config: Config, folder: string, lifecycle: Lifecycle) {
  if (config.stripe !== null) return { ...config.stripe, page: null };
  const stateFile = path.join(folder, 'stripe-double.json');
  const open = (port: number) => startStripeDouble({ port, stateFile });
  const double = await open(PORTS.double).catch(() => open(0));
  lifecycle.onClose('stripe double', () => double.stop());
  return { secretKey: DOUBLE_KEY, apiBase: double.url, page: double.url };
}

async function openMail(config: Config, folder: string, lifecycle: Lifecycle) {
  if (config.smtpUrl !== null) return { smtpUrl: config.smtpUrl, inboxUrl: null };
  const mails = path.join(folder, 'mails');
  mkdirSync(mails, { recursive: true });
  const sink = await startMailSink({ smtpPort: PORTS.smtp, httpPort: PORTS.inbox, folder: mails });
  lifecycle.onClose('mail sink', () => sink.stop());
  return { smtpUrl: sink.smtpUrl, inboxUrl: sink.inboxUrl };
}
