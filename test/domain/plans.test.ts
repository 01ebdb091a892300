import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { catalogOf } from '../support/catalogs.js';
import { type Asked, makeAccount, type TestAccount } from './support-account.js';
import { grant, reverse, SETTLE, said, use } from './support-commands.js';

const CATALOG = catalogOf(
  'meters:\n  call: { label: Call, group: Calls, rate: 1 }',
  `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { out_of_credits: Nothing is left., links: { billing: /billing } }
plans:
  - { key: free, label: Free, allotment: 10, every: month }
  - { key: small, label: Small, price: { amount: 10.00, every: month }, allotment: 100, every: month }
  - { key: large, label: Large, price: { amount: 40.00, every: month }, allotment: 400, every: month }
  - { key: yearly, label: Yearly, price: { amount: 400.00, every: year }, allotment: 6000, every: year }
`,
);

const to = (plan: string): Asked => ({ kind: 'change_plan', plan });
const CANCEL: Asked = { kind: 'cancel_plan' };

/** On a plan since the first of April 2026, which has thirty days. */
function on(plan: string): TestAccount {
  const account = makeAccount({ catalog: CATALOG, plan, anchor: '2026-04-01T00:00:00Z', at: '2026-04-01T00:00:00Z' });
  account.post(SETTLE);
  return account;
}

describe('changing plans', () => {
  test('from free to paid begins a new period with the full allotment, and the old one’s rest lapses', () => {
    const account = on('free');
    account.post(use('a', 3));
    account.travelTo('2026-04-11T00:00:00Z');
    account.post(to('small'));
    expect(account.balance()).toBe('100');
    account.travelTo('2026-05-10T23:59:59Z');
    account.post(SETTLE);
    expect(account.lines().filter((line) => line.startsWith('grant'))).toEqual(['grant 10', 'grant 100']);
    account.travelTo('2026-05-11T00:00:00Z');
    account.post(SETTLE);
    expect(account.lines().slice(-2)).toEqual(['lapse -100', 'grant 100']);
  });

  test('an upgrade keeps the anchor and grants the difference for the time that is left', () => {
    const account = on('small');
    account.post(use('a', 40));
    account.travelTo('2026-04-16T00:00:00Z');
    account.post(to('large'));
    expect(account.balance()).toBe('210');
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect(account.balance()).toBe('400');
  });

  test('a downgrade acts when the period ends and claws nothing back', () => {
    const account = on('large');
    account.travelTo('2026-04-16T00:00:00Z');
    account.post(to('small'));
    expect([account.balance(), account.rows.settings.plan]).toEqual(['400', 'large']);
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect([account.balance(), account.rows.settings.plan]).toEqual(['100', 'small']);
  });

  test('a downgrade that is undone changes nothing and grants nothing', () => {
    const account = on('large');
    account.post(to('small'), to('large'));
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect([account.balance(), account.rows.settings.plan]).toEqual(['400', 'large']);
  });

  test('canceling keeps plan and credits to the end, then the free plan’s allotment comes', () => {
    const account = on('small');
    account.post(CANCEL);
    expect(account.balance()).toBe('100');
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect([account.balance(), account.rows.settings.plan]).toEqual(['10', 'free']);
  });

  test('what was bought or given survives all of it', () => {
    const account = on('free');
    account.post(grant('g', 50, { origin: 'purchase' }));
    account.post(to('large'), CANCEL);
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect(account.balance()).toBe('60');
  });

  test('another length of period begins anew going up, and at the period’s end going down', () => {
    const account = on('small');
    account.travelTo('2026-04-11T00:00:00Z');
    account.post(to('yearly'));
    expect(account.balance()).toBe('6000');
    account.post(to('small'));
    expect([account.balance(), account.rows.settings.plan]).toEqual(['6000', 'yearly']);
    account.travelTo('2027-04-11T00:00:00Z');
    account.post(SETTLE);
    expect([account.balance(), account.rows.settings.plan]).toEqual(['100', 'small']);
    account.travelTo('2027-05-11T00:00:00Z');
    account.post(SETTLE);
    expect(account.lines().slice(-2)).toEqual(['lapse -100', 'grant 100']);
  });

  test('what is given back to the allotment of a plan that was left becomes a returned lot of the present period', () => {
    const account = on('free');
    account.post(use('a', 5));
    account.post(to('small'));
    account.post(reverse('r', 'a'));
    const returned = [...account.rows.lots.values()].filter((lot) => lot.kind === 'returned');
    expect(returned.map((lot) => formatCredits(lot.remaining))).toEqual(['5']);
    account.post(to('yearly'));
    expect(account.balance()).toBe('6005');
  });

  test('an unknown plan is refused with those there are', () => {
    expect(on('free').one(to('huge'))).toMatchObject({
      kind: 'refused',
      reason: 'unknown_plan',
      message: expect.stringContaining('free, small, large, yearly'),
    });
    expect(said(on('free').one(to('small')))).toBe('configured');
  });

  test('toggling between paid plans within a period never earns more than the highest allotment', () => {
    const step = fc.record({ plan: fc.constantFrom('small', 'large'), hours: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.constantFrom('small', 'large'), fc.array(step, { maxLength: 12 }), (first, steps) => {
        const account = on(first);
        const highest = first === 'large' || steps.some(({ plan }) => plan === 'large') ? 400 : 100;
        let hours = 0;
        for (const { plan, hours: more } of steps) {
          if (hours + more >= 30 * 24) break;
          hours += more;
          account.travel(more * 3_600_000);
          account.post(to(plan));
        }
        expect(Number(account.balance())).toBeLessThanOrEqual(highest);
      }),
      { seed: 20_261_120, numRuns: 200 },
    );
  });
});

describe('a plan that is paid by the year and granted by the month', () => {
  const YEARLY = catalogOf(
    'meters:\n  call: { label: Call, group: Calls, rate: 1 }',
    `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { out_of_credits: Nothing is left., links: { billing: /billing } }
plans:
  - { key: free, label: Free, allotment: 10, every: month }
  - { key: small, label: Small, price: { amount: 100.00, every: year }, allotment: 100, every: month }
  - { key: large, label: Large, price: { amount: 400.00, every: year }, allotment: 400, every: month }
`,
  );
  const paid = (plan: string): TestAccount => {
    const account = makeAccount({ catalog: YEARLY, plan, anchor: '2026-04-01T00:00:00Z', at: '2026-04-01T00:00:00Z' });
    account.post(SETTLE);
    account.travelTo('2026-06-10T00:00:00Z');
    return account;
  };
  const planAt = (account: TestAccount, iso: string): string => {
    account.travelTo(iso);
    account.post(SETTLE);
    return `${account.rows.settings.plan} ${account.balance()}`;
  };

  test.each([
    ['canceled', CANCEL, 'free 10'],
    ['moved to a lower one', to('small'), 'small 100'],
  ])('is kept for as long as it is paid when it is %s', (_how, asked, after) => {
    const account = paid('large');
    account.post(asked);
    expect(planAt(account, '2026-07-01T00:00:00Z')).toBe('large 400');
    expect(planAt(account, '2027-03-31T23:59:59Z')).toBe('large 400');
    expect(planAt(account, '2027-04-01T00:00:00Z')).toBe(after);
  });

  test('slept through, what was chosen acts from when it was to act', () => {
    const account = paid('large');
    account.post(CANCEL);
    expect(planAt(account, '2027-08-15T00:00:00Z')).toBe('free 10');
  });
});
