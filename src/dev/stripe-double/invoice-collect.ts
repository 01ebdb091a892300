/**
 * Collecting an invoice: its intent is confirmed with a card, and what came of it moves the subscription. A renewal that
 * failed is tried again by a plan; after the last try the account's setting decides.
 */
import type { StoredInvoice, StoredSubscription } from './billing-state.js';
import { customerOf } from './customers.js';
import { emit } from './events.js';
import { confirmInside } from './inner.js';
import { invoiceJson } from './invoice-json.js';
import { markPaid, notNow } from './invoice-steps.js';
import { factsOf } from './objects.js';
import { Problem } from './problem.js';
import { changeSubscription, endSubscription, hasEnded, subscriptionOf } from './subscription-events.js';
import { subscriptionJson } from './subscription-json.js';
import { epochSeconds, type World } from './world.js';

export type Collected =
  | { readonly kind: 'paid' | 'processes' }
  | { readonly kind: 'authenticates'; readonly intent: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface Way {
  /** Null: the subscription's card, else the customer's default. */
  readonly method: string | null;
  readonly offSession: boolean;
  /** One of the double's own tries, which a failure is followed by the next of. */
  readonly automatic: boolean;
}

/** The card that pays where none is named; null where there is none that still can. */
export function defaultMethodOf(
  world: World,
  one: Pick<StoredSubscription, 'customer' | 'paymentMethod'>,
): string | null {
  const usable = (id: string | null | undefined): boolean =>
    world.state.paymentMethods.some((method) => method.id === id && method.customer === one.customer);
  const customer = customerOf(world, one.customer, 'customer');
  if (usable(one.paymentMethod)) return one.paymentMethod;
  return usable(customer.defaultMethod) ? (customer.defaultMethod ?? null) : null;
}

export function collect(world: World, invoice: StoredInvoice, way: Way): Collected {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notNow(invoice, 'paid');
  const subscription = subscriptionOf(world, invoice.subscription);
  const method = way.method ?? defaultMethodOf(world, subscription);
  invoice.attempted = true;
  if (way.automatic || invoice.attempts === 0) invoice.attempts += 1;
  invoice.nextAttempt = null;
  if (method === null || invoice.payment === null) return fail(world, invoice, subscription, way, noMethod());
  if (way.automatic && invoice.reason === 'subscription_cycle') scriptDecline(world, subscription, method);
  const done = confirmInside(world, invoice.payment.intent, method, way.offSession);
  switch (done.kind) {
    case 'paid':
      if (invoice.paidAt === null) {
        markPaid(world, invoice);
        afterPaid(world, invoice, subscription);
      }
      return { kind: 'paid' };
    case 'processes':
      return { kind: 'processes' };
    case 'authenticates':
      emit(world, 'invoice.payment_action_required', invoiceJson(world, invoice));
      fallDue(world, invoice, subscription);
      return { kind: 'authenticates', intent: invoice.payment.intent };
    case 'declined':
      return fail(world, invoice, subscription, way, done.problem);
  }
}

const noMethod = (): Problem =>
  new Problem(
    400,
    {
      type: 'invalid_request_error',
      code: 'invoice_payment_intent_requires_action',
      message: 'This customer has no attached payment source or default payment method.',
    },
    true,
  );

/** Has this renewal declined where that was scripted for its customer or subscription. */
function scriptDecline(world: World, subscription: StoredSubscription, method: string): void {
  const { failing } = world.state.billing;
  const declineCode = failing[subscription.id] ?? failing[subscription.customer];
  const stored = world.state.paymentMethods.find((one) => one.id === method);
  if (declineCode === undefined || stored === undefined) return;
  const { fingerprint } = factsOf(stored);
  // A decline that waits for this card already would be taken first, and the second would strike somebody else.
  const waiting = world.faults
    .waiting()
    .some(
      (one) =>
        one.kind === 'decline' &&
        (one.paymentMethod ?? method) === method &&
        (one.fingerprint ?? fingerprint) === fingerprint,
    );
  if (!waiting) world.faults.add({ kind: 'decline', declineCode, paymentMethod: method });
}

/** A first invoice that is paid begins the subscription; the latest one that is paid ends being past due. */
export function afterPaid(world: World, invoice: StoredInvoice, subscription: StoredSubscription): void {
  if (hasEnded(subscription) || subscription.latestInvoice !== invoice.id) return;
  const wasPaused = subscription.status === 'paused';
  const waits: readonly string[] = ['incomplete', 'past_due', 'unpaid', 'paused'];
  if (!waits.includes(subscription.status)) return;
  changeSubscription(world, subscription, () => {
    subscription.status = 'active';
    subscription.pausedAt = null;
  });
  if (wasPaused) emit(world, 'customer.subscription.resumed', subscriptionJson(world, subscription));
}

function fail(
  world: World,
  invoice: StoredInvoice,
  subscription: StoredSubscription,
  way: Way,
  problem: Problem,
): Collected {
  const last = way.automatic && !planNext(world, invoice);
  emit(world, 'invoice.payment_failed', invoiceJson(world, invoice));
  if (problem.fields.code === 'authentication_required') {
    emit(world, 'invoice.payment_action_required', invoiceJson(world, invoice));
  }
  fallDue(world, invoice, subscription);
  if (last && subscription.status === 'past_due') giveUp(world, subscription);
  return { kind: 'failed', problem };
}

/** A subscription that has begun owes what its later invoices ask for. */
function fallDue(world: World, invoice: StoredInvoice, subscription: StoredSubscription): void {
  if (subscription.status !== 'active' || invoice.reason === 'subscription_create') return;
  changeSubscription(world, subscription, () => {
    subscription.status = 'past_due';
  });
}

/** False where no further try is planned. */
function planNext(world: World, invoice: StoredInvoice): boolean {
  const wait = world.state.billing.retrySeconds[invoice.attempts - 1];
  if (wait === undefined) return false;
  invoice.nextAttempt = epochSeconds(world) + wait;
  return true;
}

function giveUp(world: World, subscription: StoredSubscription): void {
  switch (world.state.billing.afterLastRetry) {
    case 'cancel':
      endSubscription(world, subscription, 'payment_failed');
      break;
    case 'unpaid':
      changeSubscription(world, subscription, () => {
        subscription.status = 'unpaid';
      });
      break;
    case 'past_due':
      break;
  }
}
