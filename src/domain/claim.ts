/**
 * The one thing that is due for a charge, taken under the account's lock: the unanswered attempt again, else a
 * cancellation that is owed, else the owner's retry, else the attempt whose time has come, else nothing. Whether the need
 * still stands is decided again each time.
 */
import { cardFor } from './backup-card.js';
import { type Book, cold, settingsOf } from './book.js';
import { dropCard } from './cards.js';
import { ATTEMPT_RESEND_LIMIT_MS, type Attempt, type Charge, DOUBT_LIMIT_MS, isOpen } from './charge.js';
import type { AttemptBy } from './charge-course.js';
import { nextStep } from './charge-next.js';
import { isCharging } from './charging.js';
import type { ClaimCharge } from './commands.js';
import { doubt, failCharge, moveOn } from './dunning.js';
import { type Instant, later, MINUTE_MS } from './instant.js';
import { touch } from './obligations.js';
import { type ChargeTask, type Outcome, refused } from './outcomes.js';
import type { Card } from './payment.js';
import { networkAllowsAt, rungAt } from './retry.js';
import { canceled } from './settlement.js';
import { isHeldBack, isTopOffNeeded } from './top-off.js';

/** While the operator's switch or a brake holds a charge back it keeps its place and is looked at so often. */
const HELD_BACK_MS = MINUTE_MS;

export function claimCharge(book: Book, command: ClaimCharge): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined) return refused('charge_unknown', `This account has no charge "${command.charge}".`);
  return { kind: 'charge_task', task: dueTask(book, charge) };
}

const nothing = (next: Instant | null): ChargeTask => ({ do: 'nothing', next });

function dueTask(book: Book, charge: Charge): ChargeTask {
  const { waitingSince, actionUntil, checkoutUntil } = charge.course;
  if (charge.state === 'succeeded' || charge.state === 'canceled') return nothing(null);
  if (charge.unanswered !== null) {
    return isCharging(book) ? again(book, charge, charge.unanswered) : nothing(later(book.at, HELD_BACK_MS));
  }
  if (charge.state === 'processing' && charge.intentId !== null) return look(charge, charge.intentId, book.at);
  if (charge.cancelOwed) return cancel(book, charge);
  if (charge.state === 'action_required') {
    if (actionUntil !== null && actionUntil <= book.at) return oweCancel(book, charge);
    if (waitingSince !== null && charge.intentId !== null) return look(charge, charge.intentId, book.at);
  }
  if (checkoutUntil !== null && isOpen(charge)) {
    if (checkoutUntil > book.at) return nothing(checkoutUntil);
    if (charge.intentId !== null) return oweCancel(book, charge);
    canceled(book, charge);
    return nothing(null);
  }
  if (charge.state !== 'pending' || !isAttemptDue(book, charge)) return nothing(nextStep(charge, book.at));
  return attempt(book, charge);
}

function isAttemptDue({ at }: Book, { course: { extra }, nextAttemptAt }: Charge): boolean {
  return (extra !== null && extra.at <= at) || (nextAttemptAt !== null && nextAttemptAt <= at);
}

/** An attempt is due: whether it is still wanted, may be made, and with which card. */
function attempt(book: Book, charge: Charge): ChargeTask {
  if (!stillNeeded(book, charge)) return oweCancel(book, charge);
  const by = charge.course.extra?.by ?? 'rung';
  if (charge.kind === 'top_off' && by !== 'owner' && isHeldBack(book)) return nothing(later(book.at, HELD_BACK_MS));
  const card = cardFor(book, charge);
  const wouldBe = typeof card === 'string' ? undefined : { amountMinor: charge.amountMinor, last4: card.last4 };
  if (!isCharging(book, wouldBe)) return nothing(later(book.at, HELD_BACK_MS));
  if (card === 'none' || card === 'refused') {
    failCharge(book, charge, card === 'none' ? 'no_payment_method' : 'card_declined', null, by);
    return nothing(null);
  }
  const allowed = networkAllowsAt(book, card);
  // Nobody is charged days after a click: whoever buys by hand chooses another card.
  if (allowed !== null && charge.kind === 'pack') {
    failCharge(book, charge, 'card_declined', null, by);
    return nothing(null);
  }
  if (allowed !== null) return postpone(book, charge, allowed);
  return charge.intentId === null ? createIntent(book, charge) : confirm(book, charge, card, charge.intentId, by);
}

/** The card's network allows no further try yet: the attempt keeps its kind and waits for its day. */
function postpone(book: Book, charge: Charge, until: Instant): ChargeTask {
  charge.nextAttemptAt = until;
  moveOn(charge, { extra: null });
  touch(book, charge);
  return nothing(until);
}

function stillNeeded(book: Book, charge: Charge): boolean {
  if (charge.kind !== 'top_off') return true;
  return settingsOf(book).topOff.suspendedAt === null && isTopOffNeeded(book, charge);
}

/** Silence repeats the attempt with its key and its very parameters; past Stripe's memory of keys it is looked up. */
function again(book: Book, charge: Charge, sent: Attempt): ChargeTask {
  const age = book.at - sent.firstSentAt;
  if (age >= DOUBT_LIMIT_MS) doubt(book, charge);
  const intentId = intentOf(charge);
  if (age >= ATTEMPT_RESEND_LIMIT_MS) return look(charge, intentId, sent.firstSentAt);
  return confirmTask(charge, sent, intentId);
}

const look = (charge: Charge, intentId: string, since: Instant): ChargeTask => ({
  do: 'retrieve',
  version: charge.version,
  intentId,
  since: charge.course.waitingSince ?? since,
});

function oweCancel(book: Book, charge: Charge): ChargeTask {
  charge.cancelOwed = true;
  moveOn(charge, { waitingSince: book.at });
  touch(book, charge);
  return cancel(book, charge);
}

/** Where the intent was never asked for there is nothing at the processor; else it is canceled there before it is here. */
function cancel(book: Book, charge: Charge): ChargeTask {
  const since = charge.course.waitingSince ?? book.at;
  if (charge.intentId !== null) return { do: 'cancel', version: charge.version, intentId: charge.intentId, since };
  if (charge.intentAskedAt !== null) return createIntent(book, charge);
  canceled(book, charge);
  return nothing(null);
}

function createIntent(book: Book, charge: Charge): ChargeTask {
  const { catalog, deployment } = book.context;
  const customer = cold(book).customer;
  if (customer === null) {
    // Cards of a customer that is gone can be charged no more, whether or not their own news has come.
    for (const card of [...book.cards]) dropCard(book, card.id);
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
      canceledIntents: charge.course.canceledIntents,
      isLate: book.at - (charge.intentAskedAt ?? book.at) >= ATTEMPT_RESEND_LIMIT_MS,
      sold: charge.intentForm === null ? null : { kind: charge.kind, credits: charge.credits },
    },
  };
}

/** What stands on the owner's statement and receipt. */
const WHAT = { top_off: 'auto top-off', pack: 'credits', overage: 'pay-as-you-go' } as const;

/** Freezes an attempt of ours. Of a purchase by hand the owner is there, and the bank may ask for the owner at once. */
function confirm(book: Book, charge: Charge, card: Card, intentId: string, by: AttemptBy): ChargeTask {
  return freeze(book, charge, card, intentId, by, { off_session: charge.kind !== 'pack' });
}

/** Freezes an attempt: its ordinal, parameters and fingerprint are committed before it is first sent. */
export function freeze(
  book: Book,
  charge: Charge,
  card: Card,
  intentId: string,
  by: AttemptBy,
  how: { readonly off_session: boolean; readonly return_url?: string },
): ChargeTask {
  charge.attempts += 1;
  const sent: Attempt = {
    ordinal: charge.attempts,
    params: { payment_method: card.processorId, ...how, ...receiptTo(book) },
    fingerprint: card.fingerprint,
    firstSentAt: book.at,
    by,
  };
  charge.card = card.id;
  charge.unanswered = sent;
  takeRung(book, charge, by);
  moveOn(charge, { extra: null });
  touch(book, charge);
  book.effects.newAttempts.push({ charge: charge.id, attempt: sent });
  return confirmTask(charge, sent, intentId);
}

/** An attempt beside the ladder takes with it the rung whose time has come as well: two tries in a row help nobody. */
function takeRung(book: Book, charge: Charge, by: AttemptBy): void {
  if (by === 'rung') charge.nextAttemptAt = null;
  if (charge.nextAttemptAt === null || charge.nextAttemptAt > book.at) return;
  const rung = charge.course.rung + 1;
  charge.nextAttemptAt = rungAt(charge.id, rung, book.at, book.context.catalog.policies.retryHours);
  moveOn(charge, { rung });
}

/** Our own confirmation is the receipt; the processor's beside it is the product's choice. */
function receiptTo(book: Book): { readonly receipt_email?: string } {
  const { billingEmail } = cold(book);
  const isWanted = book.context.catalog.policies.stripeReceipts && billingEmail;
  return isWanted ? { receipt_email: billingEmail } : {};
}

function confirmTask(charge: Charge, sent: Attempt, intentId: string): ChargeTask {
  return {
    do: 'confirm',
    version: charge.version,
    request: {
      intentId,
      idempotencyKey: `${charge.id}-${sent.ordinal}`,
      params: sent.params,
      firstSentAt: sent.firstSentAt,
    },
  };
}

function intentOf(charge: Charge): string {
  if (charge.intentId === null) throw new Error(`charge ${charge.id} has an attempt but no intent`);
  return charge.intentId;
}
