/** What owners set: auto top-off and cards. Nothing is charged here; what is due is decided once, after the batch. */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import type { AttachCard, ConfigureTopOff, DetachCard } from './commands.js';
import { formatCredits, LARGEST_CREDITS } from './credits.js';
import { paymentMethodId } from './ids.js';
import { liftSuspension } from './obligations.js';
import { type Outcome, refused } from './outcomes.js';
import { moneyFor } from './pricing.js';
import { isTopOffOffered } from './top-off.js';

export function configureTopOff(book: Book, { settings: wish }: ConfigureTopOff): Outcome {
  cold(book);
  const terms = book.context.catalog.topOff;
  if (wish.enabled) {
    if (terms === null || !isTopOffOffered(book)) {
      return refused('not_offered', 'Auto top-off is not offered by this product, or not on this plan.');
    }
    if (wish.amount < terms.minAmount || wish.amount > terms.maxAmount || wish.amount % terms.step !== 0n) {
      return refused(
        'amount_not_allowed',
        `A top-off adds ${formatCredits(terms.minAmount)} to ${formatCredits(terms.maxAmount)} credits in steps of ${formatCredits(terms.step)}.`,
      );
    }
    const cost = moneyFor(terms.ratio, wish.amount);
    if (cost.kind !== 'exact' || cost.amountMinor > terms.largestChargeMinor) {
      return refused('amount_not_allowed', 'That amount cannot be charged at once. Choose a smaller one.');
    }
  }
  if (wish.threshold < 0n || wish.threshold > LARGEST_CREDITS) {
    return refused('amount_not_allowed', 'A threshold is zero credits or more, and at most a billion.');
  }
  if ([wish.capDayMinor, wish.capMonthMinor].some((cap) => cap !== null && cap < 0n)) {
    return refused('amount_not_allowed', 'A spending cap is zero or more. Leave it empty for none.');
  }
  if (wish.card !== null && !book.cards.some((card) => card.id === wish.card)) {
    return refused('card_unknown', 'That card is not attached to this account.');
  }
  const { suspendedAt, suspendedCard } = settingsOf(book).topOff;
  changeSettings(book, { topOff: { ...wish, suspendedAt, suspendedCard } });
  return { kind: 'configured' };
}

/**
 * A card with another fingerprint lifts the suspension that a refused one brought, and takes its place: the owner was told
 * to swap in a working card, and charging the refused one again would only refuse again.
 */
export function attachCard(book: Book, { card }: AttachCard): Outcome {
  cold(book);
  if (book.cards.some((one) => one.processorId === card.processorId)) return { kind: 'configured' };
  const attached = { ...card, id: paymentMethodId(book.context.newId()) };
  // Equal ranks stand in the order of attaching. A place counted from the cards still here could come before one of them.
  book.effects.newCards.push({ card: attached, rank: 0 });
  book.cards.push(attached);
  const { topOff } = settingsOf(book);
  if (topOff.suspendedAt !== null && topOff.suspendedCard !== card.fingerprint) {
    changeSettings(book, { topOff: { ...topOff, card: attached.id } });
    liftSuspension(book);
  }
  return { kind: 'configured' };
}

export function detachCard(book: Book, command: DetachCard): Outcome {
  cold(book);
  const place = book.cards.findIndex((card) => card.id === command.card);
  if (place < 0) return refused('card_unknown', 'That card is not attached to this account.');
  book.cards.splice(place, 1);
  book.effects.detachedCards.push(command.card);
  return { kind: 'configured' };
}
