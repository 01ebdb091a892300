/**
 * A trial: the chosen plan at once, its trial credits, and nothing charged that the owner did not click. It is a run whose
 * anchor lies at its end: there the plan's own periods begin, or the free plan goes on where it was canceled.
 */
import { type Book, changeSettings, cold, openEntry, settingsOf } from './book.js';
import { isPaid, type Plan, planOf } from './catalog.js';
import type { StartTrial } from './commands.js';
import { NO_CREDITS } from './credits.js';
import { changeStanding, isClosed, isInTrial, planNow, standingOf } from './cycle.js';
import { DAY_MS, type Instant, isoOf, later } from './instant.js';
import { engineKey } from './keys.js';
import { notify } from './obligations.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { boundary } from './period.js';
import { leaveFree } from './renewal.js';
import { blankLot, bringIn } from './spend.js';

export function startTrial(book: Book, { plan: key }: StartTrial): Outcome {
  const { trialCards } = cold(book).plans;
  const { catalog } = book.context;
  const plan = planOf(catalog, key);
  if (plan === undefined) {
    const names = catalog.plans.map((one) => one.key).join(', ');
    return refused('unknown_plan', `"${key}" is not a plan of ${catalog.key}. Its plans: ${names}.`);
  }
  const refusal = refuseTrial(book, plan, trialCards);
  if (refusal !== null) return refusal;
  const length = plan.trial?.length ?? plan.every;
  const endsAt = boundary(book.at, settingsOf(book).zone, length, 1);
  for (const { fingerprint } of distinctCards(book)) book.effects.plans.trialCards.push({ fingerprint, claimed: true });
  const credits = beginTrial(book, plan, endsAt, { granted: true, subscription: null });
  return { kind: 'trial_started', plan: plan.key, endsAt, credits };
}

/** Why this account cannot have a trial of the plan now; null where it can. */
export function refuseTrial(book: Book, plan: Plan, trialCards: ReadonlySet<string>): Refused | null {
  const refusal = refuseTrialOffer(book, plan, trialCards);
  if (refusal !== null || book.cards.length > 0) return refusal;
  return refused('no_card', 'A trial needs a card first. Nothing is charged before it ends: attach one.');
}

/** Why none may be offered, where the card comes with the Checkout that begins it. */
export function refuseTrialOffer(book: Book, plan: Plan, trialCards: ReadonlySet<string>): Refused | null {
  const { trialUsedAt, subscription } = standingOf(book);
  const current = planNow(book);
  if (isClosed(book)) return refused('account_closed', 'This account is closed.');
  if (plan.trial === null) return refused('not_offered', `The plan ${plan.label} has no trial. Change to it instead.`);
  if (trialUsedAt !== null)
    return refused('trial_used', 'This account has had its trial. Choose the plan without one.');
  if (current === undefined || isPaid(current) || subscription !== null)
    return refused('not_offered', 'A trial begins from the free plan, and this account is not on it.');
  if (book.cards.some((card) => trialCards.has(card.fingerprint)))
    return refused('trial_used', 'This card has had a trial before. Choose the plan without one, or use another card.');
  return null;
}

/** One card attached twice is one card. */
export const distinctCards = (book: Book) => [...new Map(book.cards.map((card) => [card.fingerprint, card])).values()];

/** Answers the credits that it brought. What is left of the free plan's allotment stays for as long as it would have. */
export function beginTrial(
  book: Book,
  plan: Plan,
  endsAt: Instant,
  { granted, subscription }: { readonly granted: boolean; readonly subscription: string | null },
) {
  leaveFree(book);
  const run = settingsOf(book).run + 1;
  changeSettings(book, {
    plan: plan.key,
    run,
    anchor: endsAt,
    ordinal: null,
    grantedFor: NO_CREDITS,
    nextPlan: null,
    ending: false,
  });
  changeStanding(book, {
    ...{ trialEndsAt: endsAt, trialTold: false, trialUsedAt: standingOf(book).trialUsedAt ?? book.at },
    ...{ pastDue: null, terms: null, nextFrom: null, subscription },
  });
  const credits = granted ? (plan.trial?.credits ?? NO_CREDITS) : NO_CREDITS;
  if (credits > 0n && endsAt > book.at) {
    const head = { keyHash: engineKey(`trial:${run}`), contentHash: null, occurredAt: book.at };
    const lot = blankLot(book, { kind: 'allotment', amount: credits, expiresAt: endsAt, run, reason: 'trial' });
    bringIn(book, openEntry(head), lot);
  }
  return credits;
}

/** When the owner is told that the trial is about to end; null where that is done, or it was canceled. */
export function trialNoticeAt(book: Book): Instant | null {
  const { trialEndsAt, trialTold } = standingOf(book);
  const { nextPlan, ending } = settingsOf(book);
  const plan = nextPlan === null ? undefined : planOf(book.context.catalog, nextPlan);
  const isCanceled = ending || (plan !== undefined && !isPaid(plan));
  if (trialEndsAt === null || !isInTrial(book) || trialTold || isCanceled) return null;
  return later(trialEndsAt, -book.context.catalog.alerts.trialEndingDays * DAY_MS);
}

export function tellTrialEnding(book: Book): void {
  const { trialEndsAt } = standingOf(book);
  changeStanding(book, { trialTold: true });
  const next = planOf(book.context.catalog, settingsOf(book).nextPlan ?? settingsOf(book).plan);
  if (trialEndsAt === null || next === undefined) return;
  const price = next.shownPrice;
  notify(book, {
    kind: 'trial_ending',
    plan: next.key,
    endsAt: isoOf(trialEndsAt),
    amountMinor: price === null ? null : price.amountMinor.toString(),
    currency: price?.currency ?? book.context.catalog.currency,
  });
}

/** What the owner is told who sets something that waits for the trial's end. */
export function waitsForTrial(book: Book): string | null {
  const { trialEndsAt } = standingOf(book);
  return isInTrial(book) && trialEndsAt !== null
    ? `Nothing is charged automatically during the trial: this begins when it ends, ${isoOf(trialEndsAt)}.`
    : null;
}
