/**
 * How a charge meets the processor's view of it. `agree` is the only door: the worker's answer, a later look, a webhook
 * and the reconciler all end here. Paid beats every other state.
 */
import type { Book } from './book.js';
import { cold, openEntry } from './book.js';
import type { AttemptResult, Charge } from './charge.js';
import { followRefunds } from './claw-back.js';
import type { Agree, ChargeRefused } from './commands.js';
import { type Instant, later, MINUTE_MS } from './instant.js';
import { engineKey } from './keys.js';
import {
  chargeFacts,
  failCharge,
  liftSuspension,
  notify,
  raise,
  resolve,
  resolveCharge,
  tellFailure,
  touch,
} from './obligations.js';
import { type Outcome, refused } from './outcomes.js';
import type { Decline, IntentView, PaymentMade } from './payment.js';
import { blankLot, bringIn } from './spend.js';

/** How soon to look again at a payment that the processor is still working on, or has said too little of. */
const LOOK_AGAIN_MS = MINUTE_MS;

export function agree(book: Book, command: Agree): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  if (charge.version !== command.version) return { kind: 'stale' };
  const { view } = command;
  if (view.charge !== null && view.charge !== charge.id) {
    return refused('charge_unknown', `The intent "${view.intentId}" belongs to another charge.`);
  }
  if (charge.intentId !== null && charge.intentId !== view.intentId) {
    return refused(
      'charge_unknown',
      `The charge "${charge.id}" has the intent "${charge.intentId}" and no second one.`,
    );
  }
  if (charge.intentId === null) {
    charge.intentId = view.intentId;
    touch(book, charge);
  }
  const next = applyView(book, charge, command);
  return { kind: 'agreed', state: charge.state, next };
}

/** Answers when the charge is to be looked at again; null: not of its own accord. */
function applyView(book: Book, charge: Charge, { view, decline, looked }: Agree): Instant | null {
  switch (view.status) {
    case 'succeeded':
      if (view.payment === null) return charge.state === 'succeeded' ? null : later(book.at, LOOK_AGAIN_MS);
      paid(book, charge, view.payment);
      return null;
    case 'processing':
      answer(book, charge, 'processing', null);
      if (charge.state === 'pending') {
        charge.state = 'processing';
        touch(book, charge);
      }
      return later(book.at, LOOK_AGAIN_MS);
    case 'canceled':
      answer(book, charge, 'canceled', null);
      if (charge.state !== 'succeeded') canceled(book, charge);
      return null;
    case 'requires_action':
    case 'requires_capture': {
      const fingerprint = fingerprintOf(book, charge);
      answer(book, charge, 'action_required', decline);
      if (charge.state !== 'succeeded') failCharge(book, charge, 'authentication_required', fingerprint);
      return null;
    }
    case 'requires_payment_method':
    case 'requires_confirmation':
      return unpaid(book, charge, decline ?? declineSeen(view, charge, looked), looked);
  }
}

/** After a look, the intent's last decline is that of the attempt that was out: nothing else was sent since. */
const declineSeen = (view: IntentView, charge: Charge, looked: boolean): Decline | null =>
  looked && (charge.unanswered !== null || charge.state === 'processing') ? view.lastDecline : null;

/** The card that the decline counts against: the one the attempt was frozen with, else the one charged last. */
const fingerprintOf = (book: Book, charge: Charge): string | null =>
  charge.unanswered?.fingerprint ?? book.cards.find((card) => card.id === charge.card)?.fingerprint ?? null;

function unpaid(book: Book, charge: Charge, decline: Decline | null, looked: boolean): Instant | null {
  if (charge.state === 'succeeded') return null;
  if (decline !== null) {
    const fingerprint = fingerprintOf(book, charge);
    answer(book, charge, 'declined', decline);
    const reason = decline.code === 'authentication_required' ? 'authentication_required' : 'card_declined';
    failCharge(book, charge, reason, fingerprint);
    return null;
  }
  if (charge.unanswered !== null && !looked) return later(book.at, LOOK_AGAIN_MS);
  if (looked && (charge.unanswered !== null || charge.state === 'processing')) {
    // The key has a saved answer that is not the truth, or is too old to send: the intent says that nothing has moved,
    // and it can be paid only once, so that a new attempt under a new key is safe.
    answer(book, charge, 'unexecuted', null);
    charge.state = 'pending';
    charge.nextAttemptAt = book.at;
    touch(book, charge);
  }
  return charge.nextAttemptAt;
}

function paid(book: Book, charge: Charge, payment: PaymentMade): void {
  answer(book, charge, 'succeeded', null);
  if (charge.state !== 'succeeded') settlePaid(book, charge, payment);
  followRefunds(book, charge, payment);
}

/** Grant, line, notice and state in one. */
function settlePaid(book: Book, charge: Charge, payment: PaymentMade): void {
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
  touch(book, charge);
  // Overage was used before it was paid: its money brings no credits.
  if (charge.kind !== 'overage') {
    const kind = charge.kind === 'top_off' ? 'top_off' : 'purchase';
    const head = { keyHash: engineKey(`charge:${charge.id}`), contentHash: null, occurredAt: book.at, ref: charge.id };
    bringIn(book, openEntry(head), blankLot(book, { kind, amount: charge.credits, paid: true, chargeId: charge.id }));
  }
  liftSuspension(book);
  resolve(book, 'card_declined', 'authentication_required', 'internal_error');
  if (charge.kind === 'top_off') {
    notify(book, { kind: 'top_off_succeeded', ...chargeFacts(book, charge), receiptUrl: charge.receiptUrl });
  }
}

/** Written only when the processor has said so, or when nothing was ever asked of it. */
export function canceled(book: Book, charge: Charge): void {
  charge.state = 'canceled';
  charge.cancelOwed = false;
  charge.nextAttemptAt = null;
  charge.settledAt = book.at;
  touch(book, charge);
  resolveCharge(book, charge.id);
}

/** Closes the attempt that was out, if one was. */
function answer(book: Book, charge: Charge, result: AttemptResult, decline: Decline | null): void {
  if (charge.unanswered === null) return;
  book.effects.answered.push({ charge: charge.id, ordinal: charge.unanswered.ordinal, result, decline });
  charge.unanswered = null;
  touch(book, charge);
}

/** A refusal that is not the card's: the charge keeps its place, a person is told, and it is tried again later. */
export function chargeRefused(book: Book, command: ChargeRefused): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  if (charge.version !== command.version) return { kind: 'stale' };
  doubt(book, charge);
  return { kind: 'agreed', state: charge.state, next: null };
}

/** The owner is told once that something on our side went wrong; finding out goes on behind it. */
export function doubt(book: Book, charge: Charge): void {
  if (!raise(book, 'internal_error', charge.id)) return;
  tellFailure(book, charge, 'internal_error');
}
