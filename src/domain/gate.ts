/**
 * The gate: may this run now? It only reads, as if everything due had been done, and what it counts on is what the debit
 * and the function that opens top-offs would really do.
 */
import type { AccountState } from './account.js';
import { availableOf, type Book, type DecideContext, openBook } from './book.js';
import { DOUBT_LIMIT_MS } from './charge.js';
import { isCharging } from './charging.js';
import type { Priceable } from './commands.js';
import { limitMeasures } from './coverage.js';
import { type Credits, NO_CREDITS, plus } from './credits.js';
import { balanceFired, featureFired, featuresOf, restFired } from './gate-limits.js';
import { type Remedy, remediesOf } from './gate-remedies.js';
import type { MemberId } from './ids.js';
import type { Instant } from './instant.js';
import { levelMeasure } from './levels.js';
import { type Ask, fits, type Measure, timesIn } from './limit-measure.js';
import type { Refused } from './outcomes.js';
import { headroomOf } from './overage.js';
import { poolNamed, poolsConfining, restOf, worthOf } from './pools.js';
import { settle } from './settle.js';
import { isHeldBack, openTopOff, topOffVerdict } from './top-off.js';
import { askOf, priceOf } from './use.js';

export type { Remedy, RemedyCode } from './gate-remedies.js';

/** What is asked: actions that are to run together, a feature, or so many more (below zero: fewer) of a level. */
export type GateWish =
  | { readonly kind: 'run'; readonly list: readonly Priceable[] }
  | { readonly kind: 'feature'; readonly feature: string }
  | { readonly kind: 'level'; readonly limit: string; readonly member?: MemberId; readonly by: number };

/** A limit that fired, the first of them being the one to name. */
export interface FiredLimit {
  readonly limit: 'feature' | 'level' | 'window' | 'budget' | 'pool' | 'balance' | 'overage_cap';
  /** Which: key of the feature, the limit or the pool, or the member whose budget it is; null for the balance. */
  readonly key: string | null;
  readonly sentence: string;
  /** When waiting alone would help; null: never, or when the next period begins where it is the balance. */
  readonly resetsAt: Instant | null;
}

export interface GateAnswer {
  readonly kind: 'answered';
  readonly allowed: boolean;
  readonly cost: Credits;
  /** To a member who is confined to pools, what those are worth: never what the account has. */
  readonly available: Credits;
  /** Available and what is left of the pay-as-you-go cap. */
  readonly spendable: Credits;
  /** For how many times the whole list there is room and enough; null: nothing bounds it. */
  readonly times: number | null;
  /** Let through although nothing is left, because a top-off is on its way. */
  readonly grace: boolean;
  readonly fired: readonly FiredLimit[];
  readonly remedies: readonly Remedy[];
}

/** `viewer` is who reads the answer, where that is a member: nobody who is confined to pools is told what the account has. */
export function check(
  state: AccountState,
  wish: GateWish,
  now: Instant,
  context: DecideContext,
  slug: string,
  viewer?: MemberId,
): GateAnswer | Refused {
  const at = now > state.hot.lastInstant ? now : state.hot.lastInstant;
  const book = openBook(state, at, context);
  settle(book);
  const asked = askedOf(book, wish);
  if ('kind' in asked) return asked;
  const { asks, measures, features } = asked;
  const cost = asks.reduce((sum, ask) => plus(sum, ask.credits), NO_CREDITS);
  const balance = balanceOf(book, asks, cost, wish.kind === 'run');
  const fired = [
    ...featureFired(book, features),
    ...measures.filter((one) => !fits(one)).map(firedBy),
    ...balance.fired,
  ];
  const { available, spendable } = shownTo(book, viewer ?? null, asks);
  return {
    kind: 'answered',
    allowed: fired.length === 0,
    cost,
    available,
    spendable,
    times: timesOf(cost, spendable, [...measures, ...balance.rest]),
    grace: balance.grace,
    fired,
    remedies: fired.length === 0 ? [] : remediesFor(book, viewer ?? null, remediesOf(book, fired, slug)),
  };
}

/** What an owner could do says how the account's cards, caps and plan stand: a member who is confined to pools only waits. */
const remediesFor = (book: Book, viewer: MemberId | null, remedies: readonly Remedy[]): readonly Remedy[] =>
  poolsConfining(book.limits.pools.values(), viewer) === null
    ? remedies
    : remedies.filter((one) => one.who === 'anybody');

interface Asked {
  readonly asks: readonly Ask[];
  /** Of levels, windows, budgets and pools, in the order in which they are named. */
  readonly measures: readonly Measure[];
  readonly features: readonly string[];
}

function askedOf(book: Book, wish: GateWish): Asked | Refused {
  if (wish.kind === 'feature') return { asks: [], measures: [], features: [wish.feature] };
  if (wish.kind === 'level') {
    const { limit, member, by } = wish;
    const measure = levelMeasure(book, { limit, add: by, ...(member === undefined ? {} : { member }) });
    if (measure !== null && 'kind' in measure) return measure;
    return { asks: [], measures: measure === null ? [] : [measure], features: [] };
  }
  const asks: Ask[] = [];
  for (const one of wish.list) {
    const priced = priceOf(book, one);
    if (priced.kind === 'refused') return priced;
    asks.push(askOf(book, one, priced.credits, book.at));
  }
  return { asks, measures: limitMeasures(book, asks), features: featuresOf(book, wish.list) };
}

const firedBy = (measure: Measure): FiredLimit => ({
  limit: measure.limit,
  key: measure.key,
  sentence: measure.sentence(),
  resetsAt: measure.need <= measure.most ? measure.resetsAt : null,
});

/** Whether there is enough, of everything and of what pools leave to those outside of them. */
function balanceOf(book: Book, asks: readonly Ask[], cost: Credits, isRun: boolean) {
  const available = availableOf(book);
  const spendable = plus(available, headroomOf(book));
  const isShort = isRun && isStopped(book, cost, spendable);
  const grace = isShort && isSavedByTopOff(book, available);
  if (isShort) return { fired: grace ? [] : [balanceFired(book, asks, cost, spendable)], grace, rest: [] };
  const rest = restMeasures(book, asks);
  return { fired: rest.filter((one) => !fits(one)).map((one) => restFired(one.sentence())), grace, rest };
}

/** A free action is never stopped by the balance unless the catalog says so. */
function isStopped(book: Book, cost: Credits, spendable: Credits): boolean {
  if (cost === 0n) return book.context.catalog.policies.freeNeedsBalance && spendable <= 0n;
  return cost > spendable;
}

/** Where there are pools: what is asked outside of them, against what they have not set aside. */
function restMeasures(book: Book, asks: readonly Ask[]): Measure[] {
  if (book.limits.pools.size === 0) return [];
  const outside = asks.filter((ask) => poolNamed(book, ask.pool) === undefined);
  const need = outside.reduce((sum, ask) => plus(sum, ask.credits), NO_CREDITS);
  if (need === 0n) return [];
  const words = book.context.catalog.words;
  const sentence = () => `What is left is set aside for pools. ${words.outOfCredits}`;
  const room = restOf(book);
  return [{ limit: 'pool', reason: 'insufficient_credits', key: '', room, need, most: room, resetsAt: null, sentence }];
}

/**
 * An empty balance stops nobody while a top-off will still save the call: one would be opened now, or one is open, not
 * declined and not in doubt; and what it brings lifts what is available above zero. Nobody is lent more than that.
 */
function isSavedByTopOff(book: Book, available: Credits): boolean {
  const verdict = topOffVerdict(book);
  if (verdict.kind === 'due') return plus(available, verdict.credits) > 0n;
  const open = openTopOff(book);
  if (open === undefined || open.cancelOwed) return false;
  // A fault of ours is doubt, which has its own time below; anything else was a decline.
  if (open.failure !== null && open.failure !== 'internal_error') return false;
  // What the operator's switch, a dispute or a brake keeps from being sent saves nobody while it is kept.
  if (!isCharging(book) || (open.unanswered === null && open.state === 'pending' && isHeldBack(book))) return false;
  const since = open.unanswered?.firstSentAt ?? open.intentAskedAt;
  if (since !== null && book.at - since >= DOUBT_LIMIT_MS) return false;
  return plus(available, open.credits) > 0n;
}

/** Nothing at all can be spent, and no top-off is about to change that. */
export function isGateClosed(book: Book): boolean {
  const available = availableOf(book);
  return plus(available, headroomOf(book)) <= 0n && !isSavedByTopOff(book, available);
}

function timesOf(cost: Credits, spendable: Credits, measures: readonly Measure[]): number | null {
  const bounds = measures.map(timesIn);
  if (cost > 0n) bounds.push(spendable <= 0n ? 0 : Number(spendable / cost));
  return bounds.length === 0 ? null : Math.min(...bounds);
}

/** What the one who asks may see: who is confined to pools sees those that are asked of, or else all of their own. */
function shownTo(
  book: Book,
  viewer: MemberId | null,
  asks: readonly Ask[],
): { available: Credits; spendable: Credits } {
  const members = [viewer, ...asks.map((ask) => ask.member)];
  const pools = book.limits.pools;
  const confined = members.flatMap((member) => poolsConfining(pools.values(), member) ?? []);
  if (confined.length === 0) {
    const available = availableOf(book);
    return { available, spendable: plus(available, headroomOf(book)) };
  }
  const named = new Set(asks.map((ask) => ask.pool));
  const asked = confined.filter((pool) => named.has(pool.key));
  let worth = NO_CREDITS;
  for (const pool of new Set(asked.length > 0 ? asked : confined)) worth = plus(worth, worthOf(book, pool));
  return { available: worth, spendable: worth };
}
