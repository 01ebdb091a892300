/** What the state that a batch leaves asks of charges and their incidents, beside opening the next top-off. */
import { type Book, settingsOf } from './book.js';
import type { Charge } from './charge.js';
import { dueAgain } from './dunning.js';
import { isoOf } from './instant.js';
import { notify, raise, resolve, resolveCharge, touch } from './obligations.js';
import { billOverage } from './overage.js';
import {
  isTopOffNeeded,
  openTopOffCharge,
  reopenable,
  type TopOffVerdict,
  topOffCard,
  verdictIfCharging,
} from './top-off.js';
import { reachedCap } from './top-off-caps.js';

/** The last top-off is tried again where it failed, instead of a second charge; else another is opened. */
export function openOrReopen(book: Book, due: Extract<TopOffVerdict, { kind: 'due' }>): void {
  const failed = reopenable(book, due);
  if (failed === undefined) {
    openTopOffCharge(book, due);
    return;
  }
  // What lifted the suspension without a payment was the owner, who begins the ladder anew as another card does.
  dueAgain(book, failed, failed.course.extra?.by === 'payment' ? 'payment' : 'card');
}

/** Says what would be charged while the operator's switch is at dry run. */
export function sayDryRun(book: Book): void {
  if (book.context.charging !== 'dry_run') return;
  const verdict = verdictIfCharging(book);
  if (verdict.kind !== 'due') return;
  const { amountMinor, card } = verdict;
  book.effects.wouldCharge.push({ amountMinor, currency: book.context.catalog.currency, last4: card.last4 });
}

/** Overage that fell due while nothing was charged is billed once charging is on again. */
export function billWhatWaited(book: Book): void {
  if (book.context.charging === 'on') billOverage(book, book.at);
}

/**
 * The owner is told once a window that the own cap leaves no room. It is over with the window, or when the cap leaves room
 * again.
 */
export function meetCaps(book: Book, verdict: TopOffVerdict): void {
  const cap = reachedCap(book);
  const open = book.incidents.find((one) => one.kind === 'spending_cap_reached' && one.resolvedAt === null);
  const isOver = verdict.kind === 'due' || cap === null || (open !== undefined && open.openedAt < cap.since);
  if (isOver) resolve(book, 'spending_cap_reached');
  if (cap === null || verdict.kind !== 'held_back' || verdict.by !== 'spending_cap') return;
  const isTold = book.incidents.some((one) => one.kind === 'spending_cap_reached' && one.openedAt >= cap.since);
  if (!raise(book, 'spending_cap_reached', null) || isTold) return;
  notify(book, {
    kind: 'spending_cap_reached',
    capMinor: cap.capMinor.toString(),
    currency: book.context.catalog.currency,
    window: cap.window,
    until: isoOf(cap.until),
  });
}

/** One incident says that a card is missing, whatever misses it. */
export function meetMissingCard(book: Book): void {
  const isWanted = settingsOf(book).topOff.enabled || book.charges.some((charge) => isUnpaidForWantOfCard(charge));
  if (isWanted && topOffCard(book) === undefined) raise(book, 'no_payment_method', null);
  else resolve(book, 'no_payment_method');
}

const isUnpaidForWantOfCard = (charge: Charge): boolean =>
  charge.kind === 'overage' && charge.state === 'failed' && charge.failure === 'no_payment_method';

/** A top-off that failed, is not wanted any more and suspends nothing any more has nothing left to say. */
export function endOldFailures(book: Book): void {
  if (settingsOf(book).topOff.suspendedAt !== null) return;
  for (const charge of book.charges) {
    if (charge.kind !== 'top_off' || charge.state !== 'failed') continue;
    if (!isTopOffNeeded(book, charge)) resolveCharge(book, charge.id);
    // Its wish to be tried again is over with the batch: when credits are wanted again, it is asked anew.
    if (charge.course.extra === null) continue;
    charge.course = { ...charge.course, extra: null };
    touch(book, charge);
  }
}
