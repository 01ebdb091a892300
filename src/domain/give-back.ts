/** Giving back a use by its key: the lines it wrote are undone, last first. */
import type { UseLine, WaitingReversal } from './account.js';
import { addLot, type Book, balanceOf, cold, type Entry, openEntry, post, settingsOf } from './book.js';
import type { Reverse } from './commands.js';
import { uncountUse } from './counting.js';
import { type Credits, formatCredits, LARGEST_CREDITS, least, minus, NO_CREDITS, negated, plus } from './credits.js';
import { periodEnd } from './cycle.js';
import type { ContentHash, KeyHash, LotId } from './ids.js';
import { contentHash, producerKey } from './keys.js';
import { isAlive, isSpendable, type Lot } from './lots.js';
import { type Outcome, refused } from './outcomes.js';
import { isUnpaidLot } from './past-due.js';
import { blankLot, payDebt } from './spend.js';

export function reverse(book: Book, command: Reverse): Outcome {
  const keyHash = producerKey(command.key);
  const useKeyHash = producerKey(command.of);
  const amount = command.credits ?? null;
  const reason = command.reason ?? null;
  const content = contentOf({ useKeyHash, amount, reason });
  const known = book.known.get(keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) return conflict(command);
    return { kind: 'given_back', credits: known.amount, balance: known.balanceAfter, replayed: true };
  }
  const kept = book.waiting.find((one) => one.keyHash === keyHash);
  if (kept !== undefined) return contentOf(kept) === content ? { kind: 'kept' } : conflict(command);
  if (keyHash === useKeyHash) return refused('invalid', 'A reversal has a key of its own, not that of its use.');
  if (amount !== null && (amount <= 0n || amount > LARGEST_CREDITS)) {
    return refused('invalid', 'Say how many credits to give back: more than none and at most a billion.');
  }
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

const conflict = ({ key }: Reverse) =>
  refused('conflict', `The key "${key}" was used before with other content, and the first stands.`);

/** Made of what is kept while a reversal waits, so that its replay is known for one before and after it was applied. */
const contentOf = ({ useKeyHash, amount, reason }: Omit<WaitingReversal, 'keyHash'>): ContentHash =>
  contentHash({ reverse: useKeyHash, credits: amount ?? undefined, reason: reason ?? undefined });

/** A reversal that came first is applied the moment its use is posted; one that asks too much gives all there is. */
export function applyWaiting(book: Book, useKeyHash: KeyHash): void {
  for (const waiting of book.waiting.filter((one) => one.useKeyHash === useKeyHash)) {
    const use = useOf(book, useKeyHash);
    if (use === null) continue;
    const credits = least(waiting.amount ?? use.total, minus(use.total, use.givenBack));
    const { keyHash, reason } = waiting;
    undo(book, { keyHash, contentHash: contentOf(waiting), useKeyHash, credits, reason }, use);
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
  /** Whether a reversal has been here before, if only of nothing. */
  readonly reversed: boolean;
}

/** The use's lines, from this very batch or from before. */
function useOf(book: Book, useKeyHash: KeyHash): PostedUse | null {
  const now = book.lines.filter((line) => line.keyHash === useKeyHash);
  const before = now.length > 0 ? undefined : cold(book).uses.get(useKeyHash);
  const lines: readonly UseLine[] = now.length > 0 ? now : (before?.lines ?? []);
  if (lines.length === 0 || (now.length > 0 && now.some((line) => line.kind !== 'use'))) return null;
  let total = NO_CREDITS;
  for (const line of lines) total = minus(total, line.amount);
  const givenBack = plus(before?.givenBack ?? NO_CREDITS, book.givenBack.get(useKeyHash) ?? NO_CREDITS);
  const reversed = before?.reversed === true || book.givenBack.has(useKeyHash);
  return { lines, total, givenBack, reversed };
}

interface Undoing {
  readonly keyHash: KeyHash;
  readonly contentHash: ContentHash;
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
  const wasWhole = use.reversed && use.givenBack === use.total;
  const isWhole = plus(use.givenBack, credits) === use.total;
  if (first !== undefined) uncountUse(book, first, credits, isWhole && !wasWhole);
  book.givenBack.set(useKeyHash, plus(book.givenBack.get(useKeyHash) ?? NO_CREDITS, credits));
  let skip = use.givenBack;
  let left = credits;
  for (const line of [...use.lines].reverse()) {
    if (left === 0n) break;
    const taken = negated(line.amount);
    const before = least(skip, taken);
    skip = minus(skip, before);
    const part = least(left, minus(taken, before));
    if (part > 0n) giveBackTo(book, entry, line.lot, part);
    left = minus(left, part);
  }
  if (entry.lines === 0) post(book, entry, 'give_back', null, NO_CREDITS);
}

/**
 * To the lot it came from; what finds that lot lapsed, or its debt already paid, becomes a returned lot. `isBought` says that
 * what had become debt stands for credits that were paid for: what is returned of it has no end either.
 */
export function giveBackTo(book: Book, entry: Entry, from: LotId | null, part: Credits, isBought = false): void {
  const lot = book.lots.find((one) => one.id === from);
  let rest = part;
  if (lot !== undefined && !isSpendable(lot)) {
    const owed = least(rest, negated(lot.remaining));
    if (owed > 0n) post(book, entry, 'give_back', lot, owed);
    rest = minus(rest, owed);
  } else if (lot !== undefined && isAlive(lot, book.at) && !hasEnded(book, lot)) {
    post(book, entry, 'give_back', lot, rest);
    payDebt(book, entry, lot);
    rest = NO_CREDITS;
  }
  if (rest === 0n) return;
  // Overage that has been billed was paid for in money.
  const paid = lot !== undefined && (lot.paid || lot.kind === 'overage' || (isBought && lot.kind === 'debt'));
  const returned = blankLot(book, { kind: 'returned', amount: rest, paid, expiresAt: paid ? null : periodEnd(book) });
  addLot(book, returned);
  post(book, entry, 'give_back', returned, rest);
  payDebt(book, entry, returned);
}

/** An allotment of a plan that was left counts as lapsed, though its period would have gone on. */
export const hasEnded = (book: Book, lot: Lot): boolean =>
  lot.kind === 'allotment' && (lot.run !== settingsOf(book).run || isUnpaidLot(book, lot));
