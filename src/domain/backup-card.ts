/** Which card a charge is tried with: the one chosen for it, then the others in their order, each at most once a round. */
import { type Book, settingsOf } from './book.js';
import type { Charge } from './charge.js';
import type { Card } from './payment.js';

/** The account's cards in the order in which a charge would try them. */
export function cardOrder(book: Book, charge: Pick<Charge, 'kind' | 'card' | 'course'>): readonly Card[] {
  const cards = book.cards;
  if (charge.kind === 'pack') return cards.filter((card) => card.id === charge.card);
  const byCard = charge.course.extra?.by === 'card' ? charge.card : null;
  const chosen = byCard ?? (charge.kind === 'top_off' ? settingsOf(book).topOff.card : null);
  const first = cards.find((card) => card.id === chosen);
  return first === undefined ? cards : [first, ...cards.filter((card) => card !== first)];
}

/**
 * The card for the attempt that is due. `none`: the account has no card at all. `refused`: each was refused for good, and only
 * its owner can say that it may be tried again.
 */
export function cardFor(book: Book, charge: Charge): Card | 'none' | 'refused' {
  const order = cardOrder(book, charge);
  const [first] = order;
  if (first === undefined) return 'none';
  const { extra, round } = charge.course;
  if (round !== null) {
    // In a round the next card was named when the one before it was declined.
    return order.find((card) => card.id === charge.card) ?? backupCard(book, charge) ?? 'refused';
  }
  if (charge.kind === 'pack' || extra?.by === 'owner' || extra?.by === 'card') return first;
  return order.find((card) => card.refusedAt === null) ?? 'refused';
}

/** The next card of the round, or none: a purchase by hand is paid with the card that its owner chose. */
export function backupCard(book: Book, charge: Charge): Card | undefined {
  if (charge.kind === 'pack') return undefined;
  const tried = charge.course.round?.fingerprints ?? [];
  return cardOrder(book, charge).find((card) => card.refusedAt === null && !tried.includes(card.fingerprint));
}
