/**
 * An attempt that the processor has certainly not run, and never will under its key, is made anew under another. At once the
 * first time; a processor that answers every attempt with a fault it then remembers is asked more and more rarely.
 */
import { type Book, cold } from './book.js';
import { type Charge, DOUBT_LIMIT_MS } from './charge.js';
import type { AttemptBy } from './charge-course.js';
import { doubt, moveOn } from './dunning.js';
import { type Instant, later, MINUTE_MS } from './instant.js';

const LONGEST_WAIT_MS = 15 * MINUTE_MS;

/** The attempts of the charge that came to nothing in a row, before the one that has just been answered; newest first. */
function cameToNothing(book: Book, charge: Charge): readonly Instant[] {
  const answered = cold(book)
    .recentAttempts.filter((one) => one.charge === charge.id && one.result !== null)
    .sort((a, b) => b.sentAt - a.sentAt);
  const others = answered.findIndex((one) => one.result !== 'unexecuted');
  return (others < 0 ? answered : answered.slice(0, others)).map((one) => one.sentAt);
}

/** Five minutes of this are no definite answer either, and are told like any other silence. */
export function tryAnew(book: Book, charge: Charge, by: AttemptBy): void {
  const before = cameToNothing(book, charge);
  const since = before.at(-1);
  if (since !== undefined && book.at - since >= DOUBT_LIMIT_MS) doubt(book, charge);
  const wait = since === undefined ? 0 : Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** (before.length - 1));
  duePlainly(book, charge, by, later(book.at, wait));
}

/** As the attempt before it was made: a rung by the ladder's column, anything else beside the ladder. */
export function duePlainly(book: Book, charge: Charge, by: AttemptBy, at: Instant = book.at): void {
  charge.state = 'pending';
  if (by === 'rung') charge.nextAttemptAt = at;
  else moveOn(charge, { extra: { at, by } });
}
