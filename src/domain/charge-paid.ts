/** A payment has succeeded: grant, line, notice and state in one, and what else it changes for the account. */
import { type Book, openEntry } from './book.js';
import { changeCard } from './cards.js';
import type { Charge } from './charge.js';
import { dueAgain, isWaitingDeclined, moveOn } from './dunning.js';
import { engineKey } from './keys.js';
import { chargeFacts, liftSuspension, notify, resolveCharge, touch } from './obligations.js';
import type { PaymentMade } from './payment.js';
import { blankLot, bringIn } from './spend.js';

export function settlePaid(book: Book, charge: Charge, payment: PaymentMade): void {
  charge.state = 'succeeded';
  charge.failure = null;
  charge.cancelOwed = false;
  charge.nextAttemptAt = null;
  charge.settledAt = book.at;
  charge.processorChargeId = payment.processorChargeId;
  charge.paidMinor = payment.paidMinor;
  charge.cardBrand = payment.brand;
  charge.cardLast4 = payment.last4;
  charge.receiptUrl = payment.receiptUrl;
  charge.receiptNumber = payment.receiptNumber;
  moveOn(charge, { extra: null, round: null, actionUntil: null, waitingSince: null });
  touch(book, charge);
  // Overage was used before it was paid: its money brings no credits.
  if (charge.kind !== 'overage') {
    const kind = charge.kind === 'top_off' ? 'top_off' : 'purchase';
    const head = { keyHash: engineKey(`charge:${charge.id}`), contentHash: null, occurredAt: book.at, ref: charge.id };
    bringIn(book, openEntry(head), blankLot(book, { kind, amount: charge.credits, paid: true, chargeId: charge.id }));
  }
  resolveCharge(book, charge.id);
  tellPaid(book, charge);
  believeCards(book, charge, payment);
  liftSuspension(book);
  for (const other of book.charges) {
    if (other === charge || other.kind === 'pack') continue;
    if (other.kind === 'top_off' && other.state === 'failed') {
      // It is opened again only while credits are still wanted, which the end of the batch decides.
      moveOn(other, { extra: { at: book.at, by: 'payment' } });
      touch(book, other);
    } else if (isWaitingDeclined(other) || (other.state === 'failed' && !other.cancelOwed)) {
      dueAgain(book, other, 'payment');
    }
  }
}

function tellPaid(book: Book, charge: Charge): void {
  const facts = { ...chargeFacts(book, charge), receiptUrl: charge.receiptUrl };
  switch (charge.kind) {
    case 'top_off':
      notify(book, { kind: 'top_off_succeeded', ...facts });
      return;
    case 'pack':
      notify(book, { kind: 'purchase_succeeded', ...facts });
      return;
    case 'overage':
      notify(book, { kind: 'overage_charged', ...facts });
  }
}

/** The card that has paid works again; a purchase by hand is the owner's own word for all of them. */
function believeCards(book: Book, charge: Charge, payment: PaymentMade): void {
  const paidWith = payment.fingerprint ?? book.cards.find((card) => card.id === charge.card)?.fingerprint ?? null;
  for (const card of [...book.cards]) {
    if (card.refusedAt === null) continue;
    if (charge.kind === 'pack' || card.fingerprint === paidWith) changeCard(book, { ...card, refusedAt: null });
  }
}
