/**
 * Levels: how many there are at once, of stores, projects, seats. The product reports the truth, which is always recorded,
 * or asks for a change, which is refused where it would add over the plan's limit. Over a level after a downgrade nothing is
 * taken away; only adding is refused, and lowering always works.
 */
import { type Book, cold, settingsOf, standingUnder } from './book.js';
import { type Limit, planOf } from './catalog.js';
import type { MemberId } from './ids.js';
import { contentHash, producerKey } from './keys.js';
import type { ChangeLevel, SetLevel } from './limit-commands.js';
import { fits, type Measure } from './limit-measure.js';
import { planThatAllows } from './limit-words.js';
import { levelId } from './limits-state.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { conflict } from './use.js';

/** Postgres's integer, and more of anything than an account has. */
const LARGEST_LEVEL = 2_000_000_000;

export type LevelLimit = Extract<Limit, { kind: 'level' }>;

/** How much a level is to change by, as a command or a question to the gate says it. */
export interface LevelWish {
  readonly limit: string;
  readonly member?: MemberId;
  /** Below zero: fewer. */
  readonly add: number;
}

export const levelOf = (book: Book, limit: string, member: MemberId | null): number =>
  book.limits.levels.get(levelId({ limit, member }))?.value ?? 0;

export const mostOf = (book: Book, limit: string): number | null =>
  planOf(book.context.catalog, settingsOf(book).plan)?.limits.get(limit) ?? null;

export function setLevel(book: Book, command: SetLevel): Outcome {
  cold(book);
  const limit = levelNamed(book, command);
  if (limit.kind === 'refused') return limit;
  const { value } = command;
  if (!Number.isInteger(value) || value < 0 || value > LARGEST_LEVEL)
    return refused('invalid', `A level is a whole number from 0 to ${LARGEST_LEVEL}.`);
  const member = command.member ?? null;
  write(book, limit.key, member, value);
  return { kind: 'level', limit: limit.key, value, most: mostOf(book, limit.key), replayed: false };
}

export function changeLevel(book: Book, command: ChangeLevel): Outcome {
  cold(book);
  const keyHash = producerKey(command.key);
  const content = contentHash({ level: command.limit, member: command.member, add: command.add });
  const before = book.limits.levelChanges.get(keyHash);
  if (before !== undefined) {
    if (before.contentHash !== content) return conflict(command.key);
    const { limit, value } = before;
    return { kind: 'level', limit, value, most: mostOf(book, limit), replayed: true };
  }
  if (standingUnder(book, keyHash) !== undefined) return conflict(command.key);
  const measure = levelMeasure(book, command);
  if (measure !== null && 'kind' in measure) return measure;
  if (measure !== null && !fits(measure)) return refused(measure.reason, `${measure.sentence()} Nothing was changed.`);
  const member = command.member ?? null;
  const value = Math.max(0, levelOf(book, command.limit, member) + command.add);
  write(book, command.limit, member, value);
  const change = { keyHash, contentHash: content, limit: command.limit, member, value };
  book.limits.levelChanges.set(keyHash, change);
  book.effects.limits.levelChanges.push(change);
  return { kind: 'level', limit: command.limit, value, most: mostOf(book, command.limit), replayed: false };
}

/** Null where nothing bounds the change: it lowers, or the plan does not name the limit. */
export function levelMeasure(book: Book, wish: LevelWish): Measure | Refused | null {
  const limit = levelNamed(book, wish);
  if (limit.kind === 'refused') return limit;
  const { add } = wish;
  const value = levelOf(book, limit.key, wish.member ?? null);
  if (!Number.isInteger(add) || add === 0 || value + add > LARGEST_LEVEL)
    return refused('invalid', 'A level changes by a whole number other than 0.');
  const most = mostOf(book, limit.key);
  if (add < 0 || most === null) return null;
  const { catalog } = book.context;
  const plan = planOf(catalog, settingsOf(book).plan);
  const sentence = () => {
    const adding = add === 1 ? '' : `, and ${add} more are asked for`;
    return `${limit.label}: ${value} of ${most} on the ${plan?.label ?? 'present'} plan${adding}.${planThatAllows(catalog, plan, limit.key)}`;
  };
  const room = BigInt(most - value);
  const bounds = { room, need: BigInt(add), most: BigInt(most), resetsAt: null };
  return { limit: 'level', reason: 'level_reached', key: limit.key, ...bounds, sentence };
}

function levelNamed(book: Book, wish: { readonly limit: string; readonly member?: MemberId }): LevelLimit | Refused {
  const { catalog } = book.context;
  const limit = catalog.limits.get(wish.limit);
  if (limit?.kind !== 'level') {
    const names = [...catalog.limits.values()].filter((one) => one.kind === 'level').map((one) => one.key);
    const known = names.length === 0 ? 'It has none.' : `Its levels: ${names.join(', ')}.`;
    return refused('unknown_limit', `"${wish.limit}" is not a level of the catalog "${catalog.key}". ${known}`);
  }
  if (limit.of === 'member' && (wish.member === undefined || wish.member.length === 0))
    return refused('invalid', `${limit.label} is counted for each member. Say whose.`);
  if (limit.of === 'account' && wish.member !== undefined)
    return refused('invalid', `${limit.label} is counted for the whole account. Leave the member out.`);
  return limit;
}

function write(book: Book, limit: string, member: MemberId | null, value: number): void {
  const level = { limit, member, value };
  book.limits.levels.set(levelId(level), level);
  book.effects.limits.levels.set(levelId(level), level);
}
