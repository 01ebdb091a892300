import { describe, expect, test } from 'vitest';
import { instantOf } from './support-account.js';
import { SETTLE, said } from './support-commands.js';
import { CANCEL, invoice, mirror, notices, on, seen, settle, trial } from './support-plans.js';

describe('a trial at the processor', () => {
  const trialing = () => {
    const account = on('free');
    const trialEnd = instantOf('2026-04-15T00:00:00Z');
    mirror(
      account,
      seen(account, 'small', { status: 'trialing', trialEnd, anchor: trialEnd, until: '2026-04-15T00:00:00Z' }),
    );
    return account;
  };
  const paidFrom = {
    from: '2026-04-15T00:00:00Z',
    until: '2026-05-15T00:00:00Z',
    createdAt: instantOf('2026-04-01T00:00:00Z'),
  };

  test('is the account’s one trial, with its credits', () => {
    const account = trialing();
    expect([account.balance(), account.rows.settings.plan, [...account.rows.trialCards]]).toEqual([
      '50',
      'small',
      ['fp_one'],
    ]);
    expect(said(account.one(trial('large')))).toBe('trial_used');
  });

  test.each([
    ['the clock', (account: ReturnType<typeof trialing>) => account.post(SETTLE)],
    [
      'the invoice',
      (account: ReturnType<typeof trialing>) => account.post(invoice('in_1', 'paid', account.at(), 'sub_1')),
    ],
    ['the subscription', (account: ReturnType<typeof trialing>) => mirror(account, seen(account, 'small', paidFrom))],
  ])('ends in one allotment, though %s comes first', (_first, comes) => {
    const account = trialing();
    account.travelTo('2026-04-15T00:00:00Z');
    comes(account);
    account.post(SETTLE, invoice('in_1', 'paid', account.at(), 'sub_1'));
    mirror(account, seen(account, 'small', paidFrom));
    expect([account.balance(), account.lines().filter((line) => line === 'grant 100').length]).toEqual(['100', 1]);
  });

  test('ended early begins the plan then, and not again at the end it would have had', () => {
    const account = trialing();
    account.travelTo('2026-04-08T00:00:00Z');
    mirror(
      account,
      seen(account, 'small', { createdAt: instantOf('2026-04-01T00:00:00Z'), until: '2026-05-08T00:00:00Z' }),
    );
    expect(account.balance()).toBe('100');
    settle(account, '2026-04-16T00:00:00Z');
    expect(account.lines().filter((line) => line === 'grant 100')).toHaveLength(1);
  });

  test('seen active a moment before our own clock ends it, is left to the clock', () => {
    const account = trialing();
    account.travelTo('2026-04-14T23:59:59Z');
    mirror(account, seen(account, 'small', paidFrom));
    expect([account.balance(), account.rows.settings.standing.trialEndsAt]).not.toEqual(['100', null]);
    settle(account, '2026-04-15T00:00:00Z');
    expect([account.balance(), account.lines().filter((line) => line === 'grant 100').length]).toEqual(['100', 1]);
  });

  test('lengthened there is lengthened here, and tells its new end', () => {
    const account = trialing();
    settle(account, '2026-04-13T00:00:00Z');
    const trialEnd = instantOf('2026-04-29T00:00:00Z');
    mirror(
      account,
      seen(account, 'small', { status: 'trialing', trialEnd, createdAt: instantOf('2026-04-01T00:00:00Z') }),
    );
    settle(account, '2026-04-26T00:00:00Z');
    expect(notices(account).filter((kind) => kind === 'trial_ending')).toHaveLength(2);
    settle(account, '2026-04-29T00:00:00Z');
    expect(account.balance()).toBe('100');
  });

  test('of an account that had one before is a trial without credits', () => {
    const account = on('free');
    account.post(trial('small'), CANCEL);
    settle(account, '2026-06-01T00:00:00Z');
    mirror(account, seen(account, 'small', { status: 'trialing', trialEnd: instantOf('2026-06-15T00:00:00Z') }));
    expect([account.balance(), account.rows.settings.plan]).toEqual(['10', 'small']);
  });
});
