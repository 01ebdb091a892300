import { describe, expect, test } from 'vitest';
import { isoOf } from '../../src/domain/instant.js';
import { template } from '../support/catalogs.js';
import { makeAccount } from './support-account.js';
import { attach, configure, grant, ifCovered, SETTLE, said, use } from './support-commands.js';
import {
  allotments,
  CANCEL,
  FREE,
  notices,
  on,
  pack,
  paid,
  payAsYouGo,
  planCatalog,
  settle,
  to,
  trial,
  whole,
} from './support-plans.js';
import { makeProcessor, runDueCharges } from './support-processor.js';

describe('a trial', () => {
  test('A6 A12 begins from the free plan, with a card, on the chosen paid plan', () => {
    const atlios = makeAccount({
      catalog: template('atlios'),
      plan: 'free',
      anchor: '2026-04-01T00:00:00Z',
      at: '2026-04-01T00:00:00Z',
    });
    expect(said(atlios.one(trial('growth')))).toBe('no_card');
    atlios.post(attach('one'));
    const outcome = atlios.one(trial('growth'));
    if (outcome.kind !== 'trial_started') return expect.fail(said(outcome));
    expect(isoOf(outcome.endsAt)).toBe('2026-04-15T00:00:00.000Z');
    expect([atlios.rows.settings.plan, atlios.balance()]).toEqual(['growth', '500']);
    expect(
      template('atlios')
        .plans.slice(1)
        .every((plan) => plan.trial !== null),
    ).toBe(true);
  });

  test('grants its own credits, which lapse at its end; what is left of the free allotment stays meanwhile', () => {
    const account = on('free');
    account.post(use('a', 4));
    account.post(trial('small'));
    expect(allotments(account)).toEqual(['6', '40']);
    account.post(use('b', 16));
    expect(account.balance()).toBe('30');
  });

  test('A16 at its end the chosen plan begins with a new period, its full allotment and nothing of the old', () => {
    const account = on('free');
    account.post(trial('small'));
    account.post(use('a', 5));
    settle(account, '2026-04-14T23:59:59Z');
    expect(account.balance()).toBe('45');
    settle(account, '2026-04-15T00:00:00Z');
    expect([account.balance(), account.rows.settings.plan, account.rows.settings.standing.trialEndsAt]).toEqual([
      '100',
      'small',
      null,
    ]);
    expect(account.lines().slice(-3).sort()).toEqual(['grant 100', 'lapse -10', 'lapse -35']);
    settle(account, '2026-05-15T00:00:00Z');
    expect(account.lines().slice(-2)).toEqual(['lapse -100', 'grant 100']);
  });

  test('A15 canceled, it keeps plan and credits to its end and then falls to the free plan', () => {
    const account = on('free');
    account.post(trial('small'));
    account.post(CANCEL);
    settle(account, '2026-04-14T23:59:59Z');
    expect([account.balance(), account.rows.settings.plan]).toEqual(['50', 'small']);
    settle(account, '2026-04-15T00:00:00Z');
    // The free plan's own allotment of April is still there; another comes when it would have come anyway.
    expect([account.balance(), account.rows.settings.plan]).toEqual(['10', 'free']);
    settle(account, '2026-04-30T23:59:59Z');
    expect(account.balance()).toBe('10');
    settle(account, '2026-05-01T00:00:00Z');
    expect(account.lines().slice(-2)).toEqual(['lapse -10', 'grant 10']);
  });

  test('a cancellation that is undone grants nothing, and the plan begins after all', () => {
    const account = on('free');
    account.post(trial('small'));
    account.post(CANCEL, to('small'));
    expect(account.balance()).toBe('50');
    settle(account, '2026-04-15T00:00:00Z');
    expect([account.balance(), account.rows.settings.plan]).toEqual(['100', 'small']);
  });

  test('comes once an account', () => {
    const account = on('free');
    account.post(trial('small'));
    expect(said(account.one(trial('large')))).toBe('trial_used');
    account.post(CANCEL);
    settle(account, '2026-06-01T00:00:00Z');
    expect([account.rows.settings.plan, said(account.one(trial('small')))]).toEqual(['free', 'trial_used']);
  });

  test('comes once a card, whoever had it, by the card itself and not by how it was stored', () => {
    const account = on('free');
    account.rows.trialCards.add('fp_one');
    expect(account.one(trial('small'))).toMatchObject({
      reason: 'trial_used',
      message: expect.stringContaining('card'),
    });
    const other = on('free');
    other.post(attach('again', 'fp_one'));
    other.post(trial('small'));
    expect([...other.rows.trialCards]).toEqual(['fp_one']);
  });

  test.each([
    ['plain', 'free', 'not_offered'],
    ['huge', 'free', 'unknown_plan'],
    ['large', 'small', 'not_offered'],
  ])('of the plan %s from the plan %s is refused: %s', (plan, from, reason) => {
    const account = on(from);
    const before = account.balance();
    expect(said(account.one(trial(plan)))).toBe(reason);
    expect([account.balance(), account.rows.settings.standing.trialUsedAt]).toEqual([before, null]);
  });

  test('charges nothing by itself: auto top-off and pay-as-you-go are set and wait, and then begin', () => {
    const account = on('free');
    account.post(trial('small'));
    expect(account.one(configure())).toMatchObject({ kind: 'configured', note: expect.stringContaining('2026-04-15') });
    expect(account.one(payAsYouGo())).toMatchObject({
      kind: 'configured',
      note: expect.stringContaining('2026-04-15'),
    });
    account.post(use('a', 50));
    expect(said(account.one(ifCovered('b', 1)))).toBe('insufficient_credits');
    account.post(use('c', 20));
    expect([account.balance(), account.rows.charges.size, account.rows.hot.overage]).toEqual(['-20', 0, 0n]);
    settle(account, '2026-04-15T00:00:00Z');
    account.post(use('d', 90));
    expect([account.balance(), whole(account.rows.hot.overage), account.rows.charges.size]).toEqual(['0', '10', 1]);
  });

  test('charges at once a pack that is bought by hand', async () => {
    const account = on('free');
    account.post(trial('small'));
    expect(said(account.one(pack('p')))).toBe('charge_opened');
    await runDueCharges(account, makeProcessor());
    expect([account.balance(), [...account.rows.charges.values()].map((one) => one.state)]).toEqual([
      '90',
      ['succeeded'],
    ]);
    settle(account, '2026-04-15T00:00:00Z');
    expect(account.balance()).toBe('140');
  });

  test('a top-off that was open before it is not needed any more', () => {
    const account = on('free');
    account.post(configure({ threshold: 20_000_000n as never }));
    expect(account.rows.charges.size).toBe(1);
    account.post(trial('small'));
    account.post(use('a', 45));
    expect([...account.rows.charges.values()].map((one) => one.cancelOwed)).toEqual([true]);
  });

  test('another plan chosen in it changes the plan and not what it granted', () => {
    const account = on('free');
    account.post(trial('small'));
    account.post(to('large'));
    expect([account.balance(), account.rows.settings.plan]).toEqual(['50', 'large']);
    account.post(to('yearly'));
    expect([account.balance(), account.rows.settings.plan]).toEqual(['50', 'yearly']);
    account.post(to('small'));
    expect(account.rows.settings).toMatchObject({ plan: 'yearly', nextPlan: 'small' });
    settle(account, '2026-04-15T00:00:00Z');
    expect([account.balance(), account.rows.settings.plan]).toEqual(['100', 'small']);
  });

  test('what was bought or given survives it', () => {
    const account = on('free');
    account.post(grant('g', 50, { origin: 'purchase' }));
    account.post(trial('small'), CANCEL);
    settle(account, '2026-05-02T00:00:00Z');
    expect(account.balance()).toBe('60');
  });

  test('its end is told once, three days before, by the clock alone', () => {
    const account = on('free');
    account.post(trial('small'));
    settle(account, '2026-04-11T23:59:59Z');
    expect(notices(account)).not.toContain('trial_ending');
    expect(isoOf(account.rows.hot.settledUntil ?? account.at())).toBe('2026-04-12T00:00:00.000Z');
    settle(account, '2026-04-12T00:00:00Z');
    settle(account, '2026-04-13T00:00:00Z');
    const told = account.rows.notices.filter(({ facts }) => facts.kind === 'trial_ending');
    expect(told.map(({ facts }) => facts)).toMatchObject([
      { plan: 'small', endsAt: '2026-04-15T00:00:00.000Z', amountMinor: '1000', currency: 'usd' },
    ]);
  });

  test('its end is not told to whoever canceled, until that is undone', () => {
    const account = on('free');
    account.post(trial('small'), CANCEL);
    settle(account, '2026-04-13T00:00:00Z');
    expect(notices(account)).not.toContain('trial_ending');
    account.post(to('small'));
    expect(notices(account).filter((kind) => kind === 'trial_ending')).toHaveLength(1);
  });

  test('one shorter than its notice is told of when it begins', () => {
    const catalog = planCatalog(
      [FREE, paid('small', 100, 'price: { amount: 10.00 }, trial: { length: 2 days }')].join('\n'),
    );
    const account = on('free', { catalog });
    account.post(trial('small'));
    expect(notices(account)).toContain('trial_ending');
  });

  test('slept through, only the present period is granted', () => {
    const account = on('free');
    account.post(trial('small'));
    settle(account, '2026-07-20T00:00:00Z');
    expect(account.rows.periods.map((one) => one.ordinal)).toEqual([0, 3]);
    expect(account.balance()).toBe('100');
    account.post(SETTLE);
    expect(account.balance()).toBe('100');
  });
});
