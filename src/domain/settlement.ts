/**
 * How a charge meets the processor's view of it. `agree` is the only door: the worker's answer, a later look, a webhook
 * and the reconciler all end here. Paid beats every other state.
 */
import type { Book } from './book.js';
import { cold } from './book.js';
import { changeCard, dropCard } from './cards.js';
import { type AttemptResult, type Charge, isOpen } from './charge.js';
import { nextStep } from './charge-next.js';
import { settlePaid } from './charge-paid.js';
import { followFunds } from './claw-back.js';
import type { Agree, ChargeRefused } from './commands.js';
import { type Declined, declined, demandOwner, doubt, failCharge, moveOn } from './dunning.js';
import { type Instant, later, MINUTE_MS } from './instant.js';
import { liftSuspension, resolveCharge, touch } from './obligations.js';
import { type Outcome, refused } from './outcomes.js';
import type { Decline, IntentView, PaymentMade } from './payment.js';
import { duePlainly, tryAnew } from './unexecuted.js';

/** How soon to look again at a payment of which the processor has said too little. */
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
  // An intent that was canceled for good is not taken up again when its news comes late.
  if (charge.intentId === null && view.status === 'canceled' && charge.course.canceledIntents > 0) {
    return { kind: 'agreed', state: charge.state, next: nextStep(charge, book.at) };
  }
  if (charge.intentId === null) {
    charge.intentId = view.intentId;
    touch(book, charge);
  }
  const wasOpen = isOpen(charge);
  const next = applyView(book, charge, command);
  if (command.isHeard && (next !== null || (wasOpen && !isOpen(charge)))) {
    book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: next ?? book.at });
  }
  return { kind: 'agreed', state: charge.state, next };
}

/** Answers when the charge is to be looked at again; null: not of its own accord. */
function applyView(book: Book, charge: Charge, command: Agree): Instant | null {
  const { view, decline } = command;
  switch (view.status) {
    case 'succeeded':
      if (view.payment === null) return charge.state === 'succeeded' ? null : later(book.at, LOOK_AGAIN_MS);
      paid(book, charge, view.payment);
      return null;
    case 'processing':
      answer(book, charge, 'processing', null);
      if (isOpen(charge) && charge.state !== 'processing') {
        charge.state = 'processing';
        moveOn(charge, { waitingSince: book.at });
        touch(book, charge);
      }
      break;
    case 'canceled':
      answer(book, charge, 'canceled', null);
      if (isOrphan(book, view) && isOpen(charge) && charge.kind !== 'pack') replaceIntent(book, charge);
      else if (charge.state !== 'succeeded') canceled(book, charge);
      break;
    case 'requires_action':
    case 'requires_capture': {
      const attempt = attemptOf(book, charge);
      answer(book, charge, 'action_required', decline);
      if (isOurs(charge)) demandOwner(book, charge, attempt, true);
      break;
    }
    case 'requires_payment_method':
    case 'requires_confirmation':
      unpaid(book, charge, command);
  }
  return nextStep(charge, book.at);
}

/** Failures of a Checkout are its page's to tell, and a charge that is to be canceled waits for nobody any more. */
const isOurs = (charge: Charge): boolean =>
  isOpen(charge) && charge.course.checkoutUntil === null && !charge.cancelOwed;

/** Whether the processor or the bank was at it, so that a look tells what became of it. */
const isUnderWay = (charge: Charge): boolean =>
  charge.unanswered !== null ||
  charge.state === 'processing' ||
  (charge.state === 'action_required' && charge.course.waitingSince !== null);

/**
 * After a look, the intent's last decline is that of the attempt that was out, unless it is the one that was known before:
 * an attempt that was never executed leaves an older decline standing.
 */
function declineSeen(view: IntentView, charge: Charge, looked: boolean): Decline | null {
  if (!looked || !isUnderWay(charge) || view.lastDecline === null) return null;
  const { processorChargeId } = view.lastDecline;
  return processorChargeId && processorChargeId === charge.course.lastDeclined ? null : view.lastDecline;
}

/** The card that a decline counts against: the one the attempt was frozen with, else the one charged last. */
const attemptOf = (book: Book, charge: Charge): Declined => ({
  by: charge.unanswered?.by ?? charge.course.round?.by ?? (charge.state === 'action_required' ? 'owner' : 'rung'),
  fingerprint:
    charge.unanswered?.fingerprint ?? book.cards.find((card) => card.id === charge.card)?.fingerprint ?? null,
});

function unpaid(book: Book, charge: Charge, { view, decline: said, looked, isCardGone }: Agree): void {
  if (!isOpen(charge)) return;
  if (charge.course.checkoutUntil !== null) {
    // What was under way has come to nothing: the offer stands for as long as its session does.
    if (looked && charge.state === 'processing') {
      charge.state = 'pending';
      moveOn(charge, { waitingSince: null });
      touch(book, charge);
    }
    return;
  }
  const decline = said ?? declineSeen(view, charge, looked);
  if (decline !== null) {
    const attempt = attemptOf(book, charge);
    answer(book, charge, 'declined', decline);
    // Nobody is told of, or asked for, a payment that is to be canceled: the cancellation follows.
    if (charge.cancelOwed) return;
    declined(book, charge, attempt, decline);
    return;
  }
  if (!looked || !isUnderWay(charge)) return;
  // The key has a saved answer that is not the truth, or is too old to send: the intent says that nothing has moved, and
  // it can be paid only once, so that a new attempt under a new key is safe.
  const by = charge.unanswered?.by ?? 'rung';
  answer(book, charge, 'unexecuted', null);
  touch(book, charge);
  moveOn(charge, { waitingSince: null });
  if (isCardGone && isOrphan(book, view)) {
    // Not the card is gone but the customer that the intent was made for: it takes no card of the next one.
    charge.cancelOwed = true;
    moveOn(charge, { waitingSince: book.at });
    return;
  }
  if (isCardGone && charge.card !== null) dropCard(book, charge.card);
  // Its owner may come back to the link.
  if (charge.state === 'action_required') return;
  if (isCardGone) duePlainly(book, charge, by);
  else tryAnew(book, charge, by);
}

/** Made for a customer that is not the account's any more. */
const isOrphan = (book: Book, { customer }: IntentView): boolean =>
  typeof customer === 'string' && cold(book).customer !== null && customer !== cold(book).customer;

/** The intent is dead for good and the charge is not: it goes on with another, made for the customer of now. */
function replaceIntent(book: Book, charge: Charge): void {
  if (charge.kind === 'top_off' && charge.state === 'action_required') forgiveCard(book, charge);
  charge.cancelOwed = false;
  charge.intentId = null;
  charge.intentAskedAt = null;
  charge.state = 'pending';
  charge.nextAttemptAt = book.at;
  moveOn(charge, {
    ...{ canceledIntents: charge.course.canceledIntents + 1, actionUntil: null },
    ...{ extra: null, round: null, waitingSince: null },
  });
  touch(book, charge);
}

function paid(book: Book, charge: Charge, payment: PaymentMade): void {
  answer(book, charge, 'succeeded', null, payment.processorChargeId);
  if (charge.state !== 'succeeded') settlePaid(book, charge, payment);
  followFunds(book, charge, payment);
}

/** Written only when the processor has said so, or when nothing was ever asked of it. */
export function canceled(book: Book, charge: Charge): void {
  const { actionUntil, canceledIntents } = charge.course;
  const isExpired = charge.state === 'action_required' && actionUntil !== null && actionUntil <= book.at;
  charge.cancelOwed = false;
  touch(book, charge);
  if (isExpired) {
    // Nobody came. The intent is dead, so that an old link cannot pay later; what is still wanted needs another one.
    charge.intentId = null;
    charge.intentAskedAt = null;
    const card = book.cards.find((one) => one.id === charge.card);
    moveOn(charge, { canceledIntents: canceledIntents + 1 });
    failCharge(book, charge, 'authentication_required', card?.fingerprint ?? null);
    return;
  }
  if (charge.kind === 'top_off' && charge.state === 'action_required') forgiveCard(book, charge);
  charge.state = 'canceled';
  charge.nextAttemptAt = null;
  charge.settledAt = book.at;
  moveOn(charge, { extra: null, round: null, actionUntil: null, waitingSince: null });
  resolveCharge(book, charge.id);
}

/** The payment that wanted its owner is not needed any more: the next one may ask again, and its owner is told again. */
function forgiveCard(book: Book, charge: Charge): void {
  liftSuspension(book);
  const card = book.cards.find((one) => one.id === charge.card);
  if (card !== undefined && card.refusedAt !== null) changeCard(book, { ...card, refusedAt: null });
}

/** Closes the attempt that was out, if one was. */
function answer(
  book: Book,
  charge: Charge,
  result: AttemptResult,
  decline: Decline | null,
  payment: string | null = null,
): void {
  if (charge.unanswered === null) return;
  const { ordinal } = charge.unanswered;
  book.effects.answered.push({ charge: charge.id, ordinal, result, decline, payment });
  charge.unanswered = null;
  touch(book, charge);
}

/** A refusal that is not the card's: the charge keeps its place, a person is told, and it is tried again later. */
export function chargeRefused(book: Book, command: ChargeRefused): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  if (charge.version !== command.version) return { kind: 'stale' };
  if (command.isCustomerGone && charge.unanswered === null) {
    for (const card of [...book.cards]) dropCard(book, card.id);
    failCharge(book, charge, 'no_payment_method', null);
  } else doubt(book, charge);
  return { kind: 'agreed', state: charge.state, next: null };
}
