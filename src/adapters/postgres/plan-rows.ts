/** Between rows and records of plans: what stands in the settings beside the plan's key, subscriptions and invoices. */

import { microCredits } from '../../domain/credits.js';
import type { AccountNo } from '../../domain/ids.js';
import { lotId } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import { formatCadence, parseCadence } from '../../domain/period.js';
import type { Invoice, PastDue, PeriodTerms, Standing, Subscription } from '../../domain/plan-state.js';

// biome-ignore lint/suspicious/noExplicitAny: a row is whatever its statement selects; the readers below give it its type.
type Row = any;

const iso = (at: Instant | null): string | null => (at === null ? null : isoOf(at));

export const standingOf = (row: Row): Standing => ({
  trialEndsAt: row.trial_ends_at,
  trialTold: row.trial_told,
  trialUsedAt: row.trial_used_at,
  pastDue: pastDueOf(row),
  freeGrantedAt: row.free_granted_at,
  terms: termsOf(row),
  nextFrom: row.next_from,
  closedAt: row.closed_at,
  subscription: row.subscription,
});

function pastDueOf(row: Row): PastDue | null {
  if (row.past_due_since === null) return null;
  const lapsed: readonly { lot: string; credits: string }[] = row.past_due_lapsed ?? [];
  return {
    since: row.past_due_since,
    ordinal: row.past_due_ordinal,
    stopped: row.past_due_stopped,
    withheld: row.past_due_withheld,
    lapsed: lapsed.map(({ lot, credits }) => ({ lot: lotId(lot), credits: microCredits(BigInt(credits)) })),
  };
}

/** Null before the first period, and in rows that a release before wrote: then the catalog's own terms count. */
function termsOf(row: Row): PeriodTerms | null {
  const every = row.period_every === null ? null : parseCadence(row.period_every);
  return every === null ? null : { every, overageCapMinor: row.period_cap_minor };
}

/** The columns of `account_settings` that are the standing's. */
export const standingRow = ({ pastDue, terms, ...standing }: Standing): Row => ({
  trial_ends_at: iso(standing.trialEndsAt),
  trial_told: standing.trialTold,
  trial_used_at: iso(standing.trialUsedAt),
  past_due_since: iso(pastDue?.since ?? null),
  past_due_ordinal: pastDue?.ordinal ?? null,
  past_due_stopped: pastDue?.stopped ?? false,
  past_due_withheld: pastDue?.withheld ?? null,
  past_due_lapsed: pastDue === null ? null : pastDue.lapsed.map(({ lot, credits }) => ({ lot, credits: `${credits}` })),
  free_granted_at: iso(standing.freeGrantedAt),
  period_every: terms === null ? null : formatCadence(terms.every),
  period_cap_minor: terms?.overageCapMinor == null ? null : `${terms.overageCapMinor}`,
  next_from: standing.nextFrom,
  closed_at: iso(standing.closedAt),
  subscription: standing.subscription,
});

export const STANDING_COLUMNS = [
  'trial_ends_at',
  'trial_told',
  'trial_used_at',
  'past_due_since',
  'past_due_ordinal',
  'past_due_stopped',
  'past_due_withheld',
  'past_due_lapsed',
  'free_granted_at',
  'period_every',
  'period_cap_minor',
  'next_from',
  'closed_at',
  'subscription',
] as const;

export const subscriptionOf = (row: Row): Subscription => ({
  view: {
    id: row.id,
    status: row.status,
    createdAt: row.created_at,
    priceIds: row.price_ids ?? [],
    anchor: row.anchor,
    currentPeriod: { start: row.period_start, end: row.period_end },
    trialEnd: row.trial_end,
    cancelAtPeriodEnd: row.cancel_at_period_end,
    cancelAt: row.cancel_at,
    endedAt: row.ended_at,
    collectionPaused: row.collection_paused,
  },
  plan: row.plan,
  version: row.version,
  mirroredAt: row.mirrored_at,
});

export const subscriptionRow = (no: AccountNo, { view, plan, version, mirroredAt }: Subscription): Row => ({
  account_no: no,
  id: view.id,
  status: view.status,
  plan,
  price_ids: view.priceIds,
  created_at: iso(view.createdAt),
  anchor: iso(view.anchor),
  period_start: iso(view.currentPeriod.start),
  period_end: iso(view.currentPeriod.end),
  trial_end: iso(view.trialEnd),
  cancel_at_period_end: view.cancelAtPeriodEnd,
  cancel_at: iso(view.cancelAt),
  ended_at: iso(view.endedAt),
  collection_paused: view.collectionPaused,
  version,
  mirrored_at: iso(mirroredAt),
});

export const invoiceOf = (row: Row): Invoice => ({
  id: row.id,
  subscription: row.subscription,
  status: row.status,
  periodStart: row.period_start,
  amountMinor: row.amount_minor,
  paidAt: row.paid_at,
  run: row.run,
  ordinal: row.ordinal,
});

export const invoiceRow = (no: AccountNo, invoice: Invoice): Row => ({
  account_no: no,
  id: invoice.id,
  subscription: invoice.subscription,
  status: invoice.status,
  period_start: iso(invoice.periodStart),
  amount_minor: `${invoice.amountMinor}`,
  paid_at: iso(invoice.paidAt),
  run: invoice.run,
  ordinal: invoice.ordinal,
});
