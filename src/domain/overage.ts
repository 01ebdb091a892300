/**
 * Overage, pay-as-you-go to owners: one lot a period and price that goes below zero, down to the cap. Credits never pay it;
 * it is billed in money when its period ends.
 */
import {
  addLot,
  type Book,
  changeSettings,
  cold,
  type Entry,
  type LineKind,
  openEntry,
  post,
  settingsOf,
} from './book.js';
import { type CreditRatio, isPaid } from './catalog.js';
import { type Charge, DOUBT_LIMIT_MS, isOpen } from './charge.js';
import { newCharge } from './charge-opening.js';
import { isCharging } from './charging.js';
import type { ConfigureOverage } from './commands.js';
import { type Credits, LARGEST_CREDITS, least, microCredits, minus, NO_CREDITS, negated } from './credits.js';
import { isClosed, isInTrial, isStopped, planCapOf, planNow } from './cycle.js';
import type { Instant } from './instant.js';
import { engineKey } from './keys.js';
import type { Lot } from './lots.js';
import { chargeStepOf, type MinorUnits, minorUnits, smallestChargeOf } from './money.js';
import { type Outcome, refused } from './outcomes.js';
import { rounded } from './pricing.js';
import { blankLot } from './spend.js';
import { waitsForTrial } from './trial.js';

export const overagePriceOf = (book: Book): CreditRatio | null =>
  book.context.catalog.overagePrice ?? book.context.catalog.creditPrice;

/** What may still be used beyond the balance in this period. Read at each debit, so that a raised cap acts at once. */
export function headroomOf(book: Book): Credits {
  if (!canUseOverage(book)) return NO_CREDITS;
  const cap = capOf(book);
  if (cap === null) return LARGEST_CREDITS;
  const left = minus(cap, usedThisPeriod(book));
  return left > 0n ? left : NO_CREDITS;
}

/**
 * On, and nothing keeps it back: a charge of it that is not paid, a trial, a plan that is not paid or offers none, or a card
 * that is gone. The cap may still be used up.
 */
export function canUseOverage(book: Book): boolean {
  if (!settingsOf(book).overage.enabled || isOverageBlocked(book)) return false;
  if (isInTrial(book) || isStopped(book) || isClosed(book)) return false;
  return book.context.unchecked === true || (isOverageOffered(book) && book.cards.length > 0);
}

/** By the plan, which must be a paid one, on the terms of the present period. */
export function isOverageOffered(book: Book): boolean {
  const plan = planNow(book);
  return plan !== undefined && isPaid(plan) && planCapOf(book) !== null && overagePriceOf(book) !== null;
}

/** The lower of the owner's cap and the plan's, in credits; null where neither sets one. */
export function capOf(book: Book): Credits | null {
  const { overage } = settingsOf(book);
  const price = overagePriceOf(book);
  const caps = [overage.capMinor, planCapOf(book)].filter((cap) => cap !== null);
  const [first = null, second = first] = caps;
  if (first === null || second === null || price === null) return null;
  return least(creditsOf(first, price), creditsOf(second, price));
}

/** Whole micro-credits that the money buys; a fraction is not lent. */
const creditsOf = (money: MinorUnits, price: CreditRatio): Credits =>
  microCredits((money * price.credits) / price.money);

export function usedThisPeriod(book: Book): Credits {
  const { run, ordinal } = settingsOf(book);
  let used = NO_CREDITS;
  for (const lot of book.lots) {
    if (lot.kind === 'overage' && lot.run === run && lot.ordinal === ordinal) used = minus(used, lot.remaining);
  }
  return used;
}

/** From an overage charge's first decline, or five minutes without an answer, until it is paid. */
export const isOverageBlocked = (book: Book): boolean => unpaidOverage(book) !== undefined;

/** The charge that keeps overage back; undefined where none does. */
export const unpaidOverage = (book: Book): Charge | undefined =>
  book.charges.find((charge) => charge.kind === 'overage' && isUnpaid(book.at, charge));

function isUnpaid(at: Instant, charge: Charge): boolean {
  if (charge.state === 'failed') return true;
  if (!isOpen(charge)) return false;
  if (charge.failure !== null || charge.state === 'action_required') return true;
  const since = charge.unanswered?.firstSentAt ?? charge.intentAskedAt;
  return since !== null && at - since >= DOUBT_LIMIT_MS;
}

/** Takes what it can beyond the balance and answers what is left. */
export function useOverage(book: Book, entry: Entry, kind: LineKind, amount: Credits): Credits {
  const part = least(amount, headroomOf(book));
  if (part > 0n) post(book, entry, kind, currentLot(book), negated(part));
  return minus(amount, part);
}

/** One lot a period and price: a changed price begins another. */
function currentLot(book: Book): Lot {
  const { run, ordinal } = settingsOf(book);
  const price = overagePriceOf(book);
  const reason = price === null ? null : `${price.credits}/${price.money}`;
  const found = book.lots.find(
    (lot) =>
      lot.kind === 'overage' && lot.run === run && lot.ordinal === ordinal && lot.reason === reason && !lot.closed,
  );
  return found ?? addLot(book, blankLot(book, { kind: 'overage', run, ordinal, reason }));
}

export interface Billing {
  /** Nothing more will be billed after this: what is below the processor's minimum is written off. */
  readonly last?: boolean;
  /** The present period's too: it ends for pay-as-you-go though not by the calendar. */
  readonly present?: boolean;
}

/**
 * Bills what ended periods ran up: one line a lot brings it to zero, and one charge asks for the money of all of them. Below
 * the processor's minimum the lots stay as they are and are billed with the next, or are written off after the last. Answers
 * what was written off.
 */
export function billOverage(book: Book, occurredAt: Instant, { last, present }: Billing = {}): Credits {
  const { run, ordinal } = settingsOf(book);
  const due = book.lots.filter(
    (lot) =>
      lot.kind === 'overage' &&
      lot.remaining < 0n &&
      (present === true || !(lot.run === run && lot.ordinal === ordinal)),
  );
  let money = 0n;
  let credits = NO_CREDITS;
  for (const lot of due) {
    const price = priceOfLot(lot);
    if (price === null) return NO_CREDITS;
    money += rounded(-lot.remaining * price.money, price.credits, 'half');
    credits = minus(credits, lot.remaining);
  }
  const { currency } = book.context.catalog;
  // What the currency cannot say is the owner's: it is asked for at the last whole step.
  money -= money % chargeStepOf(currency);
  if (money < smallestChargeOf(currency)) return last === true ? writeOff(book, due, occurredAt) : NO_CREDITS;
  // While nothing is charged the lots stay as they are, and are billed once charging is on again.
  if (!isCharging(book, { amountMinor: minorUnits(money), last4: book.cards[0]?.last4 ?? '' })) return NO_CREDITS;
  const charge = newCharge(book, {
    kind: 'overage',
    credits,
    amountMinor: minorUnits(money),
    card: book.cards[0]?.id ?? null,
  });
  for (const lot of due) {
    const entry = openEntry({
      keyHash: engineKey(`bill:${lot.id}:${charge.id}`),
      contentHash: null,
      occurredAt,
      ref: charge.id,
    });
    post(book, entry, 'bill', lot, negated(lot.remaining));
    lot.closed = true;
  }
  return NO_CREDITS;
}

/** Visibly: a line for each lot. */
function writeOff(book: Book, due: readonly Lot[], occurredAt: Instant): Credits {
  let written = NO_CREDITS;
  for (const lot of due) {
    written = minus(written, lot.remaining);
    const keyHash = engineKey(`write_off:${lot.id}:${book.sequence}`);
    const entry = openEntry({ keyHash, contentHash: null, occurredAt, reason: 'too little to be charged' });
    post(book, entry, 'forgive', lot, negated(lot.remaining));
    lot.closed = true;
  }
  return written;
}

function priceOfLot(lot: Lot): CreditRatio | null {
  const [credits, money] = (lot.reason ?? '').split('/');
  if (!credits || !money) return null;
  return { credits: microCredits(BigInt(credits)), money: minorUnits(BigInt(money)) };
}

/** Switching off stops further use and takes nothing back: what was run up still falls due. */
export function configureOverage(book: Book, { settings: wish }: ConfigureOverage): Outcome {
  cold(book);
  if (wish.enabled && isClosed(book)) return refused('account_closed', 'This account is closed.');
  if (wish.capMinor !== null && wish.capMinor < 0n) return refused('amount_not_allowed', 'A cap is zero or more.');
  if (wish.enabled && book.context.unchecked !== true) {
    const most = planCapOf(book);
    if (!isOverageOffered(book) || most === null) {
      return refused('not_offered', 'This plan does not offer pay-as-you-go. Choose one that does.');
    }
    if (book.cards.length === 0) return refused('not_offered', 'Pay-as-you-go needs a card. Attach one first.');
    if (wish.capMinor !== null && wish.capMinor > most) {
      return refused(
        'amount_not_allowed',
        'Only a higher plan raises the cap above the plan’s own. Choose a lower cap.',
      );
    }
  }
  changeSettings(book, { overage: { ...wish } });
  const note = wish.enabled ? waitsForTrial(book) : null;
  return note === null ? { kind: 'configured' } : { kind: 'configured', note };
}
