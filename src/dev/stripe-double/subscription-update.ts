/**
 * Changing a subscription: its price, quantity, trial, anchor, card or end. First everything is worked out on a copy; then
 * it is paid for where that decides whether it happens; then it happens, with its invoice.
 */

import { type Args, metadataAfter } from './args.js';
import type { PauseBehavior, StoredItem, StoredLine, StoredSubscription } from './billing-state.js';
import { priceOf } from './catalog-json.js';
import { customerOf } from './customers.js';
import { boundaryAfter } from './cycle.js';
import { checkExpand, expanded } from './expand.js';
import { collect } from './invoice-collect.js';
import { dueOf, totalOf } from './invoice-json.js';
import { finalizeInvoice, openInvoice } from './invoice-steps.js';
import { nested, nestedList, oneOf } from './nested.js';
import { inlinePrice, PRICE_DATA_SPEC } from './prices.js';
import { badParameter, missing, Problem } from './problem.js';
import { periodLine, prorationLines, trialLine } from './prorations.js';
import { newId } from './state.js';
import { changeSubscription, hasEnded, subscriptionOf } from './subscription-events.js';
import { subscriptionJson } from './subscription-json.js';
import { payAhead, pricesOf, recurringOf, settlePaid } from './subscription-start.js';
import { futureInstant, missingMethodAsked, ownMethod, quantityOf } from './subscriptions.js';
import { epochSeconds, type Run, type World } from './world.js';

export const SUBSCRIPTION_UPDATE_SPEC = {
  items: 'tree',
  proration_behavior: 'text',
  payment_behavior: 'text',
  cancel_at_period_end: 'flag',
  cancel_at: 'text',
  cancellation_details: 'tree',
  trial_end: 'text',
  trial_settings: 'tree',
  pause_collection: 'tree',
  default_payment_method: 'text',
  billing_cycle_anchor: 'tree',
  description: 'text',
  metadata: 'group',
  off_session: 'flag',
  expand: 'list',
} as const;

const ITEM = {
  id: 'text',
  price: 'text',
  price_data: 'tree',
  quantity: 'integer',
  deleted: 'flag',
  metadata: 'group',
} as const;
const PAUSE: readonly PauseBehavior[] = ['keep_as_draft', 'mark_uncollectible', 'void'];
export const CANCELLATION = { comment: 'text', feedback: 'text' } as const;

/** What a change comes to: the subscription as it will be, and the invoice that it makes at once, if any. */
export interface Planned {
  readonly next: StoredSubscription;
  readonly lines: readonly StoredLine[];
  readonly invoices: boolean;
}

export const updateSubscription: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('subscription', expand);
  const subscription = subscriptionOf(world, path[0] ?? '');
  if (hasEnded(subscription)) {
    const message = 'A canceled subscription can only update its cancellation_details and metadata.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  const behaviour = oneOf(args, 'payment_behavior', ['allow_incomplete', 'default_incomplete', 'error_if_incomplete']);
  const planned = plan(world, subscription, args);
  perform(world, subscription, planned, behaviour ?? 'allow_incomplete', args.flag('off_session') === true);
  return expanded(world, subscriptionJson(world, subscription), expand);
};

/** Nothing of the subscription is touched. */
export function plan(world: World, subscription: StoredSubscription, args: Args): Planned {
  const now = epochSeconds(world);
  const next = structuredClone(subscription);
  const prorates = oneOf(args, 'proration_behavior', ['create_prorations', 'always_invoice', 'none']);
  applyWishes(world, next, args, now);
  next.items = itemsAfter(world, next, args, now);
  pricesOf(
    world,
    next.items.map((one) => one.price),
  );
  const trial = trialAfter(next, args, now);
  const moves = trial !== 'kept' || movesAnchor(world, subscription, next, args);
  const credited =
    subscription.status === 'trialing' || prorates === 'none' ? [] : creditsOf(world, subscription, next, now, moves);
  if (moves) return { next, ...restarted(world, next, credited, trial === 'begun', now) };
  const added =
    subscription.status === 'trialing' || prorates === 'none'
      ? []
      : changedItems(next, subscription).flatMap((one) => prorationLines(world, one, now, 1));
  const lines = [...credited, ...added];
  if (prorates === 'always_invoice' && lines.length > 0) {
    const all = [...next.pending, ...lines];
    next.pending = [];
    return { next, lines: all, invoices: true };
  }
  next.pending.push(...lines);
  return { next, lines: [], invoices: false };
}

function applyWishes(world: World, next: StoredSubscription, args: Args, now: number): void {
  next.metadata = metadataAfter(next.metadata, args.group('metadata'));
  const description = args.text('description');
  if (description !== undefined) next.description = description;
  const method = ownMethod(world, next.customer, args);
  if (method !== undefined) next.paymentMethod = method;
  next.missingMethod = missingMethodAsked(args) ?? next.missingMethod;
  applyEnd(next, args, now);
  const details = nested(args, 'cancellation_details', CANCELLATION);
  next.cancelComment = details?.text('comment') ?? next.cancelComment;
  next.cancelFeedback = details?.text('feedback') ?? next.cancelFeedback;
  if (args.tree('pause_collection') === undefined) return;
  const pause = nested(args, 'pause_collection', { behavior: 'text', resumes_at: 'integer' });
  next.pauseCollection =
    pause === undefined
      ? null
      : { behavior: oneOf(pause, 'behavior', PAUSE) ?? 'void', resumesAt: pause.integer('resumes_at') ?? null };
}

const periodEndOf = (one: StoredSubscription): number => Math.min(...one.items.map((item) => item.periodEnd));

function applyEnd(next: StoredSubscription, args: Args, now: number): void {
  const [atEnd, at] = [args.flag('cancel_at_period_end'), args.text('cancel_at')];
  if (atEnd !== undefined && at) {
    throw badParameter('cancel_at', 'parameter_invalid', 'Say cancel_at or cancel_at_period_end, not both.');
  }
  if (atEnd === undefined && at === undefined) return;
  const end = atEnd === true ? periodEndOf(next) : at ? futureInstant('cancel_at', at, now) : null;
  next.cancelAtPeriodEnd = atEnd === true;
  next.cancelAt = end;
  next.canceledAt = end === null ? null : now;
  next.cancelReason = end === null ? null : 'cancellation_requested';
}

function itemsAfter(world: World, next: StoredSubscription, args: Args, now: number): StoredItem[] {
  const items = [...next.items];
  for (const asked of nestedList(args, 'items', ITEM)) {
    const id = asked.text('id');
    const at = items.findIndex((one) => one.id === id);
    if (id && at < 0) throw missing('subscription_item', id, 'items[id]', 400);
    const known = items[at];
    if (known !== undefined && asked.flag('deleted') === true) {
      items.splice(at, 1);
      continue;
    }
    const data = nested(asked, 'price_data', PRICE_DATA_SPEC);
    const price = data === undefined ? (asked.text('price') ?? known?.price) : inlinePrice(world, data).id;
    if (!price) throw badParameter('items[price]', 'parameter_missing', 'Missing required param: items[price].');
    const quantity = asked.integer('quantity') === undefined && known ? known.quantity : quantityOf(asked);
    const metadata = metadataAfter(known?.metadata ?? {}, asked.group('metadata'));
    const [first] = next.items;
    const period = { periodStart: first?.periodStart ?? now, periodEnd: first?.periodEnd ?? now };
    if (known === undefined) items.push({ id: newId('si_', 14), created: now, ...period, price, quantity, metadata });
    else items[at] = { ...known, price, quantity, metadata };
  }
  return items;
}

/** Ends a trial now, moves its end, or begins one. */
function trialAfter(next: StoredSubscription, args: Args, now: number): 'kept' | 'ended' | 'begun' {
  const asked = args.text('trial_end');
  if (!asked) return 'kept';
  if (asked === 'now') {
    if (next.status !== 'trialing') return 'kept';
    next.status = 'active';
    next.trialEnd = now;
    return 'ended';
  }
  next.trialEnd = futureInstant('trial_end', asked, now);
  next.trialStart ??= now;
  next.trialWarned = false;
  next.status = 'trialing';
  return 'begun';
}

function movesAnchor(world: World, before: StoredSubscription, next: StoredSubscription, args: Args): boolean {
  const anchor = nested(args, 'billing_cycle_anchor', { type: 'text' });
  if (anchor !== undefined && oneOf(anchor, 'type', ['now', 'unchanged']) === 'now') return true;
  if (before.status === 'trialing') return false;
  const interval = (one: StoredSubscription) => JSON.stringify(recurringOf(world, one.items));
  const isFree = (one: StoredSubscription) =>
    one.items.every((item) => priceOf(world, item.price).unitAmount * item.quantity === 0);
  return interval(before) !== interval(next) || (isFree(before) && !isFree(next));
}

/** The items of `one` that the other does not have, or has otherwise. */
const changedItems = (one: StoredSubscription, other: StoredSubscription): StoredItem[] =>
  one.items.filter(
    (item) =>
      !other.items.some((same) => same.id === item.id && same.price === item.price && same.quantity === item.quantity),
  );

const creditsOf = (
  world: World,
  before: StoredSubscription,
  next: StoredSubscription,
  now: number,
  all: boolean,
): StoredLine[] =>
  (all ? before.items : changedItems(before, next)).flatMap((one) => prorationLines(world, one, now, -1));

/** A new period from now on, or a trial, invoiced at once. */
function restarted(
  world: World,
  next: StoredSubscription,
  credited: readonly StoredLine[],
  trial: boolean,
  now: number,
): Omit<Planned, 'next'> {
  next.anchor = trial ? (next.trialEnd ?? now) : now;
  const end = trial ? next.anchor : boundaryAfter(now, recurringOf(world, next.items), now);
  next.items = next.items.map((one) => ({ ...one, periodStart: now, periodEnd: end }));
  if (next.cancelAtPeriodEnd) next.cancelAt = end;
  const lines = next.items.map((one) => (trial ? trialLine(world, one) : periodLine(world, one)));
  const pending = next.pending;
  next.pending = [];
  return { lines: [...pending, ...credited, ...lines], invoices: true };
}

function perform(
  world: World,
  subscription: StoredSubscription,
  planned: Planned,
  behaviour: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete',
  offSession: boolean,
): void {
  const now = epochSeconds(world);
  const { due } = dueOf(totalOf(planned.lines), customerOf(world, subscription.customer, 'customer').balance ?? 0);
  const ahead = planned.invoices && due > 0 && behaviour === 'error_if_incomplete';
  const paidBy = ahead ? payAhead(world, subscription, due, offSession) : null;
  const { periodStart = now } = subscription.items[0] ?? {};
  changeSubscription(world, subscription, () => {
    Object.assign(subscription, planned.next);
    if (!planned.invoices) return;
    openInvoice(world, subscription, {
      reason: 'subscription_update',
      lines: planned.lines,
      periodStart,
      periodEnd: now,
      finalizesAt: null,
      autoAdvance: true,
    });
  });
  const invoice = world.state.invoices.find((one) => one.id === subscription.latestInvoice);
  if (!planned.invoices || invoice === undefined) return;
  finalizeInvoice(world, invoice, paidBy);
  if (paidBy !== null) settlePaid(world, invoice, subscription);
  else if (invoice.status === 'open' && behaviour !== 'default_incomplete') {
    collect(world, invoice, { method: null, offSession, automatic: true });
  }
}
