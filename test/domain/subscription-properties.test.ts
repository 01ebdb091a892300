/**
 * A subscription that lives at the processor beside our clock: what is read of it and of its invoices arrives late, twice, in
 * any order, and renewals come from both sides. However that goes, one period of it brings one allotment.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant } from '../../src/domain/instant.js';
import { boundary } from '../../src/domain/period.js';
import type { InvoiceStatus, SubscriptionStatus, SubscriptionView } from '../../src/domain/plan-state.js';
import type { TestAccount } from './support-account.js';
import { SETTLE, use } from './support-commands.js';
import { invoice, mirror, on, seen } from './support-plans.js';

const MONTHLY = { unit: 'month', count: 1 } as const;
/** The free plan brings ten; whatever brings more was paid for. */
const FREE_MOST = 10_000_000n;

interface Remembered {
  readonly version: number;
  readonly view: SubscriptionView;
}

/** One subscription at the processor. Its clock comes a while after ours, and sometimes much later. */
interface Processor {
  status: SubscriptionStatus;
  plan: 'small' | 'large';
  period: number;
  cancelAtPeriodEnd: boolean;
  endedAt: Instant | null;
  readonly anchor: Instant;
  readonly invoices: { readonly period: number; status: InvoiceStatus }[];
  /** Read some time ago, and not yet applied for the last time. */
  readonly read: Remembered[];
}

const MOVES = [
  ...['wait', 'wait', 'wait', 'long_wait', 'settle', 'use', 'bill', 'pay', 'fail', 'raise', 'lower'],
  ...['cancel', 'undo', 'end', 'unpaid', 'read', 'read', 'apply', 'apply', 'apply', 'fresh', 'hear_invoice'],
] as const;
const move = fc.record({ do: fc.constantFrom(...MOVES), size: fc.nat({ max: 1_000 }) });
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never;

const startOf = ({ anchor }: Processor, period: number): Instant => boundary(anchor, 'UTC', MONTHLY, period);
const isOver = ({ status }: Processor): boolean => status === 'canceled';

function viewOf(account: TestAccount, at: Processor): SubscriptionView {
  const { status, cancelAtPeriodEnd, endedAt, anchor } = at;
  const currentPeriod = { start: startOf(at, at.period), end: startOf(at, at.period + 1) };
  return { ...seen(account, at.plan), status, cancelAtPeriodEnd, endedAt, anchor, createdAt: anchor, currentPeriod };
}

/** The processor's own clock: the period is over, and either the subscription is, or the next one is asked for. */
function bill(at: Processor, now: Instant): void {
  if (isOver(at) || startOf(at, at.period + 1) > now) return;
  if (at.cancelAtPeriodEnd) {
    at.status = 'canceled';
    at.endedAt = now;
    return;
  }
  at.period += 1;
  at.invoices.push({ period: at.period, status: 'open' });
}

/** What happens at the processor, which nobody here hears of by that alone. */
function there(at: Processor, { do: what, size }: Move, now: Instant): void {
  const open = at.invoices.filter((one) => one.status === 'open' || one.status === 'failed');
  const one = open[size % Math.max(1, open.length)];
  // A cancellation is taken back before its instant or not at all: its clock is late, its answers are not.
  if (what === 'bill' || what === 'undo') bill(at, now);
  if (isOver(at)) return;
  if (what === 'pay' && one !== undefined) {
    one.status = 'paid';
    if (open.length === 1) at.status = 'active';
  } else if (what === 'fail' && one !== undefined) {
    one.status = 'failed';
    at.status = 'past_due';
  } else if (what === 'unpaid' && at.status === 'past_due') at.status = 'unpaid';
  else if (what === 'raise') at.plan = 'large';
  else if (what === 'lower') at.plan = 'small';
  else if (what === 'cancel') at.cancelAtPeriodEnd = true;
  else if (what === 'undo') at.cancelAtPeriodEnd = false;
  else if (what === 'end' && size % 4 === 0) {
    at.status = 'canceled';
    at.endedAt = now;
  }
}

/** What happens here. `isBlind`: whatever was read is applied as if it had been read just now. */
function here(account: TestAccount, at: Processor, { do: what, size }: Move, place: number, isBlind: boolean): void {
  const old = at.read[size % Math.max(1, at.read.length)];
  const one = at.invoices[size % at.invoices.length];
  if (what === 'wait') account.travel((size % 72) * HOUR_MS);
  else if (what === 'long_wait') account.travel((size % 40) * DAY_MS);
  else if (what === 'settle') account.post(SETTLE);
  else if (what === 'use') account.post(use(`use-${place}`, size % 60));
  else if (what === 'fresh') mirror(account, viewOf(account, at));
  else if (what === 'read')
    at.read.push({ version: account.rows.subscriptions.get('sub_1')?.version ?? 0, view: viewOf(account, at) });
  else if (what === 'apply' && old !== undefined) mirror(account, old.view, isBlind ? undefined : old.version);
  else if (what === 'hear_invoice' && one !== undefined)
    account.post(invoice(`in_${one.period}`, one.status, startOf(at, one.period), 'sub_1'));
}

/** Of every period of the subscription, what paid allotments it has brought, differences of upgrades left out. */
function broken(account: TestAccount, at: Processor): string[] {
  const names = new Map<string, number>();
  const periods = new Map<number, number>();
  for (const lot of account.rows.lots.values()) {
    if (lot.kind !== 'allotment' || lot.reason !== null) continue;
    const name = `run ${lot.run}, ordinal ${lot.ordinal}`;
    names.set(name, (names.get(name) ?? 0) + 1);
    if (lot.amount <= FREE_MOST) continue;
    let period = 0;
    while (startOf(at, period + 1) <= lot.createdAt) period += 1;
    periods.set(period, (periods.get(period) ?? 0) + 1);
  }
  const twice = <Name>(found: ReadonlyMap<Name, number>): Name[] =>
    [...found].flatMap(([name, count]) => (count > 1 ? [name] : []));
  return [
    ...twice(names).map((name) => `${name} has two allotments`),
    ...twice(periods).map((period) => `period ${period} of the subscription has brought two allotments`),
  ];
}

function throwIf(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

function playOne(moves: readonly Move[], isBlind: boolean): void {
  const account = on('free');
  account.travelTo('2026-04-11T10:00:00Z');
  const fixed = { status: 'active', plan: 'small', period: 0, cancelAtPeriodEnd: false, endedAt: null } as const;
  const at: Processor = { ...fixed, anchor: account.at(), invoices: [{ period: 0, status: 'paid' }], read: [] };
  moves.forEach((one, place) => {
    there(at, one, account.at());
    here(account, at, one, place, isBlind);
    throwIf(broken(account, at));
  });
  // Everything is heard in the end: the plan is what the processor says, whatever came before in whatever order.
  for (let turn = 0; turn < 24; turn += 1) bill(at, account.at());
  for (const one of at.invoices) {
    if (one.status === 'open' || one.status === 'failed') one.status = 'paid';
    account.post(invoice(`in_${one.period}`, one.status, startOf(at, one.period), 'sub_1'));
  }
  if (!isOver(at)) Object.assign(at, { status: 'active', cancelAtPeriodEnd: false });
  mirror(account, viewOf(account, at));
  account.post(SETTLE);
  throwIf(broken(account, at));
  const { plan, nextPlan, standing } = account.rows.settings;
  // A lower price counts from the next period on.
  const said = isOver(at) ? 'free' : at.plan;
  expect(plan === said ? plan : nextPlan).toBe(said);
  expect(standing.pastDue).toBeNull();
}

const RUNS = { seed: 20_261_123, numRuns: 250 } as const;
const sequence = fc.array(move, { minLength: 10, maxLength: 60 });

describe('a subscription that is heard of in any order', () => {
  test('brings one allotment a period, and in the end the plan that the processor says', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(sequence, (moves) => playOne(moves, false)),
      RUNS,
    );
  });

  test('would bring two if a view were applied under another version than it was read under', {
    timeout: 120_000,
  }, () => {
    const found = fc.check(
      fc.property(sequence, (moves) => playOne(moves, true)),
      RUNS,
    );
    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toMatch(/has brought two allotments/);
  });
});
