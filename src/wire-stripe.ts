/** What Stripe tells and what is compared with it: the parts of `wire.ts` that know these classes. */
import { makePollStripeJob, POLL_STRIPE_EVERY_MS } from '../jobs/poll-stripe.js';
import { makeReconcileJob, RECONCILE_EVERY_MS } from '../jobs/reconcile.js';
import { makeWebhookJob } from '../jobs/webhook.js';
import { makeChargeRows } from './adapters/postgres/charge-rows.js';
import { makeDeskRows } from './adapters/postgres/desk-rows.js';
import type { Stamp } from './adapters/postgres/stamp.js';
import { makeStripeEvents } from './adapters/postgres/stripe-events.js';
import { type Breaker, behindBreaker } from './adapters/stripe/breaker.js';
import { makeStripeCheckout } from './adapters/stripe/checkout.js';
import type { StripeSettings } from './adapters/stripe/client.js';
import { makeStripeDesk } from './adapters/stripe/desk.js';
import { makeStripeRecords } from './adapters/stripe/records.js';
import { makeStripeSubscriptions } from './adapters/stripe/subscriptions.js';
import { makeReadStripeWebhook } from './adapters/stripe/webhooks.js';
import { makeHearStripe } from './flow/hear-stripe.js';
import { makePollStripe } from './flow/poll-stripe.js';
import { makeReconcile } from './flow/reconcile.js';
import { makeTakeStripeEvents } from './flow/take-stripe-events.js';
import { makeTidyProcessor } from './flow/tidy-processor.js';
import type { StripeWebhookOptions } from './http/stripe-webhook.js';
import type {
  Checkout,
  Ledger,
  Log,
  Payments,
  Processor,
  ProcessorDesk,
  ProcessorRecords,
  Subscriptions,
} from './ports.js';
import type { Store } from './wire.js';

/** Stripe beside its payments: whose it is, and what it remembers. */
export interface StripeSide {
  readonly processor: Processor;
  readonly records: ProcessorRecords;
  readonly subscriptions: Subscriptions;
  readonly checkout: Checkout;
  readonly desk: ProcessorDesk;
}

/** All of it behind the breaker that payments are behind: one Stripe is away for all of them. */
export const openStripeSide = (
  settings: StripeSettings & { readonly log: Log },
  processor: Processor,
  breaker: Breaker,
): StripeSide => ({
  processor,
  records: behindBreaker(makeStripeRecords(settings), breaker),
  subscriptions: behindBreaker(makeStripeSubscriptions(settings), breaker),
  checkout: behindBreaker(makeStripeCheckout(settings), breaker),
  desk: behindBreaker(makeStripeDesk(settings), breaker),
});

interface Parts {
  readonly store: Store;
  readonly stamp: Stamp;
  readonly payments: Payments;
  readonly stripe: StripeSide;
}

function openDoor({ store, stamp, stripe }: Omit<Parts, 'payments'>, onAsked: () => void) {
  const { deployment } = stamp;
  const events = makeStripeEvents({ ...store, deployment, onAsked });
  const { processor } = stripe;
  return { events, take: makeTakeStripeEvents({ events, processor, deployment, onTaken: store.metrics.stripeEvent }) };
}

/** For the api: the address that Stripe posts to. `onAsked` pokes this process's relay, where there is one. */
export function openStripeWebhook(
  parts: Omit<Parts, 'payments'>,
  secrets: readonly string[],
  onAsked: () => void = () => undefined,
): StripeWebhookOptions {
  const { log, metrics } = parts.store;
  const { take } = openDoor(parts, onAsked);
  return {
    read: makeReadStripeWebhook(secrets),
    take,
    log,
    onRefused: () => metrics.stripeEvent('unsigned', 'refused'),
  };
}

export function openReconcile({ store, stamp, payments, stripe }: Parts, ledger: Ledger) {
  return makeReconcile({
    ...{ ledger, payments, records: stripe.records, charges: makeChargeRows(store.prisma) },
    ...{ clock: store.clock, deployment: stamp.deployment, log: store.log, onFinding: store.metrics.reconciled },
  });
}

/** For the worker: the step of an event, and the clocks that catch up and compare. */
export function makeStripeWork(parts: Parts, ledger: Ledger, onAsked: () => void) {
  const { store, stamp, payments, stripe } = parts;
  const { log, outbox, clock, prisma } = store;
  const { events, take } = openDoor(parts, onAsked);
  const { records, subscriptions, desk } = stripe;
  const tidy = makeTidyProcessor({ rows: makeDeskRows(prisma), desk, records, clock, log });
  const hear = makeHearStripe({
    ...{ ledger, outbox, events, charges: makeChargeRows(prisma), payments, records, subscriptions, log },
    ...{ deployment: stamp.deployment, random: Math.random, onHeard: store.metrics.stripeEvent },
  });
  return {
    job: makeWebhookJob(hear),
    ticks: {
      'poll-stripe': makePollStripeJob(makePollStripe({ records, events, take, clock, log }), tidy, log),
      reconcile: makeReconcileJob(openReconcile(parts, ledger), log),
    },
  };
}

export const STRIPE_CLOCKS = [
  { name: 'poll-stripe', everyMs: POLL_STRIPE_EVERY_MS },
  { name: 'reconcile', everyMs: RECONCILE_EVERY_MS },
];
