/** What is left of a lot ends: at its expiry, or before it because its plan is over or not paid. */
import { type Book, openEntry, post, settingsOf } from './book.js';
import { negated } from './credits.js';
import type { Instant } from './instant.js';
import { engineKey } from './keys.js';
import type { Lot } from './lots.js';

/** Under a key of its own, so that one reason ends one lot once. */
export function endLot(book: Book, lot: Lot, key: string, occurredAt: Instant, reason: string | null = null): void {
  post(
    book,
    openEntry({ keyHash: engineKey(key), contentHash: null, occurredAt, reason }),
    'lapse',
    lot,
    negated(lot.remaining),
  );
}

/** The rest of every allotment, because a new run begins or none does. */
export function endAllotments(book: Book, occurredAt: Instant): void {
  const { run } = settingsOf(book);
  for (const lot of book.lots.filter((one) => one.kind === 'allotment' && one.remaining > 0n))
    endLot(book, lot, `end:${lot.id}:${run}`, occurredAt);
}
