/**
 * An owner's wish for a plan. Where a subscription bills the plan it is changed there, first as the processor has it now and
 * not as it was last heard of, and what came of it is mirrored at once. Each change is an end to reach: whoever dies between
 * two steps, or asks twice, ends where one uninterrupted wish would have.
 */
import type { Charging } from '../domain/book.js';
import type { Command } from '../domain/commands.js';
import type { AccountId } from '../domain/ids.js';
import { type Refused, refused } from '../domain/outcomes.js';
import { bookAsIf } from '../domain/overview-book.js';
import { type PlanStep, type PlanWish, planStep } from '../domain/plan-wish.js';
import { withResult } from '../domain/return-link.js';
import type { AccountReading, Subscriptions, TrialCards } from '../ports.js';
import { type BeginCheckoutDeps, homeOf, makeOpenPortal, type OwnerWish } from './begin-checkout.js';
import { type BringSubscriptionDeps, bringSubscription } from './bring-subscription.js';
import { type OwnerAnswer, troubled, unknownAccount } from './checkout-answer.js';
import { ownCustomer } from './own-customer.js';

export interface ChoosePlanDeps extends BeginCheckoutDeps, Pick<BringSubscriptionDeps, 'charges'> {
  readonly charges: BeginCheckoutDeps['charges'] & BringSubscriptionDeps['charges'];
  readonly subscriptions: Pick<Subscriptions, 'subscription'>;
  readonly trialCards: TrialCards;
  /** The operator's switch. */
  readonly charging: () => Promise<Charging>;
  readonly newId: () => string;
}

export type PlanAnswer =
  | OwnerAnswer
  /** Nothing is to be paid or clicked: the plan is, or will be at the period's end, as was wished. */
  | { readonly kind: 'done'; readonly plan: string; readonly note: string | null };

export type PlanAsked = OwnerWish & { readonly wish: PlanWish };

/** A second look, where somebody completed another Checkout in between. */
const TURNS = 2;

export function makeChoosePlan(deps: ChoosePlanDeps) {
  return async (asked: PlanAsked): Promise<PlanAnswer> => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const decided = await decide(deps, asked);
      if (decided.kind !== 'step') return decided;
      const answer = await act(deps, asked, decided.step);
      if (answer.kind !== 'again') return answer;
    }
    return refused('subscribed', 'A subscription has just begun for this account. Look at the billing page again.');
  };
}

type Again = { readonly kind: 'again' };

async function decide(
  deps: ChoosePlanDeps,
  { account, wish }: PlanAsked,
): Promise<{ readonly kind: 'step'; readonly step: PlanStep } | Exclude<PlanAnswer, { kind: 'go' }>> {
  const before = await deps.states.read(account);
  if (before === null) return unknownAccount();
  const driving = drivingOf(before);
  const brought = driving === null ? null : await bringSubscription(deps, account, driving);
  if (brought !== null && brought.kind !== 'brought') return unbrought(deps, brought);
  const reading = brought === null ? before : await deps.states.read(account);
  if (reading === null) return unknownAccount();
  const catalog = deps.catalogs.find(reading.catalog);
  if (catalog === undefined) return refused('internal', `The catalog "${reading.catalog}" is not loaded here.`);
  const { deployment, newId } = deps;
  const book = bookAsIf(reading.state, reading.now, { catalog, deployment, newId });
  // It may have ended, or another one may drive the plan since.
  const subscription = brought !== null && drivingOf(reading) === brought.view.id ? brought.view : null;
  if (subscription === null && drivingOf(reading) !== null) return { kind: 'unavailable', reason: 'The plan changes.' };
  const trialCards = await deps.trialCards.attachedTo(account);
  return { kind: 'step', step: planStep(book, wish, { subscription, trialCards }) };
}

const drivingOf = (reading: AccountReading): string | null =>
  reading.state.cold?.settings.standing.subscription ?? null;

type Unbrought = Exclude<Awaited<ReturnType<typeof bringSubscription>>, { kind: 'brought' }>;

function unbrought(deps: ChoosePlanDeps, brought: Unbrought): Exclude<OwnerAnswer, { kind: 'go' }> {
  switch (brought.kind) {
    case 'foreign':
    case 'unnamed':
      return refused('internal', 'This plan’s subscription cannot be read. It is recorded, and looked at by a person.');
    case 'busy':
      return { kind: 'unavailable', reason: 'The subscription is changing.' };
    case 'unreadable':
      return { kind: 'unavailable', reason: brought.reason };
    default:
      return troubled(brought, deps.log);
  }
}

async function act(deps: ChoosePlanDeps, asked: PlanAsked, step: PlanStep): Promise<PlanAnswer | Again> {
  const { account, by, key } = asked;
  switch (step.do) {
    case 'refuse':
      return step.refusal;
    case 'nothing':
      return done(deps, account);
    case 'change_here':
      return here(deps, { kind: 'change_plan', account, by, plan: step.plan });
    case 'cancel_here':
      return here(deps, { kind: 'cancel_plan', account, by });
    case 'portal':
      return makeOpenPortal(deps)(asked);
    case 'checkout':
      return (await stopped(deps)) ?? offerPlan(deps, asked, step);
    case 'set_prices': {
      const { subscription, changes } = step;
      const held = changes.some((one) => one.prorates) ? await stopped(deps) : null;
      if (held !== null) return held;
      const among = await pricesOf(deps, account);
      for (const [place, change] of changes.entries()) {
        const wish = { subscription, among, ...change, key: `${key}:${place}` };
        const made = await deps.checkout.setPrice(wish);
        if (made.kind !== 'done') return troubled(made, deps.log);
      }
      return mirrored(deps, account, subscription);
    }
    case 'cancel_subscription': {
      const made = await deps.checkout.cancelAtEnd({ subscription: step.subscription, key });
      return made.kind === 'done' ? mirrored(deps, account, step.subscription) : troubled(made, deps.log);
    }
  }
}

/** Whatever could move money waits while the operator's switch is not on. */
async function stopped(deps: ChoosePlanDeps): Promise<Refused | null> {
  if ((await deps.charging()) === 'on') return null;
  return refused('charging_stopped', 'Nothing can be bought at the moment: charging is paused. Try again later.');
}

async function pricesOf(deps: ChoosePlanDeps, account: AccountId): Promise<readonly string[]> {
  const reading = await deps.states.read(account);
  const catalog = reading === null ? undefined : deps.catalogs.find(reading.catalog);
  return catalog?.plans.flatMap((plan) => plan.stripePriceIds) ?? [];
}

async function here(deps: ChoosePlanDeps, command: Command): Promise<PlanAnswer> {
  const posted = await deps.ledger.post([command]);
  if (posted.kind === 'unavailable') return { kind: 'unavailable', reason: posted.reason };
  const [outcome] = posted.outcomes;
  if (outcome?.kind === 'refused') return outcome;
  if (outcome?.kind !== 'configured') throw new Error(`${command.kind} was answered ${outcome?.kind}`);
  return done(deps, command.account, outcome.note ?? null);
}

async function done(deps: ChoosePlanDeps, account: AccountId, note: string | null = null): Promise<PlanAnswer> {
  const reading = await deps.states.read(account);
  if (reading === null) return unknownAccount();
  return { kind: 'done', plan: reading.state.cold?.settings.plan ?? '', note };
}

/** It is done there in any case: what could not be read of it now comes with its event. */
async function mirrored(deps: ChoosePlanDeps, account: AccountId, subscription: string): Promise<PlanAnswer> {
  const brought = await bringSubscription(deps, account, subscription);
  return done(deps, account, brought.kind === 'brought' ? null : 'It is done, and shows here in a moment.');
}

/**
 * The session first, and then a look at what else could bill the owner: other sessions are ended, and where a subscription
 * has begun meanwhile this session is ended and the wish decided again. So two tabs never end in two subscriptions.
 */
async function offerPlan(
  deps: ChoosePlanDeps,
  asked: PlanAsked,
  { price, trialDays }: Extract<PlanStep, { do: 'checkout' }>,
): Promise<PlanAnswer | Again> {
  const { account, key } = asked;
  const { checkout, deployment, log } = deps;
  const home = await homeOf(deps, asked);
  if (home.kind !== 'home') return home;
  const owner = await ownCustomer(deps, account);
  if (owner.kind === 'unknown_account') return unknownAccount();
  if (owner.kind !== 'made') return troubled(owner, log);
  const { customer } = owner;
  const session = await checkout.offerPlan({
    ...{ deployment, account, customer, key, price, trialDays },
    successUrl: withResult(home.back, 'done'),
    cancelUrl: withResult(home.back, 'canceled'),
  });
  if (session.kind !== 'open') return troubled(session, log);
  const kept = await checkout.keepOne(customer, session.session);
  if (kept.kind !== 'kept') return troubled(kept, log);
  if (!kept.stands) return refused('conflict', 'Another Checkout was begun at this very moment. Go on there.');
  const living = await checkout.living(customer);
  if (living.kind !== 'living') return troubled(living, log);
  if (living.subscriptions.length === 0) return { kind: 'go', url: session.url, expiresAt: session.expiresAt };
  const ended = await checkout.end(session.session);
  if (ended.kind !== 'done') return troubled(ended, log);
  for (const id of living.subscriptions) await bringSubscription(deps, account, id);
  return { kind: 'again' };
}
