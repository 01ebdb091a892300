/**
 * Credits follow funds, both ways: what succeeded refunds returned and what disputes withdrew is taken back in proportion;
 * what failed to be refunded and what was reinstated is given back. An open dispute or inquiry by itself moves nothing.
 * The charge's own lot burns first, then the burn order without overage, then debt; giving back undoes those very lines.
 */
import { type Book, cold, type Entry, openEntry, post } from './book.js';
import type { Charge } from './charge.js';
import { type Credits, formatCredits, least, microCredits, minus, NO_CREDITS, negated } from './credits.js';
import { giveBackTo } from './give-back.js';
import type { ChargeId, KeyHash, LotId } from './ids.js';
import { engineKey } from './keys.js';
import { isAlive, isSpendable, type Lot } from './lots.js';
import type { MinorUnits } from './money.js';
import { chargeFacts, notify, touch } from './obligations.js';
import type { OpenDispute, PaymentMade } from './payment.js';
import { burnLots, debtLot } from './spend.js';

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

const keyOf = (what: 'claw_back' | 'give_back', id: ChargeId, version: number): KeyHash =>
  engineKey(`${what}:${id}:${version}`);

/** Every key under which credits of the charge may have been moved with its funds: what its lines are found by. */
export const fundsKeys = ({ id, version }: Pick<Charge, 'id' | 'version'>): KeyHash[] =>
  Array.from({ length: version }, (_, before) => before + 1).flatMap((each) => [
    keyOf('claw_back', id, each),
    keyOf('give_back', id, each),
  ]);

/** Each movement has a key of its own, by the version that the charge has since it moved. */
const entryOf = (book: Book, charge: Charge, what: 'claw_back' | 'give_back'): Entry =>
  openEntry({
    keyHash: keyOf(what, charge.id, charge.version),
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

/** What a claw-back has taken from a lot and nothing has given back since. */
interface Taken {
  readonly lot: LotId | null;
  left: Credits;
}

/**
 * The claw-back's own lines undone, last first: its debt before the lots it took from, and those before the charge's own.
 * What became debt of credits that had been bought and was paid meanwhile comes back without an end, as the credits had none.
 */
function giveBackClawed(book: Book, charge: Charge, amount: Credits): void {
  const taken = takenOf(book, charge);
  const entry = entryOf(book, charge, 'give_back');
  for (const { lot, part } of takeBack(taken, amount)) giveBackTo(book, entry, lot, part, true);
}

/** Read from the lines alone: each claw-back adds to what is taken, and each undoing removes the last of it. */
function takenOf(book: Book, charge: Charge): Taken[] {
  const taken: Taken[] = [];
  const before = cold(book).funds.get(charge.id) ?? [];
  for (const { kind, lot, amount } of [...before, ...book.lines.filter((line) => line.ref === charge.id)]) {
    if (kind === 'claw_back') taken.push({ lot, left: negated(amount) });
    else if (kind === 'give_back') takeBack(taken, amount);
  }
  return taken;
}

/** Removes so much from the end of what is taken, and answers the parts in that order. */
function takeBack(taken: Taken[], amount: Credits): { readonly lot: LotId | null; readonly part: Credits }[] {
  const parts: { readonly lot: LotId | null; readonly part: Credits }[] = [];
  for (let left = amount; left > 0n; ) {
    const last = taken.at(-1);
    if (last === undefined) throw new Error(`${left} more are given back than the lines say was taken`);
    const part = least(left, last.left);
    parts.push({ lot: last.lot, part });
    last.left = minus(last.left, part);
    left = minus(left, part);
    if (last.left === 0n) taken.pop();
  }
  return parts;
}
