/** What an account's new state obliges us to: looked at once a batch, on the state the batch leaves. */
import type { Incident, IncidentKind } from './account.js';
import { type Book, balanceOf, changeSettings, settingsOf } from './book.js';
import type { Charge } from './charge.js';
import { type Credits, formatCredits, NO_CREDITS } from './credits.js';
import { type ChargeId, incidentId, noticeId } from './ids.js';
import type { CardLabel, FailureReason, NoticeFacts } from './notice.js';
import { isTopOffNeeded, openTopOff, openTopOffCharge, topOffCard, topOffVerdict } from './top-off.js';

export function meetObligations(book: Book): void {
  cancelNeedlessTopOff(book);
  const verdict = topOffVerdict(book);
  if (verdict.kind === 'due') openTopOffCharge(book, verdict);
  const wish = settingsOf(book).topOff;
  if (wish.enabled && topOffCard(book) === undefined) raise(book, 'no_payment_method', null);
  else resolve(book, 'no_payment_method');
}

/** The highest balance below which a batch must look at more than the balance. */
export function lookBelow(book: Book): Credits {
  const wish = settingsOf(book).topOff;
  return wish.enabled && wish.threshold > 0n ? wish.threshold : NO_CREDITS;
}

/** When anything has lifted the balance back to the threshold, a top-off that is not at the processor is not needed. */
function cancelNeedlessTopOff(book: Book): void {
  const charge = openTopOff(book);
  if (charge === undefined || charge.unanswered !== null || charge.state !== 'pending' || charge.cancelOwed) return;
  if (isTopOffNeeded(book, charge)) return;
  charge.cancelOwed = true;
  touch(book, charge);
  book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
}

/** Every change of a charge makes what was fetched under its old version stale. */
export function touch(book: Book, charge: Charge): void {
  if (book.effects.newCharges.has(charge)) return;
  if (!book.effects.charges.has(charge)) charge.version += 1;
  book.effects.charges.add(charge);
}

/** Raises an incident unless one of its kind is open for the same charge. Answers whether it is new. */
export function raise(book: Book, kind: IncidentKind, charge: ChargeId | null): boolean {
  const open = book.incidents.some((one) => one.resolvedAt === null && one.kind === kind && one.chargeId === charge);
  if (open) return false;
  const incident: Incident = {
    id: incidentId(book.context.newId()),
    kind,
    chargeId: charge,
    openedAt: book.at,
    resolvedAt: null,
  };
  book.incidents.push(incident);
  book.effects.newIncidents.add(incident);
  return true;
}

export function resolve(book: Book, ...kinds: readonly IncidentKind[]): void {
  for (const incident of book.incidents) {
    if (incident.resolvedAt === null && kinds.includes(incident.kind)) resolveOne(book, incident);
  }
}

/** What hung on one charge is over with it. */
export function resolveCharge(book: Book, charge: ChargeId): void {
  for (const incident of book.incidents) {
    if (incident.resolvedAt === null && incident.chargeId === charge) resolveOne(book, incident);
  }
}

function resolveOne(book: Book, incident: Incident): void {
  incident.resolvedAt = book.at;
  if (!book.effects.newIncidents.has(incident)) book.effects.resolvedIncidents.add(incident);
}

export function notify(book: Book, facts: NoticeFacts): void {
  const id = noticeId(book.context.newId());
  book.effects.notices.push({ id, facts });
  book.effects.asks.push({ topic: 'notice', subject: id, dueAt: book.at });
}

/** What a mail about a charge says in every case. */
export function chargeFacts(book: Book, charge: Charge) {
  const stored = book.cards.find((card) => card.id === charge.card);
  const brand = charge.cardBrand ?? stored?.brand;
  const last4 = charge.cardLast4 ?? stored?.last4;
  const card: CardLabel | null = brand === undefined || last4 === undefined ? null : { brand, last4 };
  return {
    charge: charge.id,
    credits: formatCredits(charge.credits),
    amountMinor: charge.amountMinor.toString(),
    currency: charge.currency,
    card,
    balance: formatCredits(balanceOf(book)),
    threshold: formatCredits(settingsOf(book).topOff.threshold),
  };
}

/** Nothing opens until another card, a payment that succeeds, or the owner says so. */
export function suspendTopOff(book: Book, fingerprint: string | null): void {
  changeSettings(book, {
    topOff: { ...settingsOf(book).topOff, suspendedAt: book.at, suspendedCard: fingerprint },
  });
}

export function liftSuspension(book: Book): void {
  const { topOff } = settingsOf(book);
  if (topOff.suspendedAt === null) return;
  changeSettings(book, { topOff: { ...topOff, suspendedAt: null, suspendedCard: null } });
}

/** The mail of a failed top-off; charges of other kinds have their incident. */
export function tellFailure(book: Book, charge: Charge, reason: FailureReason): void {
  if (charge.kind === 'top_off') notify(book, { kind: 'top_off_failed', ...chargeFacts(book, charge), reason });
}

/** Marks a charge failed for the owner's eyes: incident, mail, suspension. */
export function failCharge(book: Book, charge: Charge, reason: FailureReason, fingerprint: string | null): void {
  charge.state = 'failed';
  charge.failure = reason;
  charge.nextAttemptAt = null;
  charge.settledAt = book.at;
  touch(book, charge);
  if (charge.kind === 'top_off') suspendTopOff(book, fingerprint);
  resolve(book, ...(reason === 'internal_error' ? [] : (['internal_error'] as const)));
  if (raise(book, reason, charge.id)) tellFailure(book, charge, reason);
}
