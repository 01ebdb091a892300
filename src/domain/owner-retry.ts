/** The owner's own try at a charge that was declined: an attempt without a rung, and the owner's word that the card may be charged. */
import { cardOrder } from './backup-card.js';
import { type Book, cold } from './book.js';
import type { Charge } from './charge.js';
import { isCharging } from './charging.js';
import type { RetryCharge } from './commands.js';
import { dueAgain } from './dunning.js';
import { isoOf } from './instant.js';
import { liftSuspension, touch } from './obligations.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { openedCharge } from './purchase.js';
import { networkAllowsAt, ownerRetriesToday } from './retry.js';
import { isTopOffNeeded, openTopOff } from './top-off.js';

export function retryCharge(book: Book, command: RetryCharge): Outcome {
  cold(book);
  const named = book.charges.find((one) => one.id === command.charge);
  if (named === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  // Of top-offs one is open at a time: where another is, that one is meant.
  const charge = (named.kind === 'top_off' ? openTopOff(book) : undefined) ?? named;
  const wrong = standsAgainst(book, charge) ?? allowedNow(book, charge);
  if (wrong !== null) return wrong;
  liftSuspension(book);
  if (charge.kind === 'top_off' && !isTopOffNeeded(book, charge)) {
    // The credits have come otherwise: nothing is charged, and the way is free for the next one.
    charge.cancelOwed = true;
    touch(book, charge);
    book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
  } else dueAgain(book, charge, 'owner');
  return openedCharge(charge, false);
}

/** Why there is nothing to try. */
function standsAgainst(book: Book, charge: Charge): Refused | null {
  if (charge.state === 'succeeded')
    return refused('charge_ended', 'This charge has been paid. Nothing is owed for it.');
  if (charge.state === 'canceled' || charge.cancelOwed) {
    return refused('charge_ended', 'This charge was canceled. What is needed now is charged anew.');
  }
  if (charge.course.checkoutUntil !== null) {
    return refused('charge_ended', 'This purchase is paid at its Checkout. Begin another one.');
  }
  const isUnderWay =
    charge.unanswered !== null ||
    charge.state === 'processing' ||
    charge.course.extra !== null ||
    (charge.state === 'action_required' && charge.course.waitingSince !== null) ||
    (charge.state === 'pending' && (charge.failure === null || (charge.nextAttemptAt ?? 0) <= book.at));
  // A failed charge's extra is a wish of an earlier batch, which ended with it.
  if (isUnderWay && charge.state !== 'failed') {
    return refused('attempt_under_way', 'An attempt is under way. Wait for its answer, then retry.');
  }
  return null;
}

/** Why it may not be tried now. */
function allowedNow(book: Book, charge: Charge): Refused | null {
  const most = book.context.catalog.policies.ownerRetriesPerDay;
  if (ownerRetriesToday(book) >= most) {
    return refused(
      'too_many_retries',
      `A charge can be retried ${most} times a day. Retry tomorrow, or attach another card.`,
    );
  }
  const [card] = cardOrder(book, charge);
  if (card === undefined) return refused('card_unknown', 'There is no card to charge. Attach one first.');
  if (!isCharging(book)) return refused('charging_stopped', 'Charging is paused at the moment. Retry later.');
  const from = networkAllowsAt(book, card);
  if (from === null) return null;
  return refused(
    'too_many_retries',
    `This card was declined too often: its network allows another try from ${isoOf(from)}. Attach another card, or wait.`,
  );
}
