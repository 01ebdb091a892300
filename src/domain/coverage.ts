/** Whether what has not happened yet may be used or held: first what bounds it, then whether there is enough. */
import { availableOf, type Book, settingsOf } from './book.js';
import { refuseClosed } from './closing.js';
import { type Credits, formatCredits, plus } from './credits.js';
import { type Ask, fits, type Measure } from './limit-measure.js';
import { type Refused, refused } from './outcomes.js';
import { canUseOverage, headroomOf } from './overage.js';
import {
  budgetMeasures,
  earmarked,
  isWatched,
  poolMeasures,
  poolNamed,
  poolsConfining,
  restOf,
  worthOf,
} from './pools.js';
import { windowMeasures } from './windows.js';

/** Whether an account's limits have any part in this: elsewhere the hot row and the open lots are enough. */
export const isBounded = (book: Book, ask: Ask): boolean => ask.counts.length > 0 || isWatched(book);

/** Everything that bounds what is asked for together, in the order in which it is named. */
export function limitMeasures(book: Book, asks: readonly Ask[]): Measure[] {
  if (!asks.some((ask) => isBounded(book, ask))) return [];
  settingsOf(book);
  return [...windowMeasures(book, asks), ...budgetMeasures(book, asks), ...poolMeasures(book, asks)];
}

/** Null where a covered use or a hold may go on. A free one is never stopped by the balance. */
export function permit(book: Book, ask: Ask): Refused | null {
  const closed = refuseClosed(book);
  if (closed !== null) return closed;
  const over = limitMeasures(book, [ask]).find((one) => !fits(one));
  if (over !== undefined) return refused(over.reason, `${over.sentence()} Nothing was used.`);
  if (ask.credits === 0n) return null;
  const short = coverage(book, ask.credits);
  if (!isWatched(book)) return short;
  return short === null ? withinRest(book, ask) : shortInPool(book, ask, short);
}

function coverage(book: Book, cost: Credits): Refused | null {
  const available = availableOf(book);
  if (cost <= available) return null;
  const headroom = headroomOf(book);
  if (cost <= plus(available, headroom)) return null;
  fellShort(book, cost);
  if (canUseOverage(book)) {
    return refused(
      'overage_cap_reached',
      `This needs ${formatCredits(cost)} credits; ${formatCredits(available)} are available and ${formatCredits(headroom)} are left of the cap. Nothing was used.`,
    );
  }
  return refused(
    'insufficient_credits',
    `This needs ${formatCredits(cost)} credits and ${formatCredits(available)} are available. Nothing was used.`,
  );
}

function fellShort(book: Book, needed: Credits): void {
  if (book.shortfall === null || needed > book.shortfall) book.shortfall = needed;
}

/** Outside of pools only what they have not set aside may be used. A top-off that lifts the rest is a way out. */
function withinRest(book: Book, ask: Ask): Refused | null {
  if (poolNamed(book, ask.pool) !== undefined) return null;
  const rest = restOf(book);
  if (ask.credits <= rest) return null;
  const aside = earmarked(book);
  fellShort(book, plus(ask.credits, aside));
  return refused(
    'insufficient_credits',
    `This needs ${formatCredits(ask.credits)} credits and ${formatCredits(rest)} are available beside the ${formatCredits(aside)} that pools set aside. Nothing was used.`,
  );
}

/** Whoever is confined to pools learns what a pool is worth and never what the account has. */
function shortInPool(book: Book, { pool: key, member, credits }: Ask, short: Refused): Refused {
  const pool = poolNamed(book, key);
  if (pool === undefined || poolsConfining(book.limits.pools.values(), member) === null) return short;
  return refused(
    'pool_empty',
    `The pool ${pool.label} is worth ${formatCredits(worthOf(book, pool))} credits at present, and this needs ${formatCredits(credits)}. Nothing was used.`,
  );
}
