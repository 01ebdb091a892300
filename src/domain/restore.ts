/**
 * What the reconciler and webhooks ask of charges beside agreeing: to be looked at again, and to be brought back when the
 * database was restored from a copy that is older than they are.
 */
import { addLot, type Book, cold, type Entry, openEntry, post } from './book.js';
import { type Charge, isOpen } from './charge.js';
import { blankCharge } from './charge-opening.js';
import type { RestoreCharge, WakeCharge } from './commands.js';
import { type Credits, least, minus, NO_CREDITS, negated, plus } from './credits.js';
import { moveOn } from './dunning.js';
import { engineKey } from './keys.js';
import type { Lot } from './lots.js';
import { touch } from './obligations.js';
import { type Outcome, refused } from './outcomes.js';
import { agree, canceled } from './settlement.js';
import { blankLot, payDebt } from './spend.js';

/** Makes the charge's row due, so that its own step looks what is to be done. A charge that has ended stays as it is. */
export function wakeCharge(book: Book, { charge: id }: WakeCharge): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === id);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${id}".`);
  if (isOpen(charge)) book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
  return { kind: 'agreed', state: charge.state, next: null };
}

/**
 * Brings back a charge that was paid and whose row is gone, and settles it in the same breath: it never stands here unpaid,
 * so that it cannot be in the way of a top-off that is open. A charge that is here is left alone.
 */
export function restoreCharge(book: Book, command: RestoreCharge): Outcome {
  cold(book);
  const { view, sold, account } = command;
  const known = book.charges.find((one) => one.id === command.charge);
  if (known !== undefined) return { kind: 'agreed', state: known.state, next: null };
  if (view.charge !== command.charge || view.status !== 'succeeded' || view.payment === null) {
    return refused('invalid', `The intent "${view.intentId}" is no payment of the charge "${command.charge}".`);
  }
  const { kind, credits } = sold;
  const charge = blankCharge(book, command.charge, { kind, credits, amountMinor: view.amountMinor, card: null });
  charge.intentId = view.intentId;
  charge.intentAskedAt = book.at;
  charge.nextAttemptAt = null;
  if (kind === 'overage') billAgain(book, charge);
  return agree(book, {
    kind: 'agree',
    account,
    charge: charge.id,
    version: charge.version,
    view,
    decline: null,
    looked: true,
  });
}

/**
 * What the restored copy still holds of the use that this money was for is not owed a second time. The rest of that use is
 * not here: it was paid for and comes back as credits without an end, out of which the use is taken should it be sent again.
 */
function billAgain(book: Book, charge: Charge): void {
  const replaced = dropReplaced(book, charge);
  let left = charge.credits;
  for (const lot of book.lots.filter((one) => one.kind === 'overage' && one.remaining < 0n)) {
    if (left === 0n) break;
    const part = least(left, negated(lot.remaining));
    bill(book, charge, lot, part);
    left = minus(left, part);
  }
  if (left === 0n) return;
  const lost = addLot(book, blankLot(book, { kind: 'overage', reason: `${charge.credits}/${charge.amountMinor}` }));
  post(book, entryOf(book, charge, `lost:${charge.id}`, LOST_USE), 'begin', lost, negated(left));
  bill(book, charge, lost, left);
  const back = minus(left, least(left, replaced));
  if (back === 0n) return;
  const entry = entryOf(book, charge, `returned:${charge.id}`, LOST_USE);
  const returned = addLot(book, blankLot(book, { kind: 'returned', amount: back, paid: true }));
  post(book, entry, 'give_back', returned, back);
  payDebt(book, entry, returned);
}

const LOST_USE = 'paid for, and lost with the database';

const entryOf = (book: Book, charge: Charge, key: string, reason: string | null = null): Entry =>
  openEntry({ keyHash: engineKey(key), contentHash: null, occurredAt: book.at, ref: charge.id, reason });

function bill(book: Book, charge: Charge, lot: Lot, part: Credits): void {
  post(book, entryOf(book, charge, `bill:${lot.id}:${charge.id}`), 'bill', lot, part);
  lot.closed = lot.remaining === 0n;
}

/**
 * The restored database, which did not know of the payment, may have billed the same use anew: such a charge is younger than
 * the one that comes back, and must not be paid as well. Answers the credits that it billed.
 */
function dropReplaced(book: Book, restored: Charge): Credits {
  let billed = NO_CREDITS;
  for (const charge of book.charges) {
    if (charge.kind !== 'overage' || charge.id <= restored.id) continue;
    if (!isOpen(charge) && charge.state !== 'failed') continue;
    billed = plus(billed, charge.credits);
    if (charge.intentAskedAt === null) canceled(book, charge);
    else if (!charge.cancelOwed) {
      charge.cancelOwed = true;
      moveOn(charge, { extra: null, waitingSince: book.at });
      touch(book, charge);
      book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
    }
  }
  return billed;
}
