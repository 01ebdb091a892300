/**
 * What the reconciler and webhooks ask of charges beside agreeing: to be looked at again, and to be brought back when the
 * database was restored from a copy that is older than they are.
 */
import { type Book, cold, openEntry, post } from './book.js';
import { type Charge, isOpen } from './charge.js';
import { blankCharge } from './charge-opening.js';
import type { RestoreCharge, WakeCharge } from './commands.js';
import { least, minus, NO_CREDITS, negated } from './credits.js';
import { engineKey } from './keys.js';
import { type Outcome, refused } from './outcomes.js';
import { agree } from './settlement.js';

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

/** What the restored copy still holds of the use that this money was for is not owed a second time. */
function billAgain(book: Book, charge: Charge): void {
  let left = charge.credits;
  for (const lot of book.lots) {
    const part = lot.kind === 'overage' ? least(left, negated(lot.remaining)) : NO_CREDITS;
    if (part <= 0n) continue;
    const keyHash = engineKey(`bill:${lot.id}:${charge.id}`);
    post(book, openEntry({ keyHash, contentHash: null, occurredAt: book.at, ref: charge.id }), 'bill', lot, part);
    lot.closed = lot.remaining === 0n;
    left = minus(left, part);
  }
}
