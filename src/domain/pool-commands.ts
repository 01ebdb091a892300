/** What owners set of pools and budgets. A pool stays when the plan no longer offers pools: it can then only be removed. */
import { type Book, cold, settingsOf } from './book.js';
import { planOf } from './catalog.js';
import { type Credits, LARGEST_CREDITS } from './credits.js';
import type { ConfigurePool, RemovePool, SetBudget } from './limit-commands.js';
import type { Pool, PoolMember } from './limits-state.js';
import { type Outcome, type Refused, refused } from './outcomes.js';

const MOST_POOLS = 100;
const MOST_MEMBERS = 1_000;
const LONGEST_NAME = 200;

/** Nothing of what the pool was used in this period is forgotten by changing it. */
export function configurePool(book: Book, command: ConfigurePool): Outcome {
  cold(book);
  const { pools } = book.limits;
  const before = pools.get(command.pool);
  const wrong = wrongPool(book, command, before);
  if (wrong !== null) return wrong;
  const pool: Pool = {
    key: command.pool,
    label: command.label ?? before?.label ?? command.pool,
    credits: command.credits,
    members: membersOf(command),
    whenUsed: command.whenUsed,
    createdAt: before?.createdAt ?? book.at,
  };
  pools.set(pool.key, pool);
  book.effects.limits.pools.set(pool.key, pool);
  return { kind: 'configured' };
}

function wrongPool(book: Book, command: ConfigurePool, before: Pool | undefined): Refused | null {
  const plan = planOf(book.context.catalog, settingsOf(book).plan);
  if (plan?.pools !== true && book.context.unchecked !== true) {
    return refused(
      'not_offered',
      `Pools are not part of the ${plan?.label ?? 'present'} plan. Choose one that has them.`,
    );
  }
  const names = [command.pool, command.label ?? command.pool];
  if (names.some((name) => name.length === 0 || name.length > LONGEST_NAME))
    return refused('invalid', `A pool has a key and a label of 1 to ${LONGEST_NAME} characters.`);
  if (!isAmount(command.credits)) return refused('invalid', 'A pool has zero credits or more, and at most a billion.');
  const named = membersOf(command);
  if (named.length > MOST_MEMBERS) return refused('invalid', `A pool has at most ${MOST_MEMBERS} members.`);
  if (named.some(({ member }) => member.length === 0 || member.length > LONGEST_NAME))
    return refused('invalid', `A member is named by 1 to ${LONGEST_NAME} characters.`);
  if (before === undefined && book.limits.pools.size >= MOST_POOLS)
    return refused('invalid', `An account has at most ${MOST_POOLS} pools. Remove one first.`);
  return null;
}

const isAmount = (credits: Credits): boolean => credits >= 0n && credits <= LARGEST_CREDITS;

/** Each once. Whoever is listed as not confined is a member whether listed there or not. */
function membersOf({ members, unconfined = [] }: ConfigurePool): PoolMember[] {
  const free = new Set(unconfined);
  return [...new Set([...members, ...free])].map((member) => ({ member, confined: !free.has(member) }));
}

export function removePool(book: Book, command: RemovePool): Outcome {
  cold(book);
  if (!book.limits.pools.delete(command.pool))
    return refused('unknown_pool', `There is no pool "${command.pool}" to remove.`);
  book.effects.limits.pools.set(command.pool, null);
  return { kind: 'configured' };
}

/** Null takes the budget away. What is used from now on counts; raising a budget forgets nothing of it. */
export function setBudget(book: Book, command: SetBudget): Outcome {
  cold(book);
  const { budgets } = book.limits;
  const { member, credits } = command;
  if (member.length === 0 || member.length > LONGEST_NAME)
    return refused('invalid', `A member is named by 1 to ${LONGEST_NAME} characters.`);
  if (credits === null) {
    if (budgets.delete(member)) book.effects.limits.budgets.set(member, null);
    return { kind: 'configured' };
  }
  if (!isAmount(credits)) return refused('invalid', 'A budget is zero credits or more, and at most a billion.');
  const budget = { member, credits, createdAt: budgets.get(member)?.createdAt ?? book.at };
  budgets.set(member, budget);
  book.effects.limits.budgets.set(member, budget);
  return { kind: 'configured' };
}
