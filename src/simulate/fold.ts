/** Writes a decision into the rows, behind the same walls that the schema has. What a wall refuses throws by its name. */
import type { Effects, Line } from '../domain/book.js';
import type { Charge } from '../domain/charge.js';
import type { Decision } from '../domain/decide.js';
import type { Instant } from '../domain/instant.js';
import { isSpendable, type Lot } from '../domain/lots.js';
import { addTo } from '../domain/recent-use.js';
import { foldLimits } from './fold-limits.js';
import type { Rows } from './rows.js';
import { countLine } from './usage-rows.js';

function wall(holds: boolean, name: string): void {
  if (!holds) throw new Error(`the wall "${name}" refused what was decided`);
}

export function fold(rows: Rows, decision: Decision): void {
  wall(decision.at >= rows.hot.lastInstant, 'time never runs back');
  foldLots(rows, decision);
  for (const line of decision.lines) foldLine(rows, line, decision.at);
  foldHot(rows, decision);
  foldCharges(rows, decision.effects);
  foldRest(rows, decision.effects, decision.at);
  foldLimits(rows.limits, decision.effects.limits);
  for (const ask of decision.effects.asks) {
    const key = `${ask.topic}:${ask.subject}`;
    const row = rows.outbox.get(key) ?? { topic: ask.topic, subject: ask.subject, dueAt: ask.dueAt, asks: 0 };
    rows.outbox.set(key, { ...row, dueAt: ask.dueAt, asks: row.asks + 1 });
  }
}

/** A unique index: what it holds cannot come again. */
function claim(rows: Rows, index: string, name: string): void {
  const claimed = `${index} ${name}`;
  wall(!rows.unique.has(claimed), index);
  rows.unique.add(claimed);
}

function foldLots(rows: Rows, decision: Decision): void {
  for (const lot of decision.newLots) {
    claim(rows, 'grants_pkey', lot.id);
    if (lot.kind === 'debt') claim(rows, 'grants_one_debt', '');
    // An upgrade's difference stands beside the period's allotment, with its reason; one brought in by hand has no run.
    if (lot.kind === 'allotment' && lot.run !== null && lot.reason === null)
      claim(rows, 'grants_one_allotment', `${lot.run}:${lot.ordinal}`);
    if ((lot.kind === 'top_off' || lot.kind === 'purchase') && lot.chargeId !== null)
      claim(rows, 'grants_one_per_charge', lot.chargeId);
    keepLot(rows, { ...lot });
    if (lot.kind === 'allotment') addTo(rows.allotments, `${lot.run}:${lot.ordinal}`, lot.amount);
  }
  for (const lot of decision.changedLots) {
    const row = rows.lots.get(lot.id);
    if (row === undefined) throw new Error(`lot ${lot.id} was changed before it was made`);
    row.remaining = lot.remaining;
    row.begun = lot.begun;
    row.closed = lot.closed;
    keepLot(rows, row);
  }
}

function keepLot(rows: Rows, lot: Lot): void {
  wall(isSpendable(lot) ? lot.remaining >= 0n : lot.remaining <= 0n, 'grants_remaining_sign');
  wall(!lot.closed || lot.remaining === 0n, 'grants_closed_is_empty');
  rows.lots.set(lot.id, lot);
  if (lot.closed) rows.openLots.delete(lot.id);
  else rows.openLots.set(lot.id, lot);
}

function foldLine(rows: Rows, line: Line, at: Instant): void {
  const ofKey = rows.byKey.get(line.keyHash) ?? [];
  wall(!ofKey.some((one) => one.line === line.line), 'ledger_entries_key');
  wall(line.sequence === rows.lines.length + 1, 'ledger_entries_pkey');
  wall(line.lot !== null || line.amount === 0n, 'only a line of nothing stands on no lot');
  const lot = line.lot === null ? undefined : rows.lots.get(line.lot);
  wall(line.lot === null || lot !== undefined, 'a line stands on a lot of its account');
  if (lot !== undefined && isSpendable(lot) && line.kind === 'use') {
    const alive = lot.effectiveAt <= at && (lot.expiresAt === null || at < lot.expiresAt);
    wall(alive, 'nothing is spent before a lot begins or past its expiry');
  }
  wall(line.occurredAt <= at || line.kind === 'use', 'only a use may have happened ahead of the clock');
  const posted = { ...line, postedAt: at };
  rows.byKey.set(line.keyHash, [...ofKey, posted]);
  countLine(rows.usage, line, usedAt(rows, line), rows.settings.zone);
  rows.lines.push(posted);
}

/** A give-back belongs to the hour of its use. */
const usedAt = (rows: Rows, line: Line): Instant | null => {
  if (line.kind !== 'give_back') return line.occurredAt;
  const [use] = (line.ref === null ? undefined : rows.byKey.get(line.ref as Line['keyHash'])) ?? [];
  return use?.kind === 'use' ? use.occurredAt : null;
};

function foldHot(rows: Rows, { hot }: Decision): void {
  wall(hot.lots >= 0n && hot.debt >= 0n && hot.overage >= 0n && hot.held >= 0n, 'balances_not_negative');
  wall(hot.debt === 0n || hot.lots === 0n, 'balances_debt_last');
  rows.hot = { ...hot };
}

function foldCharges(rows: Rows, effects: Effects): void {
  for (const charge of effects.newCharges) {
    wall(charge.amountMinor > 0n && charge.credits > 0n, 'charges_amount');
    if (charge.key !== null) claim(rows, 'charges_key', charge.key.hash);
    rows.charges.set(charge.id, { ...charge, unanswered: null });
  }
  for (const charge of effects.charges) {
    const before = rows.charges.get(charge.id);
    if (before === undefined) throw new Error(`charge ${charge.id} was changed before it was made`);
    wall(charge.version === before.version + 1, 'a change of a charge is a new version');
    rows.charges.set(charge.id, { ...charge, unanswered: null });
  }
  for (const { charge, ordinal, result } of effects.answered) {
    const row = rows.attempts.find((one) => one.charge === charge && one.attempt.ordinal === ordinal);
    wall(row !== undefined && row.result === null, 'an attempt is answered once');
    if (row !== undefined) row.result = result;
  }
  for (const { charge, attempt } of effects.newAttempts) {
    wall(!rows.attempts.some((one) => one.charge === charge && one.result === null), 'attempts_one_unanswered');
    rows.attempts.push({ charge, attempt, result: null });
  }
  const open = (charge: Charge): boolean => ['pending', 'processing', 'action_required'].includes(charge.state);
  const topOffs = [...rows.charges.values()].filter((one) => one.kind === 'top_off' && open(one));
  wall(topOffs.length <= 1, 'charges_one_open_top_off');
}

function foldRest(rows: Rows, effects: Effects, at: Instant): void {
  if (effects.settings !== null) {
    const { enabled, amount, threshold } = effects.settings.topOff;
    wall(!enabled || amount > 0n, 'account_settings_top_off_amount');
    wall(threshold >= 0n, 'account_settings_top_off_threshold');
    rows.settings = effects.settings;
  }
  for (const hold of effects.newHolds) claim(rows, 'holds_key', hold.keyHash);
  for (const hold of [...effects.newHolds, ...effects.holds]) {
    wall(hold.open >= 0n && hold.open <= hold.amount && (hold.state === 'open' || hold.open === 0n), 'holds_open');
    rows.holds.set(hold.id, { ...hold });
  }
  for (const { card, rank } of effects.newCards) rows.cards.push({ card, rank, attachedAt: at, detachedAt: null });
  for (const row of rows.cards) {
    row.card = effects.changedCards.get(row.card.id) ?? row.card;
    row.rank = effects.ranks.get(row.card.id) ?? row.rank;
    if (effects.detachedCards.includes(row.card.id)) row.detachedAt = at;
  }
  for (const incident of [...effects.newIncidents, ...effects.resolvedIncidents])
    rows.incidents.set(incident.id, { ...incident });
  rows.notices.push(...effects.notices);
  foldPlans(rows, effects);
  for (const { run, ordinal } of effects.periods) claim(rows, 'periods_pkey', `${run}:${ordinal}`);
  rows.periods.push(...effects.periods);
  for (const reversal of effects.newReversals) {
    wall(!rows.reversals.has(reversal.keyHash), 'reversals_pkey');
    rows.reversals.set(reversal.keyHash, reversal);
  }
  for (const { keyHash, amount } of effects.appliedReversals) {
    const row = rows.reversals.get(keyHash);
    if (row === undefined) throw new Error('a reversal that was never kept was applied');
    rows.reversals.set(keyHash, { ...row, amount, appliedAt: at });
  }
}

function foldPlans(rows: Rows, { plans }: Effects): void {
  for (const [id, one] of plans.subscriptions) rows.subscriptions.set(id, one);
  for (const [id, one] of plans.invoices) rows.invoices.set(id, one);
  for (const { fingerprint, claimed } of plans.trialCards) {
    wall(!claimed || !rows.trialCards.has(fingerprint), 'trial_cards_pkey');
    rows.trialCards.add(fingerprint);
  }
}
