/** Ending a subscription at once, and taking up one that its trial's end had paused. */
import type { StoredItem, StoredLine, StoredSubscription } from './billing-state.js';
import { boundaryAfter, boundaryAt } from './cycle.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { collect } from './invoice-collect.js';
import { finalizeInvoice, openInvoice } from './invoice-steps.js';
import { nested, oneOf } from './nested.js';
import { notPartOfTheDouble, Problem } from './problem.js';
import { periodLine, prorationLines } from './prorations.js';
import { changeSubscription, endSubscription, hasEnded, subscriptionOf } from './subscription-events.js';
import { subscriptionJson } from './subscription-json.js';
import { recurringOf } from './subscription-start.js';
import { CANCELLATION } from './subscription-update.js';
import { epochSeconds, type Run, type World } from './world.js';

export const SUBSCRIPTION_CANCEL_SPEC = {
  invoice_now: 'flag',
  prorate: 'flag',
  cancellation_details: 'tree',
  expand: 'list',
} as const;
export const SUBSCRIPTION_RESUME_SPEC = {
  billing_cycle_anchor: 'tree',
  payment_behavior: 'text',
  proration_behavior: 'text',
  expand: 'list',
} as const;

export const cancelSubscription: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('subscription', expand);
  const subscription = subscriptionOf(world, path[0] ?? '');
  if (hasEnded(subscription)) {
    const message = `No such subscription: '${subscription.id}'`;
    throw new Problem(404, { type: 'invalid_request_error', code: 'resource_missing', message }, true);
  }
  const [prorates, invoices] = [args.flag('prorate') === true, args.flag('invoice_now') === true];
  if (prorates && !invoices) throw notPartOfTheDouble('Prorating a cancellation without invoice_now');
  const details = nested(args, 'cancellation_details', CANCELLATION);
  subscription.cancelComment = details?.text('comment') ?? subscription.cancelComment;
  subscription.cancelFeedback = details?.text('feedback') ?? subscription.cancelFeedback;
  if (invoices) lastInvoice(world, subscription, prorates);
  endSubscription(world, subscription, 'cancellation_requested');
  return expanded(world, subscriptionJson(world, subscription), expand);
};

/** What was still to be invoiced and, where asked for, what the rest of the period is worth, which becomes credit. */
function lastInvoice(world: World, subscription: StoredSubscription, prorates: boolean): void {
  const now = epochSeconds(world);
  const unused = prorates && subscription.status !== 'trialing' ? subscription.items : [];
  const lines = [...subscription.pending, ...unused.flatMap((one) => prorationLines(world, one, now, -1))];
  if (lines.length === 0) return;
  const periodStart = subscription.items[0]?.periodStart ?? now;
  const shape = { periodStart, periodEnd: now, finalizesAt: null, autoAdvance: false };
  const invoice = openInvoice(world, subscription, { reason: 'subscription_update', lines, ...shape });
  finalizeInvoice(world, invoice);
  if (invoice.status === 'open') collect(world, invoice, { method: null, offSession: true, automatic: false });
}

export const resumeSubscription: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('subscription', expand);
  const subscription = subscriptionOf(world, path[0] ?? '');
  if (subscription.status !== 'paused') {
    const message = `Only a paused subscription can be resumed; this one is ${subscription.status}.`;
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  const anchor = nested(args, 'billing_cycle_anchor', { type: 'text' });
  const keeps = anchor !== undefined && oneOf(anchor, 'type', ['now', 'unchanged']) === 'unchanged';
  const needs = oneOf(args, 'payment_behavior', ['resume_on_payment_attempt', 'resume_on_payment_success']);
  const prorates = oneOf(args, 'proration_behavior', ['create_prorations', 'always_invoice', 'none']) !== 'none';
  resume(world, subscription, keeps, prorates, needs !== 'resume_on_payment_success');
  return expanded(world, subscriptionJson(world, subscription), expand);
};

function resume(
  world: World,
  subscription: StoredSubscription,
  keepsAnchor: boolean,
  prorates: boolean,
  onAttempt: boolean,
): void {
  const now = epochSeconds(world);
  changeSubscription(world, subscription, () => {
    if (!keepsAnchor) subscription.anchor = now;
    const end = boundaryAfter(subscription.anchor, recurringOf(world, subscription.items), now);
    for (const one of subscription.items) Object.assign(one, { periodStart: now, periodEnd: end });
    const part = keepsAnchor ? (prorates ? 'rest' : 'free') : 'whole';
    const lines = subscription.items.map((one) => lineFrom(world, subscription, one, part));
    const shape = { periodStart: now, periodEnd: now, finalizesAt: null, autoAdvance: true };
    openInvoice(world, subscription, { reason: 'subscription_update', lines, ...shape });
  });
  const invoice = world.state.invoices.find((one) => one.id === subscription.latestInvoice);
  if (invoice === undefined) return;
  finalizeInvoice(world, invoice);
  const paid =
    invoice.status === 'paid' ||
    collect(world, invoice, { method: null, offSession: true, automatic: onAttempt }).kind === 'paid';
  if (subscription.status !== 'paused' || !(paid || onAttempt)) return;
  changeSubscription(world, subscription, () => {
    subscription.status = paid ? 'active' : 'past_due';
    subscription.pausedAt = null;
  });
  emit(world, 'customer.subscription.resumed', subscriptionJson(world, subscription));
}

/** With the anchor kept the first period is a part of a whole one. */
function lineFrom(
  world: World,
  { anchor }: StoredSubscription,
  item: StoredItem,
  part: 'whole' | 'rest' | 'free',
): StoredLine {
  if (part === 'whole') return periodLine(world, item);
  const start = boundaryAt(anchor, recurringOf(world, [item]), item.periodStart);
  const numerator = part === 'rest' ? item.periodEnd - item.periodStart : 0;
  return periodLine(world, item, { numerator, denominator: item.periodEnd - start });
}
