/**
 * What a decline leads to. A soft one is tried again by the ladder, a hard one never with that card, a demand for the owner
 * waits for the owner; a backup card comes first. The owner is told of the first decline and of each that is news.
 */

import { backupCard } from './backup-card.js';
import type { Book } from './book.js';
import { changeCard } from './cards.js';
import type { Charge } from './charge.js';
import type { AttemptBy, Course, Round } from './charge-course.js';
import { declineClass } from './decline-classes.js';
import { HOUR_MS, isoOf, later, MINUTE_MS } from './instant.js';
import type { FailureReason } from './notice.js';
import { chargeFacts, notify, raise, resolveCharge, suspendTopOff, touch } from './obligations.js';
import type { Decline } from './payment.js';
import { rungAt } from './retry.js';

/** How soon an attempt that was refused for want of room at the processor, or for a fault of ours, is made anew. */
const NO_ROOM_AGAIN_MS = 5 * MINUTE_MS;
const FAULT_AGAIN_MS = HOUR_MS;

export function moveOn(charge: Charge, change: Partial<Course>): void {
  charge.course = { ...charge.course, ...change };
}

/** The attempt that was declined: why it was made, and the card that the decline counts against. */
export interface Declined {
  readonly by: AttemptBy;
  readonly fingerprint: string | null;
}

/** A definite decline. Faults of ours and outages of the processor burn no rung and never count against the card. */
export function declined(book: Book, charge: Charge, attempt: Declined, decline: Decline): void {
  const kind = declineClass(decline);
  touch(book, charge);
  moveOn(charge, { lastDeclined: decline.processorChargeId ?? charge.course.lastDeclined, waitingSince: null });
  if (kind === 'integration' || kind === 'infrastructure') {
    charge.state = 'pending';
    charge.nextAttemptAt = later(book.at, kind === 'integration' ? FAULT_AGAIN_MS : NO_ROOM_AGAIN_MS);
    if (kind === 'integration') tell(book, charge, 'internal_error', attempt.by);
    return;
  }
  if (kind === 'hard' || kind === 'authentication') refuseCard(book, attempt.fingerprint);
  // What no table knows is tried once more at most.
  const verdict = kind === 'unknown' ? (charge.course.rung === 0 ? 'soft' : 'hard') : kind;
  const round = addedTo(charge, attempt, verdict);
  moveOn(charge, { round });
  const backup = backupCard(book, charge);
  if (backup !== undefined) {
    charge.state = 'pending';
    charge.card = backup.id;
    moveOn(charge, { extra: { at: book.at, by: 'backup' } });
    return;
  }
  charge.card = round.card;
  moveOn(charge, { round: null });
  endRound(book, charge, round);
}

const MILDER: Readonly<Record<Round['verdict'], number>> = { soft: 0, authentication: 1, hard: 2 };

function addedTo(charge: Charge, { by, fingerprint }: Declined, verdict: Round['verdict']): Round {
  const before = charge.course.round;
  const mine: Round = { by, fingerprints: [], verdict, card: charge.card, fingerprint };
  const decides = before === null || MILDER[verdict] < MILDER[before.verdict] ? mine : before;
  const fingerprints = [...(before?.fingerprints ?? []), ...(fingerprint === null ? [] : [fingerprint])];
  return { ...decides, by: before?.by ?? by, fingerprints };
}

/** No card is left to try at once. */
function endRound(book: Book, charge: Charge, round: Round): void {
  switch (round.verdict) {
    case 'hard':
      failCharge(book, charge, 'card_declined', round.fingerprint, round.by);
      return;
    case 'authentication':
      demandOwner(book, charge, round, false);
      return;
    case 'soft':
      declinedSoftly(book, charge, round);
  }
}

/** An attempt without a rung leaves the ladder as it was; another card begins it anew. */
function declinedSoftly(book: Book, charge: Charge, round: Round): void {
  const { retryHours } = book.context.catalog.policies;
  const { actionUntil } = charge.course;
  if (actionUntil !== null && actionUntil > book.at) {
    // The owner approved it and the issuer still said no: the link goes on working until its time is over.
    demandOwner(book, charge, round, false);
    return;
  }
  // Once its owner was wanted it is no matter of the ladder any more: an answer after the link's time is its end.
  const isOwn = round.by === 'owner' || round.by === 'payment' || actionUntil !== null;
  const rung = isOwn ? charge.course.rung : charge.course.rung + 1;
  const next = isOwn ? charge.nextAttemptAt : rungAt(charge.id, rung, book.at, retryHours);
  if (charge.kind === 'pack' || next === null) {
    failCharge(book, charge, 'card_declined', round.fingerprint, round.by);
    return;
  }
  charge.state = 'pending';
  charge.nextAttemptAt = next;
  charge.settledAt = null;
  moveOn(charge, { rung });
  tell(book, charge, 'card_declined', round.by);
}

/**
 * The owner must approve the payment, by a link that works until it is paid or its time is over. `underWay`: the bank's page
 * has been opened and its answer is awaited.
 */
export function demandOwner(book: Book, charge: Charge, attempt: Declined, underWay: boolean): void {
  const { authenticationHours } = book.context.catalog.policies;
  const until = charge.course.actionUntil ?? later(book.at, authenticationHours * HOUR_MS);
  const isNew = charge.state !== 'action_required';
  charge.state = 'action_required';
  charge.nextAttemptAt = null;
  moveOn(charge, { actionUntil: until, waitingSince: underWay ? (charge.course.waitingSince ?? book.at) : null });
  touch(book, charge);
  if (charge.kind === 'top_off' && isNew) suspendTopOff(book, attempt.fingerprint);
  // Whoever is at the bank's page need not be told to go there.
  if (!underWay || attempt.by !== 'owner') tell(book, charge, 'authentication_required', attempt.by);
}

/** Marks a charge failed for the owner's eyes: incident, mail, suspension. */
export function failCharge(
  book: Book,
  charge: Charge,
  reason: FailureReason,
  fingerprint: string | null,
  by: AttemptBy = 'rung',
): void {
  const isLast = charge.failure === reason && by === 'rung' && charge.state !== 'failed';
  charge.state = 'failed';
  charge.nextAttemptAt = null;
  charge.settledAt = book.at;
  moveOn(charge, { extra: null, round: null, actionUntil: null, waitingSince: null });
  touch(book, charge);
  // Want of a card is no verdict on one: nothing opens until one is there, and then nothing more is asked of the owner.
  if (charge.kind === 'top_off' && reason !== 'no_payment_method') suspendTopOff(book, fingerprint);
  tell(book, charge, reason, by);
  // Of the first decline the owner was told; that it was the last try, and that nothing more is bought, is news as well.
  if (isLast && charge.kind === 'top_off') {
    notify(book, { kind: 'top_off_suspended', ...chargeFacts(book, charge), reason });
  }
}

/** The owner is told once that something on our side went wrong; finding out goes on behind it. */
export function doubt(book: Book, charge: Charge): void {
  if (charge.failure === 'internal_error') return;
  touch(book, charge);
  tell(book, charge, 'internal_error', 'rung');
}

/**
 * Incident and mail: at the first failure, when the reason changes, and when what the owner did has failed. A purchase by hand
 * has no banner: its owner stands before it.
 */
function tell(book: Book, charge: Charge, reason: FailureReason, by: AttemptBy): void {
  const isNews = charge.failure !== reason || by === 'owner' || by === 'card';
  charge.failure = reason;
  if (!isNews) return;
  resolveCharge(book, charge.id);
  if (charge.kind !== 'pack') raise(book, reason, reason === 'no_payment_method' ? null : charge.id);
  const facts = chargeFacts(book, charge);
  const { actionUntil } = charge.course;
  if (reason === 'authentication_required' && charge.state === 'action_required' && actionUntil !== null) {
    notify(book, { kind: 'action_required', ...facts, expiresAt: isoOf(actionUntil) });
    return;
  }
  const nextAttemptAt = charge.nextAttemptAt === null ? null : isoOf(charge.nextAttemptAt);
  switch (charge.kind) {
    case 'top_off':
      notify(book, { kind: 'top_off_failed', ...facts, reason, nextAttemptAt });
      return;
    case 'overage':
      notify(book, { kind: 'overage_failed', ...facts, reason, nextAttemptAt });
      return;
    case 'pack':
      notify(book, { kind: 'purchase_failed', ...facts, reason });
  }
}

/** Every stored way to pay with that very card: it is charged again only when its owner says so. */
function refuseCard(book: Book, fingerprint: string | null): void {
  for (const card of book.cards.filter((one) => one.fingerprint === fingerprint)) {
    if (card.refusedAt === null) changeCard(book, { ...card, refusedAt: book.at });
  }
}

/**
 * Makes a charge that was declined due at once, on its own intent, instead of a second charge. Another card begins the
 * ladder anew; a payment that succeeded, or the owner, asks for one attempt beside it.
 */
export function dueAgain(book: Book, charge: Charge, by: 'owner' | 'card' | 'payment'): void {
  charge.state = 'pending';
  charge.settledAt = null;
  if (by === 'card') charge.nextAttemptAt = null;
  moveOn(charge, {
    ...(by === 'card' ? { rung: 0 } : {}),
    extra: { at: book.at, by },
    round: null,
    actionUntil: null,
    waitingSince: null,
  });
  touch(book, charge);
  book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
}

/** Waiting on the ladder or for its owner after a decline, with nothing of it under way. */
export const isWaitingDeclined = (charge: Charge): boolean =>
  (charge.state === 'pending' || charge.state === 'action_required') &&
  charge.failure !== null &&
  charge.unanswered === null &&
  charge.course.extra === null &&
  !charge.cancelOwed;
