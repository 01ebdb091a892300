/** Beginning a subscription: its items, its first period or trial, its first invoice and what became of that. */

import type { MissingMethod, StoredInvoice, StoredItem, StoredPrice, StoredSubscription } from './billing-state.js';
import { priceOf } from './catalog-json.js';
import { customerOf } from './customers.js';
import { boundaryAfter, boundaryAt } from './cycle.js';
import { emit } from './events.js';
import { confirmInside, createInside } from './inner.js';
import { afterPaid, collect, defaultMethodOf } from './invoice-collect.js';
import { dueOf, totalOf } from './invoice-json.js';
import { finalizeInvoice, intentDescription, markPaid, openInvoice } from './invoice-steps.js';
import { badParameter, notPartOfTheDouble, Problem } from './problem.js';
import { periodLine, trialLine } from './prorations.js';
import { newId } from './state.js';
import { subscriptionJson } from './subscription-json.js';
import { epochSeconds, type World } from './world.js';

export interface ItemWish {
  readonly price: string;
  readonly quantity: number;
  readonly metadata: Record<string, string>;
}

/** What becomes of a first payment that fails: an incomplete subscription, one that waits unpaid, or nothing at all. */
export type FirstPayment = 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';

export interface SubscriptionWish {
  readonly customer: string;
  readonly items: readonly ItemWish[];
  readonly metadata: Record<string, string>;
  readonly description: string | null;
  readonly paymentMethod: string | null;
  readonly trialEnd: number | null;
  readonly missingMethod: MissingMethod | null;
  readonly cancelAtPeriodEnd: boolean;
  /** A future boundary, up to which the first period is a part of a whole one. */
  readonly anchor: number | null;
  readonly prorates: boolean;
  readonly firstPayment: FirstPayment;
  readonly offSession: boolean;
  /** An intent that has paid the first invoice already. */
  readonly paidBy?: string;
}

/** The prices of a subscription: active, recurring, in one currency and with one interval. */
export function pricesOf(world: World, ids: readonly string[]): StoredPrice[] {
  const prices = ids.map((id, at) => priceOf(world, id, `items[${at}][price]`, 400));
  const refuse = (message: string) => badParameter('items', 'parameter_invalid', message);
  const [first] = prices;
  if (first === undefined) throw badParameter('items', 'parameter_missing', 'A subscription has at least one item.');
  if (prices.some((one) => one.recurring === null)) throw refuse('A subscription takes recurring prices only.');
  if (prices.some((one) => one.currency !== first.currency)) throw refuse('All prices must be in one currency.');
  const interval = (one: StoredPrice) => JSON.stringify(one.recurring);
  if (prices.some((one) => interval(one) !== interval(first))) throw notPartOfTheDouble('Mixing billing intervals');
  return prices;
}

export const recurringOf = (world: World, items: readonly { readonly price: string }[]) =>
  priceOf(world, items[0]?.price ?? '').recurring ?? { interval: 'month' as const, count: 1 };

/** Not stored yet: nothing has happened while this only computes. */
export function drafted(world: World, wish: SubscriptionWish): StoredSubscription {
  const now = epochSeconds(world);
  const [first] = pricesOf(
    world,
    wish.items.map((one) => one.price),
  );
  customerOf(world, wish.customer, 'customer', 400);
  const anchor = wish.trialEnd ?? wish.anchor ?? now;
  const recurring = recurringOf(world, wish.items);
  const periodEnd = anchor > now ? anchor : boundaryAfter(anchor, recurring, now);
  const items: StoredItem[] = wish.items.map((one) => ({
    ...one,
    id: newId('si_', 14),
    created: now,
    periodStart: now,
    periodEnd,
  }));
  return {
    id: newId('sub_'),
    created: now,
    customer: wish.customer,
    currency: first?.currency ?? 'usd',
    status: wish.trialEnd === null ? 'incomplete' : 'trialing',
    items,
    anchor,
    cancelAtPeriodEnd: wish.cancelAtPeriodEnd,
    cancelAt: wish.cancelAtPeriodEnd ? periodEnd : null,
    canceledAt: wish.cancelAtPeriodEnd ? now : null,
    endedAt: null,
    cancelReason: wish.cancelAtPeriodEnd ? 'cancellation_requested' : null,
    cancelComment: null,
    cancelFeedback: null,
    paymentMethod: wish.paymentMethod,
    description: wish.description,
    latestInvoice: null,
    metadata: wish.metadata,
    pauseCollection: null,
    trialStart: wish.trialEnd === null ? null : now,
    trialEnd: wish.trialEnd,
    missingMethod: wish.missingMethod,
    trialWarned: false,
    pausedAt: null,
    pending: [],
  };
}

/** The lines of the first invoice. */
export function firstLines(world: World, one: StoredSubscription, prorates: boolean) {
  if (one.status === 'trialing') return one.items.map((item) => trialLine(world, item));
  const recurring = recurringOf(world, one.items);
  if (one.anchor <= one.created) return one.items.map((item) => periodLine(world, item));
  const whole = one.anchor - boundaryAt(one.anchor, recurring, one.created);
  const share = { numerator: prorates ? one.anchor - one.created : 0, denominator: whole };
  return one.items.map((item) => periodLine(world, item, share));
}

/** Throws Stripe's 402 where the first payment is required and fails; then there is no subscription. */
export function subscribe(world: World, wish: SubscriptionWish): StoredSubscription {
  const subscription = drafted(world, wish);
  const lines = firstLines(world, subscription, wish.prorates);
  const balance = customerOf(world, wish.customer, 'customer').balance ?? 0;
  const { due } = dueOf(totalOf(lines), balance);
  const paidBy =
    wish.paidBy ??
    (wish.firstPayment === 'error_if_incomplete' && due > 0
      ? payAhead(world, subscription, due, wish.offSession)
      : null);
  world.state.subscriptions.push(subscription);
  emit(world, 'customer.subscription.created', subscriptionJson(world, subscription));
  const now = epochSeconds(world);
  const invoice = openInvoice(world, subscription, {
    reason: 'subscription_create',
    lines,
    periodStart: now,
    periodEnd: now,
    finalizesAt: null,
    autoAdvance: false,
  });
  finalizeInvoice(world, invoice, paidBy);
  settleFirst(world, subscription, invoice, wish, paidBy);
  return subscription;
}

function settleFirst(
  world: World,
  subscription: StoredSubscription,
  invoice: StoredInvoice,
  wish: SubscriptionWish,
  paidBy: string | null,
): void {
  if (invoice.status === 'paid') afterPaid(world, invoice, subscription);
  else if (paidBy !== null) settlePaid(world, invoice, subscription);
  else if (wish.firstPayment !== 'default_incomplete') {
    collect(world, invoice, { method: null, offSession: wish.offSession, automatic: false });
  }
}

/** An intent that pays before there is anything to pay: what it refuses leaves no trace but its own failed try. */
export function payAhead(world: World, one: StoredSubscription, due: number, offSession: boolean): string {
  const method = defaultMethodOf(world, one);
  if (method === null) {
    const message = 'This customer has no attached payment source or default payment method.';
    throw new Problem(400, { type: 'invalid_request_error', code: 'resource_missing', message }, true);
  }
  const description = intentDescription(one.latestInvoice === null ? 'subscription_create' : 'subscription_update');
  const intent = createInside(world, { amount: due, currency: one.currency, customer: one.customer, description });
  const done = confirmInside(world, intent, method, offSession);
  if (done.kind === 'declined') throw done.problem;
  if (done.kind !== 'paid') {
    const message = 'Your card was declined. This transaction requires authentication.';
    throw new Problem(402, { type: 'card_error', code: 'subscription_payment_intent_requires_action', message }, true);
  }
  return intent;
}

/** The intent has paid while the invoice was not yet there. */
export function settlePaid(world: World, invoice: StoredInvoice, subscription: StoredSubscription): void {
  invoice.attempts = 1;
  markPaid(world, invoice);
  afterPaid(world, invoice, subscription);
}
