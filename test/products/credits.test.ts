/** What the five pages promise about credits and plans, on the very decisions that run in production. */
import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { onPlan, type TestAccount } from '../domain/support-account.js';
import { attach, configure, grant, ifCovered, reverse, SETTLE, said, use } from '../domain/support-commands.js';
import { template } from '../support/catalogs.js';

const allotmentOf = (key: string, plan: string): string =>
  formatCredits(template(key).plans.find((one) => one.key === plan)?.allotment ?? (0n as never));
const nextPeriod = (account: TestAccount): void => {
  account.travelTo('2026-05-01T00:00:00Z');
  account.post(SETTLE);
};
const meter = (key: string, name: string, properties = {}) => ({ kind: 'use', key, meter: name, properties }) as const;
const PAY_AS_YOU_GO = { kind: 'configure_overage', settings: { enabled: true, capMinor: null } } as const;

describe('atlios', () => {
  test('A7 up to a higher plan at once, down to a lower one when the period ends', () => {
    const account = onPlan('atlios', 'growth');
    account.post({ kind: 'change_plan', plan: 'scale' });
    expect(account.rows.settings.plan).toBe('scale');
    account.post({ kind: 'change_plan', plan: 'growth' });
    expect(account.rows.settings.plan).toBe('scale');
    nextPeriod(account);
    expect(account.rows.settings.plan).toBe('growth');
  });

  test('A9 a canceled subscription is reactivated, and nothing is granted for it', () => {
    const account = onPlan('atlios', 'growth');
    const before = account.balance();
    account.post({ kind: 'cancel_plan' }, { kind: 'change_plan', plan: 'growth' });
    expect(account.balance()).toBe(before);
    nextPeriod(account);
    expect([account.rows.settings.plan, account.balance()]).toEqual(['growth', allotmentOf('atlios', 'growth')]);
  });

  test('A17 A21 fixes and images draw on the plan’s pool, which is refreshed each billing period', () => {
    const account = onPlan('atlios', 'growth');
    account.post(meter('f', 'fix'), meter('i', 'image', { width: 1024, height: 800 }));
    expect(Number(allotmentOf('atlios', 'growth')) - Number(account.balance())).toBe(5);
    nextPeriod(account);
    expect(account.balance()).toBe(allotmentOf('atlios', 'growth'));
  });

  test('A31 bought credits never expire, and the plan’s are used before them', () => {
    const account = onPlan('atlios', 'growth');
    account.post(grant('pack', 250, { origin: 'purchase' }));
    account.post(use('a', 10));
    account.travelTo('2031-04-15T00:00:00Z');
    account.post(SETTLE);
    expect(Number(account.balance()) - Number(allotmentOf('atlios', 'growth'))).toBe(250);
  });

  test('A27 A32 pay-as-you-go keeps you working after the included credits are used up', () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'), PAY_AS_YOU_GO);
    account.post(use('all', account.balance()));
    expect(said(account.one(ifCovered('one-more', 1)))).toBe('used');
    expect(formatCredits(account.rows.hot.overage)).toBe('1');
  });

  test('A36 turned off in mid-period, what was run up still applies', () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'), PAY_AS_YOU_GO);
    account.post(use('all', Number(account.balance()) + 100));
    account.post({ kind: 'configure_overage', settings: { enabled: false, capMinor: null } });
    expect(said(account.one(ifCovered('more', 1)))).toBe('insufficient_credits');
    nextPeriod(account);
    expect([...account.rows.charges.values()].map((one) => [one.kind, one.amountMinor])).toEqual([['overage', 400n]]);
  });
});

describe('rheos', () => {
  test('R2 R4 R5 unused credits do not roll over: the balance resets to the plan’s allowance on the billing date', () => {
    const account = onPlan('rheos', 'business');
    account.post(meter('a', 'pro_image'));
    expect(account.balance()).toBe('1490');
    nextPeriod(account);
    expect(account.balance()).toBe('1500');
  });

  test('R1 R6 images, videos and brand imports draw credits', () => {
    const account = onPlan('rheos', 'business');
    for (const name of ['standard_image', 'video', 'website_scrape']) {
      const outcome = account.one(meter(name, name));
      expect(outcome.kind === 'used' && outcome.credits > 0n).toBe(true);
    }
  });

  test('R13 upgrading gives more credits in one move', () => {
    const account = onPlan('rheos', 'free');
    account.post({ kind: 'change_plan', plan: 'business' });
    expect(account.balance()).toBe('1500');
  });

  test('R17 a generation is charged when it succeeds: until then its credits are only held', () => {
    const account = onPlan('rheos', 'free');
    account.post({ kind: 'hold', key: 'h', meter: 'standard_image', properties: {} });
    expect([account.balance(), account.held()]).toEqual(['400', '5']);
    account.post({ kind: 'capture', key: 'c', hold: 'h' });
    expect([account.balance(), account.held()]).toEqual(['395', '0']);
  });

  test('R18 credits of a generation that failed come back, whether they were held or used', () => {
    const account = onPlan('rheos', 'free');
    account.post({ kind: 'hold', key: 'h', meter: 'pro_image', properties: {} }, { kind: 'release', hold: 'h' });
    account.post(meter('u', 'pro_image'));
    account.post(reverse('r', 'u'));
    expect([account.balance(), account.held()]).toEqual(['400', '0']);
  });
});

describe('storewriter', () => {
  test('W6 research is usable at nothing', () => {
    const account = onPlan('storewriter', 'free');
    account.post(use('all', account.balance()));
    expect(account.one({ ...meter('r', 'research'), mode: 'if_covered' })).toMatchObject({ kind: 'used', credits: 0n });
  });

  test('W8 plan credits are used first, and bought ones stay as headroom', () => {
    const account = onPlan('storewriter', 'free');
    account.post(grant('pack', 20, { origin: 'purchase' }));
    account.post(use('a', 12));
    const left = [...account.rows.lots.values()].map((lot) => `${lot.kind} ${formatCredits(lot.remaining)}`);
    expect(left.sort()).toEqual(['allotment 0', 'purchase 18']);
  });
});

describe('receptionist', () => {
  test('C6 unused credits of the monthly allotment do not carry over', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(use('a', 30));
    nextPeriod(account);
    expect(account.balance()).toBe(allotmentOf('receptionist', 'standard'));
  });

  test('C9 below the threshold, and not at it, the card is charged for the amount', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure());
    account.post(use('a', Number(account.balance()) - 50));
    expect(account.rows.charges.size).toBe(0);
    account.post(use('b', 1));
    expect([...account.rows.charges.values()].map((one) => [formatCredits(one.credits), one.amountMinor])).toEqual([
      ['200', 5000n],
    ]);
  });
});
