/**
 * The whole river inside the test's own process, wired as `creditd worker` is: quick to start, on a clock that can be moved,
 * and between processors, mail servers and databases that can be taken away and brought back.
 */
import { type LoadedFile, readCatalogs } from '../../src/adapters/catalog/registry.js';
import type { QueueConfig } from '../../src/adapters/queue/backend.js';
import { freePort } from '../../src/dev/free-port.js';
import { type AccountId, accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import type { Limits } from '../../src/domain/limits.js';
import { STRIPE_WEBHOOK_PATH } from '../../src/http/stripe-webhook.js';
import { type Lifecycle, makeLifecycle } from '../../src/lifecycle.js';
import { USAGE_QUEUE } from '../../src/messages.js';
import type { Log } from '../../src/ports.js';
import { openDesk, openMailer, openPayments, openQueues, openStore, startApi, startWorkers } from '../../src/wire.js';
import { openPayPage } from '../../src/wire-checkout.js';
import { openDoors } from '../../src/wire-doors.js';
import { makeStripeWork, openReconcile, openStripeWebhook } from '../../src/wire-stripe.js';
import type { Telemetry } from '../../src/wire-telemetry.js';
import type { UpkeepOptions } from '../../src/wire-upkeep.js';
import { query } from './admin.js';
import { freshDatabase } from './database.js';
import { openProcessor } from './local-processor.js';
import { callEvent, SHORT_LIMITS } from './river.js';
import { startTestSmtp } from './smtp.js';
import { TOP_OFF } from './store.js';
import { until } from './wait.js';

export interface LocalRiverOptions {
  /** Left out: a fresh database that is dropped at the end. */
  readonly databaseUrl?: string;
  /** Where the workers, and only they, find the database and the processor: through something that can break. */
  readonly workerDatabaseUrl?: string;
  readonly workerStripeUrl?: string;
  /** Left out: BullMQ runs on the river's own database. */
  readonly queue?: QueueConfig;
  /** Where the double keeps its money across `down` and `up`. */
  readonly stateFile?: string;
  /** Stripe's webhooks reach the river by an api of its own; left out, the double posts none. */
  readonly webhooks?: boolean;
  /** Origins of pages that may hold the billing page or its elements. */
  readonly billingOrigins?: readonly string[];
  /** Files or keys of catalogs; left out, the receptionist. */
  readonly catalogs?: readonly string[];
  /** Changes what was read, such as the prices that plans are sold at. */
  readonly changed?: (files: readonly LoadedFile[]) => readonly LoadedFile[];
  readonly limits?: Limits;
  readonly log?: Log;
  readonly upkeep?: UpkeepOptions;
  /** As on a database that is spread over several machines: the function that says which has to be there. */
  readonly sharded?: boolean;
  readonly telemetry?: Telemetry;
}

export interface LocalWorker {
  close(): Promise<void>;
}

export type LocalRiver = Awaited<ReturnType<typeof openLocalRiver>>;

const QUIET: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TIMING = { lockMs: 1_500, stalledMs: 500, backOffFirstMs: 100, windEveryMs: 300 };
const STRIPE_KEY = 'sk_test_river';
export const WEBHOOK_SECRET = 'whsec_river';
export const SESSION_SECRET = 'a secret of the river that is long enough';

export async function openLocalRiver(options: LocalRiverOptions = {}) {
  const { log = QUIET, limits = SHORT_LIMITS } = options;
  const database = options.databaseUrl === undefined ? await freshDatabase() : null;
  const url = options.databaseUrl ?? database?.url ?? '';
  const queue: QueueConfig = options.queue ?? { kind: 'postgres', url };
  const smtp = await startTestSmtp();
  const apiPort = options.webhooks === true ? await freePort() : null;
  const heard = { url: `http://127.0.0.1:${apiPort}${STRIPE_WEBHOOK_PATH}`, secret: WEBHOOK_SECRET };
  const processor = await openProcessor(options.stateFile, apiPort === null ? null : heard);
  const lifecycle = makeLifecycle(QUIET, 5_000);
  const time = { offsetMs: 0 };
  const catalogs = readCatalogs(options.catalogs ?? ['receptionist']);
  if (catalogs.kind === 'invalid') throw new Error(catalogs.problems.join('\n'));
  const files = options.changed?.(catalogs.files) ?? catalogs.files;
  const shared = { catalogs: files, limits, offsetMs: () => time.offsetMs, sharded: options.sharded === true };
  const store = await openStore({ ...shared, databaseUrl: url, log: QUIET }, lifecycle);
  const opened = await openPayments(store, { secretKey: STRIPE_KEY, apiBase: processor.double.url }, true);
  const { payments, stamp } = opened;
  const queues = await openQueues(queue, QUIET, lifecycle);
  if (apiPort !== null) {
    const { billingOrigins = [] } = options;
    await openLocalApi({ store, queues, paid: opened, billingOrigins }, apiPort, lifecycle);
  }
  const desk = openDesk(store, stamp, payments);

  /** One more worker, which has its own connections to everything. */
  const startWorker = async (): Promise<LocalWorker> => {
    const own = makeLifecycle(QUIET, 8_000);
    lifecycle.onClose('a worker', () => own.close());
    const databaseUrl = options.workerDatabaseUrl ?? url;
    const ownStore = await openStore({ ...shared, ...options.telemetry, databaseUrl, log }, own);
    const apiBase = options.workerStripeUrl ?? processor.double.url;
    const paid = await openPayments(ownStore, { secretKey: STRIPE_KEY, apiBase }, true);
    const ownQueues = await openQueues(queue, log, own, options.telemetry?.queueSpans);
    const mailer = openMailer(smtp.url, 'Billing <billing@example.com>', own, limits);
    const parts = { ...paid, ...options.upkeep, store: ownStore, queues: ownQueues, mailer, publicUrl: null };
    await startWorkers({ ...parts, messageIdDomain: 'example.com' }, own, TIMING);
    return own;
  };

  return {
    ...{ url, smtp, processor, store, desk, queues, payments, startWorker },
    apiUrl: `http://127.0.0.1:${apiPort}`,
    /** Compares with the processor, as the clock and `creditd reconcile` do. */
    reconcile: openReconcile({ store, ...opened }, desk.ledger),
    /** Reads the processor's list of events once. */
    poll: () => makeStripeWork({ store, ...opened }, desk.ledger, () => undefined).ticks['poll-stripe'](),
    offsetMs: () => time.offsetMs,
    travel: (ms: number) => {
      time.offsetMs += ms;
    },
    ...accountsOf(desk, store),
    /** So many answered calls, one credit each, in one plain BullMQ job. */
    calls: (account: string, count: number, name = 'call') =>
      queues.ask(USAGE_QUEUE, (usage) =>
        usage.add('usage', {
          v: 1,
          events: Array.from({ length: count }, (_, index) => callEvent(account, `${name}-${index}`)),
        }),
      ),
    usageCounts: () =>
      queues.ask(USAGE_QUEUE, (usage) => usage.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed')),
    async close() {
      await lifecycle.close();
      await processor.double.stop();
      await smtp.stop();
      await database?.drop();
    },
  };
}

type Paid = Awaited<ReturnType<typeof openPayments>>;

/** Webhooks, the API and the links in mails, as `creditd api` serves them. */
async function openLocalApi(
  parts: Pick<Parameters<typeof startApi>[0], 'store' | 'queues' | 'billingOrigins'> & { readonly paid: Paid },
  port: number,
  lifecycle: Lifecycle,
): Promise<void> {
  const { store, queues, paid, billingOrigins = [] } = parts;
  const publicUrl = (): string => `http://127.0.0.1:${port}`;
  const place = { host: '127.0.0.1', port, operatorPassword: null, pages: false };
  const api = openDoors({ ...parts, stamp: paid.stamp, sessionSecrets: [SESSION_SECRET], publicUrl }, lifecycle);
  const payPage = openPayPage({ store, publicUrl });
  const stripeWebhook = openStripeWebhook({ store, ...paid }, [WEBHOOK_SECRET]);
  await startApi({ store, queues, ...place, billingOrigins, stripeWebhook, api, payPage }, lifecycle);
}

function accountsOf(desk: ReturnType<typeof openDesk>, store: Awaited<ReturnType<typeof openStore>>) {
  // Set-up, not what is tested: where a busy machine lets the processor's answer come too late, it is asked again.
  const attach = async (id: string, card: string): Promise<void> => {
    const kind = await until(async () => {
      const answer = await desk.attachCard?.(accountId(id), card);
      return answer?.kind !== 'silent' && answer?.kind !== 'unavailable' && answer?.kind;
    });
    if (kind !== 'attached') throw new Error(`the card was ${kind}`);
  };
  return {
    attach,
    /** With 100 calls, a card (or none), and auto top-off "below 50, add 200". */
    async account(id: string, card: string | null = 'pm_card_visa'): Promise<AccountId> {
      const anchor = later(await store.clock.now(), -DAY_MS);
      const owners = [{ id: 'owner-1', email: `${id}@example.com` }];
      const profile = { name: id, slug: null, catalog: 'receptionist', plan: 'standard', zone: 'UTC' };
      await desk.openAccount({ ...profile, id: accountId(id), anchor, owners, billingEmail: null });
      if (card !== null) await attach(id, card);
      await desk.ledger.post([{ kind: 'configure_top_off', account: accountId(id), settings: TOP_OFF }]);
      return accountId(id);
    },
  };
}

interface OutboxState {
  readonly rows: number;
  /** Those of them that wait for nothing but the next rung of a ladder, or for their owner. */
  readonly resting: number;
  readonly held: number;
  /** How far ahead the next row lies that waits for nothing but time; null where none does. */
  readonly ahead_ms: number | null;
}

/** The outbox as it stands, by the river's own clock. Rows on their way through the queue do not wait for time. */
async function outboxOf(river: LocalRiver): Promise<OutboxState> {
  const now = new Date(await river.store.clock.now()).toISOString();
  const [state] = await query<OutboxState>(
    river.url,
    `select count(*)::int as rows,
       (count(*) filter (where held_until is null and note is null and due_at > $1::timestamptz + interval '1 minute'))::int as resting,
       (count(*) filter (where held_until > $1))::int as held,
       (extract(epoch from min(due_at) filter (where held_until is null and note is not null and due_at > $1) - $1::timestamptz)
         * 1000)::float8 as ahead_ms
     from outbox where parked_at is null`,
    [now],
  );
  return state ?? { rows: 0, resting: 0, held: 0, ahead_ms: null };
}

/**
 * Waits until nothing waits, runs or is due any more; where a step only waits for its time, time is moved on. `rest` is
 * content with charges that wait for their next rung.
 */
const WAITING = 'select account_no, topic, due_at, held_until, note from outbox where parked_at is null limit 10';

export function runDry(river: LocalRiver, timeoutMs = 60_000, rest = false): Promise<true> {
  return until(
    async () => {
      // The queue is asked first: what leaves it has left its rows before.
      const { failed: _, ...unfinished } = await river.usageCounts();
      const { rows, resting, held, ahead_ms } = await outboxOf(river);
      if (held === 0 && ahead_ms !== null) river.travel(Math.ceil(ahead_ms));
      if (rows === (rest ? resting : 0) && Object.values(unfinished).every((count) => count === 0)) return true;
      throw new Error(JSON.stringify({ unfinished, waiting: await query(river.url, WAITING) }));
    },
    { timeoutMs, everyMs: 40, what: 'the river to run dry' },
  );
}

/** Every event has reached the river, and what they asked for is done; what is done may make Stripe say more. */
export async function allHeard(river: LocalRiver): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    await river.processor.double.control.webhooks.idle();
    await runDry(river, 25_000, true);
  }
}

/** A step that has met trouble and waits: what it noted, and for how long it waits, in milliseconds. */
export const troubled = (river: LocalRiver, account: string) =>
  until(
    async () => {
      const [row] = await query<{ note: string; wait_ms: number }>(
        river.url,
        `select o.note, (extract(epoch from o.due_at - $2::timestamptz) * 1000)::float8 as wait_ms
         from outbox o join accounts a on a.no = o.account_no
         where a.id = $1 and o.note is not null and o.held_until is null and o.due_at > $2::timestamptz`,
        [account, new Date(await river.store.clock.now()).toISOString()],
      );
      return row;
    },
    { timeoutMs: 30_000, what: 'a step that waits' },
  );
