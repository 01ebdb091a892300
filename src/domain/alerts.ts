/**
 * Alerts: what an owner is told of a balance that sinks. Each is told when a line is crossed and not while one stays beyond
 * it. Decided on the state that a batch leaves; what was told is kept in the account's alert state, in the same transaction
 * as the mail, so that neither a crash nor a second worker tells anything twice.
 */
import type { AlertState, Told } from './alert-state.js';
import { capAlerts } from './alerts-cap.js';
import { expiringAlerts } from './alerts-expiring.js';
import { includedAlerts, lookBelowIncluded } from './alerts-included.js';
import { lookBelowLow, lowAlerts } from './alerts-low.js';
import { type Book, changeSettings, settingsOf } from './book.js';
import { type Credits, most } from './credits.js';
import type { NoticeFacts } from './notice.js';

const KINDS: readonly ((book: Book, state: AlertState) => Told)[] = [
  lowAlerts,
  includedAlerts,
  capAlerts,
  expiringAlerts,
];

/** Keeps what has been told and answers the mails. The same state handed back means that nothing has changed. */
export function meetAlerts(book: Book): readonly NoticeFacts[] {
  const before = settingsOf(book).alerts;
  let state = before;
  const facts: NoticeFacts[] = [];
  for (const kind of KINDS) {
    const told = kind(book, state);
    state = told.state;
    facts.push(...told.facts);
  }
  if (state !== before) changeSettings(book, { alerts: state });
  return facts;
}

/**
 * A batch of plain uses that leaves the balance at or above this can have crossed no line. The cap of pay-as-you-go needs no
 * part in it: a use that goes beyond the balance asks for the cold rows by itself.
 */
export const alertsLookBelow = (book: Book): Credits => most(lookBelowLow(book), lookBelowIncluded(book));
