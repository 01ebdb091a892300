/**
 * An account's time zone. Another one acts from the next period on, so that the running one ends when its owner was told:
 * the anchor and its count go on as they are, and from that boundary they are read by the new zone's clock.
 */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import type { ChangeZone } from './commands.js';
import { isClosed, periodNow } from './cycle.js';
import { type Outcome, refused } from './outcomes.js';
import { isZone } from './period.js';

/** Where no period is running it acts at once. Going back to the present zone undoes what was chosen. */
export function changeZone(book: Book, { zone }: ChangeZone): Outcome {
  cold(book);
  if (isClosed(book)) return refused('account_closed', 'This account is closed.');
  if (!isZone(zone)) return refused('invalid', `"${zone}" is no time zone. Say its IANA name, such as Europe/Berlin.`);
  if (periodNow(book) === null) {
    changeSettings(book, { zone, nextZone: null });
    return { kind: 'configured' };
  }
  const nextZone = zone === settingsOf(book).zone ? null : zone;
  changeSettings(book, { nextZone });
  return nextZone === null
    ? { kind: 'configured' }
    : { kind: 'configured', note: `It acts from the next period on; until then ${settingsOf(book).zone} stands.` };
}

/** A period ends, and with it the zone that it was counted by. */
export function takeNextZone(book: Book): void {
  const { nextZone = null } = settingsOf(book);
  if (nextZone !== null) changeSettings(book, { zone: nextZone, nextZone: null });
}
