/** Writing down what was used: in windows, of pools, of budgets. What has happened is counted even over a limit. */
import type { UseLine } from './account.js';
import type { Book } from './book.js';
import { type Credits, negated } from './credits.js';
import { DAY_MS, type Instant, later } from './instant.js';
import type { Ask, Count } from './limit-measure.js';
import { type CounterKey, counterId } from './limits-state.js';
import { countsOf, periodAt, type Window, windowAt, windowLimit } from './windows.js';

/** A use that was posted now. */
export function countUse(book: Book, ask: Ask): void {
  countInWindows(book, ask.counts, ask.at, 1n);
  countCredits(book, ask, book.at, ask.credits);
}

/** The facts of a use, as its first line has them. */
export type CountedLine = Pick<
  UseLine,
  'meter' | 'quantity' | 'properties' | 'member' | 'pool' | 'occurredAt' | 'postedAt'
>;

/**
 * A use that is given back: its credits, and its count once it has been given back whole. In part it has still happened.
 * Pools and budgets are counted in the period that the use was posted in, so that an old one lifts nothing of today's.
 */
export function uncountUse(book: Book, use: CountedLine, credits: Credits, isWhole: boolean): void {
  const postedAt = use.postedAt ?? book.at;
  // Every use of a meter has its quantity, except parts of a hold that counted no further.
  if (isWhole && use.quantity !== null) countInWindows(book, countsOf(book.context.catalog, use), use.occurredAt, -1n);
  countCredits(book, use, postedAt, negated(credits));
}

function countInWindows(book: Book, counts: readonly Count[], at: Instant, sign: 1n | -1n): void {
  for (const { limit: key, subject, quantity } of counts) {
    const limit = windowLimit(book.context.catalog, key);
    if (limit !== undefined)
      add(book, { kind: 'window', name: key, subject }, windowAt(book, limit, at), sign * quantity);
  }
}

function countCredits(
  book: Book,
  { pool, member }: Pick<Ask, 'pool' | 'member'>,
  postedAt: Instant,
  credits: Credits,
): void {
  const earmark = pool === null ? undefined : book.limits.pools.get(pool);
  if (earmark !== undefined && earmark.createdAt <= postedAt)
    add(book, { kind: 'pool', name: earmark.key, subject: '' }, periodAt(book, postedAt), credits);
  const budget = member === null ? undefined : book.limits.budgets.get(member);
  if (budget !== undefined && budget.createdAt <= postedAt)
    add(book, { kind: 'budget', name: budget.member, subject: '' }, periodAt(book, postedAt), credits);
}

/** No count falls below zero: what is given back may have been used before anything was counted. */
function add(book: Book, name: Omit<CounterKey, 'startsAt'>, window: Window, amount: bigint): void {
  if (amount === 0n) return;
  const key: CounterKey = { ...name, startsAt: window.startsAt };
  const id = counterId(key);
  const { counters } = book.limits;
  const { counts } = book.effects.limits;
  const after = (counters.get(id)?.count ?? 0n) + amount;
  counters.set(id, { ...key, endsAt: window.endsAt, count: after < 0n ? 0n : after });
  counts.set(id, { ...key, endsAt: window.endsAt, count: (counts.get(id)?.count ?? 0n) + amount });
  // One day more than the oldest event that is still accepted.
  const { lateDays } = book.context.catalog.policies;
  book.effects.limits.sweepBefore = later(book.at, -(lateDays + 1) * DAY_MS);
}
