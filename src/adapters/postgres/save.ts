/** Writes what was decided: a handful of set-based statements for the whole batch, and one a table for what is rarer. */
import type { Settings } from '../../domain/account.js';
import type { Decision } from '../../domain/decide.js';
import { NO_EFFECTS } from '../../domain/effects.js';
import type { AccountNo } from '../../domain/ids.js';
import type { Card } from '../../domain/payment.js';
import * as cold from './cold-statements.js';
import { makeInstants, plain } from './columns.js';
import { savePlans } from './plans.js';
import { run, type Sql, type Statement } from './pool.js';
import { chargeRow, holdRow, iso, lotRow, type Row, settingsRow } from './rows.js';
import { eventSubject, saveEvents } from './save-events.js';
import { saveLimits } from './save-limits.js';
import { saveLines } from './save-lines.js';
import { ASK, INSERT_LOTS, UPDATE_BALANCES, UPDATE_LOTS } from './statements.js';

export interface Decided {
  readonly no: AccountNo;
  readonly decision: Decision;
  /** The settings that it was decided on, where they were loaded. */
  readonly before: Settings | null;
}

/** Answers whether events wait for their endpoint. */
export async function save(sql: Sql, all: readonly Decided[], newId: () => string): Promise<boolean> {
  await saveLots(sql, all);
  await saveLines(sql, all);
  await saveBalances(sql, all);
  // Nearly every debit ends here: an account that asks for nothing more is not looked at thirty times to see so.
  const more = all.filter(({ decision }) => decision.effects !== NO_EFFECTS);
  if (more.length === 0) return false;
  await saveEffects(sql, more);
  await savePlans(sql, more);
  await saveLimits(sql, more);
  const told = await saveEvents(sql, more, newId);
  await saveAsks(sql, more, told, newId);
  return told.length > 0;
}

async function saveLots(sql: Sql, all: readonly Decided[]): Promise<void> {
  const fresh = all.flatMap(({ no, decision }) => decision.newLots.map((lot) => lotRow(no, lot)));
  await insertRows(sql, INSERT_LOTS, fresh);
  const changed = all.flatMap(({ no, decision }) => decision.changedLots.map((lot) => ({ no, lot })));
  if (changed.length === 0) return;
  await run(sql, UPDATE_LOTS, [
    plain(changed.map(({ no }) => no)),
    plain(changed.map(({ lot }) => lot.id)),
    plain(changed.map(({ lot }) => lot.remaining)),
    plain(changed.map(({ lot }) => lot.begun)),
    plain(changed.map(({ lot }) => lot.closed)),
  ]);
}

async function saveBalances(sql: Sql, all: readonly Decided[]): Promise<void> {
  const hot = all.map(({ decision }) => decision.hot);
  const instants = makeInstants();
  await run(sql, UPDATE_BALANCES, [
    plain(all.map(({ no }) => no)),
    plain(hot.map((row) => row.lots)),
    plain(hot.map((row) => row.debt)),
    plain(hot.map((row) => row.overage)),
    plain(hot.map((row) => row.held)),
    plain(hot.map((row) => row.sequence)),
    plain(hot.map((row) => instants(row.lastInstant))),
    plain(hot.map((row) => instants(row.settledUntil))),
    plain(hot.map((row) => row.lookBelow)),
    plain(hot.map((row) => row.watched)),
  ]);
}

async function saveEffects(sql: Sql, all: readonly Decided[]): Promise<void> {
  const rows = (of: (one: Decided) => Row[]): Row[] => all.flatMap(of);
  const fx = ({ decision }: Decided) => decision.effects;
  await insertRows(
    sql,
    cold.UPDATE_SETTINGS,
    rows((one) => (fx(one).settings ? [settingsRow(one.no, nonNull(fx(one).settings))] : [])),
  );
  await insertRows(
    sql,
    cold.INSERT_HOLDS,
    rows((one) => [...fx(one).newHolds].map((hold) => holdRow(one.no, hold))),
  );
  await insertRows(
    sql,
    cold.UPDATE_HOLDS,
    rows((one) => [...fx(one).holds].map((hold) => holdRow(one.no, hold))),
  );
  // A top-off that has ended makes room for the next before the next is opened: one open at a time is an index.
  await insertRows(
    sql,
    cold.UPDATE_CHARGES,
    rows((one) => [...fx(one).charges].map((charge) => chargeRow(one.no, charge))),
  );
  await insertRows(
    sql,
    cold.INSERT_CHARGES,
    rows((one) => [...fx(one).newCharges].map((charge) => chargeRow(one.no, charge))),
  );
  await insertRows(sql, cold.ANSWER_ATTEMPTS, rows(answerRows));
  await insertRows(sql, cold.INSERT_ATTEMPTS, rows(attemptRows));
  await insertRows(sql, cold.INSERT_CARDS, rows(cardRows));
  await insertRows(sql, cold.UPDATE_CARDS, rows(changedCardRows));
  await insertRows(
    sql,
    cold.RANK_CARDS,
    rows((one) => [...fx(one).ranks].map(([id, rank]) => ({ account_no: one.no, id, rank }))),
  );
  await insertRows(sql, cold.DETACH_CARDS, rows(detachedCardRows));
  await insertRows(
    sql,
    cold.INSERT_INCIDENTS,
    rows((one) => [...fx(one).newIncidents].map((incident) => incidentRow(one.no, incident))),
  );
  await insertRows(
    sql,
    cold.RESOLVE_INCIDENTS,
    rows((one) => [...fx(one).resolvedIncidents].map((incident) => incidentRow(one.no, incident))),
  );
  await insertRows(sql, cold.INSERT_NOTICES, rows(noticeRows));
  await insertRows(sql, cold.INSERT_PERIODS, rows(periodRows));
  await insertRows(sql, cold.INSERT_REVERSALS, rows(reversalRows));
  await insertRows(sql, cold.APPLY_REVERSALS, rows(appliedRows));
}

async function saveAsks(
  sql: Sql,
  all: readonly Decided[],
  told: readonly AccountNo[],
  newId: () => string,
): Promise<void> {
  const asks = new Map<
    string,
    { no: AccountNo; topic: string; subject: string; due: string | null; at: string | null }
  >();
  for (const { no, decision } of all) {
    for (const { topic, subject, dueAt } of decision.effects.asks) {
      asks.set(`${topic}:${subject}`, { no, topic, subject, due: iso(dueAt), at: iso(decision.at) });
    }
    const at = iso(decision.at);
    if (told.includes(no)) asks.set(`event:${no}`, { no, topic: 'event', subject: eventSubject(no), due: at, at });
  }
  if (asks.size === 0) return;
  const list = [...asks.values()];
  await run(sql, ASK, [
    list.map((ask) => ask.no),
    list.map(() => newId()),
    list.map((ask) => ask.topic),
    list.map((ask) => ask.subject),
    list.map((ask) => ask.due),
    list.map((ask) => ask.at),
  ]);
}

async function insertRows(sql: Sql, statement: Statement, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await run(sql, statement, [JSON.stringify(rows)]);
}

function nonNull<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a value was expected');
  return value;
}

const answerRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.answered.map(({ charge, ordinal, result, decline, payment }) => ({
    account_no: no,
    charge_id: charge,
    ordinal,
    answered_at: iso(decision.at),
    result,
    code: decline?.code ?? null,
    decline_code: decline?.declineCode ?? null,
    advice_code: decline?.adviceCode ?? null,
    processor_charge_id: payment ?? decline?.processorChargeId ?? null,
  }));

const attemptRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.newAttempts.map(({ charge, attempt }) => ({
    account_no: no,
    charge_id: charge,
    ordinal: attempt.ordinal,
    params: attempt.params,
    fingerprint: attempt.fingerprint,
    first_sent_at: iso(attempt.firstSentAt),
    by: attempt.by,
  }));

const cardRow = (no: AccountNo, card: Card): Row => ({
  account_no: no,
  id: card.id,
  fingerprint: card.fingerprint,
  brand: card.brand,
  last4: card.last4,
  expiry_month: card.expiryMonth,
  expiry_year: card.expiryYear,
  refused_at: iso(card.refusedAt),
  told_expiry: card.toldExpiry,
});

/** A card that has just been attached is inserted as it has become. */
const changedCardRows = ({ no, decision: { effects } }: Decided): Row[] =>
  [...effects.changedCards.values()].map((card) => cardRow(no, card));

const cardRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.newCards.map(({ card, rank }) => ({
    ...cardRow(no, card),
    processor_id: card.processorId,
    rank,
    attached_at: iso(decision.at),
  }));

const detachedCardRows = ({ no, decision: { effects, at } }: Decided): Row[] =>
  effects.detachedCards.map((id) => ({
    ...{ account_no: no, id, detached_at: iso(at) },
    removal_due_at: effects.removedCards.includes(id) ? iso(at) : null,
  }));

const incidentRow = (no: AccountNo, incident: import('../../domain/account.js').Incident): Row => ({
  account_no: no,
  id: incident.id,
  kind: incident.kind,
  charge_id: incident.chargeId,
  opened_at: iso(incident.openedAt),
  resolved_at: iso(incident.resolvedAt),
});

const noticeRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.notices.map(({ id, facts }) => ({
    account_no: no,
    id,
    kind: facts.kind,
    facts,
    state: 'waiting',
    created_at: iso(decision.at),
  }));

const periodRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.periods.map((period) => ({
    account_no: no,
    run: period.run,
    ordinal: period.ordinal,
    starts_at: iso(period.startsAt),
    ends_at: iso(period.endsAt),
    plan: period.plan,
    allotment: `${period.allotment}`,
    granted_at: iso(decision.at),
  }));

const reversalRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.newReversals.map((reversal) => ({
    account_no: no,
    key_hash: reversal.keyHash,
    content_hash: reversal.contentHash,
    use_key_hash: reversal.useKeyHash,
    amount: reversal.amount === null ? null : `${reversal.amount}`,
    reason: reversal.reason,
    created_at: iso(decision.at),
    applied_at: iso(reversal.appliedAt),
  }));

const appliedRows = ({ no, decision }: Decided): Row[] =>
  decision.effects.appliedReversals.map(({ keyHash, amount }) => ({
    account_no: no,
    key_hash: keyHash,
    amount: `${amount}`,
    applied_at: iso(decision.at),
  }));
