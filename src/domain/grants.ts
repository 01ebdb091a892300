/** Lots made and ended by hand: promotions, adjustments, purchases brought in, and voiding. */
import { addLot, type Book, balanceOf, openEntry, post, standingUnder } from './book.js';
import { refuseClosed } from './closing.js';
import type { GrantCredits, VoidLot } from './commands.js';
import { LARGEST_CREDITS, NO_CREDITS, negated } from './credits.js';
import { contentHash, producerKey } from './keys.js';
import { namedLot } from './named-lot.js';
import { type Outcome, refused } from './outcomes.js';
import { blankLot, bringIn } from './spend.js';
import { conflict } from './use.js';

const LAST_PRIORITY = 1_000;
const isPriority = (priority: number): boolean =>
  Number.isInteger(priority) && priority >= 0 && priority <= LAST_PRIORITY;

export function grant(book: Book, command: GrantCredits): Outcome {
  const keyHash = producerKey(command.key);
  const { account: _, key: __, by: ___, ...asked } = command;
  const content = contentHash(asked);
  const known = standingUnder(book, keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) return conflict(command.key);
    return { kind: 'granted', lot: null, balance: known.balanceAfter, replayed: true };
  }
  const closed = refuseClosed(book);
  if (closed !== null) return closed;
  if (command.credits <= 0n || command.credits > LARGEST_CREDITS) {
    return refused('invalid', 'A grant is more than no credits and at most a billion.');
  }
  if (command.priority !== undefined && !isPriority(command.priority)) {
    return refused('invalid', `A priority is a whole number from 0, which burns first, to ${LAST_PRIORITY}.`);
  }
  const effectiveAt = command.effectiveAt ?? book.at;
  const expiresAt = command.expiresAt ?? null;
  if (expiresAt !== null && (expiresAt <= effectiveAt || expiresAt <= book.at)) {
    return refused('invalid', 'A grant must expire after it begins, and after now.');
  }
  if (command.id !== undefined && book.lots.some((one) => one.id === command.id)) {
    return refused('invalid', `This account has a lot "${command.id}" already. Give the new one another id.`);
  }
  const made = blankLot(book, {
    kind: command.origin,
    amount: command.credits,
    ...(command.createdAt === undefined ? {} : { createdAt: command.createdAt }),
    effectiveAt,
    expiresAt,
    paid: command.paid ?? (command.origin === 'purchase' || command.origin === 'top_off'),
    ...(command.priority === undefined ? {} : { priority: command.priority }),
    reason: command.reason ?? null,
  });
  const lot = command.id === undefined ? made : { ...made, id: command.id };
  const entry = openEntry({ keyHash, contentHash: content, occurredAt: book.at, reason: lot.reason });
  if (lot.begun) {
    bringIn(book, entry, lot);
  } else {
    // The key is claimed by a line of zero; the lot's own first line comes when it begins.
    addLot(book, lot);
    post(book, entry, 'grant', null, NO_CREDITS);
  }
  return { kind: 'granted', lot: lot.id, balance: balanceOf(book), replayed: false };
}

export function voidLot(book: Book, command: VoidLot): Outcome {
  const keyHash = producerKey(command.key);
  const content = contentHash({ void: command.lot, reason: command.reason });
  const known = standingUnder(book, keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) return conflict(command.key);
    return { kind: 'voided', credits: negated(known.amount), balance: known.balanceAfter, replayed: true };
  }
  const lot = namedLot(book, command.lot);
  if (lot.kind === 'refused') return lot;
  const credits = lot.remaining;
  // What has not begun never will: nothing was on it, so that its one line takes nothing off the balance.
  lot.begun = true;
  const entry = openEntry({ keyHash, contentHash: content, occurredAt: book.at, reason: command.reason });
  post(book, entry, 'void', lot, negated(credits));
  return { kind: 'voided', credits, balance: balanceOf(book), replayed: false };
}
