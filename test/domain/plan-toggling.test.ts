import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planOf } from '../../src/domain/catalog.js';
import { HOUR_MS } from '../../src/domain/instant.js';
import { boundary } from '../../src/domain/period.js';
import type { Asked, TestAccount } from './support-account.js';
import { SETTLE } from './support-commands.js';
import { CANCEL, FREE, invoice, on, paid, planCatalog, to, trial } from './support-plans.js';

const CATALOG = planCatalog(
  [
    FREE,
    paid('weekly', 30, 'price: { amount: 4.00, every: week }, every: week'),
    paid('small', 100, 'price: { amount: 10.00 }, trial: { length: 3 days }'),
    paid('large', 400, 'price: { amount: 40.00 }, trial: { length: 3 days }'),
    paid('yearly', 6000, 'price: { amount: 400.00, every: year }, every: year'),
  ].join('\n'),
);
const PLANS = CATALOG.plans.map((plan) => plan.key);
const allotmentOf = (plan: string): bigint => planOf(CATALOG, plan)?.allotment ?? 0n;
const most = (all: readonly bigint[]): bigint => {
  let highest = 0n;
  for (const one of all) if (one > highest) highest = one;
  return highest;
};

type Move =
  | { readonly do: 'plan' | 'trial'; readonly plan: string }
  | { readonly do: 'cancel' | 'undo' | 'settle' }
  | { readonly do: 'invoice'; readonly id: string; readonly status: 'failed' | 'paid' | 'void' };

const plan = fc.constantFrom(...PLANS);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: plan.map((one) => ({ do: 'plan' as const, plan: one })) },
  { weight: 2, arbitrary: plan.map((one) => ({ do: 'trial' as const, plan: one })) },
  { weight: 4, arbitrary: fc.constantFrom('cancel', 'undo', 'settle').map((one) => ({ do: one }) as Move) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('invoice' as const),
      id: fc.constantFrom('in_1', 'in_2', 'in_3'),
      status: fc.constantFrom('failed' as const, 'paid' as const, 'void' as const),
    }),
  },
);
const steps = fc.array(fc.record({ hours: fc.constantFrom(0, 1, 24, 80, 7 * 24, 20 * 24), move }), { maxLength: 25 });

function commandOf(one: Move, account: TestAccount): Asked {
  switch (one.do) {
    case 'plan':
      return to(one.plan);
    case 'trial':
      return trial(one.plan);
    case 'cancel':
      return CANCEL;
    case 'undo':
      return to(account.rows.settings.plan);
    case 'settle':
      return SETTLE;
    case 'invoice':
      return invoice(one.id, one.status, account.at());
  }
}

/** What nobody may ever have got, whatever was asked in whatever order. */
function earned(account: TestAccount, plansOfRun: ReadonlyMap<number, ReadonlySet<string>>): string[] {
  const { rows } = account;
  const lots = [...rows.lots.values()].filter((lot) => lot.kind === 'allotment');
  const highestOf = (run: number | null): bigint => most([...(plansOfRun.get(run ?? -1) ?? [])].map(allotmentOf));
  const broken: string[] = [];
  const perPeriod = new Map<string, bigint>();
  for (const lot of lots) {
    const period = `${lot.run}:${lot.ordinal}`;
    const sum = (perPeriod.get(period) ?? 0n) + lot.amount;
    perPeriod.set(period, sum);
    if (sum > highestOf(lot.run)) broken.push(`period ${period} was granted ${sum}`);
  }
  const living = lots.reduce((sum, lot) => sum + lot.remaining, 0n);
  const free = rows.settings.standing.trialUsedAt === null ? 0n : allotmentOf('free');
  if (living > highestOf(rows.settings.run) + free) broken.push(`${living} of allotments live at once`);
  if (lots.filter((lot) => lot.reason === 'trial').length > 1) broken.push('a second trial was granted');
  const granted = rows.periods.filter((one) => one.plan === 'free').map((one) => one.startsAt);
  granted.forEach((at, place) => {
    const before = granted[place - 1];
    const month = { unit: 'month', count: 1 } as const;
    if (before !== undefined && at < boundary(before, 'UTC', month, 1)) broken.push('the free allotment came too soon');
  });
  return broken;
}

describe('whatever is chosen, canceled, undone, tried, left unpaid and paid', () => {
  test('no period is ever granted more than the highest plan’s allotment, and a free one comes once in its own length', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const account = on('free', { catalog: CATALOG });
        const plansOfRun = new Map<number, Set<string>>();
        const note = () => {
          const { run, plan: now } = account.rows.settings;
          plansOfRun.set(run, (plansOfRun.get(run) ?? new Set()).add(now));
        };
        note();
        for (const { hours, move: one } of all) {
          account.travel(hours * HOUR_MS);
          account.post(SETTLE);
          note();
          account.post(commandOf(one, account));
          note();
          expect(earned(account, plansOfRun)).toEqual([]);
        }
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  test('who never asks for anything has had as much by the end as who toggles between free and a plan each day', () => {
    const still = on('free', { catalog: CATALOG });
    const busy = on('free', { catalog: CATALOG });
    busy.post(to('small'));
    for (let day = 0; day < 29; day += 1) {
      busy.travel(24 * HOUR_MS);
      busy.post(to('free'), to('small'), CANCEL, to('small'), to('weekly'), to('small'));
    }
    still.post(to('small'));
    still.travel(29 * 24 * HOUR_MS);
    still.post(SETTLE);
    expect(busy.balance()).toBe(still.balance());
    expect(busy.lines()).toEqual(still.lines());
  });
});
