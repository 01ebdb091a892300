/** The account's cards: attached, ordered, chosen, mended and taken off. Nothing is charged here; what is due is decided after the batch. */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import type { Charge } from './charge.js';
import type { AttachCard, ChooseTopOffCard, DetachCard, OrderCards, UpdateCard } from './commands.js';
import { dueAgain, isWaitingDeclined, moveOn } from './dunning.js';
import { type PaymentMethodId, paymentMethodId } from './ids.js';
import { liftSuspension, touch } from './obligations.js';
import { type Outcome, refused } from './outcomes.js';
import type { Card } from './payment.js';

const unknownCard = (): Outcome => refused('card_unknown', 'That card is not attached to this account.');

/** Puts the card as it has become in its place. */
export function changeCard(book: Book, card: Card): void {
  const place = book.cards.findIndex((one) => one.id === card.id);
  if (place < 0) return;
  book.cards[place] = card;
  const fresh = book.effects.newCards.findIndex((one) => one.card.id === card.id);
  const inserted = book.effects.newCards[fresh];
  if (inserted === undefined) book.effects.changedCards.set(card.id, card);
  else book.effects.newCards[fresh] = { ...inserted, card };
}

/**
 * A card with another fingerprint lifts the suspension that a refused one brought, and takes its place: the owner was told
 * to swap in a working card, and charging the refused one again would only refuse again.
 */
export function attachCard(book: Book, { card }: AttachCard): Outcome {
  cold(book);
  if (book.cards.some((one) => one.processorId === card.processorId)) return { kind: 'configured' };
  const isOther = isOtherCard(book, card.fingerprint);
  const twin = book.cards.find((one) => one.fingerprint === card.fingerprint);
  const attached: Card = {
    ...card,
    id: paymentMethodId(book.context.newId()),
    // The issuer refused the card itself, not the form in which it is stored.
    refusedAt: twin?.refusedAt ?? null,
    toldExpiry: null,
  };
  // Equal ranks stand in the order of attaching. A place counted from the cards still here could come before one of them.
  book.effects.newCards.push({ card: attached, rank: 0 });
  book.cards.push(attached);
  if (isOther) tryAgainWith(book, attached.id);
  return { kind: 'configured' };
}

/** Neither the card that brought the suspension nor one that is here or was declined for a charge that still waits. */
function isOtherCard(book: Book, fingerprint: string): boolean {
  if (settingsOf(book).topOff.suspendedCard === fingerprint) return false;
  if (book.cards.some((one) => one.fingerprint === fingerprint)) return false;
  const waiting = book.charges.filter((charge) => isWaitingDeclined(charge) || charge.state === 'failed');
  return !cold(book).recentAttempts.some(
    (one) =>
      one.fingerprint === fingerprint &&
      (one.result === 'declined' || one.result === 'action_required') &&
      waiting.some((charge) => charge.id === one.charge),
  );
}

/** What was declined is due at once with this card, on its own intent and instead of a second charge. */
function tryAgainWith(book: Book, card: PaymentMethodId): void {
  const { topOff } = settingsOf(book);
  const declined = book.charges.filter((charge) => charge.kind !== 'pack' && isDeclined(charge));
  if (topOff.suspendedAt !== null || declined.some((charge) => charge.kind === 'top_off')) {
    changeSettings(book, { topOff: { ...topOff, card } });
  }
  liftSuspension(book);
  for (const charge of declined) {
    charge.card = card;
    if (charge.kind === 'top_off' && charge.state === 'failed') {
      // It is opened again only while credits are still wanted, which the end of the batch decides.
      moveOn(charge, { extra: { at: book.at, by: 'card' }, rung: 0 });
      touch(book, charge);
    } else dueAgain(book, charge, 'card');
  }
}

const isDeclined = (charge: Charge): boolean =>
  isWaitingDeclined(charge) ||
  (charge.state === 'failed' && !charge.cancelOwed && charge.course.checkoutUntil === null);

export function detachCard(book: Book, command: DetachCard): Outcome {
  cold(book);
  if (!book.cards.some((card) => card.id === command.card)) return unknownCard();
  dropCard(book, command.card);
  if (command.isGone !== true) book.effects.removedCards.push(command.card);
  return { kind: 'configured' };
}

/** Takes a card off because its owner says so, or because the processor no longer knows it. */
export function dropCard(book: Book, card: PaymentMethodId): void {
  const place = book.cards.findIndex((one) => one.id === card);
  if (place < 0) return;
  book.cards.splice(place, 1);
  book.effects.changedCards.delete(card);
  book.effects.detachedCards.push(card);
}

export function orderCards(book: Book, { cards }: OrderCards): Outcome {
  cold(book);
  const known = new Set(book.cards.map((card) => card.id));
  if (cards.length !== known.size || new Set(cards).size !== cards.length || !cards.every((id) => known.has(id))) {
    return refused('card_unknown', 'Name every card of this account once, the first to be charged first.');
  }
  const place = new Map(cards.map((id, index) => [id, index]));
  book.cards.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  // Below zero, so that a card that is attached later, with rank zero, comes after all of them.
  for (const [id, index] of place) book.effects.ranks.set(id, index - cards.length);
  return { kind: 'configured' };
}

/** To choose a card is to say that it may be charged: one that was refused before is tried again. */
export function chooseTopOffCard(book: Book, { card: id }: ChooseTopOffCard): Outcome {
  cold(book);
  const card = id === null ? book.cards[0] : book.cards.find((one) => one.id === id);
  if (id !== null && card === undefined) return unknownCard();
  const { topOff } = settingsOf(book);
  const isOther = card !== undefined && topOff.suspendedAt !== null && topOff.suspendedCard !== card.fingerprint;
  changeSettings(book, { topOff: { ...topOff, card: id } });
  if (card !== undefined && card.refusedAt !== null) changeCard(book, { ...card, refusedAt: null });
  if (isOther) tryAgainWith(book, card.id);
  return { kind: 'configured' };
}

/** The network has given the card another number or expiry: whatever stood against the old one is over. */
export function updateCard(book: Book, { card: facts }: UpdateCard): Outcome {
  cold(book);
  const card = book.cards.find((one) => one.processorId === facts.processorId);
  if (card === undefined) return unknownCard();
  const isSame =
    card.fingerprint === facts.fingerprint &&
    card.last4 === facts.last4 &&
    card.brand === facts.brand &&
    card.expiryMonth === facts.expiryMonth &&
    card.expiryYear === facts.expiryYear;
  if (isSame) return { kind: 'configured' };
  const { suspendedCard } = settingsOf(book).topOff;
  const stood =
    card.refusedAt !== null ||
    suspendedCard === card.fingerprint ||
    book.charges.some((charge) => charge.card === card.id && charge.kind !== 'pack' && isDeclined(charge));
  changeCard(book, { ...card, ...facts, refusedAt: null });
  if (stood) tryAgainWith(book, card.id);
  return { kind: 'configured' };
}
