/** Taking credits, and paying debt from what comes in. */
import { addLot, type Book, type Entry, type LineKind, livingLots, post } from './book.js';
import { type Credits, least, minus, NO_CREDITS, negated } from './credits.js';
import { lotId } from './ids.js';
import { DEFAULT_PRIORITY, type Lot } from './lots.js';
import { useOverage } from './overage.js';

/** Burns living lots in burn order, one line a lot, and answers what nothing covered. */
export function burnLots(book: Book, entry: Entry, kind: LineKind, amount: Credits): Credits {
  let left = amount;
  if (book.spendable > 0n) {
    for (const lot of livingLots(book)) {
      if (left === 0n) break;
      const part = least(left, lot.remaining);
      post(book, entry, kind, lot, negated(part));
      left = minus(left, part);
    }
  }
  return left;
}

/**
 * Burns what there is, then what pay-as-you-go allows, and makes the rest debt: the work has happened. A free use writes
 * one line of zero.
 */
export function burnAll(book: Book, entry: Entry, kind: LineKind, amount: Credits): void {
  if (amount === 0n) {
    post(book, entry, kind, null, NO_CREDITS);
    return;
  }
  const uncovered = burnLots(book, entry, kind, amount);
  if (uncovered > 0n) {
    const owed = useOverage(book, entry, kind, uncovered);
    if (owed > 0n) post(book, entry, kind, debtLot(book), negated(owed));
  }
}

/** What has come in on `lot` pays debt first: −x on the lot, +x on the debt. */
export function payDebt(book: Book, entry: Entry, lot: Lot): void {
  if (book.debt === 0n) return;
  const part = least(lot.remaining, book.debt);
  if (part === 0n) return;
  post(book, entry, 'pay_debt', lot, negated(part));
  post(book, entry, 'pay_debt', debtLot(book), part);
}

/** The one lot without a floor. It is kept once it has been made. */
export function debtLot(book: Book): Lot {
  const found = book.lots.find((lot) => lot.kind === 'debt');
  return found ?? addLot(book, blankLot(book, { kind: 'debt' }));
}

type LotWish = Pick<Lot, 'kind'> & Partial<Omit<Lot, 'id' | 'remaining' | 'begun' | 'closed'>>;

/** A new lot with nothing on it yet; its first line brings its amount. */
export function blankLot(book: Book, wish: LotWish): Lot {
  const effectiveAt = wish.effectiveAt ?? book.at;
  return {
    id: lotId(book.context.newId()),
    kind: wish.kind,
    priority: wish.priority ?? DEFAULT_PRIORITY,
    paid: wish.paid ?? false,
    amount: wish.amount ?? NO_CREDITS,
    remaining: NO_CREDITS,
    createdAt: wish.createdAt ?? book.at,
    effectiveAt,
    expiresAt: wish.expiresAt ?? null,
    begun: effectiveAt <= book.at,
    closed: false,
    chargeId: wish.chargeId ?? null,
    run: wish.run ?? null,
    ordinal: wish.ordinal ?? null,
    reason: wish.reason ?? null,
  };
}

/** Adds a lot that lives now: its first line, then what it owes to debt. */
export function bringIn(book: Book, entry: Entry, lot: Lot): Lot {
  addLot(book, lot);
  post(book, entry, 'grant', lot, lot.amount);
  payDebt(book, entry, lot);
  return lot;
}
