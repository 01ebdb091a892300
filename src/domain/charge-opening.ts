/** Opening a charge: a row and an outbox row, nothing at the processor yet. */
import type { Book } from './book.js';
import type { Charge } from './charge.js';
import { type Credits, NO_CREDITS } from './credits.js';
import { chargeId, type PaymentMethodId } from './ids.js';
import { type MinorUnits, minorUnits } from './money.js';

export interface ChargeWish {
  readonly kind: Charge['kind'];
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
  readonly card: PaymentMethodId | null;
  readonly shortfall?: Credits | null;
}

export function newCharge(book: Book, wish: ChargeWish): Charge {
  const charge: Charge = {
    id: chargeId(book.context.newId()),
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
    cancelOwed: false,
    attempts: 0,
    unanswered: null,
    nextAttemptAt: book.at,
    failure: null,
    createdAt: book.at,
    settledAt: null,
    processorChargeId: null,
    paidMinor: minorUnits(0),
    refundedMinor: minorUnits(0),
    clawed: NO_CREDITS,
    cardBrand: null,
    cardLast4: null,
    receiptUrl: null,
    receiptNumber: null,
  };
  book.charges.push(charge);
  book.effects.newCharges.add(charge);
  book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
  return charge;
}
