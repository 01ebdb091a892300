/** What time has brought since the account was last touched: lapses, lots that begin, renewals, ends of holds. */
import type { Hold } from './account.js';
import { type Book, changeSettings, cold, openEntry, post, settingsOf } from './book.js';
import { planOf as catalogPlan, type Plan, sameCadence } from './catalog.js';
import { minus, NO_CREDITS, negated } from './credits.js';
import { earliest, type Instant } from './instant.js';
import { engineKey } from './keys.js';
import { isSpendable, type Lot } from './lots.js';
import { billOverage } from './overage.js';
import { boundary, ordinalAt } from './period.js';
import { blankLot, bringIn, payDebt } from './spend.js';

/** At one instant lapses come before what comes in, and both before any use. */
interface Due {
  readonly at: Instant;
  readonly rank: 0 | 1;
  readonly act: () => void;
}

/** Does everything due by the book's instant, in the order it fell due. Lines carry the instant they fell due as occurred. */
export function settle(book: Book): void {
  cold(book);
  for (let due = nextDue(book); due !== null; due = nextDue(book)) due.act();
}

/** The first instant after which the hot row alone would be wrong. */
export function settledUntil(book: Book): Instant | null {
  let until: Instant | null = null;
  for (const lot of book.lots) {
    if (!isSpendable(lot)) continue;
    if (!lot.begun) until = earliest(until, lot.effectiveAt);
    else if (lot.remaining > 0n) until = earliest(until, lot.expiresAt);
  }
  for (const hold of book.holds) if (hold.state === 'open') until = earliest(until, hold.expiresAt);
  return earliest(until, nextRenewal(book));
}

function nextDue(book: Book): Due | null {
  let first: Due | null = null;
  const offer = (at: Instant | null, rank: 0 | 1, act: () => void): void => {
    if (at === null || at > book.at) return;
    if (first === null || at < first.at || (at === first.at && rank < first.rank)) first = { at, rank, act };
  };
  for (const lot of book.lots) {
    if (!isSpendable(lot)) continue;
    if (!lot.begun) offer(lot.effectiveAt, 1, () => begin(book, lot));
    else if (lot.remaining > 0n) offer(lot.expiresAt, 0, () => lapse(book, lot));
  }
  for (const hold of book.holds) {
    if (hold.state === 'open') offer(hold.expiresAt, 0, () => expire(book, hold));
  }
  offer(renewalDue(book), 1, () => renew(book));
  return first;
}

function lapse(book: Book, lot: Lot): void {
  // One key a lot: what is given back to a lapsed lot becomes a returned one, so that a lot lapses at most once.
  endLot(book, lot, `lapse:${lot.id}`, lot.expiresAt ?? book.at);
}

/** What is left of a lot lapses, at its expiry or, under a key of its own, because its plan has ended. */
export function endLot(book: Book, lot: Lot, key: string, occurredAt: Instant): void {
  post(
    book,
    openEntry({ keyHash: engineKey(key), contentHash: null, occurredAt }),
    'lapse',
    lot,
    negated(lot.remaining),
  );
}

function begin(book: Book, lot: Lot): void {
  lot.begun = true;
  book.changedLots.add(lot);
  const entry = openEntry({
    keyHash: engineKey(`begin:${lot.id}`),
    contentHash: null,
    occurredAt: lot.effectiveAt,
    reason: lot.reason,
  });
  post(book, entry, 'begin', lot, lot.amount);
  payDebt(book, entry, lot);
}

function expire(book: Book, hold: Hold): void {
  endHold(book, hold, 'expired', hold.expiresAt);
}

/** Takes what a hold still holds off the account. */
export function endHold(book: Book, hold: Hold, state: 'captured' | 'released' | 'expired', endedAt: Instant): void {
  book.held = minus(book.held, hold.open);
  hold.open = NO_CREDITS;
  hold.state = state;
  hold.endedAt = endedAt;
  if (!book.effects.newHolds.has(hold)) book.effects.holds.add(hold);
}

const planOf = (book: Book): Plan | undefined => catalogPlan(book.context.catalog, settingsOf(book).plan);

/** The end of the period that `at` lies in; null where nothing is renewed. */
export function periodEnd(book: Book): Instant | null {
  const { anchor, zone } = settingsOf(book);
  const plan = planOf(book);
  if (anchor === null || plan === undefined) return null;
  return boundary(anchor, zone, plan.every, ordinalAt(anchor, zone, plan.every, book.at) + 1);
}

/** When the period that has not been granted yet began; periods slept through are passed over. */
function renewalDue(book: Book): Instant | null {
  const { anchor, zone, ordinal } = settingsOf(book);
  const plan = planOf(book);
  if (anchor === null || plan === undefined || anchor > book.at) return null;
  const current = ordinalAt(anchor, zone, plan.every, book.at);
  return ordinal !== null && ordinal >= current ? null : boundary(anchor, zone, plan.every, current);
}

function nextRenewal(book: Book): Instant | null {
  const { anchor, zone, ordinal } = settingsOf(book);
  const plan = planOf(book);
  if (anchor === null || plan === undefined) return null;
  return ordinal === null ? anchor : boundary(anchor, zone, plan.every, ordinal + 1);
}

function forgiveDebt(book: Book, key: string, occurredAt: Instant): void {
  const debt = book.lots.find((lot) => lot.kind === 'debt' && lot.remaining < 0n);
  if (debt === undefined) return;
  post(
    book,
    openEntry({ keyHash: engineKey(key), contentHash: null, occurredAt }),
    'forgive',
    debt,
    negated(debt.remaining),
  );
}

/** What was chosen for the period's end becomes so. False: nothing is renewed any more. */
function takeNextPlan(book: Book): boolean {
  const { anchor, zone, run, ordinal, nextPlan, ending } = settingsOf(book);
  const old = planOf(book);
  if (ending) {
    changeSettings(book, { anchor: null, ordinal: null, ending: false });
    billOverage(book, book.at);
    return false;
  }
  if (nextPlan === null || old === undefined || anchor === null) return true;
  changeSettings(book, { plan: nextPlan, nextPlan: null });
  const next = planOf(book);
  // Another length of period is counted from where the last one ended.
  if (next !== undefined && ordinal !== null && !sameCadence(next.every, old.every)) {
    changeSettings(book, { anchor: boundary(anchor, zone, old.every, ordinal + 1), run: run + 1, ordinal: null });
  }
  return true;
}

export function renew(book: Book): void {
  if (!takeNextPlan(book)) return;
  const { anchor, zone, run } = settingsOf(book);
  const plan = planOf(book);
  if (anchor === null || plan === undefined) return;
  const ordinal = ordinalAt(anchor, zone, plan.every, book.at);
  const startsAt = boundary(anchor, zone, plan.every, ordinal);
  const endsAt = boundary(anchor, zone, plan.every, ordinal + 1);
  changeSettings(book, { ordinal, grantedFor: plan.allotment });
  billOverage(book, startsAt);
  if (book.context.catalog.policies.debtAtRenewal === 'forgive')
    forgiveDebt(book, `forgive:${run}:${ordinal}`, startsAt);
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
