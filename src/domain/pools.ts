/**
 * Pools and budgets. A pool is an earmark and not a balance: credits of each period that only its members may use. Setting
 * aside moves nothing, so that a pool is worth no more than what is available, and whoever is outside may use what is
 * available less what pools have unspent. Holds and covered uses are bound by this; what has happened never is.
 */
import type { Hold } from './account.js';
import { availableOf, type Book } from './book.js';
import { type Credits, formatCredits, least, microCredits, minus, most, NO_CREDITS, plus } from './credits.js';
import type { MemberId } from './ids.js';
import type { Ask, Measure } from './limit-measure.js';
import { counterId, type Pool } from './limits-state.js';
import { headroomOf } from './overage.js';
import { periodAt } from './windows.js';

/** Whether uses must be held against pools and budgets; told by the hot row until the cold ones are there. */
export const isWatched = (book: Book): boolean =>
  book.coldRows === null ? book.watched : book.limits.pools.size > 0 || book.limits.budgets.size > 0;

function usedThisPeriod(book: Book, kind: 'pool' | 'budget', name: string): Credits {
  const { startsAt } = periodAt(book, book.at);
  return microCredits(book.limits.counters.get(counterId({ kind, name, subject: '', startsAt }))?.count ?? 0n);
}

const heldBy = (book: Book, whose: (hold: Hold) => boolean): Credits =>
  book.holds.reduce((sum, hold) => (hold.state === 'open' && whose(hold) ? plus(sum, hold.open) : sum), NO_CREDITS);

export const usedOfPool = (book: Book, pool: Pool): Credits => usedThisPeriod(book, 'pool', pool.key);
export const heldOfPool = (book: Book, pool: Pool): Credits => heldBy(book, (hold) => hold.pool === pool.key);
export const usedOfBudget = (book: Book, member: MemberId): Credits => usedThisPeriod(book, 'budget', member);
export const heldOfBudget = (book: Book, member: MemberId): Credits => heldBy(book, (hold) => hold.member === member);

/** Neither used nor held of this period's credits; never below zero. */
export const unspentOf = (book: Book, pool: Pool): Credits =>
  most(minus(minus(pool.credits, usedOfPool(book, pool)), heldOfPool(book, pool)), NO_CREDITS);

const availableNow = (book: Book): Credits => most(availableOf(book), NO_CREDITS);

/** What a pool can really pay: no more than what is available. */
export const worthOf = (book: Book, pool: Pool): Credits => least(unspentOf(book, pool), availableNow(book));

/** What is set aside of what is available: the pools' unspent credits, and never more than there is. */
export function earmarked(book: Book): Credits {
  let unspent = NO_CREDITS;
  for (const pool of book.limits.pools.values()) unspent = plus(unspent, unspentOf(book, pool));
  return least(unspent, availableNow(book));
}

/** What may be used outside of pools, pay-as-you-go included. */
export const restOf = (book: Book): Credits =>
  most(minus(plus(availableOf(book), headroomOf(book)), earmarked(book)), NO_CREDITS);

/** The pools that a member must keep to; null for whoever may use what lies outside as well. */
export function poolsConfining(pools: Iterable<Pool>, member: MemberId | null): Pool[] | null {
  if (member === null) return null;
  const own: Pool[] = [];
  for (const pool of pools) {
    const listed = pool.members.find((one) => one.member === member);
    if (listed === undefined) continue;
    if (!listed.confined) return null;
    own.push(pool);
  }
  return own.length === 0 ? null : own;
}

export function budgetMeasures(book: Book, asks: readonly Ask[]): Measure[] {
  const needs = new Map<MemberId, bigint>();
  for (const { member, credits } of asks) {
    if (member !== null && credits > 0n) needs.set(member, (needs.get(member) ?? 0n) + credits);
  }
  return [...needs].flatMap(([member, need]) => {
    const budget = book.limits.budgets.get(member);
    if (budget === undefined) return [];
    const taken = plus(usedOfBudget(book, member), heldOfBudget(book, member));
    const { endsAt } = periodAt(book, book.at);
    const words = book.context.catalog.words.credit.many;
    const sentence = () =>
      `The budget of ${member} is ${formatCredits(budget.credits)} ${words} a period; ${formatCredits(taken)} are used or held, and this needs ${formatCredits(microCredits(need))}.`;
    const bounds = { room: minus(budget.credits, taken), need, most: budget.credits, resetsAt: endsAt };
    return [{ limit: 'budget', reason: 'budget_reached', key: member, ...bounds, sentence } as const];
  });
}

/** Who asks for what they are no member of or may not leave first; then each pool that is asked of. */
export function poolMeasures(book: Book, asks: readonly Ask[]): Measure[] {
  const paying = asks.filter((ask) => ask.credits > 0n);
  const strangers = paying.flatMap((ask) => strangerMeasure(book, ask));
  const needs = new Map<Pool, bigint>();
  for (const { pool: key, credits } of paying) {
    const pool = poolNamed(book, key);
    if (pool !== undefined) needs.set(pool, (needs.get(pool) ?? 0n) + credits);
  }
  return [...strangers, ...[...needs].map(([pool, need]) => emptyMeasure(book, pool, need))];
}

export const poolNamed = (book: Book, key: string | null): Pool | undefined =>
  key === null ? undefined : book.limits.pools.get(key);

/** Uses that name no member are the product's own: nobody is kept from a pool who is not known. */
function strangerMeasure(book: Book, { pool: key, member, credits }: Ask): Measure[] {
  const { pools } = book.limits;
  if (pools.size === 0) return [];
  const no = (name: string, sentence: string): Measure[] => [
    {
      ...{ limit: 'pool', reason: 'not_in_pool', key: name, sentence: () => sentence },
      ...{ room: 0n, need: credits, most: 0n, resetsAt: null },
    },
  ];
  const pool = poolNamed(book, key);
  if (key !== null && pool === undefined) return no(key, `There is no pool "${key}".`);
  if (pool !== undefined) {
    const isMember = member === null || pool.members.some((one) => one.member === member);
    return isMember ? [] : no(pool.key, `${member} is not a member of the pool ${pool.label}.`);
  }
  const confining = poolsConfining(pools.values(), member);
  const [first] = confining ?? [];
  if (confining === null || first === undefined) return [];
  const names = confining.map((one) => one.label).join(', ');
  return no(first.key, `${member} uses credits of a pool only: ${names}. Say which.`);
}

/** Held against the earmark alone; whether the account has that much is the balance's to say. */
function emptyMeasure(book: Book, pool: Pool, need: bigint): Measure {
  const unspent = unspentOf(book, pool);
  const room = pool.whenUsed === 'stop' ? unspent : plus(unspent, restOf(book));
  const words = book.context.catalog.words.credit.many;
  const sentence = () =>
    `The pool ${pool.label} has ${formatCredits(unspent)} of its ${formatCredits(pool.credits)} ${words} of this period left, and this needs ${formatCredits(microCredits(need))}.`;
  const { endsAt } = periodAt(book, book.at);
  const bounds = { room, need, most: pool.credits, resetsAt: endsAt };
  return { limit: 'pool', reason: 'pool_empty', key: pool.key, ...bounds, sentence };
}
