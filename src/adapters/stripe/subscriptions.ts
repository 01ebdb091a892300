/** Stripe's subscriptions, invoices and Checkout sessions as the domain reads them. Read only; nothing is decided here. */
import type Stripe from 'stripe';
import { type Instant, instant } from '../../domain/instant.js';
import { minorUnits } from '../../domain/money.js';
import type { InvoiceStatus, InvoiceView, SubscriptionStatus, SubscriptionView } from '../../domain/plan-state.js';
import type { Log, SessionView, Subscriptions, Unreadable } from '../../ports.js';
import { makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, type StripeSettings } from './client.js';
import { METADATA } from './intent-view.js';
import { noAnswer } from './records.js';

export function makeStripeSubscriptions(settings: StripeSettings & { readonly log?: Log }): Subscriptions {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);
  return {
    async subscription(id) {
      const found = await call('subscriptions.retrieve', () => stripe.subscriptions.retrieve(id));
      if (found.kind !== 'answer') return noAnswer(found);
      const view = subscriptionView(found.value);
      return view === null
        ? unreadable(`The subscription ${id} is ${found.value.status}.`)
        : { kind: 'seen', view, customer: idOf(found.value.customer) ?? '' };
    },
    async invoice(id) {
      const found = await call('invoices.retrieve', () => stripe.invoices.retrieve(id));
      if (found.kind !== 'answer') return noAnswer(found);
      const view = invoiceView(found.value);
      return view === null
        ? unreadable(`The invoice ${id} is ${found.value.status ?? 'in no state'}.`)
        : { kind: 'seen', view, customer: idOf(found.value.customer) };
    },
    async session(id) {
      const found = await call('checkout.sessions.retrieve', () => stripe.checkout.sessions.retrieve(id));
      if (found.kind !== 'answer') return noAnswer(found);
      const view = sessionView(found.value);
      return view === null
        ? unreadable(`The Checkout session ${id} is in no state that is known here.`)
        : { kind: 'seen', view };
    },
  };
}

const STATUSES: ReadonlySet<string> = new Set<SubscriptionStatus>([
  'trialing',
  'active',
  'past_due',
  'canceled',
  'unpaid',
  'incomplete',
  'incomplete_expired',
  'paused',
]);

/** Periods stand on the items; all items of one subscription share them unless somebody mixed billing intervals. */
export function subscriptionView(one: Stripe.Subscription): SubscriptionView | null {
  const [first] = one.items.data;
  if (!STATUSES.has(one.status) || first === undefined) return null;
  return {
    id: one.id,
    status: one.status as SubscriptionStatus,
    createdAt: at(one.created),
    priceIds: one.items.data.map((item) => item.price.id),
    anchor: at(one.billing_cycle_anchor),
    currentPeriod: { start: at(first.current_period_start), end: at(first.current_period_end) },
    trialEnd: maybe(one.trial_end),
    cancelAtPeriodEnd: one.cancel_at_period_end,
    cancelAt: maybe(one.cancel_at),
    endedAt: maybe(one.ended_at),
    collectionPaused: one.pause_collection !== null,
  };
}

export function invoiceView(one: Stripe.Invoice): InvoiceView | null {
  const status = invoiceStatus(one);
  if (status === null) return null;
  return {
    id: one.id,
    subscription: idOf(one.parent?.subscription_details?.subscription ?? null),
    status,
    periodStart: at(startOf(one)),
    amountMinor: minorUnits(one.amount_due),
    paidAt: maybe(one.status_transitions.paid_at),
  };
}

/** Given up for lost is not paid. */
function invoiceStatus({ status, attempted, amount_remaining: left }: Stripe.Invoice): InvoiceStatus | null {
  switch (status) {
    case 'draft':
      return 'open';
    case 'open':
      return attempted && left > 0 ? 'failed' : 'open';
    case 'uncollectible':
      return 'failed';
    case 'paid':
      return 'paid';
    case 'void':
      return 'void';
    default:
      return null;
  }
}

/**
 * Where the period begins that the invoice asks money for: its latest line that is no proration. The invoice's own period
 * is the one before, in which its items came together.
 */
function startOf({ lines, period_end: end }: Stripe.Invoice): number {
  const starts = (of: readonly Stripe.InvoiceLineItem[]) => of.map((line) => line.period.start);
  const whole = starts(lines.data.filter((line) => line.parent?.subscription_item_details?.proration !== true));
  if (whole.length > 0) return Math.max(...whole);
  const parts = starts(lines.data);
  return parts.length > 0 ? Math.min(...parts) : end;
}

const MODES = ['payment', 'setup', 'subscription'] as const;
const SESSIONS = ['open', 'complete', 'expired'] as const;

function sessionView(one: Stripe.Checkout.Session): SessionView | null {
  const status = SESSIONS.find((known) => known === one.status);
  if (status === undefined) return null;
  return {
    mode: MODES.find((known) => known === one.mode) ?? 'other',
    status,
    customer: idOf(one.customer),
    intent: idOf(one.payment_intent),
    setupIntent: idOf(one.setup_intent),
    subscription: idOf(one.subscription),
    charge: one.metadata?.[METADATA.charge] ?? null,
    deployment: one.metadata?.[METADATA.deployment] ?? null,
  };
}

const at = (seconds: number): Instant => instant(seconds * 1_000);
const maybe = (seconds: number | null): Instant | null => (seconds === null ? null : at(seconds));
const idOf = (value: string | { readonly id: string } | null): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);
const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });
