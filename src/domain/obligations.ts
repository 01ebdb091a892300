/** What an account's new state obliges us to: looked at once a batch, on the state the batch leaves. */
import type { Incident, IncidentKind } from './account.js';
import { alertsLookBelow, meetAlerts } from './alerts.js';
import { type Book, balanceOf, changeSettings, settingsOf } from './book.js';
import { pauseTopOff } from './brake.js';
import type { Charge } from './charge.js';
import { billWhatWaited, endOldFailures, meetCaps, meetMissingCard, openOrReopen, sayDryRun } from './charge-duties.js';
import { ALWAYS_LOOK } from './closing.js';
import { type Credits, formatCredits, microCredits, most, NO_CREDITS, plus } from './credits.js';
import { isClosed } from './cycle.js';
import { type ChargeId, incidentId, noticeId } from './ids.js';
import type { CardLabel, NoticeFacts } from './notice.js';
import { isTopOffNeeded, openTopOff, topOffVerdict } from './top-off.js';

export function meetObligations(book: Book): void {
  cancelNeedlessTopOff(book);
  const verdict = topOffVerdict(book);
  if (verdict.kind === 'due') openOrReopen(book, verdict);
  else sayDryRun(book);
  if (verdict.kind === 'held_back' && verdict.by === 'paused') brake(book);
  meetCaps(book, verdict);
  meetMissingCard(book);
  endOldFailures(book);
  billWhatWaited(book);
  // Whoever closed the account knows that nothing is left.
  if (!isClosed(book)) for (const facts of meetAlerts(book)) notify(book, facts);
}

/** The runaway brake pauses at the very moment at which a charge would have opened. */
function brake(book: Book): void {
  const facts = pauseTopOff(book);
  if (facts !== null && raise(book, 'unusual_usage', null)) notify(book, facts);
}

/** The highest balance below which a batch must look at more than the balance. */
export function lookBelow(book: Book): Credits {
  if (isClosed(book)) return ALWAYS_LOOK;
  const { topOff: wish, gateClosed } = settingsOf(book);
  // What is held keeps the gate closed as soon as nothing is left beside it: a plain use may then be what closes it.
  const gate = gateClosed ? NO_CREDITS : plus(book.held, microCredits(1n));
  return most(alertsLookBelow(book), most(wish.enabled ? wish.threshold : NO_CREDITS, gate));
}

/** When anything has lifted the balance back to the threshold, a top-off that is not at the processor is not needed. */
function cancelNeedlessTopOff(book: Book): void {
  const charge = openTopOff(book);
  if (charge === undefined || charge.unanswered !== null || charge.state === 'processing' || charge.cancelOwed) return;
  if (isTopOffNeeded(book, charge)) return;
  charge.cancelOwed = true;
  charge.course = { ...charge.course, extra: null, waitingSince: book.at };
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
    chargeKind: charge.kind,
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
