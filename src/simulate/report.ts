/**
 * The result of a scenario as JSON: credits are decimal strings, money is whole minor units in fields named so, instants
 * are ISO 8601 in UTC, and absent things are null.
 */
import type { Effects, Line } from '../domain/book.js';
import { planOf } from '../domain/catalog.js';
import type { Charge } from '../domain/charge.js';
import { type Credits, formatCredits } from '../domain/credits.js';
import type { HoldId, LotId } from '../domain/ids.js';
import { type Instant, isoOf } from '../domain/instant.js';
import { burnOrder, isAlive, isSpendable, type Lot } from '../domain/lots.js';
import { boundary, ordinalAt } from '../domain/period.js';
import type { Standing } from '../domain/plan-state.js';
import type { SimulatedAccount } from './account.js';
import { limitsReport } from './limits-report.js';
import type { Event, PlayedAccount } from './play.js';
import type { Scenario } from './read.js';
import type { StepOutcome } from './step.js';

export type Report = ReturnType<typeof reportOf>;
export type AccountReport = ReturnType<typeof accountReport>;
export type ChargeReport = ReturnType<typeof chargeReport>;
export type EventReport = ReturnType<typeof eventReport>;

export function reportOf(scenario: Scenario, events: readonly Event[], accounts: readonly PlayedAccount[]) {
  const { catalog, start, end } = scenario;
  const keys = new Map(
    events.flatMap(({ outcome, step }) =>
      outcome?.kind === 'held' && step ? [[outcome.hold, step.key] as const] : [],
    ),
  );
  const lots = new Map(accounts.map(({ account: { rows } }) => [rows.account, rows.lots] as const));
  return {
    name: scenario.name,
    catalog: { key: catalog.key, version: catalog.version, currency: catalog.currency },
    start: isoOf(start),
    end: isoOf(end),
    events: events.map((event) => eventReport(event, lots.get(event.account) ?? NO_LOTS, keys)),
    accounts: Object.fromEntries(
      accounts.map(({ account }) => [account.rows.account, accountReport(account, end, keys)]),
    ),
  };
}

type Lots = ReadonlyMap<LotId, Lot>;

const NO_LOTS: Lots = new Map();

/** The keys that holds were placed under. */
type HoldKeys = ReadonlyMap<HoldId, string>;

function eventReport(event: Event, lots: Lots, keys: HoldKeys) {
  const { effects } = event;
  return {
    at: isoOf(event.at),
    account: event.account,
    /** As it is written, from 1; null for what time or the processor brought. */
    step: event.step?.number ?? null,
    do: event.step?.step.do ?? event.by,
    key: event.step?.key ?? null,
    outcome: event.outcome === null ? null : outcomeReport(event.outcome),
    lines: event.lines.map((line) => lineReport(line, lots)),
    balance: formatCredits(event.balance),
    available: formatCredits(event.available),
    periods: effects.flatMap((one) => one.periods.map((period) => writtenObject(period))),
    charges: distinct(effects.flatMap((one) => [...one.newCharges, ...one.charges])).map((charge) => ({
      ...chargeReport(charge),
      opened: effects.some((one) => one.newCharges.has(charge)),
    })),
    notices: effects.flatMap((one) => one.notices.map(({ facts }) => facts)),
    incidents: effects.flatMap(incidentsOf),
    holdsEnded: effects
      .flatMap((one) => [...one.holds])
      .flatMap(({ id, state }) => (state === 'expired' ? [keys.get(id) ?? id] : [])),
  };
}

/** A charge that several decisions of one event changed is told once, as the last of them left it. */
function distinct(charges: readonly Charge[]): Charge[] {
  return [...new Map(charges.map((charge) => [charge.id, charge])).values()];
}

const incidentsOf = (effects: Effects) => [
  ...[...effects.newIncidents].map(({ kind, chargeId }) => ({ kind, charge: chargeId, change: 'raised' as const })),
  ...[...effects.resolvedIncidents].map(({ kind, chargeId }) => ({
    kind,
    charge: chargeId,
    change: 'resolved' as const,
  })),
];

const lineReport = ({ kind, lot, amount, balanceAfter, occurredAt, meter }: Line, lots: Lots) => ({
  kind,
  lot,
  lotKind: (lot === null ? undefined : lots.get(lot)?.kind) ?? null,
  amount: formatCredits(amount),
  balanceAfter: formatCredits(balanceAfter),
  occurredAt: isoOf(occurredAt),
  meter,
});

function accountReport(account: SimulatedAccount, at: Instant, keys: HoldKeys) {
  const { rows } = account;
  const { settings } = rows;
  const plan = planOf(account.catalog(), settings.plan);
  const { terms, trialEndsAt } = settings.standing;
  const lots = [...rows.lots.values()].sort(burnOrder);
  const figures = account.figures(at);
  return {
    plan: settings.plan,
    planState: planStateReport(settings.standing),
    zone: settings.zone,
    anchor: settings.anchor === null ? null : isoOf(settings.anchor),
    balance: formatCredits(figures.balance),
    available: formatCredits(figures.available),
    headroom: figures.headroom === null ? null : formatCredits(figures.headroom),
    overageUsed: formatCredits(figures.overageUsed),
    debt: formatCredits(figures.debt),
    held: formatCredits(figures.held),
    period:
      settings.anchor === null || plan === undefined || settings.anchor > at || trialEndsAt !== null
        ? null
        : periodReport(settings.anchor, settings.zone, terms?.every ?? plan.every, at),
    /** Those that began while the scenario ran. */
    periods: rows.periods.map((period) => writtenObject(period)),
    lots: Object.fromEntries(lots.map((lot) => [lot.id, lotReport(lot, at)])),
    /** Ids of the living lots with something left, the next to burn first. */
    burnOrder: lots.filter((lot) => isSpendable(lot) && lot.remaining > 0n && isAlive(lot, at)).map((lot) => lot.id),
    holds: [...rows.holds.values()].map(({ id, meter, amount, open, captured, state, expiresAt }) =>
      writtenObject({ key: keys.get(id) ?? id, id, meter, amount, open, captured, state, expiresAt }),
    ),
    charges: [...rows.charges.values()].map(chargeReport),
    notices: rows.notices.map(({ facts }) => facts),
    incidents: [...rows.incidents.values()].map(({ kind, chargeId, openedAt, resolvedAt }) =>
      writtenObject({ kind, charge: chargeId, openedAt, resolvedAt }),
    ),
    autoTopOff: writtenObject(settings.topOff),
    payAsYouGo: writtenObject(settings.overage),
    limits: limitsReport(account.limits(at)),
    /** For how long the balance lasts at the recent burn; null where nothing burns. */
    runway: runwayReport(account, at),
  };
}

function runwayReport(account: SimulatedAccount, at: Instant): Record<string, unknown> | null {
  const runway = account.runway(at);
  return runway === null ? null : writtenObject(runway);
}

/** Where the plan stands beside its key: in its trial, unpaid, or closed. */
const planStateReport = ({ trialEndsAt, pastDue, closedAt }: Standing) =>
  writtenObject({ trialEndsAt, pastDueAt: pastDue?.since ?? null, stopped: pastDue?.stopped === true, closedAt });

function periodReport(anchor: Instant, zone: string, every: Parameters<typeof boundary>[2], at: Instant) {
  const ordinal = ordinalAt(anchor, zone, every, at);
  const [start, end] = [boundary(anchor, zone, every, ordinal), boundary(anchor, zone, every, ordinal + 1)];
  return { ordinal, start: isoOf(start), end: isoOf(end) };
}

function stateOf(lot: Lot, at: Instant): 'not begun' | 'open' | 'empty' | 'lapsed' | 'billed' {
  if (!lot.begun) return 'not begun';
  if (lot.expiresAt !== null && lot.expiresAt <= at) return 'lapsed';
  if (lot.kind === 'overage' && lot.closed) return 'billed';
  return isSpendable(lot) && lot.remaining === 0n ? 'empty' : 'open';
}

function lotReport(lot: Lot, at: Instant) {
  const { kind, priority, paid, amount, remaining, createdAt, effectiveAt, expiresAt, chargeId, reason } = lot;
  return writtenObject({
    kind,
    remaining,
    amount,
    priority,
    paid,
    createdAt,
    effectiveAt,
    expiresAt,
    state: stateOf(lot, at),
    charge: chargeId,
    reason: lot.kind === 'overage' ? null : reason,
  });
}

const chargeReport = ({ id, kind, state, credits, amountMinor, currency, refundedMinor, ...rest }: Charge) => ({
  id,
  kind,
  state,
  credits: formatCredits(credits),
  amountMinor: Number(amountMinor),
  currency,
  refundedMinor: Number(refundedMinor),
  failure: rest.failure,
  createdAt: isoOf(rest.createdAt),
  nextAttemptAt: rest.nextAttemptAt === null ? null : isoOf(rest.nextAttemptAt),
});

/** `kind`, and what the outcome says beside it. */
export const outcomeReport = (outcome: StepOutcome): Record<string, unknown> & { readonly kind: string } => ({
  ...writtenObject(outcome),
  kind: outcome.kind,
});

function writtenObject(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, written(name, one)]));
}

const isInstantName = (name: string): boolean => /(At|^at|^next|^start|^end|^until)$/.test(name);

/** By the names that fields have everywhere: `…Minor` is money, `…At` an instant, and every other bigint is credits. */
function written(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return name.endsWith('Minor') ? Number(value) : formatCredits(value as Credits);
  if (typeof value === 'number') return isInstantName(name) ? isoOf(value as Instant) : value;
  if (Array.isArray(value)) return value.map((one) => written(name, one));
  if (typeof value === 'object' && value !== null) return writtenObject(value);
  return value ?? null;
}
