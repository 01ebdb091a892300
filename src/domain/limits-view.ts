/** Limits as people read them: what there is against what the plan allows, and when it starts anew. Nothing is written. */
import type { AccountState } from './account.js';
import { type Book, type DecideContext, openBook, settingsOf } from './book.js';
import { type CountsToward, type Limit, type LimitWindow, type Plan, planOf } from './catalog.js';
import { type Credits, microCredits, minus, most, NO_CREDITS } from './credits.js';
import type { MemberId } from './ids.js';
import type { Instant } from './instant.js';
import type { Pool, WhenUsed } from './limits-state.js';
import { heldOfBudget, heldOfPool, poolsConfining, unspentOf, usedOfBudget, usedOfPool, worthOf } from './pools.js';
import { settle } from './settle.js';
import { hasEnded, openCounts, periodAt, takenIn, type WindowLimit, windowAt } from './windows.js';

export interface LevelView {
  readonly limit: string;
  readonly label: string;
  readonly member: MemberId | null;
  readonly count: number;
  /** Null: the plan sets no limit. */
  readonly most: number | null;
}

export interface WindowView {
  readonly limit: string;
  readonly label: string;
  /** Whose: '' the account's, 'member=…', or '<property>=<value>'. */
  readonly subject: string;
  /** Of the meters' quantity, open holds included. */
  readonly count: number;
  readonly most: number;
  /** What it is counted within; `until` ends for good at `resetsAt`. */
  readonly per: LimitWindow['kind'];
  /** When it starts anew, or ends for good. */
  readonly resetsAt: Instant | null;
  readonly ended: boolean;
}

export interface PoolView {
  readonly pool: string;
  readonly label: string;
  readonly credits: Credits;
  readonly used: Credits;
  readonly held: Credits;
  readonly unspent: Credits;
  /** What it can really pay: no more than what is available. */
  readonly worth: Credits;
  readonly members: readonly MemberId[];
  readonly unconfined: readonly MemberId[];
  readonly whenUsed: WhenUsed;
}

export interface BudgetView {
  readonly member: MemberId;
  readonly credits: Credits;
  readonly used: Credits;
  readonly held: Credits;
  readonly left: Credits;
}

export interface LimitsView {
  readonly levels: readonly LevelView[];
  readonly windows: readonly WindowView[];
  readonly pools: readonly PoolView[];
  readonly budgets: readonly BudgetView[];
  /** When pools and budgets start anew; null: never. */
  readonly periodEndsAt: Instant | null;
}

/** Of a limit that is kept by member or property the largest counts, no more. */
const MOST_SUBJECTS = 50;

/**
 * The state must hold all of the account's limits that are not over. A viewer who is confined to pools sees those and the own
 * budget alone, and no other member's counts: nothing that would tell what the account has.
 */
export function limitsView(state: AccountState, now: Instant, context: DecideContext, viewer?: MemberId): LimitsView {
  const book = openBook(state, now > state.hot.lastInstant ? now : state.hot.lastInstant, context);
  settle(book);
  const plan = planOf(context.catalog, settingsOf(book).plan);
  const limits = [...context.catalog.limits.values()];
  const { pools, budgets } = book.limits;
  const own = viewer === undefined ? null : poolsConfining(pools.values(), viewer);
  const members = [...budgets.keys()].filter((member) => own === null || member === viewer);
  return {
    levels: limits
      .flatMap((limit) => (limit.kind === 'level' ? levelViews(book, limit, plan) : []))
      .filter((one) => own === null || one.member === null || one.member === viewer),
    windows: limits
      .flatMap((limit) => (limit.kind === 'window' ? windowViews(book, limit, plan) : []))
      .filter((one) => own === null || !one.subject.startsWith(OF_MEMBER) || one.subject === `${OF_MEMBER}${viewer}`),
    pools: (own ?? [...pools.values()]).map((pool) => poolView(book, pool)),
    budgets: members.map((member) => budgetView(book, member)),
    periodEndsAt: periodAt(book, book.at).endsAt,
  };
}

/** What the plan bounds and what the product has reported. An account's own level is there from the beginning, at none. */
function levelViews(book: Book, limit: Extract<Limit, { kind: 'level' }>, plan: Plan | undefined): LevelView[] {
  const most = plan?.limits.get(limit.key) ?? null;
  const { key, label } = limit;
  const known = [...book.limits.levels.values()].filter((one) => one.limit === key);
  if (known.length > 0) return known.map(({ member, value }) => ({ limit: key, label, member, count: value, most }));
  return most === null || limit.of === 'member' ? [] : [{ limit: key, label, member: null, count: 0, most }];
}

function windowViews(book: Book, limit: WindowLimit, plan: Plan | undefined): WindowView[] {
  const bound = plan?.limits.get(limit.key);
  if (bound === undefined) return [];
  const window = windowAt(book, limit, book.at);
  const subjects = new Set(isOfAccount(book, limit.key) ? [''] : []);
  for (const one of book.limits.counters.values()) {
    if (one.kind === 'window' && one.name === limit.key && one.startsAt === window.startsAt) subjects.add(one.subject);
  }
  for (const hold of book.holds) {
    for (const count of openCounts(book, hold)) if (count.limit === limit.key) subjects.add(count.subject);
  }
  const ended = hasEnded(limit, book.at) !== null;
  const resetsAt = limit.window.kind === 'until' ? limit.window.at : window.endsAt;
  return [...subjects]
    .map((subject) => ({ subject, taken: takenIn(book, limit.key, subject, window) }))
    .sort((a, b) => (a.taken === b.taken ? (a.subject < b.subject ? -1 : 1) : a.taken > b.taken ? -1 : 1))
    .slice(0, MOST_SUBJECTS)
    .map(({ subject, taken }) => ({
      ...{ limit: limit.key, label: limit.label, subject, count: Number(taken) / MILLION },
      ...{ most: bound, per: limit.window.kind, resetsAt, ended },
    }));
}

const MILLION = 1_000_000;
const OF_MEMBER = 'member=';

const isOfAccount = ({ context }: Book, limit: string): boolean =>
  [...context.catalog.meters.values()].some((meter) =>
    meter.countsToward.some((one: CountsToward) => one.limit === limit && one.by.kind === 'account'),
  );

function poolView(book: Book, pool: Pool): PoolView {
  const { key, label, credits, members, whenUsed } = pool;
  return {
    ...{ pool: key, label, credits, whenUsed },
    used: usedOfPool(book, pool),
    held: heldOfPool(book, pool),
    unspent: unspentOf(book, pool),
    worth: worthOf(book, pool),
    members: members.map((one) => one.member),
    unconfined: members.filter((one) => !one.confined).map((one) => one.member),
  };
}

function budgetView(book: Book, member: MemberId): BudgetView {
  const credits = book.limits.budgets.get(member)?.credits ?? microCredits(0n);
  const used = usedOfBudget(book, member);
  const held = heldOfBudget(book, member);
  return { member, credits, used, held, left: most(minus(minus(credits, used), held), NO_CREDITS) };
}
