/**
 * Auto top-off: whether one is due, and how large. The one function that opens top-offs is also what the gate will ask
 * before it lends on one: what would not be opened is not counted on.
 */

import { availableOf, type Book, balanceOf, cold } from './book.js';
import { isPausedByOperator, isUnusual } from './brake.js';
import { planOf } from './catalog.js';
import { type Charge, isOpen } from './charge.js';
import { newCharge } from './charge-opening.js';
import { type Credits, microCredits, minus } from './credits.js';
import { isInTrial } from './cycle.js';
import { earliest, HOUR_MS, type Instant, later } from './instant.js';
import type { MinorUnits } from './money.js';
import type { Card } from './payment.js';
import { moneyFor } from './pricing.js';
import { affordableTimes, reachedCap } from './top-off-caps.js';

export type TopOffVerdict =
  | { readonly kind: 'due'; readonly credits: Credits; readonly amountMinor: MinorUnits; readonly card: Card }
  | { readonly kind: 'not_due' }
  /** It would be due, and something holds it back. */
  | {
      readonly kind: 'held_back';
      readonly by:
        | 'no_card'
        | 'dispute'
        | 'suspended'
        | 'paused'
        | 'paused_by_operator'
        | 'hourly_brake'
        | 'spending_cap'
        | 'stopped'
        | 'not_offered'
        | 'trial';
    };

/** What is due, and whether the operator lets it be charged. */
export function topOffVerdict(book: Book): TopOffVerdict {
  const verdict = verdictIfCharging(book);
  const isOn = (book.context.charging ?? 'on') === 'on';
  return verdict.kind === 'due' && !isOn ? { kind: 'held_back', by: 'stopped' } : verdict;
}

/** Strictly below the threshold, counted on the balance and not on what is available. */
export function verdictIfCharging(book: Book): TopOffVerdict {
  const { settings } = cold(book);
  const wish = (book.settings ?? settings).topOff;
  const terms = book.context.catalog.topOff;
  const balance = balanceOf(book);
  if (!wish.enabled || wish.amount <= 0n || openTopOff(book) !== undefined) return { kind: 'not_due' };
  if (balance >= wish.threshold && !stillFallsShort(book, book.shortfall)) return { kind: 'not_due' };
  if (terms === null || !isTopOffOffered(book)) return { kind: 'held_back', by: 'not_offered' };
  if (isInTrial(book)) return { kind: 'held_back', by: 'trial' };
  const card = topOffCard(book);
  if (card === undefined) return { kind: 'held_back', by: 'no_card' };
  if (isDisputed(book)) return { kind: 'held_back', by: 'dispute' };
  if (wish.suspendedAt !== null) return { kind: 'held_back', by: 'suspended' };
  if (isPausedByOperator(book.settings ?? settings)) return { kind: 'held_back', by: 'paused_by_operator' };
  if (wish.pausedAt !== null || isUnusual(book)) return { kind: 'held_back', by: 'paused' };
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
  // Nothing is charged in a trial that the owner did not click, nor what was asked for before it.
  if (!wish.enabled || isInTrial(book)) return false;
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

/** Whoever disputes a charge, or only asks about one, is not charged automatically until that is closed. */
const isDisputed = (book: Book): boolean => book.charges.some((charge) => charge.dispute !== null);

/** A brake that also holds back an attempt at a charge that stands: it keeps its place. */
export const isHeldBack = (book: Book): boolean =>
  isDisputed(book) || (book.settings ?? cold(book).settings).topOff.pausedAt !== null;

/** The card chosen for top-offs, by default the account's first; one that was refused for good comes after the others. */
export function topOffCard(book: Book): Card | undefined {
  const chosen = (book.settings ?? cold(book).settings).topOff.card;
  const first = (chosen === null ? undefined : book.cards.find((card) => card.id === chosen)) ?? book.cards[0];
  if (first === undefined || first.refusedAt === null) return first;
  return book.cards.find((card) => card.refusedAt === null) ?? first;
}

/** When a brake that time alone releases lets go, so that what waits for it need not wait for the next use. */
export function topOffLookAt(book: Book): Instant | null {
  const verdict = verdictIfCharging(book);
  const by = verdict.kind === 'held_back' ? verdict.by : null;
  // What was told of a reached cap is over with its window, whether or not credits are still wanted then.
  const isTold = book.incidents.some((one) => one.kind === 'spending_cap_reached' && one.resolvedAt === null);
  if (by === 'spending_cap' || isTold) return reachedCap(book)?.until ?? null;
  if (by !== 'hourly_brake') return null;
  const most = book.context.catalog.topOff?.chargesPerHour ?? 0;
  const newest = cold(book)
    .recentTopOffs.map((past) => past.createdAt)
    .sort((a, b) => b - a);
  // As many as are allowed within an hour: the oldest of them has to leave it first.
  const oldest = newest[most - 1];
  return earliest(null, oldest === undefined ? null : later(oldest, HOUR_MS));
}

/** One charge of n times the amount brings the balance back to the threshold; never less than one. */
function timesWanted(gap: Credits, amount: Credits): bigint {
  const times = (gap + amount - 1n) / amount;
  return times < 1n ? 1n : times;
}

const chargesWithinHour = (book: Book): number =>
  cold(book).recentTopOffs.filter((past) => past.createdAt > later(book.at, -HOUR_MS)).length;

/**
 * The last top-off, if it failed and would buy no more than is wanted now at the price of now: it is opened again on its own
 * intent, instead of a second charge.
 */
export function reopenable(book: Book, due: Extract<TopOffVerdict, { kind: 'due' }>): Charge | undefined {
  const failed = book.charges.filter((charge) => charge.kind === 'top_off' && charge.state === 'failed');
  const last = failed.reduce<Charge | undefined>(
    (a, b) => (a === undefined || b.createdAt >= a.createdAt ? b : a),
    undefined,
  );
  const terms = book.context.catalog.topOff;
  if (last === undefined || terms === null || last.cancelOwed || last.credits > due.credits) return undefined;
  const cost = moneyFor(terms.ratio, last.credits);
  // It must be wanted for itself: one that was asked for by a use that fell short now is another charge.
  if (!isTopOffNeeded(book, last)) return undefined;
  const isSamePrice = cost.kind === 'exact' && cost.amountMinor === last.amountMinor;
  return isSamePrice && last.currency === book.context.catalog.currency ? last : undefined;
}

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
