/**
 * Limits with a window: how much was used within a minute, an hour, a local day, a period, ever, or until a date. A use
 * counts in the window that it happened in. An open hold counts in every window that is not over, because whenever it is
 * captured the use falls into one of those: so what holds and covered uses took together is never more than the limit.
 */
import type { Hold } from './account.js';
import { type Book, settingsOf } from './book.js';
import { type Catalog, type CountsToward, type Limit, type Plan, planOf } from './catalog.js';
import { exactMillionths } from './catalog-reading.js';
import type { Properties } from './commands.js';
import { cadenceOf, periodZone, presentOrdinal } from './cycle.js';
import type { MemberId } from './ids.js';
import { HOUR_MS, type Instant, instant, isoOf, later, MINUTE_MS } from './instant.js';
import { contentHash } from './keys.js';
import type { Ask, Count, Measure } from './limit-measure.js';
import { countText, instantText, planThatAllows } from './limit-words.js';
import { counterId } from './limits-state.js';
import { boundary, ordinalAt, startOfLocalDay } from './period.js';

/** What is known of a use that counts: from a command, a hold or a ledger line. */
export interface Countable {
  readonly meter?: string | null;
  readonly quantity?: number | null;
  readonly properties?: Properties | null;
  readonly member?: MemberId | null;
}

export type WindowLimit = Extract<Limit, { kind: 'window' }>;

export interface Window {
  readonly startsAt: Instant;
  /** Null: never, or when the catalog says. */
  readonly endsAt: Instant | null;
}

/** Where windows without a beginning of their own begin. */
const EVER = instant(0);
/** A local day is over before this, and the next is not: clocks move by two hours at most. */
const WITHIN_NEXT_DAY_MS = 26 * HOUR_MS;
const LONGEST_SUBJECT = 200;

/**
 * The counts of a use, whichever plan the account is on: a plan that binds a limit later, within the same window, finds what
 * was used before. Limits that no plan names are not counted.
 */
export function countsOf(catalog: Catalog, use: Countable): Count[] {
  const meter = use.meter ? catalog.meters.get(use.meter) : undefined;
  if (meter === undefined || meter.countsToward.length === 0) return [];
  const quantity = exactMillionths(use.quantity ?? 1) ?? 0n;
  if (quantity <= 0n) return [];
  return meter.countsToward
    .filter(({ limit }) => catalog.plans.some((plan) => plan.limits.has(limit)))
    .map(({ limit, by }) => ({ limit, subject: subjectOf(by, use, meter.properties), quantity }));
}

/** Uses that name no member share one count; the catalog's loader sees to it that a property is always there. */
function subjectOf(by: CountsToward['by'], use: Countable, properties: ReadonlyMap<string, Fallback>): string {
  switch (by.kind) {
    case 'account':
      return '';
    case 'member':
      return memberSubject(use.member ?? '');
    case 'property':
      return shortened(`${by.key}=${use.properties?.[by.key] ?? properties.get(by.key)?.fallback ?? ''}`);
  }
}

interface Fallback {
  readonly fallback: string | number | boolean | null;
}

export const memberSubject = (member: string): string => shortened(`member=${member}`);

/** An index takes no key of any length; two long values are told apart by their hash. */
const shortened = (subject: string): string =>
  subject.length <= LONGEST_SUBJECT ? subject : `${subject.slice(0, LONGEST_SUBJECT - 40)}…${contentHash(subject)}`;

export const windowLimit = (catalog: Catalog, key: string): WindowLimit | undefined => {
  const limit = catalog.limits.get(key);
  return limit?.kind === 'window' ? limit : undefined;
};

export function windowAt(book: Book, limit: WindowLimit, at: Instant): Window {
  switch (limit.window.kind) {
    case 'minute':
      return elapsed(at, MINUTE_MS);
    case 'hour':
      return elapsed(at, HOUR_MS);
    case 'day': {
      const { zone } = settingsOf(book);
      const startsAt = startOfLocalDay(at, zone);
      return { startsAt, endsAt: startOfLocalDay(later(startsAt, WITHIN_NEXT_DAY_MS), zone) };
    }
    case 'period':
      return periodAt(book, at);
    case 'lifetime':
    case 'until':
      return { startsAt: EVER, endsAt: null };
  }
}

function elapsed(at: Instant, ms: number): Window {
  const startsAt = instant(Math.floor(at / ms) * ms);
  return { startsAt, endsAt: later(startsAt, ms) };
}

/** The allotment period that `at` lies in, a trial counting as one; where nothing is renewed all time is one. */
export function periodAt(book: Book, at: Instant): Window {
  const { anchor, standing } = settingsOf(book);
  const every = cadenceOf(book);
  if (anchor === null || every === null) return { startsAt: EVER, endsAt: null };
  const { trialUsedAt, trialEndsAt } = standing;
  if (trialUsedAt !== null && trialEndsAt !== null && trialUsedAt <= at && at < trialEndsAt)
    return { startsAt: trialUsedAt, endsAt: trialEndsAt };
  const zone = periodZone(book);
  const ordinal = at === book.at ? presentOrdinal(book, anchor, every) : ordinalAt(anchor, zone, every, at);
  return {
    startsAt: boundary(anchor, zone, every, ordinal),
    endsAt: boundary(anchor, zone, every, ordinal + 1),
  };
}

/** What was counted within a window, and what open holds keep of it. Millionths. */
export function takenIn(book: Book, limit: string, subject: string, window: Window): bigint {
  const { startsAt, endsAt } = window;
  const counted = book.limits.counters.get(counterId({ kind: 'window', name: limit, subject, startsAt }))?.count ?? 0n;
  if (endsAt !== null && endsAt <= book.at) return counted;
  let held = 0n;
  for (const hold of book.holds) {
    for (const count of openCounts(book, hold)) {
      if (count.limit === limit && count.subject === subject) held += count.quantity;
    }
  }
  return counted + held;
}

/** What an open hold still keeps of each limit: what it was placed for, less what its parts have turned into real counts. */
export function openCounts(book: Book, hold: Hold): Count[] {
  if (hold.state !== 'open' || hold.quantity === null) return [];
  return countsOf(book.context.catalog, hold).flatMap((count) => {
    const quantity = count.quantity - hold.counted;
    return quantity > 0n ? [{ ...count, quantity }] : [];
  });
}

/** One measure for each window that the list would count in and the plan bounds. */
export function windowMeasures(book: Book, asks: readonly Ask[]): Measure[] {
  const { catalog } = book.context;
  const plan = planOf(catalog, settingsOf(book).plan);
  const groups = new Map<string, { readonly measure: Omit<Measure, 'need' | 'sentence'>; need: bigint; say: Say }>();
  for (const { counts, at } of asks) {
    for (const { limit: key, subject, quantity } of counts) {
      const limit = windowLimit(catalog, key);
      const most = plan?.limits.get(key);
      if (limit === undefined || most === undefined) continue;
      const window = windowAt(book, limit, at);
      const id = `${key}\0${subject}\0${window.startsAt}`;
      const group = groups.get(id) ?? groupOf(book, { limit, subject, most, window, at, plan });
      group.need += quantity;
      groups.set(id, group);
    }
  }
  return [...groups.values()].map(({ measure, need, say }) => ({ ...measure, need, sentence: () => say(need) }));
}

type Say = (need: bigint) => string;

interface Bounded {
  readonly limit: WindowLimit;
  readonly subject: string;
  readonly most: number;
  readonly window: Window;
  readonly at: Instant;
  readonly plan: Plan | undefined;
}

function groupOf(book: Book, { limit, subject, most, window, at, plan }: Bounded) {
  const ended = hasEnded(limit, at);
  const taken = takenIn(book, limit.key, subject, window);
  const full = ended === null ? millionths(most) : 0n;
  const bounds = { room: ended === null ? full - taken : 0n, most: full, resetsAt: window.endsAt };
  const measure = { limit: 'window', reason: 'window_reached', key: limit.key, ...bounds } as const;
  const whose = subject === '' ? '' : ` (${subject.replace('=', ' ')})`;
  const say: Say = (need) => {
    if (ended !== null) return `${limit.label} ended on ${isoOf(ended).slice(0, 10)}.`;
    const more = need === ONE ? '' : `, and this needs ${countText(need)}`;
    const next = window.endsAt === null ? '' : ` It starts anew at ${instantText(window.endsAt)}.`;
    const higher = planThatAllows(book.context.catalog, plan, limit.key);
    return `${limit.label}${whose}: ${countText(taken)} of ${most} are used${more}.${next}${higher}`;
  };
  return { measure, need: 0n, say };
}

const ONE = 1_000_000n;
const millionths = (whole: number): bigint => BigInt(whole) * ONE;

/** When a limit until a date stopped being available, where it has by `at`. */
export const hasEnded = (limit: WindowLimit, at: Instant): Instant | null =>
  limit.window.kind === 'until' && at >= limit.window.at ? limit.window.at : null;
