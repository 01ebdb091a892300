/**
 * Credits that are about to be lost. A lot is looked at when its last days begin and once a day from then on, until it is
 * told of, used up or gone; a look is due at an instant that follows from the state alone, so that it does not matter which
 * commands come between.
 */
import type { AlertState, Told } from './alert-state.js';
import { type Book, cold, livingLots, settingsOf } from './book.js';
import { type Credits, credits, formatCredits, least, microCredits, minus, plus } from './credits.js';
import type { LotId } from './ids.js';
import { DAY_MS, earliest, type Instant, isoOf, later } from './instant.js';
import { isSpendable, type Lot } from './lots.js';
import { burnPerDay } from './recent-use.js';

/** Less than one credit that lapses is no reason for a mail. */
const LEAST_TOLD = credits(1);

interface Expiring extends Lot {
  readonly expiresAt: Instant;
}
const expires = (lot: Lot): lot is Expiring => lot.expiresAt !== null;

/** The regular allotment is not told: it is renewed. One of a plan that ends is. */
const isWatched = (book: Book, lot: Lot): lot is Expiring =>
  isSpendable(lot) &&
  lot.begun &&
  lot.remaining > 0n &&
  expires(lot) &&
  (lot.kind !== 'allotment' || settingsOf(book).ending) &&
  !settingsOf(book).alerts.expiring.told.includes(lot.id);

/** When a lot is looked at next. One that lives shorter than the days before an expiry is looked at halfway through. */
function lookAt(book: Book, lot: Expiring): Instant | null {
  const { lookedAt } = settingsOf(book).alerts.expiring;
  const window = book.context.catalog.alerts.expiringDays * DAY_MS;
  const half = Math.trunc((lot.expiresAt - lot.effectiveAt) / 2);
  const first = later(lot.expiresAt, -Math.min(window, half));
  const next = lookedAt === null || first > lookedAt ? first : later(lookedAt, DAY_MS);
  return next < lot.expiresAt ? next : null;
}

/** The next instant at which a lot has to be looked at: the account is not settled beyond it. */
export function expiringLookAt(book: Book): Instant | null {
  let next: Instant | null = null;
  for (const lot of book.lots) if (isWatched(book, lot)) next = earliest(next, lookAt(book, lot));
  return next;
}

/** One mail for each instant at which something would be lost. */
export function expiringAlerts(book: Book, state: AlertState): Told {
  const due = book.lots.filter((lot): lot is Expiring => {
    const at = isWatched(book, lot) ? lookAt(book, lot) : null;
    return at !== null && at <= book.at;
  });
  if (due.length === 0) return { state, facts: [] };
  const perDay = burnPerDay(cold(book).recentUse, book.at, settingsOf(book).zone);
  const lost = lostOf(livingLots(book), perDay, book.at);
  const told = due.filter((lot) => (lost.get(lot.id) ?? 0n) >= LEAST_TOLD);
  const open = new Set(book.lots.filter((lot) => !lot.closed).map((lot) => lot.id));
  const kept = state.expiring.told.filter((id) => open.has(id));
  const sums = new Map<Instant, Credits>();
  for (const lot of told) {
    const sum = sums.get(lot.expiresAt) ?? microCredits(0n);
    sums.set(lot.expiresAt, plus(sum, lost.get(lot.id) ?? microCredits(0n)));
  }
  return {
    state: { ...state, expiring: { lookedAt: book.at, told: [...kept, ...told.map((lot) => lot.id)] } },
    facts: [...sums].map(([expiresAt, sum]) => ({
      kind: 'credits_expiring',
      credits: formatCredits(sum),
      expiresAt: isoOf(expiresAt),
    })),
  };
}

/**
 * What each lot will lose at its expiry if credits go on being used at this pace, in burn order. Lots that have not begun
 * and allotments still to come are not counted: what they would be used for instead is not known.
 */
export function lostOf(inBurnOrder: readonly Lot[], perDay: Credits, at: Instant): Map<LotId, Credits> {
  const lost = new Map<LotId, Credits>();
  let left = inBurnOrder.map((lot) => ({ lot, rest: lot.remaining }));
  let now = at;
  for (;;) {
    const next = earliest(...left.map(({ lot }) => lot.expiresAt));
    if (next === null) return lost;
    let burn = microCredits((perDay * BigInt(Math.max(0, next - now))) / BigInt(DAY_MS));
    left = left.map(({ lot, rest }) => {
      const part = least(burn, rest);
      burn = minus(burn, part);
      return { lot, rest: minus(rest, part) };
    });
    for (const { lot, rest } of left) if (lot.expiresAt === next) lost.set(lot.id, rest);
    left = left.filter(({ lot, rest }) => lot.expiresAt !== next && rest > 0n);
    now = next;
  }
}
