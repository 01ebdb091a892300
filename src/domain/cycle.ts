/** Where an account stands: its plan, the terms and the zone its periods are counted by, and when the next one begins. */
import { type Book, changeSettings, settingsOf } from './book.js';
import { type Cadence, type Plan, planOf } from './catalog.js';
import type { Instant } from './instant.js';
import type { MinorUnits } from './money.js';
import { boundary, ordinalAt } from './period.js';
import type { Standing } from './plan-state.js';

export const planNow = (book: Book): Plan | undefined => planOf(book.context.catalog, settingsOf(book).plan);

export const standingOf = (book: Book): Standing => settingsOf(book).standing;

export const changeStanding = (book: Book, change: Partial<Standing>): void =>
  changeSettings(book, { standing: { ...standingOf(book), ...change } });

/** Once the plan's own first period has begun the trial is over, whoever began it. */
export const isInTrial = (book: Book): boolean =>
  standingOf(book).trialEndsAt !== null && settingsOf(book).ordinal === null;

/** Past due and past the grace: features, pay-as-you-go and further allotments have stopped. */
export const isStopped = (book: Book): boolean => standingOf(book).pastDue?.stopped === true;

export const isClosed = (book: Book): boolean => standingOf(book).closedAt !== null;

/** The processor counts a subscription's periods in UTC; all others are counted in the account's zone. */
export const periodZone = (book: Book): string =>
  standingOf(book).subscription === null ? settingsOf(book).zone : 'UTC';

/** The length of the present period: as it was when it began, whatever the catalog has become since. */
export function cadenceOf(book: Book): Cadence | null {
  const plan = planNow(book);
  return plan === undefined ? null : (standingOf(book).terms?.every ?? plan.every);
}

/** The plan's cap of pay-as-you-go in the present period; null: it offers none. */
export function planCapOf(book: Book): MinorUnits | null {
  const { terms } = standingOf(book);
  return terms === null ? (planNow(book)?.overageCapMinor ?? null) : terms.overageCapMinor;
}

export interface PeriodNow {
  readonly ordinal: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** The period that the book's instant lies in; a trial counts as one. Null where nothing is renewed. */
export function periodNow(book: Book): PeriodNow | null {
  const { anchor } = settingsOf(book);
  const { trialEndsAt, trialUsedAt } = standingOf(book);
  const every = cadenceOf(book);
  if (anchor === null || every === null) return null;
  if (trialEndsAt !== null && isInTrial(book))
    return { ordinal: -1, startsAt: trialUsedAt ?? book.at, endsAt: trialEndsAt };
  const zone = periodZone(book);
  const ordinal = presentOrdinal(book, anchor, every);
  return {
    ordinal,
    startsAt: boundary(anchor, zone, every, ordinal),
    endsAt: boundary(anchor, zone, every, ordinal + 1),
  };
}

/**
 * A period that has begun is not over before its end. After a change of zone it may have begun by the old clock up to a day
 * before the new one counts it.
 */
export const presentOrdinal = (book: Book, anchor: Instant, every: Cadence): number =>
  Math.max(ordinalAt(anchor, periodZone(book), every, book.at), settingsOf(book).ordinal ?? Number.NEGATIVE_INFINITY);

/** The end of the period that the book's instant lies in; null where nothing is renewed. */
export const periodEnd = (book: Book): Instant | null => periodNow(book)?.endsAt ?? null;

/** When the period that has not been granted yet began; periods slept through are passed over. */
export function renewalDue(book: Book): Instant | null {
  const { anchor, ordinal } = settingsOf(book);
  const every = cadenceOf(book);
  if (anchor === null || every === null || anchor > book.at) return null;
  const zone = periodZone(book);
  const current = ordinalAt(anchor, zone, every, book.at);
  return ordinal !== null && ordinal >= current ? null : boundary(anchor, zone, every, current);
}

/** When the next period begins; null: never. */
export function nextRenewal(book: Book): Instant | null {
  const { anchor, ordinal } = settingsOf(book);
  const every = cadenceOf(book);
  if (anchor === null || every === null) return null;
  return ordinal === null ? anchor : boundary(anchor, periodZone(book), every, ordinal + 1);
}

/** The period whose start lies nearest: an invoice's instant and the boundary it means differ by a little. */
export function nearestOrdinal(anchor: Instant, zone: string, every: Cadence, at: Instant): number {
  const before = ordinalAt(anchor, zone, every, at);
  const since = at - boundary(anchor, zone, every, before);
  return since <= boundary(anchor, zone, every, before + 1) - at ? before : before + 1;
}
