/** What time has brought since the account was last touched: lapses, lots that begin, renewals, ends of holds. */
import type { Hold } from './account.js';
import { expiringLookAt } from './alerts-expiring.js';
import { type Book, cold, openEntry, post } from './book.js';
import { nextExpiry, tellExpiring } from './card-expiry.js';
import { minus, NO_CREDITS } from './credits.js';
import { nextRenewal, renewalDue } from './cycle.js';
import { earliest, type Instant } from './instant.js';
import { engineKey } from './keys.js';
import { endLot } from './lapse.js';
import { isSpendable, type Lot } from './lots.js';
import { graceEndsAt, stopPastDue } from './past-due.js';
import { renew } from './renewal.js';
import { payDebt } from './spend.js';
import { topOffLookAt } from './top-off.js';
import { tellTrialEnding, trialNoticeAt } from './trial.js';

export { periodEnd } from './cycle.js';

/**
 * At one instant lapses come first, then the renewal, then lots that begin, and all of them before any use. A lot that began
 * before the renewal would pay debt that the renewal forgives, or that the new allotment should pay.
 */
interface Due {
  readonly at: Instant;
  readonly rank: 0 | 1 | 2;
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
  return earliest(
    until,
    nextRenewal(book),
    graceEndsAt(book),
    trialNoticeAt(book),
    expiringLookAt(book),
    nextExpiry(book),
    topOffLookAt(book),
  );
}

function nextDue(book: Book): Due | null {
  let first: Due | null = null;
  const offer = (at: Instant | null, rank: Due['rank'], act: () => void): void => {
    if (at === null || at > book.at) return;
    if (first === null || at < first.at || (at === first.at && rank < first.rank)) first = { at, rank, act };
  };
  for (const lot of book.lots) {
    if (!isSpendable(lot)) continue;
    if (!lot.begun) offer(lot.effectiveAt, 2, () => begin(book, lot));
    else if (lot.remaining > 0n) offer(lot.expiresAt, 0, () => lapse(book, lot));
  }
  for (const hold of book.holds) {
    if (hold.state === 'open') offer(hold.expiresAt, 0, () => expire(book, hold));
  }
  offer(graceEndsAt(book), 0, () => stopPastDue(book));
  offer(trialNoticeAt(book), 0, () => tellTrialEnding(book));
  offer(nextExpiry(book), 0, () => tellExpiring(book));
  offer(renewalDue(book), 1, () => renew(book));
  return first;
}

function lapse(book: Book, lot: Lot): void {
  // One key a lot: what is given back to a lapsed lot becomes a returned one, so that a lot lapses at most once.
  endLot(book, lot, `lapse:${lot.id}`, lot.expiresAt ?? book.at);
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
