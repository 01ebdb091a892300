/**
 * Credits follow funds, both ways: what succeeded refunds returned and what disputes withdrew is taken back in proportion;
 * what failed to be refunded and what was reinstated is given back. An open dispute or inquiry by itself moves nothing.
 * The charge's own lot burns first, then the burn order without overage, then debt.
 */
import { addLot, type Book, type Entry, openEntry, post } from './book.js';
import type { Charge } from './charge.js';
import { type Credits, formatCredits, least, microCredits, minus, NO_CREDITS, negated } from './credits.js';
import { engineKey } from './keys.js';
import { isAlive, isSpendable, type Lot } from './lots.js';
import type { MinorUnits } from './money.js';
import { chargeFacts, notify, touch } from './obligations.js';
import type { OpenDispute, PaymentMade } from './payment.js';
import { blankLot, burnLots, debtLot, payDebt } from './spend.js';

/** What a charge had been told of its funds before. */
interface Funds {
  readonly refundedMinor: MinorUnits;
  readonly disputedMinor: MinorUnits;
  readonly dispute: OpenDispute | null;
}

/** Brings what was taken back to agree with the funds, and tells the owners what moved. Overage's money brought no credits. */
export function followFunds(book: Book, charge: Charge, payment: PaymentMade): void {
  const before: Funds = { ...charge };
  const dispute = payment.dispute?.kind ?? null;
  const { refundedMinor, disputedMinor } = payment;
  if (before.refundedMinor === refundedMinor && before.disputedMinor === disputedMinor && before.dispute === dispute) {
    return;
  }
  const clawedBefore = charge.clawed;
  charge.refundedMinor = refundedMinor;
  charge.disputedMinor = disputedMinor;
  charge.dispute = dispute;
  touch(book, charge);
  if (charge.kind !== 'overage') {
    const owed = clawedFor(charge);
    if (owed > charge.clawed) clawBack(book, charge, minus(owed, charge.clawed));
    else if (owed < charge.clawed) giveBackClawed(book, charge, minus(charge.clawed, owed));
    charge.clawed = owed;
  }
  tellFunds(book, charge, payment, before, minus(charge.clawed, clawedBefore));
}

/** Whole micro-credits, never more than was granted: floor(granted × min(paid, refunded + disputed) ÷ paid). */
function clawedFor({ credits, paidMinor, refundedMinor, disputedMinor }: Charge): Credits {
  if (paidMinor <= 0n) return NO_CREDITS;
  const gone = refundedMinor + disputedMinor;
  return microCredits((credits * (gone < paidMinor ? gone : paidMinor)) / paidMinor);
}

/**
 * A refund, a dispute that opens (a question that becomes one, too) and one that closes are one mail each. A refund that
 * fails is none: its money never left, and the credits are back before the owner could miss them.
 */
function tellFunds(book: Book, charge: Charge, payment: PaymentMade, before: Funds, clawed: Credits): void {
  const facts = chargeFacts(book, charge);
  if (charge.refundedMinor > before.refundedMinor) {
    const refundedMinor = (charge.refundedMinor - before.refundedMinor).toString();
    const clawedCredits = formatCredits(clawed > 0n ? clawed : NO_CREDITS);
    notify(book, { kind: 'refunded', ...facts, refundedMinor, clawedCredits });
  }
  if (payment.dispute !== null) {
    const { kind, amountMinor } = payment.dispute;
    if (before.dispute !== null && !(before.dispute === 'inquiry' && kind === 'dispute')) return;
    notify(book, {
      kind: 'dispute_opened',
      ...facts,
      disputedMinor: amountMinor.toString(),
      isInquiry: kind === 'inquiry',
    });
  } else if (before.dispute !== null || before.disputedMinor !== charge.disputedMinor) {
    notify(book, { kind: 'dispute_closed', ...facts, won: charge.disputedMinor === 0n });
  }
}

/** Each movement has a key of its own, by the version that the charge has since it moved. */
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
