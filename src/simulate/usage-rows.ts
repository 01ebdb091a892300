/** What a clock would have counted of one account's use, kept up with every line: a scenario has no clock that lags behind. */
import type { Line } from '../domain/book.js';
import { type Credits, NO_CREDITS } from '../domain/credits.js';
import { DAY_MS, type Instant, later } from '../domain/instant.js';
import {
  addTo,
  burnOf,
  daysBefore,
  hourOf,
  type LocalDay,
  localDay,
  RATE_DAYS,
  type RecentUse,
  usualHour,
} from '../domain/recent-use.js';

export interface UsageRows {
  readonly hours: Map<Instant, Credits>;
  readonly days: Map<LocalDay, Credits>;
  firstUsedAt: Instant | null;
  /** As it was at the beginning of the hour, like the clock's. */
  usual: { readonly at: Instant; readonly burn: Credits | null } | null;
}

export const newUsageRows = (): UsageRows => ({ hours: new Map(), days: new Map(), firstUsedAt: null, usual: null });

/** `usedAt` is when the use happened that the line is, or gives back; null where it is neither. */
export function countLine(usage: UsageRows, line: Line, usedAt: Instant | null, zone: string): void {
  const burn = burnOf(line);
  if (burn === null || usedAt === null) return;
  addTo(usage.hours, hourOf(usedAt), burn);
  addTo(usage.days, localDay(usedAt, zone), burn);
  if (usage.firstUsedAt === null || usedAt < usage.firstUsedAt) usage.firstUsedAt = usedAt;
}

export function recentUseOf(usage: UsageRows, now: Instant): RecentUse {
  const hour = hourOf(now);
  if (usage.usual?.at !== hour) {
    forget(usage, hour);
    const before = [...usage.hours].filter(([at]) => at < hour).map(([, burn]) => burn);
    usage.usual = { at: hour, burn: usualHour(before) };
  }
  const { firstUsedAt, days } = usage;
  return { hour: usage.hours.get(hour) ?? NO_CREDITS, usualHour: usage.usual?.burn ?? null, firstUsedAt, days };
}

/** What no rate looks at any more. Days are kept a little longer: a zone may be most of a day ahead. */
function forget({ hours, days }: UsageRows, hour: Instant): void {
  if (hours.size === 0 && days.size === 0) return;
  const since = later(hour, -RATE_DAYS * DAY_MS);
  for (const at of hours.keys()) if (at < since) hours.delete(at);
  const oldest = daysBefore(localDay(hour, 'UTC'), RATE_DAYS + 2);
  for (const day of days.keys()) if (day < oldest) days.delete(day);
}
