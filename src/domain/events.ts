/**
 * What is told to the product's own endpoint: derived once, at the end of a decision, from what it has changed. Events are
 * no mails: each crossing and each change is told as it happens, and what to make of it is the product's business.
 */
import type { AccountState, ColdRows } from './account.js';
import { availableOf, type Book, balanceOf, changeSettings, settingsOf } from './book.js';
import { formatCredits } from './credits.js';
import { balanceEvents } from './events-balance.js';
import type { AccountEvent } from './events-body.js';
import { chargeEvents } from './events-charge.js';
import { isGateClosed } from './gate.js';
import { isoOf } from './instant.js';

export type { AccountEvent } from './events-body.js';

/** Reads what stood before from `state`, and what stands now from the book. Remembers how the gate stands. */
export function tellEvents(state: AccountState, book: Book): void {
  const before = state.cold;
  if (before === null) return;
  book.effects.events.push(
    ...chargeEvents(before, book),
    ...cardEvents(before, book),
    ...planEvents(before, book),
    ...holdEvents(book),
    ...topOffEvents(before, book),
    ...incidentEvents(book),
    ...balanceEvents(before.settings.alerts, book),
    ...gateEvents(book),
  );
}

/** Closed and opened take turns, because what was told last is part of the account. */
function gateEvents(book: Book): AccountEvent[] {
  const closed = isGateClosed(book);
  if (closed === settingsOf(book).gateClosed) return [];
  changeSettings(book, { gateClosed: closed });
  const stands = { balance: formatCredits(balanceOf(book)), available: formatCredits(availableOf(book)) };
  if (!closed) return [{ type: 'gate.opened', data: stands }];
  return [{ type: 'gate.closed', data: { ...stands, sentence: book.context.catalog.words.outOfCredits } }];
}

function cardEvents(before: ColdRows, book: Book): AccountEvent[] {
  const events: AccountEvent[] = book.effects.newCards.map(({ card: { id, brand, last4 } }) => ({
    type: 'card.attached',
    data: { card: id, brand, last4 },
  }));
  for (const [id, card] of book.effects.changedCards) {
    const was = before.cards.find((one) => one.id === id);
    if (was === undefined) continue;
    const { brand, last4, expiryMonth, expiryYear } = card;
    const data = { card: id, brand, last4 };
    const isOther =
      was.fingerprint !== card.fingerprint ||
      was.last4 !== last4 ||
      was.expiryMonth !== expiryMonth ||
      was.expiryYear !== expiryYear;
    if (isOther) events.push({ type: 'card.updated', data });
    if (was.refusedAt === null && card.refusedAt !== null) events.push({ type: 'card.refused', data });
    if (card.toldExpiry !== null && was.toldExpiry !== card.toldExpiry)
      events.push({ type: 'card.expiring', data: { ...data, expires: card.toldExpiry } });
  }
  for (const id of book.effects.detachedCards) {
    const was = before.cards.find((one) => one.id === id);
    if (was !== undefined)
      events.push({ type: 'card.detached', data: { card: id, brand: was.brand, last4: was.last4 } });
  }
  return events;
}

function planEvents({ settings: was }: ColdRows, book: Book): AccountEvent[] {
  const is = settingsOf(book);
  const events: AccountEvent[] = [];
  const began = is.standing.trialEndsAt;
  if (is.plan !== was.plan) events.push({ type: 'plan.changed', data: { from: was.plan, to: is.plan } });
  if (was.standing.trialEndsAt === null && began !== null)
    events.push({ type: 'trial.started', data: { plan: is.plan, endsAt: isoOf(began) } });
  if (was.standing.trialEndsAt !== null && began === null)
    events.push({ type: 'trial.ended', data: { plan: is.plan } });
  for (const { plan, startsAt, endsAt, allotment } of book.effects.periods) {
    const data = { plan, startsAt: isoOf(startsAt), endsAt: isoOf(endsAt), allotment: formatCredits(allotment) };
    events.push({ type: 'period.renewed', data });
  }
  if (was.standing.pastDue === null && is.standing.pastDue !== null)
    events.push({ type: 'plan.past_due', data: { plan: is.plan } });
  if (was.standing.closedAt === null && is.standing.closedAt !== null)
    events.push({ type: 'account.closed', data: {} });
  return events;
}

function holdEvents(book: Book): AccountEvent[] {
  const { holds, newHolds } = book.effects;
  return [...holds, ...newHolds].flatMap((hold): AccountEvent[] => {
    if (hold.state !== 'expired') return [];
    const { id, meter, amount, captured, member } = hold;
    const data = { hold: id, meter, amount: formatCredits(amount), captured: formatCredits(captured), member };
    return [{ type: 'hold.expired', data }];
  });
}

function topOffEvents({ settings: { topOff: was } }: ColdRows, book: Book): AccountEvent[] {
  const is = settingsOf(book).topOff;
  const events: AccountEvent[] = [];
  const wasStopped = was.suspendedAt !== null || was.pausedAt !== null;
  const isStopped = is.suspendedAt !== null || is.pausedAt !== null;
  if (was.suspendedAt === null && is.suspendedAt !== null) events.push({ type: 'top_off.suspended', data: {} });
  if (was.pausedAt === null && is.pausedAt !== null) events.push({ type: 'top_off.paused', data: {} });
  if (wasStopped && !isStopped) events.push({ type: 'top_off.resumed', data: {} });
  return events;
}

/** An incident that came and went within one batch was nobody's news. */
function incidentEvents(book: Book): AccountEvent[] {
  const { newIncidents, resolvedIncidents } = book.effects;
  const events: AccountEvent[] = [];
  for (const { id, kind, chargeId, resolvedAt } of newIncidents) {
    if (resolvedAt !== null) continue;
    events.push({ type: 'incident.opened', data: { incident: id, kind, charge: chargeId } });
    if (kind === 'spending_cap_reached') events.push({ type: 'cap.reached', data: { cap: 'top_off' } });
  }
  for (const { id, kind, chargeId } of resolvedIncidents)
    events.push({ type: 'incident.resolved', data: { incident: id, kind, charge: chargeId } });
  return events;
}
