/**
 * The owner approves a payment at the bank. The attempt is frozen like every other, with the owner present and an address to
 * come back to; what the bank says is agreed with as ever.
 */
import { cardOrder } from './backup-card.js';
import { type Book, cold } from './book.js';
import { isCharging } from './charging.js';
import { freeze } from './claim.js';
import type { AuthenticateCharge } from './commands.js';
import { later, MINUTE_MS } from './instant.js';
import { type Outcome, refused } from './outcomes.js';
import { networkAllowsAt } from './retry.js';

/** When the charge's own step looks what became of it, should whoever asked die before the answer is written down. */
const LOOK_AFTER_MS = MINUTE_MS;

export function authenticateCharge(book: Book, command: AuthenticateCharge): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  if (charge.state === 'succeeded')
    return refused('charge_ended', 'This payment has been made. There is nothing to approve.');
  const { actionUntil, waitingSince } = charge.course;
  const isOver = actionUntil === null || actionUntil <= book.at;
  if (charge.state !== 'action_required' || isOver || charge.cancelOwed || charge.intentId === null) {
    return refused('charge_ended', 'This payment does not wait for approval any more. Look at the billing page.');
  }
  if (charge.unanswered !== null) {
    return refused('attempt_under_way', 'An attempt is under way. Wait for its answer, then approve the payment.');
  }
  if (!isCharging(book))
    return refused('charging_stopped', 'Charging is paused at the moment. Approve the payment later.');
  // The bank's page that is open already is where the owner has to go.
  if (waitingSince !== null && command.anew !== true) {
    const task = { do: 'retrieve', version: charge.version, intentId: charge.intentId, since: waitingSince } as const;
    return { kind: 'charge_task', task };
  }
  const card = book.cards.find((one) => one.id === charge.card) ?? cardOrder(book, charge)[0];
  if (card === undefined) return refused('card_unknown', 'There is no card to charge. Attach one first.');
  if (networkAllowsAt(book, card) !== null) {
    return refused('too_many_retries', 'This card was declined too often for now. Attach another card, or wait a day.');
  }
  const how = { off_session: false, return_url: command.returnUrl };
  const task = freeze(book, charge, card, charge.intentId, 'owner', how);
  book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: later(book.at, LOOK_AFTER_MS) });
  return { kind: 'charge_task', task };
}
