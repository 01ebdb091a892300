/**
 * The runaway brake: an hour's use that is so far from the usual that automatic charges must not feed it pauses automatic
 * top-off, and the owner alone lets it go on.
 */
import type { Settings } from './account.js';
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { type Credits, formatCredits, minus, NO_CREDITS, plus } from './credits.js';
import { DAY_MS } from './instant.js';
import type { UnusualUsage } from './notice.js';
import { burnOf, hourOf } from './recent-use.js';

/** After the owner has said that all is well, the same burn is believed for this long. */
const BELIEVED_MS = DAY_MS;

/** Net burn of the present clock hour, by when the work happened: what had been posted, and what this batch adds. */
export function burnThisHour(book: Book): Credits {
  const hour = hourOf(book.at);
  let burn = cold(book).recentUse.hour;
  for (const line of book.lines) {
    const part = hourOf(line.occurredAt) === hour ? burnOf(line) : null;
    if (part !== null) burn = plus(burn, part);
  }
  return burn;
}

/**
 * Over `times` the account's own usual hour and over the floor. An account without habits has no usual hour and is guarded
 * by its caps alone. Within a day of the owner's resuming it takes twice the burn that paused it.
 */
export function isUnusual(book: Book): boolean {
  const { usualHour } = cold(book).recentUse;
  if (usualHour === null) return false;
  const { times, floor } = book.context.catalog.policies.runaway;
  const burn = burnThisHour(book);
  if (burn <= floor || burn <= usualHour * BigInt(times)) return false;
  const { brake } = settingsOf(book).alerts;
  if (brake === null || brake.resumedAt === null || book.at - brake.resumedAt >= BELIEVED_MS) return true;
  return minus(burn, brake.burn) >= brake.burn;
}

/** Nothing opens from now on. Answers what the owner is to be told; null where it was paused before. */
export function pauseTopOff(book: Book): UnusualUsage | null {
  const { topOff, alerts } = settingsOf(book);
  if (topOff.pausedAt !== null) return null;
  const burn = burnThisHour(book);
  changeSettings(book, {
    topOff: { ...topOff, pausedAt: book.at },
    alerts: { ...alerts, brake: { burn, resumedAt: null } },
  });
  return {
    kind: 'unusual_usage',
    hourCredits: formatCredits(burn),
    usualCredits: formatCredits(cold(book).recentUse.usualHour ?? NO_CREDITS),
  };
}

/** The brake remembers the pause that it made until it is resumed; a pause that it does not remember is an operator's. */
export const isPausedByOperator = ({ topOff, alerts }: Pick<Settings, 'topOff' | 'alerts'>): boolean =>
  topOff.pausedAt !== null && (alerts.brake === null || alerts.brake.resumedAt !== null);
