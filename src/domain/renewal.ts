/**
 * Periods begin here, and with them allotments: one for each run and ordinal, a run being one anchor's life. A free plan's
 * allotment comes at most once in its own length, whatever was chosen in between.
 */
import { type Book, changeSettings, openEntry, post, settingsOf } from './book.js';
import { freePlanOf, isPaid, type Plan, planOf, sameCadence } from './catalog.js';
import { NO_CREDITS, negated } from './credits.js';
import {
  cadenceOf,
  changeStanding,
  isInTrial,
  isStopped,
  nextRenewal,
  periodZone,
  planNow,
  standingOf,
} from './cycle.js';
import { type Instant, instant } from './instant.js';
import { engineKey } from './keys.js';
import { endAllotments } from './lapse.js';
import { billOverage } from './overage.js';
import { boundary, ordinalAt } from './period.js';
import { blankLot, bringIn } from './spend.js';
import { takeNextZone } from './zone.js';

/** The period that is due begins; what was chosen for the end of the last one becomes so first. */
export function renew(book: Book): void {
  const endedAt = lastEnd(book);
  const wasTrial = isInTrial(book);
  if (isNextDue(book)) {
    if (settingsOf(book).ending) {
      endPlan(book, endedAt);
      return;
    }
    if (takeNextPlan(book, endedAt)) return;
  }
  const plan = planNow(book);
  const { anchor, run } = settingsOf(book);
  if (anchor === null || plan === undefined) return;
  if (wasTrial) endAllotments(book, endedAt);
  const old = cadenceOf(book);
  // Another length of period is counted from where the last one ended.
  if (settingsOf(book).ordinal !== null && old !== null && !sameCadence(plan.every, old))
    changeSettings(book, { anchor: endedAt, run: run + 1, ordinal: null });
  beginPeriod(book, plan);
}

/** The end of the last period of what is being left: it may lie several periods after the one granted last. */
function lastEnd(book: Book): Instant {
  const { anchor } = settingsOf(book);
  const every = cadenceOf(book);
  const { nextFrom } = standingOf(book);
  if (anchor === null || every === null || nextFrom === null || !isNextDue(book)) return nextRenewal(book) ?? book.at;
  return boundary(anchor, periodZone(book), every, nextFrom);
}

function isNextDue(book: Book): boolean {
  const { anchor, nextPlan, ending, ordinal } = settingsOf(book);
  const { nextFrom } = standingOf(book);
  if (nextPlan === null && !ending) return false;
  const every = cadenceOf(book);
  if (nextFrom === null || anchor === null || every === null || ordinal === null) return true;
  return ordinalAt(anchor, periodZone(book), every, book.at) >= nextFrom;
}

/** True: the free plan's own cycle goes on where it was left, and nothing more is to be begun now. */
function takeNextPlan(book: Book, startsAt: Instant): boolean {
  const { nextPlan, run } = settingsOf(book);
  const next = nextPlan === null ? undefined : planOf(book.context.catalog, nextPlan);
  changeSettings(book, { plan: nextPlan ?? settingsOf(book).plan, nextPlan: null });
  changeStanding(book, { nextFrom: null });
  if (next === undefined || isPaid(next)) return false;
  // What was owed for the plan that was left is no longer a reason to keep anything back.
  changeStanding(book, { pastDue: null });
  const granted = isFreeGranted(book, next, startsAt);
  if (!granted && standingOf(book).subscription === null) return false;
  // Another anchor or another zone is another run: no ordinal of the old one may be met again.
  changeSettings(book, { run: run + 1, anchor: startsAt, ordinal: null });
  changeStanding(book, { subscription: null });
  if (!granted) return false;
  resumeFree(book, next, startsAt);
  return true;
}

/** A free plan that was left within its own length has granted already. */
function isFreeGranted(book: Book, plan: Plan, startsAt: Instant): boolean {
  const { freeGrantedAt } = standingOf(book);
  return freeGrantedAt !== null && boundary(freeGrantedAt, settingsOf(book).zone, plan.every, 1) > startsAt;
}

/** Back on a free plan that was left within its own length: its cycle goes on, and its next allotment comes when it would have. */
function resumeFree(book: Book, plan: Plan, startsAt: Instant): void {
  const { freeGrantedAt } = standingOf(book);
  if (freeGrantedAt === null) return;
  changeSettings(book, { anchor: freeGrantedAt, ordinal: 0, grantedFor: plan.allotment });
  changeStanding(book, {
    trialEndsAt: null,
    terms: { every: plan.every, overageCapMinor: plan.overageCapMinor },
  });
  billOverage(book, startsAt, { last: true });
}

function beginPeriod(book: Book, plan: Plan): void {
  const { anchor, run } = settingsOf(book);
  if (anchor === null) return;
  const { ordinal, startsAt } = beginningOf(book, anchor, plan);
  const withheld = isStopped(book);
  changeSettings(book, { ordinal, grantedFor: withheld ? NO_CREDITS : plan.allotment });
  const { pastDue } = standingOf(book);
  changeStanding(book, {
    trialEndsAt: null,
    terms: { every: plan.every, overageCapMinor: plan.overageCapMinor },
    pastDue: pastDue === null ? null : { ...pastDue, withheld: withheld ? 'allotment' : null },
  });
  billOverage(book, startsAt, { last: plan.overageCapMinor === null && book.context.unchecked !== true });
  if (book.context.catalog.policies.debtAtRenewal === 'forgive')
    forgiveDebt(book, `forgive:${run}:${ordinal}`, startsAt);
  if (!withheld) grantAllotment(book, plan, startsAt);
}

/** It begins where the last one ended, by that one's clock; from then on the zone that was chosen counts. */
function beginningOf(book: Book, anchor: Instant, { every }: Plan): { ordinal: number; startsAt: Instant } {
  const here = () => {
    const ordinal = ordinalAt(anchor, periodZone(book), every, book.at);
    return { ordinal, startsAt: boundary(anchor, periodZone(book), every, ordinal) };
  };
  const old = here();
  takeNextZone(book);
  const anew = here();
  // After downtime the new clock may already be in the period that follows: only the current one is granted.
  return anew.ordinal > old.ordinal ? anew : old;
}

/** The allotment of the present ordinal: once, by the clock or by whatever has paid for it. */
export function grantAllotment(book: Book, plan: Plan, begunAt?: Instant): void {
  const { anchor, run, ordinal } = settingsOf(book);
  if (anchor === null || ordinal === null) return;
  const zone = periodZone(book);
  const counted = boundary(anchor, zone, plan.every, ordinal);
  // A period that began by the clock of the zone before may have begun earlier than the present one counts.
  const startsAt = begunAt ?? instant(Math.min(counted, book.at));
  const endsAt = boundary(anchor, zone, plan.every, ordinal + 1);
  changeSettings(book, { grantedFor: plan.allotment });
  book.effects.periods.push({ run, ordinal, startsAt, endsAt, plan: plan.key, allotment: plan.allotment });
  if (plan.allotment === 0n) return;
  const head = { keyHash: engineKey(`allotment:${run}:${ordinal}`), contentHash: null, occurredAt: startsAt };
  const lot = blankLot(book, {
    kind: 'allotment',
    amount: plan.allotment,
    effectiveAt: startsAt,
    expiresAt: endsAt,
    run,
    ordinal,
  });
  bringIn(book, openEntry(head), lot);
}

function forgiveDebt(book: Book, key: string, occurredAt: Instant): void {
  const debt = book.lots.find((lot) => lot.kind === 'debt' && lot.remaining < 0n);
  if (debt === undefined) return;
  const head = { keyHash: engineKey(key), contentHash: null, occurredAt };
  post(book, openEntry(head), 'forgive', debt, negated(debt.remaining));
}

/** Remembers when the free plan that is being left was last granted. */
export function leaveFree(book: Book): void {
  const { anchor, ordinal } = settingsOf(book);
  const plan = planNow(book);
  const every = cadenceOf(book);
  if (plan === undefined || isPaid(plan) || anchor === null || ordinal === null || every === null) return;
  changeStanding(book, { freeGrantedAt: boundary(anchor, periodZone(book), every, ordinal) });
}

/** A new run from `anchor` on: the old allotment's rest lapses and the full one comes. */
export function enterPlan(book: Book, target: Plan, anchor: Instant, subscription: string | null = null): void {
  leaveFree(book);
  endAllotments(book, book.at);
  changeSettings(book, {
    plan: target.key,
    run: settingsOf(book).run + 1,
    anchor,
    ordinal: null,
    nextPlan: null,
    ending: false,
  });
  changeStanding(book, {
    ...{ trialEndsAt: null, trialTold: false, pastDue: null, terms: null, nextFrom: null },
    subscription,
  });
  if (!isPaid(target) && isFreeGranted(book, target, book.at)) resumeFree(book, target, book.at);
  else if (anchor <= book.at) beginPeriod(book, target);
}

/** No further period begins. */
export function endPlan(book: Book, endedAt: Instant): void {
  changeSettings(book, { anchor: null, ordinal: null, nextPlan: null, ending: false });
  changeStanding(book, {
    ...{ trialEndsAt: null, pastDue: null, terms: null, nextFrom: null, subscription: null },
  });
  billOverage(book, endedAt, { last: true });
  takeNextZone(book);
}

/** The plan is over now, before its period's end: the free plan begins, or none. */
export function fallBack(book: Book): void {
  const free = freePlanOf(book.context.catalog);
  if (free !== undefined) {
    enterPlan(book, free, book.at);
    return;
  }
  endAllotments(book, book.at);
  endPlan(book, book.at);
}
