/** The lot that somebody names to take from it, or what has become of it. */
import type { Book } from './book.js';
import { isClosed } from './cycle.js';
import { hasEnded } from './give-back.js';
import type { LotId } from './ids.js';
import { isoOf } from './instant.js';
import { isSpendable, type Lot } from './lots.js';
import { type Refused, refused } from './outcomes.js';

/** Lots that are used up or over are not loaded by themselves: whoever names one has its row loaded with the cold rows. */
export function namedLot(book: Book, id: LotId): Lot | Refused {
  const lot = book.lots.find((one) => one.id === id && isSpendable(one));
  if (lot === undefined) return refused('lot_unknown', `This account has no lot "${id}". List its lots and name one.`);
  return lot.closed ? over(book, lot) : lot;
}

/** What was on it before its end may have been used or have lapsed: both leave nothing. */
function over(book: Book, lot: Lot): Refused {
  const { id, expiresAt } = lot;
  if (expiresAt !== null && expiresAt <= book.at)
    return refused('lot_lapsed', `The lot "${id}" ended at ${isoOf(expiresAt)}, and nothing is left of it.`);
  if (isClosed(book))
    return refused('lot_lapsed', `The lot "${id}" ended when the account was closed, and nothing is left of it.`);
  if (hasEnded(book, lot))
    return refused(
      'lot_lapsed',
      `The lot "${id}" ended with the plan's period that it was for: nothing is left of it.`,
    );
  return refused('lot_empty', `The lot "${id}" is empty: what was on it has been used, voided or taken back.`);
}
