/** What a subscription's next invoice would be, also after a change that is only being thought of. Nothing is kept. */
import { readArgs } from './args.js';
import type { StoredInvoice, StoredLine, StoredSubscription } from './billing-state.js';
import { customerOf } from './customers.js';
import { boundaryAfter } from './cycle.js';
import { dueOf, invoiceJson, totalOf } from './invoice-json.js';
import { nested } from './nested.js';
import { badParameter } from './problem.js';
import { periodLine } from './prorations.js';
import { newId } from './state.js';
import { hasEnded, subscriptionOf } from './subscription-events.js';
import { recurringOf } from './subscription-start.js';
import { plan } from './subscription-update.js';
import { epochSeconds, type Run, type World } from './world.js';

export const PREVIEW_SPEC = {
  customer: 'text',
  subscription: 'text',
  subscription_details: 'tree',
  expand: 'list',
} as const;
const DETAILS = {
  items: 'tree',
  proration_behavior: 'text',
  cancel_at_period_end: 'flag',
  cancel_at: 'text',
  trial_end: 'text',
  billing_cycle_anchor: 'tree',
} as const;

export const previewInvoice: Run = ({ world, args }) => {
  const subscription = subscriptionOf(world, args.required('subscription'), 'subscription', 400);
  const asked = nested(args, 'subscription_details', DETAILS) ?? readArgs(DETAILS, {});
  const { next, lines, invoices } = plan(world, subscription, asked);
  const ends = next.cancelAt !== null && next.cancelAt <= (next.items[0]?.periodEnd ?? 0);
  if (hasEnded(subscription) || (!invoices && ends)) {
    throw badParameter('subscription', 'invoice_upcoming_none', 'No upcoming invoices for this subscription.');
  }
  const invoice = drafted(world, subscription, invoices ? lines : renewalLines(world, next));
  return { ...invoiceJson(world, invoice), billing_reason: 'upcoming' };
};

function renewalLines(world: World, next: StoredSubscription): StoredLine[] {
  const recurring = recurringOf(world, next.items);
  const periods = next.items.map((one) => {
    const period = { periodStart: one.periodEnd, periodEnd: boundaryAfter(next.anchor, recurring, one.periodEnd) };
    return periodLine(world, { ...one, ...period });
  });
  return [...next.pending, ...periods];
}

function drafted(world: World, one: StoredSubscription, lines: readonly StoredLine[]): StoredInvoice {
  const now = epochSeconds(world);
  const startingBalance = customerOf(world, one.customer, 'customer').balance ?? 0;
  const { due, left } = dueOf(totalOf(lines), startingBalance);
  return {
    id: newId('upcoming_in_'),
    created: now,
    customer: one.customer,
    subscription: one.id,
    currency: one.currency,
    reason: 'subscription_update',
    lines,
    periodStart: one.items[0]?.periodStart ?? now,
    periodEnd: one.items[0]?.periodEnd ?? now,
    subscriptionMetadata: { ...one.metadata },
    number: null,
    status: 'draft',
    amountDue: due,
    amountPaid: 0,
    startingBalance,
    endingBalance: left,
    attempts: 0,
    attempted: false,
    autoAdvance: false,
    finalizesAt: null,
    nextAttempt: null,
    payment: null,
    finalizedAt: null,
    paidAt: null,
    voidedAt: null,
    uncollectibleAt: null,
  };
}
