/**
 * The river without its queue: real Postgres, the real SDK against the double, the real flows, on a clock that stands still
 * until it is moved. What a queue would carry lies in an array, so that it can be lost, doubled and disordered at will.
 */
import Stripe from 'stripe';
import { makeCatalogs } from '../../src/adapters/catalog/registry.js';
import { makeAccounts } from '../../src/adapters/postgres/accounts.js';
import { makeChargeRows } from '../../src/adapters/postgres/charge-rows.js';
import { makePostgresLedger } from '../../src/adapters/postgres/ledger.js';
import { makeNotices } from '../../src/adapters/postgres/notices.js';
import { makePostgresOutbox } from '../../src/adapters/postgres/outbox.js';
import { makePool } from '../../src/adapters/postgres/pool.js';
import { makePrisma } from '../../src/adapters/postgres/prisma.js';
import { stampDatabase } from '../../src/adapters/postgres/stamp.js';
import { makeStates } from '../../src/adapters/postgres/states.js';
import { makeStripeEvents } from '../../src/adapters/postgres/stripe-events.js';
import { makeBreaker, withBreaker } from '../../src/adapters/stripe/breaker.js';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { makeReadStripeWebhook } from '../../src/adapters/stripe/webhooks.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { type Instant, instant } from '../../src/domain/instant.js';
import { LIMITS } from '../../src/domain/limits.js';
import { makeOpenAccount } from '../../src/flow/open-account.js';
import { makeTakeStripeEvents } from '../../src/flow/take-stripe-events.js';
import type { Clock, Log, Mail, Mailer, OutboxRef, Topic } from '../../src/ports.js';
import { openStripeSide } from '../../src/wire-stripe.js';
import { freshDatabase } from './database.js';
import { WALK_CATALOG, walkCatalog } from './walk-catalog.js';
import { makeChance, makeIds } from './walk-random.js';
import type { Frozen } from './walk-worker.js';

const SECRET = 'whsec_walk';
const STRIPE_KEY = 'sk_test_walk';
const BEGINS = Date.UTC(2026, 2, 15, 10);
/** Long enough for a busy machine; few faults of a walk are silences that wait for it. */
const PAYMENT_TIMEOUT_MS = 150;

export type WalkWorld = Awaited<ReturnType<typeof openWalkWorld>>;

/** What a world may be given to stand on; what is given is not closed by it. */
export interface WalkGround {
  readonly databaseUrl: string;
  readonly double: StripeDouble;
  readonly time: { nowMs: number };
}

/** Left without a ground, it has a database, a double and a clock of its own, which stands still until it is moved. */
export async function openWalkWorld(seed: number, ground?: WalkGround) {
  const database =
    ground === undefined ? await freshDatabase() : { url: ground.databaseUrl, drop: async () => undefined };
  const time = ground?.time ?? { nowMs: BEGINS };
  const now = (): Instant => instant(time.nowMs);
  const clock: Clock = { now: async () => now(), roughly: async () => now(), reading: () => now() };
  const errors: string[] = [];
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields, errorsToo)}`),
  };
  const chance = makeChance(seed);
  const newId = makeIds(seed);
  const double = ground?.double ?? (await startStripeDouble({ now: () => time.nowMs, aftermathMs: 1 }));
  const pool = makePool({ url: database.url, max: 8, name: 'walk', log });
  const prisma = makePrisma(database.url, 3);
  const stripe = {
    secretKey: STRIPE_KEY,
    apiBase: double.url,
    timeoutMs: PAYMENT_TIMEOUT_MS,
    maxNetworkRetries: 0,
    log,
  };
  const breaker = makeBreaker({ now: () => clock.now() });
  const payments = withBreaker(makeStripePayments(stripe), breaker);
  const processor = await payments.identify();
  const stamped = await stampDatabase(prisma, processor, true, newId, new Date(time.nowMs));
  if (stamped.kind === 'mismatch') throw new Error(stamped.sentence);
  const { deployment } = stamped.stamp;
  const catalogs = makeCatalogs([{ catalog: walkCatalog(), text: WALK_CATALOG }]);
  const nothing = (): void => undefined;
  const ledger = makePostgresLedger({ pool, clock, catalogs, log, deployment, newId, onAsked: nothing });
  const parked: string[] = [];
  const onParked = (step: OutboxRef & { readonly topic: string }): void => void parked.push(`${step.topic} ${step.id}`);
  const outbox = makePostgresOutbox({ pool, clock, limits: LIMITS, onParked });
  const accounts = makeAccounts(prisma, clock);
  const events = makeStripeEvents({ pool, prisma, clock, deployment, newId, onAsked: nothing });
  const mails: Mail[] = [];
  const mailer: Mailer = {
    send: async (mail) => {
      mails.push(mail);
      return { kind: 'accepted', response: '250', refused: [] };
    },
  };
  const side = openStripeSide(stripe, processor, breaker);
  return {
    ...{ seed, database, double, time, now, clock, log, errors, chance, newId, pool, prisma, deployment, catalogs },
    ...{ ledger, outbox, accounts, events, mails, mailer, parked, processor, payments, side },
    control: double.control,
    sdk: sdkOf(double.url),
    notices: makeNotices(prisma, pool, clock),
    charges: makeChargeRows(prisma),
    states: makeStates(pool, clock),
    openAccount: makeOpenAccount(accounts, ledger),
    take: makeTakeStripeEvents({ events, processor, deployment }),
    hearWebhook: makeReadStripeWebhook([SECRET], () => time.nowMs),
    /** What the queue holds. */
    jobs: [] as { readonly topic: Topic; readonly ref: OutboxRef }[],
    frozen: [] as Frozen[],
    /** Ids of events that Stripe has made and nobody here has been sent, and those that were once seen. */
    post: { waiting: [] as Record<string, unknown>[], seen: new Set<string>() },
    close: async () => {
      await Promise.allSettled([prisma.$disconnect(), pool.end()]);
      if (ground === undefined) await double.stop();
      await database.drop();
    },
  };
}

/** As Stripe signs it, at the walk's own time. */
export function signed(world: WalkWorld, event: Record<string, unknown>) {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(world.time.nowMs / 1_000);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp });
  return world.hearWebhook(Buffer.from(payload), signature);
}

function sdkOf(url: string): Stripe {
  const { hostname, port } = new URL(url);
  const settings = { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 } as const;
  return new Stripe(STRIPE_KEY, { ...settings, timeout: PAYMENT_TIMEOUT_MS });
}

const errorsToo = (_: string, value: unknown): unknown =>
  value instanceof Error ? value.stack : typeof value === 'bigint' ? `${value}` : value;
