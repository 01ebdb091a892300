/**
 * Billing cycles as Stripe counts them: in UTC, from the anchor itself, so that a cycle begun on the 31st bills on the
 * last day of a shorter month and on the 31st again after it. Instants are epoch seconds.
 */
import type { StoredPrice } from './billing-state.js';

export type Recurring = NonNullable<StoredPrice['recurring']>;

const DAY = 86_400;

/** Where cycle `ordinal` begins; 0 begins at the anchor. */
export function cycleStart(anchor: number, { interval, count }: Recurring, ordinal: number): number {
  const steps = ordinal * count;
  switch (interval) {
    case 'day':
      return anchor + steps * DAY;
    case 'week':
      return anchor + steps * 7 * DAY;
    case 'month':
      return monthsLater(anchor, steps);
    case 'year':
      return monthsLater(anchor, steps * 12);
  }
}

function monthsLater(anchor: number, months: number): number {
  const at = new Date(anchor * 1_000);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = anchor - Math.floor(anchor / DAY) * DAY;
  return Date.UTC(year, month, Math.min(at.getUTCDate(), lastDay)) / 1_000 + timeOfDay;
}

const SHORTEST: Readonly<Record<Recurring['interval'], number>> = {
  day: DAY,
  week: 7 * DAY,
  month: 31 * DAY,
  year: 366 * DAY,
};

/** The first boundary after `at`. */
export function boundaryAfter(anchor: number, recurring: Recurring, at: number): number {
  // An ordinal that cannot lie too late, counted up from there.
  let ordinal = Math.floor((at - anchor) / (SHORTEST[recurring.interval] * recurring.count)) - 1;
  while (cycleStart(anchor, recurring, ordinal) <= at) ordinal += 1;
  return cycleStart(anchor, recurring, ordinal);
}

/** The last boundary at or before `at`. */
export function boundaryAt(anchor: number, recurring: Recurring, at: number): number {
  let ordinal = Math.floor((at - anchor) / (SHORTEST[recurring.interval] * recurring.count)) - 1;
  while (cycleStart(anchor, recurring, ordinal + 1) <= at) ordinal += 1;
  return cycleStart(anchor, recurring, ordinal);
}
