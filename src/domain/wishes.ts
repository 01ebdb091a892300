/** What owners set of auto top-off. Nothing is charged here; what is due is decided once, after the batch. */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import type { TopOffTerms } from './catalog.js';
import type { ConfigureTopOff } from './commands.js';
import { type Credits, formatCredits, LARGEST_CREDITS, NO_CREDITS } from './credits.js';
import { isClosed } from './cycle.js';
import { type Outcome, refused } from './outcomes.js';
import { moneyFor } from './pricing.js';
import { isTopOffOffered } from './top-off.js';
import { waitsForTrial } from './trial.js';

export function configureTopOff(book: Book, { settings: wish }: ConfigureTopOff): Outcome {
  cold(book);
  const terms = book.context.catalog.topOff;
  if (wish.enabled) {
    if (isClosed(book)) return refused('account_closed', 'This account is closed.');
    if (terms === null || !isTopOffOffered(book)) {
      return refused('not_offered', 'Auto top-off is not offered by this product, or not on this plan.');
    }
    if (wish.amount <= NO_CREDITS) return refused('amount_not_allowed', 'A top-off adds more than no credits.');
    if (!isWithinBounds(book, terms, wish.amount)) {
      return refused(
        'amount_not_allowed',
        `A top-off adds ${formatCredits(terms.minAmount)} to ${formatCredits(terms.maxAmount)} credits in steps of ${formatCredits(terms.step)}.`,
      );
    }
    const cost = moneyFor(terms.ratio, wish.amount);
    if (cost.kind === 'inexact') {
      const nearest = [cost.below, cost.above].flatMap((one) => (one === null ? [] : [formatCredits(one.credits)]));
      return refused(
        'amount_not_allowed',
        `That many credits have no exact price. The nearest that have one: ${nearest.join(' and ')}.`,
      );
    }
    if (cost.amountMinor > terms.largestChargeMinor) {
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
  const { suspendedAt, suspendedCard, pausedAt } = settingsOf(book).topOff;
  changeSettings(book, { topOff: { ...wish, suspendedAt, suspendedCard, pausedAt } });
  const note = wish.enabled ? waitsForTrial(book) : null;
  return note === null ? { kind: 'configured' } : { kind: 'configured', note };
}

/** A scenario whose catalog gives one amount and no bounds may try any. */
const isWithinBounds = ({ context }: Book, { minAmount, maxAmount, step }: TopOffTerms, amount: Credits): boolean =>
  (context.unchecked === true && minAmount === maxAmount) ||
  (amount >= minAmount && amount <= maxAmount && amount % step === NO_CREDITS);
