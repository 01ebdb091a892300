/** Giving back a use by its key: the lines it wrote are undone, last first. */
import type { UseLine, WaitingReversal } from './account.js';
import { addLot, type Book, balanceOf, cold, type Entry, openEntry, post } from './book.js';
import type { Reverse } from './commands.js';
import { type Credits, formatCredits, least, minus, NO_CREDITS, negated, plus } from './credits.js';
import type { KeyHash } from './ids.js';
import { contentHash, producerKey } from './keys.js';
import { isAlive, isSpendable } from './lots.js';
import { type Outcome, refused } from './outcomes.js';
import { periodEnd } from './settle.js';
import { blankLot, payDebt } from './spend.js';

export function reverse(book: Book, command: Reverse): Outcome {
  const keyHash = producerKey(command.key);
  const useKeyHash = producerKey(command.of);
  const content = contentHash({ reverse: command.of, credits: command.credits, reason: command.reason });
  const known = book.known.get(keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) {
      return refused('conflict', `The key "${command.key}" was used before with other content, and the first stands.`);
    }
    return { kind: 'given_back', credits: known.amount, balance: known.balanceAfter, replayed: true };
  }
  if (book.waiting.some((one) => one.keyHash === keyHash)) return { kind: 'kept' };
  if (command.credits !== undefined && command.credits <= 0n) {
    return refused('invalid', 'Say how many credits to give back: more than none.');
  }
  const amount = command.credits ?? null;
  const reason = command.reason ?? null;
  if (!isPosted(book, useKeyHash)) {
    const waiting: WaitingReversal = { keyHash, useKeyHash, amount, reason };
    book.waiting.push(waiting);
    book.effects.newReversals.push({ keyHash, contentHash: content, useKeyHash, amount, reason, appliedAt: null });
    return { kind: 'kept' };
  }
  const use = useOf(book, useKeyHash);
  if (use === null)
    return refused('not_reversible', `What "${command.of}" posted is not a use. Only uses are given back by key.`);
  const left = minus(use.total, use.givenBack);
  const credits = amount ?? left;
  if (credits > left) {
    return refused(
      'exceeds_use',
      `The use took ${formatCredits(use.total)} credits and ${formatCredits(left)} can still be given back.`,
    );
  }
  undo(book, { keyHash, contentHash: content, useKeyHash, credits, reason }, use);
  book.effects.newReversals.push({
    keyHash,
    contentHash: content,
    useKeyHash,
    amount: credits,
    reason,
    appliedAt: book.at,
  });
  return { kind: 'given_back', credits, balance: balanceOf(book), replayed: false };
}

/** A reversal that came first is applied the moment its use is posted; one that asks too much gives all there is. */
export function applyWaiting(book: Book, useKeyHash: KeyHash): void {
  for (const waiting of book.waiting.filter((one) => one.useKeyHash === useKeyHash)) {
    const use = useOf(book, useKeyHash);
    if (use === null) continue;
    const credits = least(waiting.amount ?? use.total, minus(use.total, use.givenBack));
    undo(book, { keyHash: waiting.keyHash, contentHash: null, useKeyHash, credits, reason: waiting.reason }, use);
    book.waiting.splice(book.waiting.indexOf(waiting), 1);
    const fresh = book.effects.newReversals.findIndex((one) => one.keyHash === waiting.keyHash);
    const reversal = book.effects.newReversals[fresh];
    if (reversal) book.effects.newReversals[fresh] = { ...reversal, amount: credits, appliedAt: book.at };
    else book.effects.appliedReversals.push({ keyHash: waiting.keyHash, amount: credits });
  }
}

const isPosted = (book: Book, useKeyHash: KeyHash): boolean => book.known.has(useKeyHash);

interface PostedUse {
  readonly lines: readonly UseLine[];
  readonly total: Credits;
  readonly givenBack: Credits;
}

/** The use's lines, from this very batch or from before. */
function useOf(book: Book, useKeyHash: KeyHash): PostedUse | null {
  const now = book.lines.filter((line) => line.keyHash === useKeyHash);
  const before = now.length > 0 ? undefined : cold(book).uses.get(useKeyHash);
  const lines: readonly UseLine[] = now.length > 0 ? now : (before?.lines ?? []);
  if (lines.length === 0 || (now.length > 0 && now.some((line) => line.kind !== 'use'))) return null;
  let total = NO_CREDITS;
  for (const line of lines) total = minus(total, line.amount);
  let givenBack = before?.givenBack ?? NO_CREDITS;
  for (const one of book.effects.newReversals) {
    if (one.useKeyHash === useKeyHash && one.appliedAt !== null) givenBack = plus(givenBack, one.amount ?? NO_CREDITS);
  }
  return { lines, total, givenBack };
}

interface Undoing {
  readonly keyHash: KeyHash;
  readonly contentHash: ReturnType<typeof contentHash> | null;
  readonly useKeyHash: KeyHash;
  readonly credits: Credits;
  readonly reason: string | null;
}

function undo(
  book: Book,
  { keyHash, contentHash: content, useKeyHash, credits, reason }: Undoing,
  use: PostedUse,
): void {
  const first = use.lines[0];
  const entry = openEntry({
    keyHash,
    contentHash: content,
    occurredAt: book.at,
    meter: first?.meter ?? null,
    member: first?.member ?? null,
    pool: first?.pool ?? null,
    ref: useKeyHash,
    reason,
  });
  let skip = use.givenBack;
  let left = credits;
  for (const line of [...use.lines].reverse()) {
    if (left === 0n) break;
    const taken = negated(line.amount);
    const before = least(skip, taken);
    skip = minus(skip, before);
    const part = least(left, minus(taken, before));
    if (part > 0n) giveBackLine(book, entry, line, part);
    left = minus(left, part);
  }
  if (entry.lines === 0) post(book, entry, 'give_back', null, NO_CREDITS);
}

/** To the lot it came from; what finds that lot lapsed, or its debt already paid, becomes a returned lot. */
function giveBackLine(book: Book, entry: Entry, line: UseLine, part: Credits): void {
  const lot = book.lots.find((one) => one.id === line.lot);
  let rest = part;
  if (lot !== undefined && lot.kind === 'debt') {
    const owed = least(rest, negated(lot.remaining));
    if (owed > 0n) post(book, entry, 'give_back', lot, owed);
    rest = minus(rest, owed);
  } else if (lot !== undefined && isSpendable(lot) && isAlive(lot, book.at)) {
    post(book, entry, 'give_back', lot, rest);
    payDebt(book, entry, lot);
    rest = NO_CREDITS;
  }
  if (rest === 0n) return;
  const paid = lot?.paid ?? false;
  const returned = blankLot(book, { kind: 'returned', amount: rest, paid, expiresAt: paid ? null : periodEnd(book) });
  addLot(book, returned);
  post(book, entry, 'give_back', returned, rest);
  payDebt(book, entry, returned);
}
