/** An account as if everything that is due had been done: what a reader may show, of which nothing is written. */
import type { AccountState } from './account.js';
import { type Book, type DecideContext, openBook } from './book.js';
import type { Instant } from './instant.js';
import { settle } from './settle.js';

/** `now` never makes an account's time run back. */
export function bookAsIf(state: AccountState, now: Instant, context: DecideContext): Book {
  const book = openBook(state, now > state.hot.lastInstant ? now : state.hot.lastInstant, context);
  settle(book);
  return book;
}
