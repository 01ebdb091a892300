/**
 * Subscriptions at the processor drive the plan. A view is stored with its version, and what follows from it is decided
 * here: the same view twice changes nothing, and of two subscriptions the later made one counts while it lives.
 */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { type Plan, sameCadence } from './catalog.js';
import type { MirrorSubscription } from './commands.js';
import { changeStanding, isClosed, isInTrial, periodNow, planNow, standingOf } from './cycle.js';
import { DAY_MS, type Instant } from './instant.js';
import { type Outcome, refused } from './outcomes.js';
import { beginPastDue, clearPastDue } from './past-due.js';
import { boundary, ordinalAt } from './period.js';
import type { Subscription, SubscriptionStatus, SubscriptionView } from './plan-state.js';
import { cancelAt, chooseNext, goUp, isLower } from './plans.js';
import { enterPlan, fallBack, leaveFree } from './renewal.js';
import { beginTrial, distinctCards } from './trial.js';

/** The plan is in force under it; past due and unpaid are for the grace to decide. */
export const isLive = (status: SubscriptionStatus): boolean =>
  status === 'trialing' || status === 'active' || status === 'past_due' || status === 'unpaid';

/** Where a cancellation takes effect; null: it goes on. */
const endOf = (view: SubscriptionView): Instant | null =>
  view.cancelAt ?? (view.cancelAtPeriodEnd ? view.currentPeriod.end : null);

/**
 * What was canceled for an instant that has passed is over, though the processor says so a little later: its clock ends it
 * minutes after the boundary, and a view fetched in between must not begin the plan again that our clock has just ended.
 */
function livesOn(book: Book, view: SubscriptionView): boolean {
  const end = endOf(view);
  return isLive(view.status) && (end === null || end > book.at);
}

export const storedSubscription = (book: Book, id: string): Subscription | undefined =>
  book.effects.plans.subscriptions.get(id) ?? cold(book).plans.subscriptions.find(({ view }) => view.id === id);

export function mirrorSubscription(book: Book, { version, view }: MirrorSubscription): Outcome {
  const stored = storedSubscription(book, view.id);
  if ((stored?.version ?? 0) !== version) return { kind: 'stale' };
  const plan = book.context.catalog.plans.find((one) => one.stripePriceIds.some((id) => view.priceIds.includes(id)));
  if (plan === undefined && isLive(view.status)) {
    return refused(
      'unknown_plan',
      `No plan of ${book.context.catalog.key} has a price of ${view.priceIds.join(', ') || 'none'}. Name it under stripe_prices.`,
    );
  }
  store(book, { view, plan: plan?.key ?? null, version: version + 1, mirroredAt: book.at });
  if (drives(book, view)) {
    if (!livesOn(book, view)) over(book);
    else if (!isClosed(book) && plan !== undefined) follow(book, view, plan);
  }
  return mirrored(book, version + 1);
}

export const mirrored = (book: Book, version: number): Outcome => ({
  kind: 'mirrored',
  plan: settingsOf(book).plan,
  version,
  pastDue: standingOf(book).pastDue !== null,
});

export function store(book: Book, subscription: Subscription): void {
  book.effects.plans.subscriptions.set(subscription.view.id, subscription);
}

function drives(book: Book, view: SubscriptionView): boolean {
  const { subscription: driving } = standingOf(book);
  if (driving === view.id) return true;
  if (!livesOn(book, view)) return false;
  const other = driving === null ? undefined : storedSubscription(book, driving);
  return other === undefined || other.view.createdAt < view.createdAt;
}

/** Its end was not waited for: the plan ends with it. Where it was, the clock has done so already and this finds nothing. */
function over(book: Book): void {
  if (isClosed(book)) changeStanding(book, { subscription: null });
  else fallBack(book);
}

function follow(book: Book, view: SubscriptionView, plan: Plan): void {
  if (view.status === 'trialing') followTrial(book, view, plan);
  else followPaid(book, view, plan);
  followNext(book, view, plan);
  if (view.status === 'past_due' || view.status === 'unpaid') beginPastDue(book, settingsOf(book).ordinal);
  else clearPastDue(book);
}

/** A trial begun here and then seen there is one trial; one begun there cannot be refused any more and is noted. */
function followTrial(book: Book, view: SubscriptionView, plan: Plan): void {
  const endsAt = view.trialEnd ?? view.currentPeriod.end;
  const { trialEndsAt, trialUsedAt } = standingOf(book);
  if (trialEndsAt === null) {
    beginTrial(book, plan, endsAt, { granted: trialUsedAt === null, subscription: view.id });
    for (const { fingerprint } of distinctCards(book))
      book.effects.plans.trialCards.push({ fingerprint, claimed: false });
    return;
  }
  const current = planNow(book);
  if (current === undefined || isLower(book.context.catalog, current, plan)) changeSettings(book, { plan: plan.key });
  changeSettings(book, { anchor: endsAt });
  changeStanding(book, {
    ...{ trialEndsAt: endsAt, subscription: view.id },
    trialTold: standingOf(book).trialTold && endsAt <= trialEndsAt,
  });
}

function followPaid(book: Book, view: SubscriptionView, plan: Plan): void {
  const current = planNow(book);
  const { anchor } = settingsOf(book);
  const isDriving = standingOf(book).subscription === view.id;
  const isSame = current?.key === plan.key && anchor !== null;
  if (isInTrial(book) && isDriving && view.anchor > book.at) return;
  if (!isDriving && isSame && !isInTrial(book) && isOfThisPeriod(book, view, plan)) adopt(book, view, plan);
  else if (!isDriving || isInTrial(book) || current === undefined || anchor !== view.anchor)
    enterPlan(book, plan, view.anchor, view.id);
  else if (isLower(book.context.catalog, current, plan)) goUp(book, current, plan, view.anchor);
}

/** How far apart the begin of one period may lie here and there, where the two were not yet counted by one anchor. */
const SAME_PERIOD_MS = DAY_MS;

/** What was granted here is what the subscription pays for, and not a period before it. */
function isOfThisPeriod(book: Book, view: SubscriptionView, plan: Plan): boolean {
  const startsAt = boundary(view.anchor, 'UTC', plan.every, ordinalAt(view.anchor, 'UTC', plan.every, book.at));
  const ours = periodNow(book)?.startsAt;
  return ours !== undefined && Math.abs(ours - startsAt) <= SAME_PERIOD_MS;
}

/** The plan was begun here before its subscription was seen: its periods are counted by the processor's anchor from now on. */
function adopt(book: Book, view: SubscriptionView, plan: Plan): void {
  leaveFree(book);
  const ordinal = ordinalAt(view.anchor, 'UTC', plan.every, book.at);
  changeSettings(book, { anchor: view.anchor, ordinal, run: settingsOf(book).run + 1 });
  changeStanding(book, {
    subscription: view.id,
    nextFrom: null,
    terms: { every: plan.every, overageCapMinor: plan.overageCapMinor },
  });
}

/** What the plan becomes next is what the processor says now: a cancellation, a lower price, or that it stays. */
function followNext(book: Book, view: SubscriptionView, plan: Plan): void {
  const current = planNow(book);
  const end = endOf(view);
  if (end !== null) cancelAt(book, end);
  else if (current !== undefined && current.key !== plan.key)
    chooseNext(book, { plan: plan.key, at: sameCadence(current.every, plan.every) ? view.currentPeriod.end : null });
  else chooseNext(book, null);
}
