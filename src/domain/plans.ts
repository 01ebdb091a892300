/**
 * Changing plans. Going up acts at once and is granted for the time that is left; going down acts when the period ends and
 * claws nothing back. Toggling earns nothing: what a period was already granted for is remembered.
 */
import { type Book, changeSettings, cold, openEntry, settingsOf } from './book.js';
import { type Catalog, freePlanOf, isPaid, type Plan, planOf, sameCadence } from './catalog.js';
import type { CancelPlan, ChangePlan } from './commands.js';
import { microCredits, most, NO_CREDITS } from './credits.js';
import {
  cadenceOf,
  changeStanding,
  isClosed,
  isInTrial,
  isStopped,
  nearestOrdinal,
  periodZone,
  planNow,
  standingOf,
} from './cycle.js';
import type { Instant } from './instant.js';
import { engineKey } from './keys.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { billOverage } from './overage.js';
import { boundary, ordinalAt } from './period.js';
import { enterPlan } from './renewal.js';
import { blankLot, bringIn } from './spend.js';

export { isPaid } from './catalog.js';

export const rankOf = (catalog: Catalog, plan: Plan): number => catalog.plans.findIndex((one) => one.key === plan.key);

export const isLower = (catalog: Catalog, plan: Plan, than: Plan): boolean =>
  rankOf(catalog, plan) < rankOf(catalog, than);

export function changePlan(book: Book, command: ChangePlan): Outcome {
  cold(book);
  const { catalog } = book.context;
  const target = planOf(catalog, command.plan);
  if (target === undefined) {
    const names = catalog.plans.map((plan) => plan.key).join(', ');
    return refused('unknown_plan', `"${command.plan}" is not a plan of ${catalog.key}. Its plans: ${names}.`);
  }
  const refusal = refuseChange(book);
  if (refusal !== null) return refusal;
  const current = planNow(book);
  const isGone = current === undefined || settingsOf(book).anchor === null;
  // Back to what stands: a downgrade or a cancellation is undone, and nothing is granted for it.
  if (!isGone && current.key === target.key) chooseNext(book, null);
  else if (isGone) enterPlan(book, target, book.at);
  else if (isLower(catalog, target, current)) chooseNext(book, { plan: target.key, at: paidUntil(book, current) });
  else if (standingOf(book).pastDue !== null)
    return refused('past_due', 'The last invoice of this plan is not paid. Pay it before moving to a higher plan.');
  else goUp(book, current, target);
  return { kind: 'configured' };
}

/** Plan and credits stay to the period's end; then the free plan, where there is one, or none. */
export function cancelPlan(book: Book, _command: CancelPlan): Outcome {
  cold(book);
  const refusal = refuseChange(book);
  if (refusal !== null) return refusal;
  const current = planNow(book);
  cancelAt(book, current === undefined ? null : paidUntil(book, current));
  return { kind: 'configured' };
}

/** Where the processor bills the plan, it is changed there first, and what came of it is mirrored. */
function refuseChange(book: Book): Refused | null {
  if (isClosed(book)) return refused('account_closed', 'This account is closed.');
  if (standingOf(book).subscription === null) return null;
  return refused('subscribed', 'This plan is billed by a subscription. Change it under Billing, where it is paid.');
}

/** What the plan becomes at the period's end, or from an instant on; null: it stays. */
export function chooseNext(
  book: Book,
  next: { readonly plan: string | null; readonly at: Instant | null } | null,
): void {
  changeSettings(book, { nextPlan: next?.plan ?? null, ending: next !== null && next.plan === null });
  changeStanding(book, { nextFrom: next?.at == null ? null : ordinalFrom(book, next.at) });
}

/** Null where it acts at the next boundary in any case. */
function ordinalFrom(book: Book, at: Instant): number | null {
  const { anchor, ordinal } = settingsOf(book);
  const every = cadenceOf(book);
  if (anchor === null || ordinal === null || every === null || isInTrial(book)) return null;
  const from = nearestOrdinal(anchor, periodZone(book), every, at);
  return from > ordinal + 1 ? from : null;
}

/** Nothing changes for who is on the free plan. */
export function cancelAt(book: Book, at: Instant | null): void {
  const free = freePlanOf(book.context.catalog)?.key ?? null;
  if (free === settingsOf(book).plan || settingsOf(book).anchor === null) return;
  chooseNext(book, { plan: free, at });
}

/** A plan may be paid by the year and granted by the month: it is kept for as long as it is paid. */
function paidUntil(book: Book, plan: Plan): Instant | null {
  const { anchor, zone } = settingsOf(book);
  if (anchor === null || !isPaid(plan) || sameCadence(plan.every, plan.shownEvery)) return null;
  return boundary(anchor, zone, plan.shownEvery, ordinalAt(anchor, zone, plan.shownEvery, book.at) + 1);
}

/**
 * To a higher plan, at once. From free to paid, or to another length of period, it is a new period with the full allotment;
 * within a trial the plan changes and its one grant does not.
 */
export function goUp(book: Book, current: Plan, target: Plan, anchor: Instant = book.at): void {
  if (isInTrial(book)) {
    changeSettings(book, { plan: target.key });
    chooseNext(book, null);
  } else if (beginsAnew(book, current, target)) {
    enterPlan(book, target, anchor, standingOf(book).subscription);
  } else {
    upgrade(book, target);
  }
}

const beginsAnew = (book: Book, current: Plan, target: Plan): boolean =>
  (!isPaid(current) && isPaid(target)) || !sameCadence(cadenceOf(book) ?? current.every, target.every);

function upgrade(book: Book, target: Plan): void {
  changeSettings(book, { plan: target.key });
  chooseNext(book, null);
  const terms = { every: target.every, overageCapMinor: target.overageCapMinor };
  changeStanding(book, { terms });
  if (target.overageCapMinor === null)
    billOverage(book, book.at, { present: true, last: book.context.unchecked !== true });
  const { pastDue } = standingOf(book);
  if (pastDue === null || !isStopped(book)) grantDifference(book, target);
  else changeStanding(book, { pastDue: { ...pastDue, withheld: pastDue.withheld ?? 'difference' } });
}

/** To the highest allotment that this period was granted for, for the time that is left of it. */
export function grantDifference(book: Book, target: Plan): void {
  const { anchor, run, ordinal, grantedFor } = settingsOf(book);
  if (anchor === null || ordinal === null || target.allotment <= grantedFor) return;
  const highest = most(grantedFor, target.allotment);
  changeSettings(book, { grantedFor: highest });
  const zone = periodZone(book);
  const startsAt = boundary(anchor, zone, target.every, ordinal);
  const endsAt = boundary(anchor, zone, target.every, ordinal + 1);
  const left = BigInt(Math.max(0, endsAt - book.at));
  const amount = microCredits(((target.allotment - grantedFor) * left) / BigInt(endsAt - startsAt));
  if (amount <= NO_CREDITS) return;
  const head = { keyHash: engineKey(`upgrade:${run}:${ordinal}:${highest}`), contentHash: null, occurredAt: book.at };
  const lot = blankLot(book, { kind: 'allotment', amount, expiresAt: endsAt, run, ordinal, reason: 'upgrade' });
  bringIn(book, openEntry(head), lot);
}
