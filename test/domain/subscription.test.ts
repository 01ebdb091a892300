import { describe, expect, test } from 'vitest';
import { isoOf, later } from '../../src/domain/instant.js';
import { instantOf } from './support-account.js';
import { said } from './support-commands.js';
import { CANCEL, invoice, mirror, on, seen, settle, to } from './support-plans.js';

const subscribed = (plan = 'small', zone = 'UTC') => {
  const account = on('free', { zone });
  account.travelTo('2026-04-11T10:00:00Z');
  mirror(account, seen(account, plan, { until: '2026-05-11T10:00:00Z' }));
  return account;
};

describe('a subscription at the processor', () => {
  test('begins the plan that one of its prices is of, with a new period and the full allotment', () => {
    const account = subscribed();
    expect([account.rows.settings.plan, account.balance(), account.lines().slice(-2)]).toEqual([
      'small',
      '100',
      ['lapse -10', 'grant 100'],
    ]);
  });

  test('counts periods from its own anchor in UTC, whatever the account’s zone', () => {
    const account = on('free', { zone: 'Europe/Berlin' });
    account.travelTo('2026-03-20T10:00:00Z');
    mirror(account, seen(account, 'small', { from: '2026-03-01T10:00:00Z', until: '2026-04-01T10:00:00Z' }));
    settle(account, '2026-04-02T00:00:00Z');
    expect(isoOf(account.rows.periods.at(-1)?.startsAt ?? account.at())).toBe('2026-04-01T10:00:00.000Z');
    expect(account.rows.settings.zone).toBe('Europe/Berlin');
  });

  test('seen twice, changes nothing; a view fetched under an older version is stale', () => {
    const account = subscribed();
    const lines = account.rows.lines.length;
    expect(said(mirror(account, seen(account, 'small', { until: '2026-05-11T10:00:00Z' })))).toBe('mirrored');
    expect(account.rows.lines.length).toBe(lines);
    expect(said(mirror(account, seen(account, 'large'), 1))).toBe('stale');
    expect(account.rows.settings.plan).toBe('small');
  });

  test('of a price that no plan has is refused in words', () => {
    const account = on('free');
    expect(mirror(account, seen(account, 'unheard'))).toMatchObject({
      reason: 'unknown_plan',
      message: expect.stringContaining('price_unheard'),
    });
    expect([account.rows.settings.plan, account.rows.subscriptions.size]).toEqual(['free', 0]);
  });

  test('that was never paid for gives nothing', () => {
    const account = on('free');
    mirror(account, seen(account, 'small', { status: 'incomplete' }));
    mirror(account, seen(account, 'small', { status: 'incomplete_expired' }));
    expect([account.rows.settings.plan, account.balance()]).toEqual(['free', '10']);
  });

  test('of a plan that was begun here takes over its anchor and grants nothing more', () => {
    const account = on('small');
    account.travelTo('2026-04-01T00:00:05Z');
    mirror(account, seen(account, 'small', { from: '2026-04-01T00:00:03Z', until: '2026-05-01T00:00:03Z' }));
    expect(account.balance()).toBe('100');
    settle(account, '2026-05-01T00:00:02Z');
    expect(account.lines()).toEqual(['grant 100', 'lapse -100']);
    settle(account, '2026-05-01T00:00:03Z');
    expect(account.lines()).toEqual(['grant 100', 'lapse -100', 'grant 100']);
  });

  test('of a plan that was begun here long before is a period of its own, which was paid for', () => {
    const account = on('small');
    account.travelTo('2026-04-10T00:00:00Z');
    mirror(account, seen(account, 'small'));
    settle(account, '2026-05-01T00:00:00Z');
    expect(account.lines()).toEqual(['grant 100', 'lapse -100', 'grant 100']);
    settle(account, '2026-05-10T00:00:00Z');
    expect(account.lines().slice(-2)).toEqual(['lapse -100', 'grant 100']);
  });

  test('moved to a higher price, grants the difference for the time that is left', () => {
    const account = subscribed();
    account.travelTo('2026-04-26T10:00:00Z');
    const view = seen(account, 'large', { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z' });
    mirror(account, view);
    mirror(account, view);
    expect([account.rows.settings.plan, account.balance()]).toEqual(['large', '250']);
  });

  test('moved to a lower price in mid-period, changes the plan when the period ends', () => {
    const account = subscribed('large');
    account.travelTo('2026-04-26T10:00:00Z');
    const period = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z' };
    mirror(account, seen(account, 'small', period));
    expect([account.rows.settings.plan, account.rows.settings.nextPlan, account.balance()]).toEqual([
      'large',
      'small',
      '400',
    ]);
    mirror(account, seen(account, 'large', period));
    expect(account.rows.settings.nextPlan).toBe(null);
    mirror(account, seen(account, 'small', period));
    settle(account, '2026-05-11T10:00:00Z');
    expect([account.rows.settings.plan, account.balance()]).toEqual(['small', '100']);
  });

  test('canceled for its period’s end and fetched after it, before the processor has ended it, does not begin again', () => {
    const account = subscribed();
    const period = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z', cancelAtPeriodEnd: true };
    mirror(account, seen(account, 'small', period));
    settle(account, '2026-05-11T10:00:30Z');
    expect([account.rows.settings.plan, account.balance()]).toEqual(['free', '10']);
    const lines = account.rows.lines.length;
    mirror(account, seen(account, 'small', period));
    mirror(account, seen(account, 'small', { ...period, status: 'canceled' }));
    expect([account.rows.settings.plan, account.balance(), account.rows.lines.length]).toEqual(['free', '10', lines]);
  });

  test('whose cancellation is heard only after it took effect ends at once', () => {
    const account = subscribed();
    account.travelTo('2026-05-11T10:00:30Z');
    const period = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z', cancelAtPeriodEnd: true };
    mirror(account, seen(account, 'small', period));
    expect([account.rows.settings.plan, account.rows.settings.standing.subscription, account.balance()]).toEqual([
      'free',
      null,
      '10',
    ]);
  });

  test('canceled at its period’s end keeps plan and credits until then, and may be taken back', () => {
    const account = subscribed();
    const period = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z' };
    mirror(account, seen(account, 'small', { ...period, cancelAtPeriodEnd: true }));
    expect([account.rows.settings.plan, account.rows.settings.nextPlan]).toEqual(['small', 'free']);
    mirror(account, seen(account, 'small', period));
    expect(account.rows.settings.nextPlan).toBe(null);
    mirror(account, seen(account, 'small', { ...period, cancelAtPeriodEnd: true }));
    settle(account, '2026-05-11T10:00:00Z');
    mirror(
      account,
      seen(account, 'small', { ...period, status: 'canceled', endedAt: instantOf('2026-05-11T10:00:00Z') }),
    );
    expect([account.rows.settings.plan, account.balance(), account.rows.settings.standing.subscription]).toEqual([
      'free',
      '10',
      null,
    ]);
    expect(said(account.one(to('small')))).toBe('configured');
  });

  test('canceled for a later period is kept until that one ends', () => {
    const account = subscribed();
    const cancelAt = instantOf('2026-06-11T10:00:00Z');
    mirror(account, seen(account, 'small', { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z', cancelAt }));
    settle(account, '2026-05-11T10:00:00Z');
    expect([account.rows.settings.plan, account.balance()]).toEqual(['small', '100']);
    settle(account, '2026-06-11T10:00:00Z');
    expect([account.rows.settings.plan, account.balance()]).toEqual(['free', '10']);
  });

  test('canceled at once ends the plan at once, and returning begins a new period', () => {
    const account = subscribed();
    account.travelTo('2026-04-20T00:00:00Z');
    mirror(
      account,
      seen(account, 'small', { from: '2026-04-11T10:00:00Z', status: 'canceled', endedAt: account.at() }),
    );
    // The free plan's allotment of April was granted on the first: it comes again on the first of May.
    expect([account.rows.settings.plan, account.balance()]).toEqual(['free', '0']);
    account.travelTo('2026-04-21T00:00:00Z');
    mirror(account, seen(account, 'small', { id: 'sub_2' }));
    expect([account.rows.settings.plan, account.balance(), account.rows.settings.standing.subscription]).toEqual([
      'small',
      '100',
      'sub_2',
    ]);
  });

  test('of two that live the later made one counts, and what is seen of the older one is harmless', () => {
    const account = subscribed();
    account.travelTo('2026-04-12T00:00:00Z');
    mirror(account, seen(account, 'large', { id: 'sub_2' }));
    const old = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z' };
    mirror(account, seen(account, 'small', old));
    mirror(account, seen(account, 'small', { ...old, status: 'past_due' }));
    mirror(account, seen(account, 'small', { ...old, status: 'canceled', endedAt: account.at() }));
    account.post(invoice('in_old', 'failed', account.at(), 'sub_1'));
    expect(account.rows.settings).toMatchObject({
      plan: 'large',
      nextPlan: null,
      standing: { subscription: 'sub_2', pastDue: null },
    });
    expect(account.balance()).toBe('400');
  });

  test('plan and cancellation of the account are then the processor’s to change', () => {
    const account = subscribed();
    expect([to('large'), to('free'), CANCEL].map((one) => said(account.one(one)))).toEqual([
      'subscribed',
      'subscribed',
      'subscribed',
    ]);
  });

  test('paused at the end of its trial gives nothing more, and begins when it is resumed', () => {
    const account = on('free');
    mirror(account, seen(account, 'small', { status: 'trialing', trialEnd: later(account.at(), 86_400_000) }));
    account.travelTo('2026-04-02T00:00:00Z');
    mirror(account, seen(account, 'small', { status: 'paused' }));
    expect(account.rows.settings.plan).toBe('free');
    account.travelTo('2026-04-05T00:00:00Z');
    mirror(account, seen(account, 'small'));
    expect([account.rows.settings.plan, account.balance()]).toEqual(['small', '100']);
  });
});
