/**
 * Holds are numbers, not lots: a hold lowers what is available, burns nothing and keeps no lot alive. Capture burns what
 * is open at that moment, and always debits, because the use has happened.
 */
import type { Hold } from './account.js';
import { type Book, balanceOf, cold, openEntry, standingUnder } from './book.js';
import { exactMillionths } from './catalog-reading.js';
import type { CaptureHold, ExtendHold, PlaceHold, ReleaseHold } from './commands.js';
import { countUse } from './counting.js';
import { permit } from './coverage.js';
import { type Credits, least, minus, most, NO_CREDITS, negated, plus } from './credits.js';
import { applyWaiting } from './give-back.js';
import { holdId } from './ids.js';
import { later, MINUTE_MS } from './instant.js';
import { contentHash, producerKey } from './keys.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { endHold } from './settle.js';
import { burnAll } from './spend.js';
import { askOf, conflict, describe, priceOf, useContent } from './use.js';
import { heldCatalog } from './versions.js';
import { countsOf } from './windows.js';

export function placeHold(book: Book, command: PlaceHold): Outcome {
  cold(book);
  const keyHash = producerKey(command.key);
  const content = contentHash({ hold: useContent(command), expiresAt: command.expiresAt });
  const before = book.holds.find((hold) => hold.keyHash === keyHash);
  if (before !== undefined) {
    if (before.contentHash !== content) return conflict(command.key);
    return { kind: 'held', hold: before.id, credits: before.amount, expiresAt: before.expiresAt, replayed: true };
  }
  const priced = priceOf(book, command);
  if (priced.kind === 'refused') return priced;
  const short = permit(book, askOf(book, command, priced.credits, book.at));
  if (short !== null) return short;
  const expiresAt = command.expiresAt ?? later(book.at, priced.holdMinutes * MINUTE_MS);
  if (expiresAt <= book.at) return refused('invalid', 'A hold must expire after now.');
  const hold: Hold = {
    id: holdId(book.context.newId()),
    keyHash,
    contentHash: content,
    meter: command.meter ?? null,
    version: priced.version,
    quantity: command.meter === undefined ? null : (command.quantity ?? 1),
    properties: command.properties ?? null,
    counted: 0n,
    amount: priced.credits,
    open: priced.credits,
    captured: NO_CREDITS,
    state: 'open',
    member: command.member ?? null,
    pool: command.pool ?? null,
    createdAt: book.at,
    expiresAt,
    endedAt: null,
  };
  book.holds.push(hold);
  book.effects.newHolds.add(hold);
  book.held = plus(book.held, hold.open);
  return { kind: 'held', hold: hold.id, credits: hold.amount, expiresAt, replayed: false };
}

function find(book: Book, key: string): Hold | Refused {
  cold(book);
  const keyHash = producerKey(key);
  return (
    book.holds.find((hold) => hold.keyHash === keyHash) ??
    refused('hold_unknown', `There is no hold under the key "${key}".`)
  );
}

const changed = (book: Book, hold: Hold): void => {
  if (!book.effects.newHolds.has(hold)) book.effects.holds.add(hold);
};

export function extendHold(book: Book, command: ExtendHold): Outcome {
  const hold = find(book, command.hold);
  if ('reason' in hold) return hold;
  if (hold.state !== 'open') return refused('hold_ended', `The hold was ${hold.state}: place a new one.`);
  if (command.expiresAt <= book.at) return refused('invalid', 'A hold must expire after now.');
  hold.expiresAt = command.expiresAt;
  changed(book, hold);
  return { kind: 'hold_changed', hold: hold.id, state: 'open', expiresAt: hold.expiresAt };
}

export function releaseHold(book: Book, command: ReleaseHold): Outcome {
  const hold = find(book, command.hold);
  if ('reason' in hold) return hold;
  if (hold.state === 'captured')
    return refused('hold_ended', 'The hold was captured. To give credits back, reverse the capture by its key.');
  if (hold.state === 'open') endHold(book, hold, 'released', book.at);
  return {
    kind: 'hold_changed',
    hold: hold.id,
    state: hold.state === 'expired' ? 'expired' : 'released',
    expiresAt: hold.expiresAt,
  };
}

/** Less, as much or more than was held; several parts come one by one until one is the last. */
export function captureHold(book: Book, command: CaptureHold): Outcome {
  const keyHash = producerKey(command.key);
  const content = contentHash({ capture: command.hold, what: useContent(command), last: command.last });
  const known = standingUnder(book, keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) return conflict(command.key);
    return { kind: 'used', credits: negated(known.amount), balance: known.balanceAfter, replayed: true };
  }
  const hold = find(book, command.hold);
  if ('reason' in hold) return hold;
  if (hold.state === 'released')
    return refused('hold_ended', 'The hold was released: its work was said not to have happened. Post a use instead.');
  if (hold.state === 'captured')
    return refused('hold_ended', 'The last part of this hold was captured before. Post a use for more.');
  const amount = amountOf(book, hold, command);
  if ('reason' in amount) return amount;
  const { credits, version } = amount;
  const what = capturedUse(hold, command);
  const entry = openEntry({
    keyHash,
    contentHash: content,
    occurredAt: book.at,
    ...describe(command, version),
    ...what,
    ref: hold.id,
  });
  const part = least(credits, hold.open);
  book.held = minus(book.held, part);
  hold.open = minus(hold.open, part);
  hold.captured = plus(hold.captured, credits);
  hold.counted += countedOf(hold, what);
  changed(book, hold);
  if (command.last !== false && hold.state === 'open') endHold(book, hold, 'captured', book.at);
  else if (command.last !== false) hold.state = 'captured';
  burnAll(book, entry, 'use', credits);
  const counts = what.quantity === null ? [] : countsOf(book.context.catalog, what);
  countUse(book, { ...what, credits, counts, at: book.at });
  const answer: Outcome = { kind: 'used', credits, balance: balanceOf(book), replayed: false };
  applyWaiting(book, keyHash);
  return answer;
}

/**
 * What a part stands for in ledger and windows. A part that says no quantity is all of the held one that no part has stood
 * for yet; after it the rest of the sum is more of the same work and counts no further.
 */
function capturedUse(hold: Hold, command: CaptureHold) {
  const left = hold.quantity === null ? 0n : (exactMillionths(hold.quantity) ?? 0n) - hold.counted;
  const isOther = command.meter !== undefined && command.meter !== hold.meter;
  const rest = left > 0n ? Number(left) / MILLION : null;
  return {
    meter: command.meter ?? hold.meter,
    quantity: command.quantity ?? (isOther ? 1 : rest),
    properties: command.properties ?? (isOther ? null : hold.properties),
    member: command.member ?? hold.member,
    pool: command.pool ?? hold.pool,
  };
}

const MILLION = 1_000_000;

const countedOf = (hold: Hold, { meter, quantity }: ReturnType<typeof capturedUse>): bigint =>
  meter !== hold.meter || quantity === null ? 0n : (exactMillionths(quantity) ?? 0n);

interface CapturedAmount {
  readonly credits: Credits;
  /** Of the catalog that priced it: the hold's own, unless the capture says anew what was used. */
  readonly version: string | null;
}

/** What is said with the capture; without a word, all that was held and not yet captured. */
function amountOf(book: Book, hold: Hold, command: CaptureHold): CapturedAmount | Refused {
  const says = command.meter !== undefined || command.credits !== undefined;
  const repriced = !says && hold.meter !== null && (command.quantity !== undefined || command.properties !== undefined);
  if (!says && !repriced) {
    return { credits: most(minus(hold.amount, hold.captured), NO_CREDITS), version: hold.version };
  }
  const wish = repriced && hold.meter !== null ? { ...command, meter: hold.meter } : command;
  const priced = priceOf(book, wish, heldCatalog(book, hold.version));
  return priced.kind === 'refused' ? priced : { credits: priced.credits, version: priced.version ?? hold.version };
}
