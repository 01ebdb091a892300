/**
 * Periods: a cycle of boundaries counted from one anchor. Every boundary is computed from the anchor itself and never
 * from the boundary before it, so a cycle begun on the 31st returns to the 31st after every short month. Days, weeks,
 * months and years move the local date and keep the local time of day; hours are elapsed time.
 *
 * The one file of the domain that imports a library: the time-zone database is nothing to write at home.
 */
import { Temporal } from 'temporal-polyfill';
import type { Cadence } from './catalog.js';
import { DAY_MS, HOUR_MS, type Instant, instant } from './instant.js';

const UNITS = ['hour', 'day', 'week', 'month', 'year'] as const;
const MOST_UNITS = 10_000;

/** "month", "3 months", "1 year". Null for anything else, and for a count of 0 or above 10 000. */
export function parseCadence(text: string): Cadence | null {
  const match = /^(?:(\d{1,5}) +)?(hour|day|week|month|year)s?$/.exec(text.trim());
  const unit = UNITS.find((one) => one === match?.[2]);
  const count = Number(match?.[1] ?? 1);
  return unit === undefined || count < 1 || count > MOST_UNITS ? null : { unit, count };
}

export const formatCadence = ({ unit, count }: Cadence): string => (count === 1 ? unit : `${count} ${unit}s`);

/** True for a name of the time-zone database ("Europe/Berlin", "UTC"); an offset such as "+02:00" is no zone. */
export function isZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where period `ordinal` begins; ordinal 0 begins at the anchor and negative ones lie before it. A day the month lacks
 * becomes its last; a local time that the clock skips moves forward by what was skipped; of one that comes twice the
 * first counts. Two boundaries coincide only where a zone skipped a whole day. Throws RangeError outside the calendar.
 */
export function boundary(anchor: Instant, zone: string, cadence: Cadence, ordinal: number): Instant {
  const steps = ordinal * cadence.count;
  if (cadence.unit === 'hour') return instant(anchor + steps * HOUR_MS);
  const key = `${anchor} ${steps}${cadence.unit} ${zone}`;
  const known = boundaries.get(key);
  if (known !== undefined) return known;
  const found = instant(moved(zoned(anchor, zone), cadence.unit, steps).epochMilliseconds);
  remember(boundaries, key, found);
  return found;
}

function moved(start: Temporal.ZonedDateTime, unit: Exclude<Cadence['unit'], 'hour'>, steps: number) {
  switch (unit) {
    case 'day':
      return start.add({ days: steps });
    case 'week':
      return start.add({ weeks: steps });
    case 'month':
      return start.add({ months: steps });
    case 'year':
      return start.add({ years: steps });
  }
}

/** The period that `at` lies in: boundary(o) ≤ at < boundary(o + 1). */
export function ordinalAt(anchor: Instant, zone: string, cadence: Cadence, at: Instant): number {
  if (cadence.unit === 'hour') return Math.floor((at - anchor) / (HOUR_MS * cadence.count));
  const key = `${anchor} ${cadence.count}${cadence.unit} ${zone}`;
  const known = lastPeriods.get(key);
  if (known && known.start <= at && at < known.end) return known.ordinal;
  const period = search(anchor, zone, cadence, at);
  remember(lastPeriods, key, period);
  return period.ordinal;
}

/** Midnight that began the local day of `at`, or the day's first moment where the clock skipped midnight. */
export const startOfLocalDay = (at: Instant, zone: string): Instant => localSpan('day', at, zone).start;

export const startOfLocalMonth = (at: Instant, zone: string): Instant => localSpan('month', at, zone).start;

/** Midnight of the first of a month in the zone; months before 1 and after 12 are those of the years beside it. */
export function monthStart(year: number, month: number, zone: string): Instant {
  const key = `${year}-${month} ${zone}`;
  const known = monthStarts.get(key);
  if (known !== undefined) return known;
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 }).add({ months: month - 1 });
  const start = instant(first.toZonedDateTime({ timeZone: zone }).epochMilliseconds);
  remember(monthStarts, key, start);
  return start;
}

/** When the local day or month that follows the one of `at` begins. */
export const nextLocal = (unit: 'day' | 'month', at: Instant, zone: string): Instant => localSpan(unit, at, zone).end;

/** "2026-03-29T03:30:00+02:00": an instant as clocks in the zone show it. */
export function localTime(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toString({ timeZoneName: 'never', smallestUnit: at % 1_000 === 0 ? 'second' : 'millisecond' });
}

/** Reads "2024-01-31" or "2024-01-31T09:30" as a local time of the zone. Null where it is none. */
export function instantOfLocal(text: string, zone: string): Instant | null {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/.test(text)) return null;
  try {
    const local = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return instant(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
  } catch {
    return null;
  }
}

// ── How it stays fast ────────────────────────────────────────────────────────────────────────────────────────────────

interface FoundPeriod {
  readonly ordinal: number;
  readonly start: Instant;
  readonly end: Instant;
}

/** Remembering changes no answer, only its cost: asking for an account's period again is two comparisons. */
const MOST_REMEMBERED = 20_000;
const anchors = new Map<string, Temporal.ZonedDateTime>();
const boundaries = new Map<string, Instant>();
const lastPeriods = new Map<string, FoundPeriod>();
const lastSpans = new Map<string, Omit<FoundPeriod, 'ordinal'>>();
const monthStarts = new Map<string, Instant>();

/** Forgets everything when full: a sweep over more accounts than fit would gain nothing from a cleverer rule. */
function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  memory.set(key, value);
}

function zoned(anchor: Instant, zone: string): Temporal.ZonedDateTime {
  const key = `${anchor} ${zone}`;
  const known = anchors.get(key);
  if (known) return known;
  const made = Temporal.Instant.fromEpochMilliseconds(anchor).toZonedDateTimeISO(zone);
  remember(anchors, key, made);
  return made;
}

/** The local day or month that `at` lies in: start ≤ at < end. */
function localSpan(unit: 'day' | 'month', at: Instant, zone: string): Omit<FoundPeriod, 'ordinal'> {
  const key = `${unit} ${zone}`;
  const known = lastSpans.get(key);
  if (known && known.start <= at && at < known.end) return known;
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const first = unit === 'day' ? local : local.with({ day: 1 });
  const next = first.add(unit === 'day' ? { days: 1 } : { months: 1 });
  const span = {
    start: instant(first.startOfDay().epochMilliseconds),
    end: instant(next.startOfDay().epochMilliseconds),
  };
  remember(lastSpans, key, span);
  return span;
}

/** Average lengths of the Gregorian calendar: the estimate is off by one at most, and then corrected. */
const AVERAGE_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 30.436875 * DAY_MS, year: 365.2425 * DAY_MS } as const;

function search(anchor: Instant, zone: string, cadence: Cadence, at: Instant): FoundPeriod {
  const average = cadence.unit === 'hour' ? HOUR_MS : AVERAGE_MS[cadence.unit];
  let ordinal = Math.floor((at - anchor) / (average * cadence.count));
  let start = boundary(anchor, zone, cadence, ordinal);
  while (start > at) {
    ordinal -= 1;
    start = boundary(anchor, zone, cadence, ordinal);
  }
  let end = boundary(anchor, zone, cadence, ordinal + 1);
  while (end <= at) {
    ordinal += 1;
    start = end;
    end = boundary(anchor, zone, cadence, ordinal + 1);
  }
  return { ordinal, start, end };
}
