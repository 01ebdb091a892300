/** The credits that a plan includes in its present period, and how many of them are used: one answer for page, alerts and API. */
import { type Book, cold, settingsOf } from './book.js';
import { type Credits, minus, NO_CREDITS, plus } from './credits.js';
import type { Lot } from './lots.js';

export interface Included {
  /** What this period's allotment brought, differences of upgrades counted. */
  readonly included: Credits;
  readonly used: Credits;
  readonly left: Credits;
}

/**
 * Null where this period brought no allotment. A trial is a period without an ordinal, and its credits are what it includes.
 * What was voided, clawed back or taken by debt counts as used: it is not left. Credits of any other origin have no part.
 */
export function includedOf(book: Book): Included | null {
  const { allotments } = cold(book);
  const { run, ordinal } = settingsOf(book);
  const isOfPeriod = (lot: Lot): boolean => lot.kind === 'allotment' && lot.run === run && lot.ordinal === ordinal;
  let included = allotments.run === run && allotments.ordinal === ordinal ? allotments.granted : NO_CREDITS;
  for (const lot of book.newLots) if (isOfPeriod(lot)) included = plus(included, lot.amount);
  let left = NO_CREDITS;
  for (const lot of book.lots) if (isOfPeriod(lot)) left = plus(left, lot.remaining);
  if (included === 0n) return null;
  return { included, used: minus(included, left), left };
}
