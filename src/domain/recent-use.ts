/**
 * How an account has been using credits lately: net burn, which is what usage took less what was given back of it. Packs,
 * top-offs, grants and lapses are no part of it. All of it goes by when the work happened, not by when it was posted.
 */
import { type Credits, microCredits, minus, NO_CREDITS, plus } from './credits.js';
import { DAY_MS, HOUR_MS, type Instant, instant } from './instant.js';
import { localTime } from './period.js';

/** A day of the account's zone, "2026-03-01". */
export type LocalDay = string;

export interface RecentUse {
  /** Burned in the clock hour (UTC) that the state was read in. */
  readonly hour: Credits;
  /** The median of the hours with use in the fourteen days before; null while there are too few of them. */
  readonly usualHour: Credits | null;
  /** When the account's first use happened; null: it has none. */
  readonly firstUsedAt: Instant | null;
  /** Burned on each of the last days, today among them; a day without use is absent. */
  readonly days: ReadonlyMap<LocalDay, Credits>;
}

export const NO_USE: RecentUse = { hour: NO_CREDITS, usualHour: null, firstUsedAt: null, days: new Map() };

/** How far back rates look. */
export const RATE_DAYS = 14;
/** Fewer hours with use than this are no habit: nothing can be unusual yet. */
const HABIT_HOURS = 3;
/** Zones differ from UTC by whole quarters of an hour, so that all of a quarter lies on one local day. */
const QUARTER_MS = HOUR_MS / 4;

export const hourOf = (at: Instant): Instant => instant(Math.floor(at / HOUR_MS) * HOUR_MS);

const MOST_REMEMBERED = 50_000;
const days = new Map<string, LocalDay>();

export function localDay(at: Instant, zone: string): LocalDay {
  const key = `${Math.floor(at / QUARTER_MS)} ${zone}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const day = localTime(at, zone).slice(0, 10);
  if (days.size >= MOST_REMEMBERED) days.clear();
  days.set(key, day);
  return day;
}

/** The calendar day that lies `count` days before; negative counts lie after. */
export const daysBefore = (day: LocalDay, count: number): LocalDay =>
  new Date(Date.parse(`${day}T00:00:00Z`) - count * DAY_MS).toISOString().slice(0, 10);

/**
 * The median of hours with use. Hours without any are left out: most accounts sleep at night, so that with them the median
 * of nearly everybody would be zero and every busy hour unusual.
 */
export function usualHour(hours: Iterable<Credits>): Credits | null {
  const used = [...hours].filter((burn) => burn > 0n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return used.length < HABIT_HOURS ? null : (used[Math.floor((used.length - 1) / 2)] ?? null);
}

/**
 * Net burn a day, over the whole local days before today since the first use, at most fourteen; yesterday weighs fourteen,
 * the day before it thirteen, and so on, so that a change of pace is believed within days. Today is left out, because
 * nobody knows how it ends. Zero where nothing was burned or more was given back than used.
 */
export function burnPerDay(use: RecentUse, at: Instant, zone: string): Credits {
  if (use.firstUsedAt === null) return NO_CREDITS;
  const today = localDay(at, zone);
  const first = localDay(use.firstUsedAt, zone);
  let burned = 0n;
  let weights = 0n;
  for (let back = 1; back <= RATE_DAYS; back += 1) {
    const day = daysBefore(today, back);
    if (day < first) break;
    const weight = BigInt(RATE_DAYS + 1 - back);
    weights += weight;
    burned += weight * (use.days.get(day) ?? NO_CREDITS);
  }
  return weights === 0n || burned <= 0n ? NO_CREDITS : microCredits(burned / weights);
}

/** One line of the ledger, as far as burn goes. */
export interface BurnLine {
  readonly kind: string;
  readonly amount: Credits;
  readonly occurredAt: Instant;
}

/** What a line burned: positive for a use, negative for what was given back of one, and null for everything else. */
export const burnOf = ({ kind, amount }: Pick<BurnLine, 'kind' | 'amount'>): Credits | null =>
  kind === 'use' || kind === 'give_back' ? minus(NO_CREDITS, amount) : null;

/** Adds to what stands under a name. */
export function addTo<Key>(sums: Map<Key, Credits>, key: Key, amount: Credits): void {
  sums.set(key, plus(sums.get(key) ?? NO_CREDITS, amount));
}
