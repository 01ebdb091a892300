/**
 * Closing an account, for good: what is not needed any more is canceled, what was used beyond the balance is billed, what is
 * left lapses. After it nothing new is covered, and what has happened is still recorded.
 */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { isOpen } from './charge.js';
import type { CloseAccount } from './commands.js';
import { minus, NO_CREDITS, plus } from './credits.js';
import { changeStanding, isClosed, standingOf } from './cycle.js';
import { endLot } from './lapse.js';
import { isSpendable } from './lots.js';
import { touch } from './obligations.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { billOverage } from './overage.js';

export function closeAccount(book: Book, { reason }: CloseAccount): Outcome {
  cold(book);
  const { subscription, closedAt } = standingOf(book);
  if (closedAt !== null) return { kind: 'closed', lapsed: NO_CREDITS, writtenOff: NO_CREDITS, subscription };
  cancelOpenCharges(book);
  const writtenOff = billOverage(book, book.at, { present: true, last: true });
  const before = book.spendable;
  endAll(book, reason);
  const { topOff, overage } = settingsOf(book);
  changeSettings(book, {
    ...{ anchor: null, ordinal: null, nextPlan: null, ending: false },
    topOff: { ...topOff, enabled: false },
    overage: { ...overage, enabled: false },
  });
  changeStanding(book, {
    ...{ closedAt: book.at, trialEndsAt: null, pastDue: null, terms: null, nextFrom: null },
  });
  return { kind: 'closed', lapsed: minus(before, book.spendable), writtenOff, subscription };
}

/** Null while the account is open, and where only the hot row is known: a closed account always has its cold rows read. */
export function refuseClosed(book: Book): Refused | null {
  if (book.settings === null || !isClosed(book)) return null;
  return refused('account_closed', 'This account is closed: only work that has already happened is still recorded.');
}

/** Money for use that has happened stays owed; the processor is asked to cancel everything else. */
function cancelOpenCharges(book: Book): void {
  for (const charge of book.charges) {
    if (!isOpen(charge) || charge.kind === 'overage' || charge.cancelOwed) continue;
    charge.cancelOwed = true;
    charge.course = { ...charge.course, extra: null, waitingSince: book.at };
    touch(book, charge);
    book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
  }
}

function endAll(book: Book, reason: string): void {
  for (const lot of book.lots.filter((one) => isSpendable(one) && !one.closed)) {
    if (lot.begun && lot.remaining > 0n) endLot(book, lot, `close:${lot.id}`, book.at, reason);
    if (lot.begun) continue;
    // It never begins: nothing was on it, and nothing lapses.
    lot.begun = true;
    lot.closed = true;
    if (!book.newLots.has(lot)) book.changedLots.add(lot);
  }
}

/** Above every balance: each batch of a closed account looks at more than its hot row. */
export const ALWAYS_LOOK = plus(NO_CREDITS, 9_000_000_000_000_000_000n as typeof NO_CREDITS);
