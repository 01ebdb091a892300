/**
 * Between rows and records. The pool's parsers have already made int8 a bigint and instants whole milliseconds; the
 * schema's constraints are why the strings may be believed.
 */
import type { Hold, Incident, PastAttempt, PastTopOff, Settings } from '../../domain/account.js';
import { readAlerts, writtenAlerts } from '../../domain/alert-state.js';
import type { Attempt, Charge } from '../../domain/charge.js';
import type { Course } from '../../domain/charge-course.js';
import type { AccountNo } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import type { Lot } from '../../domain/lots.js';
import { minorUnits } from '../../domain/money.js';
import type { Card } from '../../domain/payment.js';
import { standingOf, standingRow } from './plan-rows.js';

// biome-ignore lint/suspicious/noExplicitAny: a row is whatever its statement selects; the readers below give it its type.
export type Row = any;

export const iso = (at: Instant | null): string | null => (at === null ? null : isoOf(at));

export const lotOf = (row: Row): Lot => ({
  id: row.id,
  kind: row.kind,
  priority: row.priority,
  paid: row.paid,
  amount: row.amount,
  remaining: row.remaining,
  createdAt: row.created_at,
  effectiveAt: row.effective_at,
  expiresAt: row.expires_at,
  begun: row.begun,
  closed: row.closed,
  chargeId: row.charge_id,
  run: row.run,
  ordinal: row.ordinal,
  reason: row.reason,
});

export const lotRow = (no: AccountNo, lot: Lot): Row => ({
  account_no: no,
  id: lot.id,
  kind: lot.kind,
  priority: lot.priority,
  paid: lot.paid,
  amount: `${lot.amount}`,
  remaining: `${lot.remaining}`,
  created_at: iso(lot.createdAt),
  effective_at: iso(lot.effectiveAt),
  expires_at: iso(lot.expiresAt),
  begun: lot.begun,
  closed: lot.closed,
  charge_id: lot.chargeId,
  run: lot.run,
  ordinal: lot.ordinal,
  reason: lot.reason,
});

export const settingsOf = (row: Row): Settings => ({
  plan: row.plan,
  zone: row.zone,
  nextZone: row.next_zone,
  anchor: row.anchor,
  run: row.run,
  ordinal: row.ordinal,
  grantedFor: row.granted_for,
  nextPlan: row.next_plan,
  ending: row.ending,
  standing: standingOf(row),
  topOff: {
    enabled: row.top_off_enabled,
    threshold: row.top_off_threshold,
    amount: row.top_off_amount,
    card: row.top_off_card,
    capDayMinor: row.top_off_cap_day_minor,
    capMonthMinor: row.top_off_cap_month_minor,
    suspendedAt: row.top_off_suspended_at,
    suspendedCard: row.top_off_suspended_card,
    pausedAt: row.top_off_paused_at,
  },
  overage: { enabled: row.overage_enabled, capMinor: row.overage_cap_minor },
  alerts: readAlerts(row.alerts),
  gateClosed: row.gate_closed,
});

export const settingsRow = (no: AccountNo, settings: Settings): Row => ({
  account_no: no,
  plan: settings.plan,
  zone: settings.zone,
  next_zone: settings.nextZone ?? null,
  anchor: iso(settings.anchor),
  run: settings.run,
  ordinal: settings.ordinal,
  granted_for: `${settings.grantedFor}`,
  next_plan: settings.nextPlan,
  ending: settings.ending,
  ...standingRow(settings.standing),
  top_off_enabled: settings.topOff.enabled,
  top_off_threshold: `${settings.topOff.threshold}`,
  top_off_amount: `${settings.topOff.amount}`,
  top_off_card: settings.topOff.card,
  top_off_cap_day_minor: text(settings.topOff.capDayMinor),
  top_off_cap_month_minor: text(settings.topOff.capMonthMinor),
  top_off_suspended_at: iso(settings.topOff.suspendedAt),
  top_off_suspended_card: settings.topOff.suspendedCard,
  top_off_paused_at: iso(settings.topOff.pausedAt),
  overage_enabled: settings.overage.enabled,
  overage_cap_minor: text(settings.overage.capMinor),
  alerts: writtenAlerts(settings.alerts),
  gate_closed: settings.gateClosed,
});

const text = (amount: bigint | null): string | null => (amount === null ? null : `${amount}`);

export const holdOf = (row: Row): Hold => ({
  id: row.id,
  keyHash: row.key_hash,
  contentHash: row.content_hash,
  meter: row.meter,
  version: row.version,
  quantity: row.quantity === null ? null : Number(row.quantity),
  properties: row.properties,
  counted: row.counted ?? 0n,
  amount: row.amount,
  open: row.open,
  captured: row.captured,
  state: row.state,
  member: row.member,
  pool: row.pool,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
});

export const holdRow = (no: AccountNo, hold: Hold): Row => ({
  account_no: no,
  id: hold.id,
  key_hash: hold.keyHash,
  content_hash: hold.contentHash,
  meter: hold.meter,
  version: hold.version,
  quantity: hold.quantity,
  properties: hold.properties,
  counted: `${hold.counted}`,
  amount: `${hold.amount}`,
  open: `${hold.open}`,
  captured: `${hold.captured}`,
  state: hold.state,
  member: hold.member,
  pool: hold.pool,
  created_at: iso(hold.createdAt),
  expires_at: iso(hold.expiresAt),
  ended_at: iso(hold.endedAt),
});

const attemptOf = (row: Row): Attempt | null =>
  row.attempt_ordinal === null
    ? null
    : {
        ordinal: row.attempt_ordinal,
        params: row.attempt_params,
        fingerprint: row.attempt_fingerprint,
        firstSentAt: row.attempt_first_sent_at,
        by: row.attempt_by ?? 'rung',
      };

/** Columns that a later release added are null in rows of the one before. */
const courseOf = (row: Row): Course => ({
  rung: row.rung ?? 0,
  extra: row.extra_at === null ? null : { at: row.extra_at, by: row.extra_by },
  round: row.round,
  waitingSince: row.waiting_since,
  actionUntil: row.action_until,
  checkoutUntil: row.checkout_until,
  canceledIntents: row.canceled_intents ?? 0,
  lastDeclined: row.last_declined,
});

const courseRow = (course: Course): Row => ({
  rung: course.rung,
  extra_at: iso(course.extra?.at ?? null),
  extra_by: course.extra?.by ?? null,
  round: course.round,
  waiting_since: iso(course.waitingSince),
  action_until: iso(course.actionUntil),
  checkout_until: iso(course.checkoutUntil),
  canceled_intents: course.canceledIntents,
  last_declined: course.lastDeclined,
});

export const chargeOf = (row: Row): Charge => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  version: row.version,
  credits: row.credits,
  amountMinor: row.amount_minor,
  currency: row.currency,
  shortfall: row.shortfall,
  card: row.card,
  intentId: row.intent_id,
  intentAskedAt: row.intent_asked_at,
  intentForm: row.intent_form,
  cancelOwed: row.cancel_owed,
  course: courseOf(row),
  key: row.key_hash === null ? null : { hash: row.key_hash, content: row.content_hash },
  attempts: row.attempts,
  unanswered: attemptOf(row),
  nextAttemptAt: row.next_attempt_at,
  failure: row.failure,
  createdAt: row.created_at,
  settledAt: row.settled_at,
  processorChargeId: row.processor_charge_id,
  paidMinor: row.paid_minor,
  refundedMinor: row.refunded_minor,
  disputedMinor: row.disputed_minor ?? minorUnits(0),
  dispute: row.dispute,
  clawed: row.clawed,
  cardBrand: row.card_brand,
  cardLast4: row.card_last4,
  receiptUrl: row.receipt_url,
  receiptNumber: row.receipt_number,
});

export const chargeRow = (no: AccountNo, charge: Charge): Row => ({
  account_no: no,
  id: charge.id,
  kind: charge.kind,
  state: charge.state,
  version: charge.version,
  credits: `${charge.credits}`,
  amount_minor: `${charge.amountMinor}`,
  currency: charge.currency,
  shortfall: text(charge.shortfall),
  card: charge.card,
  intent_id: charge.intentId,
  intent_asked_at: iso(charge.intentAskedAt),
  intent_form: charge.intentForm,
  cancel_owed: charge.cancelOwed,
  ...courseRow(charge.course),
  key_hash: charge.key?.hash ?? null,
  content_hash: charge.key?.content ?? null,
  attempts: charge.attempts,
  next_attempt_at: iso(charge.nextAttemptAt),
  failure: charge.failure,
  created_at: iso(charge.createdAt),
  settled_at: iso(charge.settledAt),
  processor_charge_id: charge.processorChargeId,
  paid_minor: `${charge.paidMinor}`,
  refunded_minor: `${charge.refundedMinor}`,
  disputed_minor: `${charge.disputedMinor}`,
  dispute: charge.dispute,
  clawed: `${charge.clawed}`,
  card_brand: charge.cardBrand,
  card_last4: charge.cardLast4,
  receipt_url: charge.receiptUrl,
  receipt_number: charge.receiptNumber,
});

export const pastTopOffOf = (row: Row): PastTopOff => ({
  createdAt: row.created_at,
  settledAt: row.settled_at,
  amountMinor: row.amount_minor,
  state: row.state,
});

export const pastAttemptOf = (row: Row): PastAttempt => ({
  charge: row.charge_id,
  by: row.by ?? 'rung',
  fingerprint: row.fingerprint,
  sentAt: row.first_sent_at,
  result: row.result,
});

export const cardOf = (row: Row): Card => ({
  id: row.id,
  processorId: row.processor_id,
  fingerprint: row.fingerprint,
  brand: row.brand,
  last4: row.last4,
  expiryMonth: row.expiry_month,
  expiryYear: row.expiry_year,
  refusedAt: row.refused_at,
  toldExpiry: row.told_expiry,
});

export const incidentOf = (row: Row): Incident => ({
  id: row.id,
  kind: row.kind,
  chargeId: row.charge_id,
  openedAt: row.opened_at,
  resolvedAt: row.resolved_at,
});
