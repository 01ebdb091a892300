/** Cards as people know them: brand and last four digits, in the order in which they are charged. */
import type { z } from 'zod';
import { type Book, settingsOf } from '../../domain/book.js';
import type { Instant } from '../../domain/instant.js';
import type { Card } from '../../domain/payment.js';
import type { cardsOut } from './overview-shape.js';

type Shown = z.input<typeof cardsOut>[number];

export const cardsOf = (book: Book): Shown[] => book.cards.map((card) => cardView(book, card));

export function cardView(book: Book, card: Card): Shown {
  const { id, brand, last4, expiryMonth, expiryYear, refusedAt } = card;
  const [first] = book.cards;
  const chosen = settingsOf(book).topOff.card;
  return {
    ...{ id, brand, last4, expiryMonth, expiryYear },
    refused: refusedAt !== null,
    expired: isExpired(card, book.at),
    first: first?.id === id,
    forTopOff: chosen === null ? first?.id === id : chosen === id,
  };
}

/** A card is good through the last day of its month. */
const isExpired = ({ expiryMonth, expiryYear }: Card, at: Instant): boolean => Date.UTC(expiryYear, expiryMonth) <= at;
