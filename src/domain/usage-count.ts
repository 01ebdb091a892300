/** Counting usage from ledger lines: what each line adds to which day, period and hour. Pure, so that any slicing comes to the same. */
import { type Credits, NO_CREDITS, plus } from './credits.js';
import type { Instant } from './instant.js';
import { addTo, burnOf, daysBefore, hourOf, type LocalDay, localDay, RATE_DAYS } from './recent-use.js';

/** A line as counting reads it. */
export interface UsageLine {
  readonly kind: string;
  /** Its place in its entry: the first line of a use carries the quantity and is the event. */
  readonly line: number;
  readonly amount: Credits;
  readonly meter: string | null;
  readonly member: string | null;
  /** Millionths. */
  readonly quantity: bigint | null;
  /** When the use happened that the line is, or gives back; null where it gives back no use. */
  readonly usedAt: Instant | null;
}

export interface KnownPeriod {
  readonly run: number;
  readonly ordinal: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

export interface Sum {
  readonly meter: string;
  readonly member: string;
  quantity: bigint;
  credits: Credits;
  events: number;
}

export interface UsageCount {
  readonly days: Map<string, Sum & { readonly day: LocalDay }>;
  readonly periods: Map<string, Sum & { readonly period: KnownPeriod }>;
  readonly hours: Map<Instant, Credits>;
  readonly burnByDay: Map<LocalDay, Credits>;
  firstUsedAt: Instant | null;
}

/** Reversals subtract credits on the day, in the period and in the hour of their use; quantity and events stay what ran. */
export function countUsage(lines: Iterable<UsageLine>, zone: string, periods: readonly KnownPeriod[]): UsageCount {
  const count: UsageCount = {
    days: new Map(),
    periods: new Map(),
    hours: new Map(),
    burnByDay: new Map(),
    firstUsedAt: null,
  };
  for (const line of lines) {
    const burn = burnOf(line);
    if (burn === null || line.usedAt === null) continue;
    const day = localDay(line.usedAt, zone);
    const name = { meter: line.meter ?? '', member: line.member ?? '' };
    const key = JSON.stringify([name.meter, name.member]);
    add(count.days, `${day} ${key}`, () => ({ day, ...nothing(name) }), line, burn);
    const period = periodAt(periods, line.usedAt);
    if (period !== null) {
      const place = `${period.run}:${period.ordinal} ${key}`;
      add(count.periods, place, () => ({ period, ...nothing(name) }), line, burn);
    }
    addTo(count.hours, hourOf(line.usedAt), burn);
    addTo(count.burnByDay, day, burn);
    if (count.firstUsedAt === null || line.usedAt < count.firstUsedAt) count.firstUsedAt = line.usedAt;
  }
  return count;
}

const nothing = (name: Pick<Sum, 'meter' | 'member'>): Sum => ({
  ...name,
  quantity: 0n,
  credits: NO_CREDITS,
  events: 0,
});

function add<One extends Sum>(
  sums: Map<string, One>,
  key: string,
  make: () => One,
  line: UsageLine,
  burn: Credits,
): void {
  const sum = sums.get(key) ?? make();
  sums.set(key, sum);
  sum.credits = plus(sum.credits, burn);
  if (line.kind !== 'use' || line.line !== 0) return;
  sum.quantity += line.quantity ?? 0n;
  sum.events += 1;
}

/** The one that began last: a new run begins while the old one's period would still have gone on. */
function periodAt(periods: readonly KnownPeriod[], at: Instant): KnownPeriod | null {
  let found: KnownPeriod | null = null;
  for (const one of periods) {
    if (one.startsAt > at || at >= one.endsAt) continue;
    if (found === null || one.startsAt > found.startsAt || (one.startsAt === found.startsAt && one.run > found.run)) {
      found = one;
    }
  }
  return found;
}

/** The days that rates look at, with what was counted now; older ones are forgotten. */
export function withBurn(
  before: ReadonlyMap<LocalDay, Credits>,
  more: ReadonlyMap<LocalDay, Credits>,
  today: LocalDay,
): Map<LocalDay, Credits> {
  const oldest = daysBefore(today, RATE_DAYS + 1);
  const days = new Map([...before].filter(([day]) => day >= oldest));
  for (const [day, burn] of more) if (day >= oldest) addTo(days, day, burn);
  return days;
}

/** "12.5" → 12 500 000: a quantity has at most six places. */
export function millionths(text: string | null): bigint | null {
  if (text === null) return null;
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  return text.startsWith('-') ? -size : size;
}

/** 12 500 000 → "12.500000". */
export function ofMillionths(quantity: bigint): string {
  const size = quantity < 0n ? -quantity : quantity;
  return `${quantity < 0n ? '-' : ''}${size / 1_000_000n}.${(size % 1_000_000n).toString().padStart(6, '0')}`;
}
