/** Owners are told once, in the month before it, that a card will expire. */
import { type Book, settingsOf } from './book.js';
import { changeCard } from './cards.js';
import { earliest, type Instant } from './instant.js';
import { notify } from './obligations.js';
import type { Card } from './payment.js';
import { monthStart } from './period.js';

const expiryOf = ({ expiryYear, expiryMonth }: Card): string =>
  `${expiryYear}-${expiryMonth.toString().padStart(2, '0')}`;

/** Null where the owners have been told of this very expiry. */
function tellAt(book: Book, card: Card): Instant | null {
  if (card.toldExpiry === expiryOf(card)) return null;
  return monthStart(card.expiryYear, card.expiryMonth - 1, settingsOf(book).zone);
}

/** The next instant at which somebody has to be told. */
export function nextExpiry(book: Book): Instant | null {
  let next: Instant | null = null;
  for (const card of book.cards) next = earliest(next, tellAt(book, card));
  return next;
}

/** Tells what is due. A card that has expired already is no news that helps: it is only marked. */
export function tellExpiring(book: Book): void {
  for (const card of [...book.cards]) {
    const due = tellAt(book, card);
    if (due === null || due > book.at) continue;
    changeCard(book, { ...card, toldExpiry: expiryOf(card) });
    if (monthStart(card.expiryYear, card.expiryMonth + 1, settingsOf(book).zone) <= book.at) continue;
    const { brand, last4, expiryMonth, expiryYear } = card;
    notify(book, { kind: 'card_expiring', card: { brand, last4 }, expiryMonth, expiryYear });
  }
}
