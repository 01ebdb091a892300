/**
 * Auto top-off: whether one is due, and how large. The one function that opens top-offs is also what the gate will ask
 * before it lends on one: what would not be opened is not counted on.
 */

import type { PastTopOff } from './account.js';
import { availableOf, type Book, balanceOf, cold } from './book.js';
import { planOf, type TopOffTerms } from './catalog.js';
import { type Charge, isOpen } from './charge.js';
import { newCharge } from './charge-opening.js';
import { type Credits, microCredits, minus } from './credits.js';
import { HOUR_MS, type Instant, later } from './instant.js';
import type { MinorUnits } from './money.js';
import type { Card } from './payment.js';
import { startOfLocalDay, startOfLocalMonth } from './period.js';
import { moneyFor } from './pricing.js';

export type TopOffVerdict =
  | { readonly kind: 'due'; readonly credits: Credits; readonly amountMinor: MinorUnits; readonly card: Card }
  | { readonly kind: 'not_due' }
  /** It would be due, and something holds it back. */
  | {
      readonly kind: 'held_back';
      readonly by: 'no_card' | 'suspended' | 'hourly_brake' | 'spending_cap' | 'not_offered';
    };

/** Strictly below the threshold, counted on the balance and not on what is available. */
export function topOffVerdict(book: Book): TopOffVerdict {
  const { settings } = cold(book);
  const wish = (book.settings ?? settings).topOff;
  const terms = book.context.catalog.topOff;
  const balance = balanceOf(book);
  if (!wish.enabled || wish.amount <= 0n || openTopOff(book) !== undefined) return { kind: 'not_due' };
  if (balance >= wish.threshold && !stillFallsShort(book, book.shortfall)) return { kind: 'not_due' };
  if (terms === null || !isTopOffOffered(book)) return { kind: 'held_back', by: 'not_offered' };
  const card = topOffCard(book);
  if (card === undefined) return { kind: 'held_back', by: 'no_card' };
  if (wish.suspendedAt !== null) return { kind: 'held_back', by: 'suspended' };
  if (chargesWithinHour(book) >= terms.chargesPerHour) return { kind: 'held_back', by: 'hourly_brake' };
  const times = affordableTimes(book, terms, wish.amount, timesWanted(minus(wish.threshold, balance), wish.amount));
  if (times === 0n) return { kind: 'held_back', by: 'spending_cap' };
  const credits = microCredits(times * wish.amount);
  const cost = moneyFor(terms.ratio, credits);
  if (cost.kind !== 'exact') return { kind: 'held_back', by: 'not_offered' };
  return { kind: 'due', credits, amountMinor: cost.amountMinor, card };
}

/** Below the threshold, or a use that fell short would still fall short. */
export function isTopOffNeeded(book: Book, charge: Charge): boolean {
  const wish = (book.settings ?? cold(book).settings).topOff;
  if (!wish.enabled) return false;
  return balanceOf(book) < wish.threshold || stillFallsShort(book, charge.shortfall);
}

/** On the state that the batch leaves: what came in after the refusal may have covered it. */
const stillFallsShort = (book: Book, shortfall: Credits | null): boolean =>
  shortfall !== null && availableOf(book) < shortfall;

/** By the product, and by the plan that the account is on now. */
export function isTopOffOffered(book: Book): boolean {
  const { catalog } = book.context;
  const settings = book.settings ?? cold(book).settings;
  return catalog.topOff !== null && planOf(catalog, settings.plan)?.topOff === true;
}

export const openTopOff = (book: Book): Charge | undefined =>
  book.charges.find((charge) => charge.kind === 'top_off' && isOpen(charge));

/** The card chosen for top-offs, by default the account's first. */
export function topOffCard(book: Book): Card | undefined {
  const chosen = (book.settings ?? cold(book).settings).topOff.card;
  return (chosen === null ? undefined : book.cards.find((card) => card.id === chosen)) ?? book.cards[0];
}

/** One charge of n times the amount brings the balance back to the threshold; never less than one. */
function timesWanted(gap: Credits, amount: Credits): bigint {
  const times = (gap + amount - 1n) / amount;
  return times < 1n ? 1n : times;
}

/** The largest whole number of multiples that the largest charge and the owner's caps allow. */
function affordableTimes(book: Book, terms: TopOffTerms, amount: Credits, wanted: bigint): bigint {
  const one = moneyFor(terms.ratio, amount);
  if (one.kind !== 'exact') return 0n;
  let room: bigint = terms.largestChargeMinor;
  const settings = book.settings ?? cold(book).settings;
  const { capDayMinor, capMonthMinor } = settings.topOff;
  const spentSince = (since: Instant): bigint => spentOnTopOffs(book, since);
  if (capDayMinor !== null) room = smaller(room, capDayMinor - spentSince(startOfLocalDay(book.at, settings.zone)));
  if (capMonthMinor !== null)
    room = smaller(room, capMonthMinor - spentSince(startOfLocalMonth(book.at, settings.zone)));
  if (room <= 0n) return 0n;
  return smaller(wanted, room / one.amountMinor);
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Succeeded and open automatic charges count toward the caps. */
function spentOnTopOffs(book: Book, since: Instant): bigint {
  const { recentTopOffs, charges } = cold(book);
  const counted = (all: Iterable<PastTopOff>): bigint => {
    let sum = 0n;
    for (const past of all) {
      if (past.createdAt >= since && (past.state === 'succeeded' || isOpen(past))) sum += past.amountMinor;
    }
    return sum;
  };
  const ofTopOffs = (all: readonly Charge[]): readonly Charge[] => all.filter((charge) => charge.kind === 'top_off');
  // What was loaded, corrected by what this batch has made of it: a charge may have ended or begun since.
  return counted(recentTopOffs) + counted(ofTopOffs(book.charges)) - counted(ofTopOffs(charges));
}

const chargesWithinHour = (book: Book): number =>
  cold(book).recentTopOffs.filter((past) => past.createdAt > later(book.at, -HOUR_MS)).length;

/** Opens the charge that the verdict asks for: a row and an outbox row, nothing at the processor yet. */
export function openTopOffCharge(book: Book, due: Extract<TopOffVerdict, { kind: 'due' }>): void {
  newCharge(book, {
    kind: 'top_off',
    credits: due.credits,
    amountMinor: due.amountMinor,
    card: due.card.id,
    shortfall: book.shortfall,
  });
}
