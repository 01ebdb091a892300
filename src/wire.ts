/** The only file that knows every concrete class. Each resource registers its closer on the line after it is opened. */
import { v7 } from 'uuid';
import { makeChargeJob } from '../jobs/charge.js';
import { makeNoticeJob } from '../jobs/notice.js';
import { type Relay, startRelay } from '../jobs/relay.js';
import { makeRenewJob, RENEW_EVERY_MS } from '../jobs/renew.js';
import { makeTotalsJob, TOTALS_EVERY_MS } from '../jobs/totals.js';
import { makeUsageJob } from '../jobs/usage.js';
import { type LoadedFile, makeCatalogs } from './adapters/catalog/registry.js';
import { makeSmtpMailer, smtpLimits } from './adapters/mail/smtp-mailer.js';
import { makeAccounts } from './adapters/postgres/accounts.js';
import { olderCatalogs, rememberCatalogs } from './adapters/postgres/catalog-versions.js';
import { makeDatabaseClock } from './adapters/postgres/clock.js';
import { pendingMigrations } from './adapters/postgres/migrate.js';
import { makeNotices } from './adapters/postgres/notices.js';
import { makePostgresOutbox } from './adapters/postgres/outbox.js';
import { makePool } from './adapters/postgres/pool.js';
import { makePrisma } from './adapters/postgres/prisma.js';
import { makeRefusals } from './adapters/postgres/refusals.js';
import { makeShards } from './adapters/postgres/shards.js';
import { assertConnections, type Stamp, stampDatabase } from './adapters/postgres/stamp.js';
import { makeTotals } from './adapters/postgres/totals.js';
import { makeViews } from './adapters/postgres/views.js';
import type { QueueConfig } from './adapters/queue/backend.js';
import { makeClocks, startTickWorker } from './adapters/queue/clocks.js';
import { queueFacts } from './adapters/queue/facts.js';
import { makeQueues, type Queues, type QueuesOptions } from './adapters/queue/queues.js';
import { startStepWorker } from './adapters/queue/step-worker.js';
import { makeTransport } from './adapters/queue/transport.js';
import { startUsageWorker } from './adapters/queue/usage-worker.js';
import { makeBreaker, withBreaker } from './adapters/stripe/breaker.js';
import { makeStripePayments } from './adapters/stripe/payments.js';
import { assertLimits, LIMITS, type Limits } from './domain/limits.js';
import { ladderProblem } from './domain/retry.js';
import { makeDebitUsage } from './flow/debit-usage.js';
import { makeAttachCard, makeOpenAccount } from './flow/open-account.js';
import { makeRelayOutbox } from './flow/relay-outbox.js';
import { makeRenewDue } from './flow/renew-due.js';
import { makeRunCharge } from './flow/run-charge.js';
import { makeSendNotice } from './flow/send-notice.js';
import { makeTotalUsage } from './flow/total-usage.js';
import { traced } from './flow/traced.js';
import type { ApiOptions } from './http/api/api.js';
import type { DemoOptions } from './http/demo-page.js';
import type { PageLink } from './http/layout.js';
import { makeMetrics } from './http/metrics.js';
import type { PayPageOptions } from './http/pay-page.js';
import { type HttpServer, makeHttpServer } from './http/server.js';
import type { StripeWebhookOptions } from './http/stripe-webhook.js';
import { CLOSE_DEADLINE_MS, type Lifecycle } from './lifecycle.js';
import { QUEUE_NAMES } from './messages.js';
import { type Log, type Mailer, NO_TRACER, type Payments, type Tracer } from './ports.js';
import { openBatcher, openLedger } from './wire-ledger.js';
import { makeStripeWork, openStripeSide, STRIPE_CLOCKS, type StripeSide } from './wire-stripe.js';
import { makeUpkeepWork, UPKEEP_CLOCKS, type UpkeepOptions } from './wire-upkeep.js';

export interface StoreSettings {
  readonly databaseUrl: string;
  readonly catalogs: readonly LoadedFile[];
  readonly log: Log;
  readonly limits?: Limits;
  /** Moves time for the demo and for tests. */
  readonly offsetMs?: () => number;
  /** The database is spread over several machines: no transaction holds accounts of two shards. */
  readonly sharded?: boolean;
  readonly tracer?: Tracer;
}

/** Batches in flight at once; one ledger connection each. */
const LANES = 4;
const BATCH_MAX = 1_000;
const BATCH_WAIT_MS = 4;
const LEDGER_POOL_MAX = LANES + 6;
const PRISMA_POOL_MAX = 4;
/** Usage jobs of one event in hand at once, which is what a batch can gather. On Postgres each is a row whose lock is renewed. */
const USAGE_CONCURRENCY = { redis: 1_000, postgres: 200 } as const;
const STEP_CONCURRENCY = 8;
const CLOCKS = [
  { name: 'renew', everyMs: RENEW_EVERY_MS },
  { name: 'totals', everyMs: TOTALS_EVERY_MS },
  ...STRIPE_CLOCKS,
  ...UPKEEP_CLOCKS,
];

export { openLedger, openReplay } from './wire-ledger.js';

export type Store = Awaited<ReturnType<typeof openStore>>;

/** For whoever starts a part: the first line of what the driver says, and what to do. */
export function notReached(error: unknown): never {
  const said = error instanceof Error ? error.message.trim().split('\n')[0] : 'unknown error';
  throw new Error(`The database could not be opened (${said}). Check DATABASE_URL, and that Postgres is running.`, {
    cause: error,
  });
}

/** Postgres, and everything that needs nothing else. Refuses a database that is not migrated, in a sentence. */
export async function openStore(settings: StoreSettings, lifecycle: Lifecycle) {
  const { databaseUrl, log } = settings;
  const limits = settings.limits ?? LIMITS;
  assertLimits(limits);
  for (const { catalog } of settings.catalogs) {
    const problem = ladderProblem(catalog.policies);
    if (problem !== null) throw new Error(`Catalog ${catalog.key}: ${problem}`);
  }
  const pending = await pendingMigrations(databaseUrl).catch(notReached);
  if (pending.length > 0) throw new Error(`The database lacks ${pending.join(', ')}. Run: creditd migrate`);
  const pool = makePool({ url: databaseUrl, max: LEDGER_POOL_MAX, name: 'ledger', log });
  lifecycle.onClose('ledger connections', () => pool.end());
  const prisma = makePrisma(databaseUrl, PRISMA_POOL_MAX);
  lifecycle.onClose('prisma', () => prisma.$disconnect());
  const clock = makeDatabaseClock(pool, settings.offsetMs);
  const metrics = makeMetrics();
  const now = await clock.now();
  await rememberCatalogs(prisma, settings.catalogs, new Date(now));
  const catalogs = makeCatalogs(settings.catalogs, await olderCatalogs(prisma, settings.catalogs, now));
  const outbox = makePostgresOutbox({
    pool,
    clock,
    limits,
    onParked: ({ topic, id }) => {
      metrics.parked(topic);
      log.error(
        { topic, outboxId: id },
        'a step was parked after too many fruitless starts; mend the cause, then: creditd replay --parked',
      );
    },
  });
  return {
    ...{ databaseUrl, limits, pool, prisma, clock, metrics, catalogs, outbox, log, newId: () => v7() },
    tracer: settings.tracer ?? NO_TRACER,
    shards: settings.sharded === true ? makeShards(pool) : null,
    accounts: makeAccounts(prisma, clock),
    notices: makeNotices(prisma, pool, clock),
    refusals: makeRefusals(prisma, pool, clock, () => v7()),
    totals: makeTotals(prisma, pool, clock),
  };
}

/** Stripe, and the stamp that says that this database may be charged through it. */
export async function openPayments(
  store: Store,
  stripe: { readonly secretKey: string; readonly apiBase: string | null },
  demo: boolean,
): Promise<{ readonly payments: Payments; readonly stamp: Stamp; readonly stripe: StripeSide }> {
  const { log, limits, metrics } = store;
  const settings = {
    secretKey: stripe.secretKey,
    ...(stripe.apiBase === null ? {} : { apiBase: stripe.apiBase }),
    timeoutMs: limits.paymentTimeoutMs,
    maxNetworkRetries: limits.paymentNetworkRetries,
    log,
  };
  const bare = makeStripePayments(settings);
  const onChange = (isOpen: boolean): void => metrics.breaker(isOpen);
  const breaker = makeBreaker({ now: () => store.clock.roughly(), log, onChange });
  const payments = traced('stripe', withBreaker(bare, breaker), store.tracer);
  const processor = await bare.identify();
  const now = new Date(await store.clock.now());
  const stamped = await stampDatabase(store.prisma, processor, demo, store.newId, now);
  if (stamped.kind === 'mismatch') throw new Error(stamped.sentence);
  return { payments, stamp: stamped.stamp, stripe: openStripeSide(settings, processor, breaker) };
}

/** The queues, on Redis where there is one, else in their own schema of the given database. */
export async function openQueues(config: QueueConfig, log: Log, lifecycle: Lifecycle, options: QueuesOptions = {}) {
  const queues = await makeQueues(config, log, options);
  lifecycle.onClose('queues', () => queues.close());
  return queues;
}

export function openMailer(smtpUrl: string, from: string, lifecycle: Lifecycle, limits: Limits = LIMITS): Mailer {
  const mailer = makeSmtpMailer({ url: smtpUrl, from, limits: smtpLimits(limits.mailTimeoutMs) });
  lifecycle.onClose('mailer', () => mailer.close());
  return mailer;
}

export interface WorkerParts extends UpkeepOptions {
  readonly store: Store;
  readonly queues: Queues;
  readonly payments: Payments;
  readonly stripe: StripeSide;
  readonly stamp: Stamp;
  readonly mailer: Mailer;
  readonly publicUrl: string | null;
  readonly messageIdDomain: string;
}

/** For tests: how soon a dead process's jobs are taken up again, and how often clocks that an emptied queue lost are wound. */
export interface WorkerTiming {
  readonly lockMs?: number;
  readonly stalledMs?: number;
  readonly backOffFirstMs?: number;
  readonly windEveryMs?: number;
}

/** Starts every worker of the river. What is opened last is closed first: jobs drain before what they use goes away. */
export async function startWorkers(parts: WorkerParts, lifecycle: Lifecycle, timing: WorkerTiming = {}): Promise<void> {
  const { store, queues, stamp } = parts;
  const { log, metrics, outbox, clock, refusals, limits, tracer } = store;
  const relay: { current: Relay | null } = { current: null };
  const poke = (): void => relay.current?.poke();
  const ledger = openLedger(store, stamp, poke);
  await assertConnections(
    store.prisma,
    LEDGER_POOL_MAX + PRISMA_POOL_MAX + (queues.kind === 'postgres' ? QUEUE_CONNECTIONS : 0),
  );
  const batcher = openBatcher(store, ledger, {
    lanes: LANES,
    batchMax: BATCH_MAX,
    waitMs: BATCH_WAIT_MS,
    ...{ onBatch: metrics.batch, tracer },
  });
  const debitUsage = makeDebitUsage({ batcher, refusals, clock, onOutcome: metrics.usageEvent });
  const charging = { ...parts, ledger, outbox, log, tracer };
  const runCharge = makeRunCharge({ ...charging, random: Math.random, onCharge: metrics.charge });
  const mailer = traced('mail', parts.mailer, tracer);
  const sendNotice = makeSendNotice({ ...store, ...parts, mailer, random: Math.random, onMail: metrics.mail });
  const drain = (name: string, worker: { close(deadlineMs: number): Promise<unknown> }) =>
    lifecycle.onClose(name, () => worker.close(CLOSE_DEADLINE_MS / 3));

  relay.current = startRelay(makeRelayOutbox(outbox, makeTransport(queues), tracer), limits.relayPollMs, log);
  lifecycle.onClose('relay', () => relay.current?.close());
  const steps = { concurrency: STEP_CONCURRENCY, ...timing };
  drain('notice worker', await startStepWorker(queues, 'notice', makeNoticeJob(sendNotice), steps));
  drain('charge worker', await startStepWorker(queues, 'charge', makeChargeJob(runCharge), steps));
  const stripeWork = makeStripeWork(parts, ledger, poke);
  drain('webhook worker', await startStepWorker(queues, 'webhook', stripeWork.job, steps));
  const upkeep = makeUpkeepWork(store, parts);
  drain('event worker', await startStepWorker(queues, 'event', upkeep.job, steps));
  const ticks = {
    ...stripeWork.ticks,
    ...upkeep.ticks,
    renew: makeRenewJob(makeRenewDue(store.accounts, batcher), log),
    totals: makeTotalsJob(makeTotalUsage(store.totals), log),
  };
  drain('clock worker', await startTickWorker(queues, ticks, { concurrency: CLOCKS.length, ...timing }));
  const clocks = makeClocks(queues, CLOCKS, timing.windEveryMs);
  lifecycle.onClose('clocks', () => clocks.close());
  const usage = makeUsageJob(debitUsage);
  const inHand = { concurrency: USAGE_CONCURRENCY[queues.kind], ...timing };
  drain('usage worker', await startUsageWorker(queues, usage, inHand));
  log.info({ catalogs: store.catalogs.keys(), queues: queues.kind }, 'worker ready');
}

/** Each queue has two connections, its worker two and one to listen. */
const QUEUE_CONNECTIONS = QUEUE_NAMES.length * (2 + 3);

export interface ApiParts {
  readonly store: Store;
  readonly queues: Queues;
  readonly host: string;
  readonly port: number;
  readonly anyPort?: boolean;
  /** Null: the demo, open to this machine alone. */
  readonly operatorPassword: string | null;
  /** False: probes and metrics only, beside a worker. */
  readonly pages?: boolean;
  readonly links?: readonly PageLink[];
  /** Left out: Stripe's webhooks are not heard here. */
  readonly stripeWebhook?: StripeWebhookOptions;
  /** Origins of the product's pages that hold the billing page or its elements. */
  readonly billingOrigins?: readonly string[];
  /** Left out: no API is served here. */
  readonly api?: ApiOptions;
  /** Left out: links to approve a payment are not served here. */
  readonly payPage?: PayPageOptions;
  /** Only under `npm start`, and only in a database that the demo made. */
  readonly demo?: DemoOptions;
}

export async function startApi(parts: ApiParts, lifecycle: Lifecycle): Promise<HttpServer> {
  const { store, queues, ...wish } = parts;
  const { prisma, clock, catalogs, metrics, log, databaseUrl } = store;
  const server = await makeHttpServer({
    ...{ ...wish, catalogs, metrics, clock, log },
    queues: { all: queues.all, states: () => Promise.all(QUEUE_NAMES.map((name) => queueFacts(queues, name))) },
    views: makeViews(prisma, clock),
    ready: {
      postgres: () => clock.now().then(() => null),
      migrations: async () => ((await pendingMigrations(databaseUrl)).length > 0 ? 'Migrations are pending.' : null),
      queue: () => queueFacts(queues, 'usage').then(() => null),
    },
  });
  lifecycle.onClose('http server', () => server.close());
  return server;
}

/** What commands and the demo do with accounts. */
export function openDesk(store: Store, stamp: Stamp, payments: Payments | null) {
  const ledger = openLedger(store, stamp);
  return {
    ledger,
    openAccount: makeOpenAccount(store.accounts, ledger),
    attachCard: payments === null ? null : makeAttachCard(store.accounts, ledger, payments, stamp.deployment),
  };
}
