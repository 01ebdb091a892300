/** For how long the balance lasts. */
import type { Credits } from './credits.js';
import { DAY_MS, type Instant, later } from './instant.js';
import { burnPerDay, daysBefore, localDay, RATE_DAYS, type RecentUse } from './recent-use.js';

export type Runway =
  /** There is too little history to tell. */
  | { readonly kind: 'learning' }
  /** `days` has one decimal and is zero where nothing is left; `until` is when the balance would be used up. */
  | { readonly kind: 'lasts'; readonly days: number; readonly until: Instant; readonly perDay: Credits };

/** History enough: a week since the first use, and use on three of the last fourteen whole days. */
const LEARNING_MS = 7 * DAY_MS;
const DAYS_OF_USE = 3;
/** Beyond this a number of days says nothing more; it also keeps instants inside the calendar. */
const LONGEST_DAYS = 3_650;

/**
 * Days left at the recent net burn: usage less what was given back, over the last fourteen whole days, the latest weighing
 * most. Packs, top-offs and grants are no burn. Still learning until a week has passed since the first use and at least
 * three of the last fourteen days had use; null where nothing burns, or nothing was ever used. It says how long what is
 * there now lasts: an allotment that will be renewed before, or a lot that will lapse before, is plainly not counted.
 */
export function runway(balance: Credits, use: RecentUse, at: Instant, zone: string): Runway | null {
  if (use.firstUsedAt === null) return null;
  const perDay = burnPerDay(use, at, zone);
  const today = localDay(at, zone);
  const used = Array.from({ length: RATE_DAYS }, (_, back) => use.days.get(daysBefore(today, back + 1)) ?? 0n);
  if (at - use.firstUsedAt < LEARNING_MS) return { kind: 'learning' };
  if (perDay === 0n) return null;
  if (used.filter((burn) => burn > 0n).length < DAYS_OF_USE) return { kind: 'learning' };
  if (balance <= 0n) return { kind: 'lasts', days: 0, until: at, perDay };
  const days = Math.min(Number((balance * 10n) / perDay) / 10, LONGEST_DAYS);
  return { kind: 'lasts', days, until: later(at, Math.trunc(days * DAY_MS)), perDay };
}
