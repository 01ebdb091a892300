/** What time does to subscriptions and their invoices: renewals, trials' ends, retries. Each step at its own instant. */
import type { StoredInvoice, StoredSubscription } from './billing-state.js';
import { boundaryAfter } from './cycle.js';
import { emit } from './events.js';
import { collect, defaultMethodOf } from './invoice-collect.js';
import { finalizeInvoice, markUncollectible, openInvoice, voidInvoice } from './invoice-steps.js';
import { periodLine } from './prorations.js';
import { changeSubscription, endSubscription, hasEnded, subscriptionOf } from './subscription-events.js';
import { subscriptionJson } from './subscription-json.js';
import { recurringOf } from './subscription-start.js';
import { epochSeconds, type World } from './world.js';

/** Something that falls due at `at` (epoch seconds). Running it must leave it no longer due. */
export interface Due {
  readonly at: number;
  readonly run: (world: World) => void;
}

const DAY = 86_400;
/** How long before its end a trial is announced. */
const WARNING = 3 * DAY;
/** How long the first payment may take. */
const INCOMPLETE_LIFE = 23 * 3_600;

export function dueOfSubscription(one: StoredSubscription): Due[] {
  if (hasEnded(one)) return [];
  const due: Due[] = [];
  if (one.pauseCollection?.resumesAt != null) {
    due.push({ at: one.pauseCollection.resumesAt, run: (world) => resumeCollection(world, one) });
  }
  switch (one.status) {
    case 'incomplete':
      due.push({ at: one.created + INCOMPLETE_LIFE, run: (world) => expire(world, one) });
      break;
    case 'trialing': {
      const end = one.trialEnd ?? one.created;
      // A trial that is shorter than the warning is announced when it begins.
      if (!one.trialWarned) due.push({ at: Math.max(end - WARNING, one.created), run: (world) => warn(world, one) });
      due.push({ at: one.cancelAt === null ? end : Math.min(end, one.cancelAt), run: (world) => endTrial(world, one) });
      break;
    }
    case 'active':
    case 'past_due':
    case 'unpaid': {
      const end = Math.min(...one.items.map((item) => item.periodEnd));
      const at = one.cancelAt === null ? end : Math.min(end, one.cancelAt);
      due.push({ at, run: (world) => renew(world, one) });
      break;
    }
    default:
      break;
  }
  return due;
}

export function dueOfInvoice(one: StoredInvoice): Due[] {
  if (one.status === 'draft' && one.finalizesAt !== null) {
    return [{ at: one.finalizesAt, run: (world) => finalizeDraft(world, one) }];
  }
  if (one.status === 'open' && one.nextAttempt !== null) {
    return [{ at: one.nextAttempt, run: (world) => tryInvoice(world, one) }];
  }
  return [];
}

function warn(world: World, one: StoredSubscription): void {
  one.trialWarned = true;
  emit(world, 'customer.subscription.trial_will_end', subscriptionJson(world, one));
}

function expire(world: World, one: StoredSubscription): void {
  const invoice = world.state.invoices.find((each) => each.id === one.latestInvoice);
  if (invoice?.status === 'open') voidInvoice(world, invoice);
  changeSubscription(world, one, () => {
    one.status = 'incomplete_expired';
    one.endedAt = epochSeconds(world);
  });
}

function resumeCollection(world: World, one: StoredSubscription): void {
  changeSubscription(world, one, () => {
    one.pauseCollection = null;
  });
}

const endsNow = (world: World, one: StoredSubscription): boolean =>
  one.cancelAt !== null && one.cancelAt <= epochSeconds(world);

function endTrial(world: World, one: StoredSubscription): void {
  const goesOn = defaultMethodOf(world, one) !== null || (one.missingMethod ?? 'create_invoice') === 'create_invoice';
  if (endsNow(world, one)) endSubscription(world, one, null);
  else if (goesOn) begin(world, one);
  else if (one.missingMethod === 'cancel') endSubscription(world, one, null);
  else pause(world, one);
}

function pause(world: World, one: StoredSubscription): void {
  changeSubscription(world, one, () => {
    one.status = 'paused';
    one.pausedAt = epochSeconds(world);
  });
  emit(world, 'customer.subscription.paused', subscriptionJson(world, one));
}

function renew(world: World, one: StoredSubscription): void {
  if (endsNow(world, one)) endSubscription(world, one, null);
  else begin(world, one);
}

/** The next period, with the draft of its invoice. One that is not paid any more makes drafts only. */
function begin(world: World, one: StoredSubscription): void {
  changeSubscription(world, one, () => {
    const [first] = one.items;
    const start = Math.min(...one.items.map((item) => item.periodEnd));
    if (one.status === 'trialing') one.status = 'active';
    const end = boundaryAfter(one.anchor, recurringOf(world, one.items), start);
    const before = first?.periodStart ?? start;
    for (const item of one.items) Object.assign(item, { periodStart: start, periodEnd: end });
    if (one.cancelAtPeriodEnd) one.cancelAt = end;
    const lines = [...one.pending, ...one.items.map((item) => periodLine(world, item))];
    one.pending = [];
    const goesOn = one.status !== 'unpaid' && one.pauseCollection?.behavior !== 'keep_as_draft';
    openInvoice(world, one, {
      reason: 'subscription_cycle',
      lines,
      periodStart: before,
      periodEnd: start,
      finalizesAt: goesOn ? epochSeconds(world) + world.state.billing.draftSeconds : null,
      autoAdvance: goesOn,
    });
  });
}

function finalizeDraft(world: World, invoice: StoredInvoice): void {
  const subscription = subscriptionOf(world, invoice.subscription);
  finalizeInvoice(world, invoice);
  if (invoice.status !== 'open') return;
  switch (subscription.pauseCollection?.behavior) {
    case 'void':
      voidInvoice(world, invoice);
      break;
    case 'mark_uncollectible':
      markUncollectible(world, invoice);
      break;
    default:
      tryInvoice(world, invoice);
  }
}

function tryInvoice(world: World, invoice: StoredInvoice): void {
  collect(world, invoice, { method: null, offSession: true, automatic: true });
}
