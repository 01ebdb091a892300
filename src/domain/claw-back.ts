/**
 * Credits follow funds: what was refunded is taken back in proportion, and what failed to be refunded is given back. The
 * charge's own lot burns first, then the burn order without overage, then debt.
 */
import { addLot, type Book, type Entry, openEntry, post } from './book.js';
import type { Charge } from './charge.js';
import { type Credits, least, microCredits, minus, NO_CREDITS, negated } from './credits.js';
import { engineKey } from './keys.js';
import { isAlive, isSpendable, type Lot } from './lots.js';
import { touch } from './obligations.js';
import type { PaymentMade } from './payment.js';
import { blankLot, burnLots, debtLot, payDebt } from './spend.js';

/** Brings what was taken back to agree with what was refunded. Refunding overage is money only. */
export function followRefunds(book: Book, charge: Charge, payment: PaymentMade): void {
  if (charge.refundedMinor === payment.refundedMinor) return;
  charge.refundedMinor = payment.refundedMinor;
  touch(book, charge);
  if (charge.kind === 'overage') return;
  const owed = clawedFor(charge);
  if (owed > charge.clawed) clawBack(book, charge, minus(owed, charge.clawed));
  else if (owed < charge.clawed) giveBackClawed(book, charge, minus(charge.clawed, owed));
  charge.clawed = owed;
}

/** Whole micro-credits, never more than was granted: floor(granted × min(paid, refunded) ÷ paid). */
function clawedFor({ credits, paidMinor, refundedMinor }: Charge): Credits {
  if (paidMinor <= 0n) return NO_CREDITS;
  const returned = refundedMinor < paidMinor ? refundedMinor : paidMinor;
  return microCredits((credits * returned) / paidMinor);
}

/** Each movement has a key of its own, by what the charge had been refunded when it was made and its version. */
const entryOf = (book: Book, charge: Charge, what: string): Entry =>
  openEntry({
    keyHash: engineKey(`${what}:${charge.id}:${charge.version}`),
    contentHash: null,
    occurredAt: book.at,
    ref: charge.id,
  });

const ownLot = (book: Book, charge: Charge): Lot | undefined =>
  book.lots.find((lot) => lot.chargeId === charge.id && isSpendable(lot));

function clawBack(book: Book, charge: Charge, amount: Credits): void {
  const entry = entryOf(book, charge, 'claw_back');
  const own = ownLot(book, charge);
  let left = amount;
  if (own !== undefined && own.remaining > 0n && isAlive(own, book.at)) {
    const part = least(left, own.remaining);
    post(book, entry, 'claw_back', own, negated(part));
    left = minus(left, part);
  }
  left = burnLots(book, entry, 'claw_back', left);
  if (left > 0n) post(book, entry, 'claw_back', debtLot(book), negated(left));
}

/** Back to the charge's own lot, which was paid for and never lapses; where that is closed and not at hand, to a returned one. */
function giveBackClawed(book: Book, charge: Charge, amount: Credits): void {
  const entry = entryOf(book, charge, 'give_back');
  const own = ownLot(book, charge) ?? addLot(book, blankLot(book, { kind: 'returned', amount, paid: true }));
  post(book, entry, 'give_back', own, amount);
  payDebt(book, entry, own);
}
