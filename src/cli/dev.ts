/** `creditd dev`, which is `npm start`: the whole system on one machine, each real setting replacing its stand-in. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BUILT_IN } from '../adapters/catalog/built-in.js';
import { readCatalogs } from '../adapters/catalog/registry.js';
import { makePinoLog } from '../adapters/log/pino.js';
import { isEmptyDatabase, migrate } from '../adapters/postgres/migrate.js';
import { type Config, DEFAULT_PORTS, readConfig } from '../config.js';
import { freePort, isFree } from '../dev/free-port.js';
import { startMailSink } from '../dev/mail-sink/mail-sink.js';
import { startEmbeddedPostgres } from '../dev/postgres.js';
import { sessionSecretIn } from '../dev/session-secret.js';
import { removeShellSettings, writeShellSettings } from '../dev/shell-settings.js';
import { claimStateFolder } from '../dev/state-folder.js';
import { type StripeDouble, startStripeDouble } from '../dev/stripe-double/server.js';
import { DEMO_PATH } from '../http/demo-page.js';
import { STRIPE_WEBHOOK_PATH } from '../http/stripe-webhook.js';
import { type Lifecycle, makeLifecycle } from '../lifecycle.js';
import type { Log } from '../ports.js';
import { openDesk, openMailer, openPayments, openQueues, openStore, startApi, startWorkers } from '../wire.js';
import { openPayPage } from '../wire-checkout.js';
import { openDoors } from '../wire-doors.js';
import { openStripeWebhook } from '../wire-stripe.js';
import { openTelemetry } from '../wire-telemetry.js';
import { banner } from './demo/banner.js';
import { startNarrator } from './demo/narrator.js';
import { seedDemoPrices, withDemoPrices } from './demo/prices.js';
import { DEMO_CATALOG, openDemoAccount } from './demo/product.js';
import { demoPage, demoScenes, startDemo, withDemoLinks } from './demo/start.js';
import { domainOf, safeQueue } from './serve.js';
import { listed, Plain } from './setting-up.js';
import { DEV_USAGE } from './usage.js';

/** Where the stand-ins like to listen; a taken port gets another. */
const PORTS = { postgres: 54_329, double: 12_111, smtp: 2_525, inbox: 8_025 };
const DOUBLE_KEY = 'sk_test_double';
const PORTS_TRIED = 20;

type Out = (line: string) => void;

export async function devCommand(args: string[], out: Out): Promise<number | null> {
  const options = { help: { type: 'boolean', short: 'h' }, fresh: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) {
    out(DEV_USAGE);
    return 0;
  }
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
  const { host, operatorPassword, billingOrigins } = config;
  const port = await roomFrom(config.port ?? DEFAULT_PORTS.api);
  const secrets = config.stripe === null ? [`whsec_${randomBytes(24).toString('hex')}`] : config.stripeWebhookSecrets;
  const hook = { url: heardAt(host, port), secret: secrets[0] ?? '' };
  const stripe = await openStripe(config, state.path, hook, lifecycle);
  const mail = await openMail(config, state.path, lifecycle);
  const { names, files } = await openCatalogs(config, stripe.double);
  const { tracer, queueSpans } = await openTelemetry(config.traces, 'dev', log, lifecycle);
  const store = await openStore({ databaseUrl, catalogs: files, log, tracer }, lifecycle);
  const paid = await openPayments(store, stripe, isOurs);
  const { payments, stamp } = paid;
  const queueConfig = await safeQueue({ ...config, databaseUrl }, log);
  const queues = await openQueues(queueConfig, log, lifecycle, queueSpans);
  const isDemo = stamp.demo;
  const links = linksOf({ isDemo, inbox: mail.inboxUrl, double: stripe.page });
  const heard = secrets.length === 0 ? {} : { stripeWebhook: openStripeWebhook({ store, ...paid }, secrets) };
  const sessionSecrets = config.sessionSecrets.length > 0 ? config.sessionSecrets : [sessionSecretIn(state.path)];
  let own = '';
  const reached = (): string => (config.publicUrl ?? own).replace(/\/+$/, '');
  const doors = openDoors(
    { store, queues, stamp, sessionSecrets, publicUrl: reached, paid, allowPrivateEndpoints: true },
    lifecycle,
  );
  const payPage = openPayPage({ store, publicUrl: reached });
  const scenes = isDemo ? demoScenes(files, stripe.double) : [];
  const demo = isDemo ? demoPage(store, sessionSecrets, scenes) : {};
  const door = { host, port, anyPort: true, operatorPassword, billingOrigins };
  const api = await startApi({ store, queues, ...door, links, ...heard, api: doors, payPage, ...demo }, lifecycle);
  own = api.url;
  const publicUrl = config.publicUrl ?? api.url;
  const mailer = openMailer(mail.smtpUrl, config.mailFrom, lifecycle);
  await startWorkers({ store, queues, ...paid, mailer, publicUrl, ...workerWishes(config) }, lifecycle);
  const desk = openDesk(store, stamp, payments);
  if (isDemo) await openDemoAccount(desk, await store.clock.now());
  const shell = writeShellSettings(state.path, {
    ...{ DATABASE_URL: databaseUrl, CATALOG: names.map(placeOf).join(','), CREDITD_URL: publicUrl },
    ...(config.redisUrl === null ? {} : { REDIS_URL: config.redisUrl }),
    CREDITD_ALLOW_PRIVATE_ENDPOINTS: '1',
  });
  lifecycle.onClose('shell settings', async () => removeShellSettings(state.path));
  for (const line of banner({
    shell,
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
  const { profiles } = doors.doors;
  startDemo({ store, desk, profiles, double: stripe.double, scenes, queueConfig, narrator, log }, lifecycle);
}

/** A product that is tried out runs on this machine, and so do its endpoints. */
const workerWishes = (config: Config) => ({
  messageIdDomain: domainOf(config),
  allowPrivateEndpoints: true,
  keptDays: config.keptDays,
});

/** All five products, unless CATALOG names others; the demo's own is always among them. */
async function openCatalogs(config: Config, double: StripeDouble | null) {
  const names = config.catalogs.length > 0 ? config.catalogs : BUILT_IN;
  const read = readCatalogs([...new Set([...names, DEMO_CATALOG])]);
  if (read.kind === 'invalid') throw new Plain(listed('A catalog is not usable:', read.problems));
  const linked = withDemoLinks(read.files);
  const files = double === null ? linked : withDemoPrices(linked);
  if (double !== null) await seedDemoPrices(double, files);
  return { names, files };
}

/** To the other parts of what runs here, from each page of the operator's. */
const linksOf = (at: { readonly isDemo: boolean; readonly inbox: string | null; readonly double: string | null }) => [
  ...(at.isDemo ? [{ label: 'Billing pages', href: DEMO_PATH }] : []),
  ...(at.inbox === null ? [] : [{ label: 'Inbox', href: at.inbox }]),
  ...(at.double === null ? [] : [{ label: 'Stripe double', href: at.double }]),
];

/** A catalog's file wherever a command is run; the key of a built-in one stays. */
const placeOf = (name: string): string => (existsSync(name) ? path.resolve(name) : name);

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

/** The first free port from the wanted one on: the double has to be told where its webhooks go before the API is there. */
async function roomFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + PORTS_TRIED, 65_536); port += 1) if (await isFree(port)) return port;
  return freePort();
}

/** An API that took another port all the same is caught up with by its poller. */
const heardAt = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}${STRIPE_WEBHOOK_PATH}`;
};

async function openStripe(
  config: Config,
  folder: string,
  webhooks: { readonly url: string; readonly secret: string },
  lifecycle: Lifecycle,
) {
  if (config.stripe !== null) return { ...config.stripe, page: null, double: null };
  const stateFile = path.join(folder, 'stripe-double.json');
  const open = (port: number) => startStripeDouble({ port, stateFile, webhooks });
  const double = await open(PORTS.double).catch(() => open(0));
  lifecycle.onClose('stripe double', () => double.stop());
  return { secretKey: DOUBLE_KEY, apiBase: double.url, page: double.url, double };
}

async function openMail(config: Config, folder: string, lifecycle: Lifecycle) {
  if (config.smtpUrl !== null) return { smtpUrl: config.smtpUrl, inboxUrl: null };
  const mails = path.join(folder, 'mails');
  mkdirSync(mails, { recursive: true });
  const sink = await startMailSink({ smtpPort: PORTS.smtp, httpPort: PORTS.inbox, folder: mails });
  lifecycle.onClose('mail sink', () => sink.stop());
  return { smtpUrl: sink.smtpUrl, inboxUrl: sink.inboxUrl };
}
