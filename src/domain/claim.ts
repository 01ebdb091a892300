/**
 * The one thing that is due for a charge, taken under the account's lock: the unanswered attempt again, else a
 * cancellation that is owed, else the attempt whose time has come, else nothing. Whether the need still stands is decided
 * again each time.
 */
import { type Book, cold, settingsOf } from './book.js';
import { ATTEMPT_RESEND_LIMIT_MS, type Attempt, type Charge, DOUBT_LIMIT_MS } from './charge.js';
import type { ClaimCharge } from './commands.js';
import type { Instant } from './instant.js';
import { failCharge, touch } from './obligations.js';
import { type ChargeTask, type Outcome, refused } from './outcomes.js';
import type { Card } from './payment.js';
import { canceled, doubt } from './settlement.js';
import { isTopOffNeeded, topOffCard } from './top-off.js';

export function claimCharge(book: Book, command: ClaimCharge): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  return { kind: 'charge_task', task: dueTask(book, charge) };
}

const nothing = (next: Instant | null): ChargeTask => ({ do: 'nothing', next });

function dueTask(book: Book, charge: Charge): ChargeTask {
  if (charge.state === 'succeeded' || charge.state === 'canceled') return nothing(null);
  if (charge.unanswered !== null) return again(book, charge, charge.unanswered);
  if (charge.state === 'processing' && charge.intentId !== null) {
    return { do: 'retrieve', version: charge.version, intentId: charge.intentId };
  }
  if (charge.cancelOwed) return cancel(book, charge);
  if (charge.state !== 'pending' || charge.nextAttemptAt === null) return nothing(null);
  if (charge.nextAttemptAt > book.at) return nothing(charge.nextAttemptAt);
  if (!stillNeeded(book, charge)) {
    charge.cancelOwed = true;
    touch(book, charge);
    return cancel(book, charge);
  }
  const card = book.cards.find((one) => one.id === charge.card) ?? topOffCard(book);
  if (card === undefined) {
    failCharge(book, charge, 'no_payment_method', null);
    return nothing(null);
  }
  return charge.intentId === null ? createIntent(book, charge) : confirm(book, charge, card, charge.intentId);
}

function stillNeeded(book: Book, charge: Charge): boolean {
  if (charge.kind !== 'top_off') return true;
  return settingsOf(book).topOff.suspendedAt === null && isTopOffNeeded(book, charge);
}

/** Silence repeats the attempt with its key and its very parameters; past Stripe's memory of keys it is looked up. */
function again(book: Book, charge: Charge, attempt: Attempt): ChargeTask {
  const age = book.at - attempt.firstSentAt;
  if (age >= DOUBT_LIMIT_MS) doubt(book, charge);
  const intentId = intentOf(charge);
  if (age >= ATTEMPT_RESEND_LIMIT_MS) return { do: 'retrieve', version: charge.version, intentId };
  return confirmTask(charge, attempt, intentId);
}

/** Where the intent was never asked for there is nothing at the processor; else it is canceled there before it is here. */
function cancel(book: Book, charge: Charge): ChargeTask {
  if (charge.intentId !== null) return { do: 'cancel', version: charge.version, intentId: charge.intentId };
  if (charge.intentAskedAt !== null) return createIntent(book, charge);
  canceled(book, charge);
  return nothing(null);
}

function createIntent(book: Book, charge: Charge): ChargeTask {
  const { catalog, deployment } = book.context;
  const customer = cold(book).customer;
  if (customer === null) {
    failCharge(book, charge, 'no_payment_method', null);
    return nothing(null);
  }
  if (charge.intentAskedAt === null) {
    charge.intentAskedAt = book.at;
    touch(book, charge);
  } else if (!charge.cancelOwed && book.at - charge.intentAskedAt >= DOUBT_LIMIT_MS) {
    doubt(book, charge);
  }
  return {
    do: 'create_intent',
    version: charge.version,
    askedAt: charge.intentAskedAt ?? book.at,
    request: {
      charge: charge.id,
      account: book.account,
      deployment,
      customer,
      amountMinor: charge.amountMinor,
      currency: charge.currency,
      description: `${catalog.brand.name}: ${WHAT[charge.kind]}`,
    },
  };
}

/** What stands on the owner's statement and receipt. */
const WHAT = { top_off: 'auto top-off', pack: 'credits', overage: 'pay-as-you-go' } as const;

/** Freezes an attempt: its ordinal, parameters and fingerprint are committed before it is first sent. */
function confirm(book: Book, charge: Charge, card: Card, intentId: string): ChargeTask {
  charge.attempts += 1;
  const attempt: Attempt = {
    ordinal: charge.attempts,
    params: { payment_method: card.processorId, off_session: true },
    fingerprint: card.fingerprint,
    firstSentAt: book.at,
  };
  charge.card = card.id;
  charge.unanswered = attempt;
  charge.nextAttemptAt = null;
  touch(book, charge);
  book.effects.newAttempts.push({ charge: charge.id, attempt });
  return confirmTask(charge, attempt, intentId);
}

function confirmTask(charge: Charge, attempt: Attempt, intentId: string): ChargeTask {
  return {
    do: 'confirm',
    version: charge.version,
    request: {
      intentId,
      idempotencyKey: `${charge.id}-${attempt.ordinal}`,
      params: attempt.params,
      firstSentAt: attempt.firstSentAt,
    },
  };
}

function intentOf(charge: Charge): string {
  if (charge.intentId === null) throw new Error(`charge ${charge.id} has an attempt but no intent`);
  return charge.intentId;
}
