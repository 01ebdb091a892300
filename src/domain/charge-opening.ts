/** Opening a charge: a row and an outbox row, nothing at the processor yet. */
import type { Book } from './book.js';
import type { Charge } from './charge.js';
import { FIRST_COURSE } from './charge-course.js';
import { type Credits, NO_CREDITS } from './credits.js';
import { type ChargeId, chargeId, type PaymentMethodId } from './ids.js';
import type { Instant } from './instant.js';
import { type MinorUnits, minorUnits } from './money.js';

/** What intents are asked for with since charges can be brought back from them. */
const INTENT_FORM = 2;

export interface ChargeWish {
  readonly kind: Charge['kind'];
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
  readonly card: PaymentMethodId | null;
  readonly shortfall?: Credits | null;
  readonly key?: Charge['key'];
  /** A Checkout's own charge, which waits until then and is asked for by its session. */
  readonly checkoutUntil?: Instant;
}

export function newCharge(book: Book, wish: ChargeWish): Charge {
  const charge = blankCharge(book, chargeId(book.context.newId()), wish);
  book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: wish.checkoutUntil ?? book.at });
  return charge;
}

/** A row and nothing that works on it yet. */
export function blankCharge(book: Book, id: ChargeId, wish: ChargeWish): Charge {
  const charge: Charge = {
    id,
    kind: wish.kind,
    state: 'pending',
    version: 1,
    credits: wish.credits,
    amountMinor: wish.amountMinor,
    currency: book.context.catalog.currency,
    shortfall: wish.shortfall ?? null,
    card: wish.card,
    intentId: null,
    intentAskedAt: null,
    intentForm: INTENT_FORM,
    cancelOwed: false,
    course: { ...FIRST_COURSE, checkoutUntil: wish.checkoutUntil ?? null },
    key: wish.key ?? null,
    attempts: 0,
    unanswered: null,
    nextAttemptAt: wish.checkoutUntil === undefined ? book.at : null,
    failure: null,
    createdAt: book.at,
    settledAt: null,
    processorChargeId: null,
    paidMinor: minorUnits(0),
    refundedMinor: minorUnits(0),
    disputedMinor: minorUnits(0),
    dispute: null,
    clawed: NO_CREDITS,
    cardBrand: null,
    cardLast4: null,
    receiptUrl: null,
    receiptNumber: null,
  };
  book.charges.push(charge);
  book.effects.newCharges.add(charge);
  return charge;
}
