/**
 * What an owner's wish for a plan means where plans are sold by subscriptions: what has to be asked of the processor, or that
 * it is changed here alone. Nothing changes by asking; what the processor has made of it is mirrored afterwards.
 */
import type { Book } from './book.js';
import { settingsOf } from './book.js';
import { isPaid, type Plan, planOf, sameCadence } from './catalog.js';
import { isClosed, isInTrial, planNow, standingOf } from './cycle.js';
import { DAY_MS } from './instant.js';
import { type RefusalReason, type Refused, refused } from './outcomes.js';
import { boundary } from './period.js';
import type { SubscriptionView } from './plan-state.js';
import { isLower } from './plans.js';
import { refuseTrialOffer } from './trial.js';

export type PlanWish =
  /** `trial`: true asks for one, false for none; absent: where there is one to be had. */
  | { readonly kind: 'choose'; readonly plan: string; readonly trial?: boolean }
  | { readonly kind: 'cancel' }
  /** Back to what was canceled or is past due. `plan`: which, where no subscription lives any more. */
  | { readonly kind: 'reactivate'; readonly plan?: string };

export interface PriceChange {
  readonly price: string;
  /** The difference for the rest of the period is charged; false: nothing is charged or given back for it. */
  readonly prorates: boolean;
}

export type PlanStep =
  | { readonly do: 'change_here'; readonly plan: string }
  | { readonly do: 'cancel_here' }
  | { readonly do: 'nothing' }
  | { readonly do: 'checkout'; readonly plan: Plan; readonly price: string; readonly trialDays: number | null }
  /** One after the other, at the subscription. */
  | { readonly do: 'set_prices'; readonly subscription: string; readonly changes: readonly PriceChange[] }
  | { readonly do: 'cancel_subscription'; readonly subscription: string }
  /** The open invoice is paid there. */
  | { readonly do: 'portal' }
  | { readonly do: 'refuse'; readonly refusal: Refused };

export interface Billed {
  /** The subscription that drives the plan, as the processor has it now; null: none does. */
  readonly subscription: SubscriptionView | null;
  /** Fingerprints of attached cards that have had a trial of this catalog. */
  readonly trialCards: ReadonlySet<string>;
}

const refuse = (reason: RefusalReason, message: string): PlanStep => ({
  do: 'refuse',
  refusal: refused(reason, message),
});

export function planStep(book: Book, wish: PlanWish, billed: Billed): PlanStep {
  if (isClosed(book)) return refuse('account_closed', 'This account is closed.');
  switch (wish.kind) {
    case 'cancel':
      return billed.subscription === null
        ? { do: 'cancel_here' }
        : { do: 'cancel_subscription', subscription: billed.subscription.id };
    case 'reactivate':
      return reactivate(book, wish.plan, billed);
    case 'choose': {
      const target = planOf(book.context.catalog, wish.plan);
      if (target === undefined) return unknownPlan(book, wish.plan);
      return billed.subscription === null
        ? begin(book, target, wish.trial, billed)
        : move(book, target, billed.subscription);
    }
  }
}

function unknownPlan(book: Book, key: string): PlanStep {
  const { catalog } = book.context;
  const names = catalog.plans.map((plan) => plan.key).join(', ');
  return refuse('unknown_plan', `"${key}" is not a plan of ${catalog.key}. Its plans: ${names}.`);
}

function reactivate(book: Book, key: string | undefined, billed: Billed): PlanStep {
  const { catalog } = book.context;
  const current = planNow(book);
  if (billed.subscription !== null) {
    if (standingOf(book).pastDue !== null) return { do: 'portal' };
    return current === undefined ? { do: 'nothing' } : move(book, current, billed.subscription);
  }
  if (key === undefined) {
    const names = catalog.plans.filter(isPaid).map((plan) => plan.key);
    return refuse('unknown_plan', `No subscription goes on: say which plan to take up again (${names.join(', ')}).`);
  }
  const target = planOf(catalog, key);
  return target === undefined ? unknownPlan(book, key) : begin(book, target, false, billed);
}

/** Without a subscription: a plan that is sold by one begins with Checkout, every other one is chosen here. */
function begin(book: Book, target: Plan, trial: boolean | undefined, { trialCards }: Billed): PlanStep {
  const [price] = target.stripePriceIds;
  const current = planNow(book);
  const { anchor, nextPlan, ending } = settingsOf(book);
  const stands = current !== undefined && anchor !== null;
  const isChosenAway = nextPlan !== null || ending;
  if (price === undefined) return { do: 'change_here', plan: target.key };
  // It is paid in another way than by a subscription: staying, and going down at the period's end, cost nothing more.
  if (stands && current.key === target.key && (isChosenAway || !isInTrial(book)))
    return { do: 'change_here', plan: target.key };
  if (stands && isPaid(current) && isLower(book.context.catalog, target, current) && !isInTrial(book))
    return { do: 'change_here', plan: target.key };
  const refusal = trial === false ? null : refuseTrialOffer(book, target, trialCards);
  const rest = restOfTrial(book);
  if (trial === true && refusal !== null && rest === null) return { do: 'refuse', refusal };
  const offered = trial === false || refusal !== null ? null : lengthOfTrial(book, target);
  return { do: 'checkout', plan: target, price, trialDays: rest ?? offered };
}

const wholeDays = (ms: number): number => Math.max(1, Math.ceil(ms / DAY_MS));

/** A trial that has begun here goes on under the subscription: nothing is charged before it would have ended. */
function restOfTrial(book: Book): number | null {
  const { trialEndsAt } = standingOf(book);
  return trialEndsAt === null ? null : wholeDays(trialEndsAt - book.at);
}

function lengthOfTrial(book: Book, plan: Plan): number {
  const length = plan.trial?.length ?? plan.every;
  return wholeDays(boundary(book.at, 'UTC', length, 1) - book.at);
}

/** With a subscription: its price is changed, up with the difference charged, down and back without anything charged. */
function move(book: Book, target: Plan, subscription: SubscriptionView): PlanStep {
  const { catalog } = book.context;
  const price = priceOf(target, subscription);
  if (price === undefined) {
    if (!isPaid(target)) return { do: 'cancel_subscription', subscription: subscription.id };
    return refuse(
      'not_offered',
      `${target.label} is not sold by subscription. Ask for it: ${catalog.brand.name} sets it up.`,
    );
  }
  const current = planNow(book);
  const to = (...changes: PriceChange[]): PlanStep => ({ do: 'set_prices', subscription: subscription.id, changes });
  if (current === undefined || current.key === target.key) {
    return standingOf(book).pastDue === null ? to({ price, prorates: false }) : { do: 'portal' };
  }
  if (isLower(catalog, target, current)) {
    if (sameCadence(current.shownEvery, target.shownEvery)) return to({ price, prorates: false });
    return refuse(
      'not_offered',
      `${target.label} is billed at other times than ${current.label}. Cancel ${current.label}, and choose ${target.label} when it has ended.`,
    );
  }
  if (standingOf(book).pastDue !== null)
    return refuse('past_due', 'The last invoice of this plan is not paid. Pay it before moving to a higher plan.');
  // A lower plan was chosen for the period's end: this period is paid at the present plan's price, and the difference is to that.
  const present = priceOf(current, subscription);
  const isLowered = !current.stripePriceIds.some((id) => subscription.priceIds.includes(id));
  const up = { price, prorates: true };
  return isLowered && present !== undefined ? to({ price: present, prorates: false }, up) : to(up);
}

/** The one it has already, where it has one of the plan's; else the first that the catalog names. */
const priceOf = (plan: Plan, { priceIds }: SubscriptionView): string | undefined =>
  plan.stripePriceIds.find((id) => priceIds.includes(id)) ?? plan.stripePriceIds[0];
