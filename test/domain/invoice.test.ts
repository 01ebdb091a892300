import { describe, expect, test } from 'vitest';
import { instantOf, makeAccount } from './support-account.js';
import { attach, SETTLE, said, use } from './support-commands.js';
import { CATALOG, invoice, mirror, notices, on, seen, settle, whole } from './support-plans.js';

const subscribed = (plan = 'small', zone = 'UTC') => {
  const account = on('free', { zone });
  account.travelTo('2026-04-11T10:00:00Z');
  mirror(account, seen(account, plan, { until: '2026-05-11T10:00:00Z' }));
  return account;
};

describe('past due at the processor', () => {
  test('and its failed invoice are one incident, in whatever order they come', () => {
    for (const invoiceFirst of [true, false]) {
      const account = subscribed();
      account.travelTo('2026-05-11T10:00:30Z');
      const failed = invoice('in_2', 'failed', instantOf('2026-05-11T10:00:02Z'), 'sub_1');
      const view = () =>
        seen(account, 'small', { status: 'past_due', from: '2026-04-11T10:00:00Z', until: '2026-06-11T10:00:00Z' });
      if (invoiceFirst) account.post(failed);
      mirror(account, view());
      if (!invoiceFirst) account.post(failed);
      expect(account.rows.settings.standing.pastDue).toMatchObject({ ordinal: 1, since: account.at() });
      expect(notices(account).filter((kind) => kind === 'past_due')).toHaveLength(1);
      settle(account, '2026-05-14T10:00:30Z');
      expect(account.balance()).toBe('0');
      account.post(invoice('in_2', 'paid', instantOf('2026-05-11T10:00:02Z'), 'sub_1'));
      mirror(account, seen(account, 'small', { from: '2026-04-11T10:00:00Z', until: '2026-06-11T10:00:00Z' }));
      expect([account.balance(), account.rows.settings.standing.pastDue]).toEqual(['100', null]);
    }
  });

  test('a higher price chosen there after the grace is the plan, and brings nothing until it is paid', () => {
    const account = subscribed();
    account.post(use('a', 40), invoice('in_1', 'failed', account.at(), 'sub_1'));
    settle(account, '2026-04-15T00:00:00Z');
    const period = { from: '2026-04-11T10:00:00Z', until: '2026-05-11T10:00:00Z' };
    mirror(account, seen(account, 'large', { ...period, status: 'past_due' }));
    expect([account.rows.settings.plan, account.balance()]).toEqual(['large', '0']);
    account.post(invoice('in_1', 'paid', account.at(), 'sub_1'));
    // What lapsed, and the difference for the twenty-six days and ten hours of thirty that are left.
    expect(Number(account.balance())).toBeCloseTo(60 + (300 * (26 * 24 + 10)) / 720, 5);
    settle(account, '2026-05-11T10:00:00Z');
    expect(account.balance()).toBe('400');
  });

  test('a view fetched before the invoice was paid cannot bring it back', () => {
    const account = subscribed();
    account.post(invoice('in_1', 'failed', account.at(), 'sub_1'));
    const before = account.rows.subscriptions.get('sub_1')?.version ?? 0;
    account.post(invoice('in_1', 'paid', account.at(), 'sub_1'));
    expect(said(mirror(account, seen(account, 'small', { status: 'past_due' }), before))).toBe('stale');
    expect(account.rows.settings.standing.pastDue).toBe(null);
  });

  test('an invoice’s period is the one whose start lies nearest, before or after', () => {
    for (const [at, ordinal] of [
      ['2026-05-11T09:00:00Z', 1],
      ['2026-05-11T11:00:00Z', 1],
      ['2026-04-26T09:00:00Z', 0],
      ['2026-04-26T11:00:00Z', 1],
    ] as const) {
      const account = subscribed();
      account.post(invoice('in_1', 'open', instantOf(at), 'sub_1'));
      expect(account.rows.invoices.get('in_1')).toMatchObject({ ordinal });
    }
  });

  test('an invoice that comes before its subscription is kept and changes nothing', () => {
    const account = on('free');
    account.post(invoice('in_1', 'failed', account.at(), 'sub_1'));
    expect([account.rows.invoices.get('in_1')?.status, account.rows.settings.standing.pastDue]).toEqual([
      'failed',
      null,
    ]);
    mirror(account, seen(account, 'small'));
    expect([account.balance(), account.rows.settings.standing.pastDue]).toEqual(['100', null]);
  });

  test('a plan given by the month and paid by the year is kept for as long as it is paid', () => {
    const account = makeAccount({
      catalog: CATALOG,
      plan: 'free',
      anchor: '2026-04-01T00:00:00Z',
      at: '2026-04-01T00:00:00Z',
    });
    account.post(SETTLE, attach('one'));
    const year = { from: '2026-04-01T00:00:00Z', until: '2027-04-01T00:00:00Z' };
    mirror(account, seen(account, 'small', { ...year, cancelAtPeriodEnd: true }));
    account.post(use('a', 1));
    settle(account, '2027-03-31T23:59:59Z');
    expect([account.rows.settings.plan, account.rows.settings.ordinal, whole(account.rows.hot.lots)]).toEqual([
      'small',
      11,
      '100',
    ]);
    settle(account, '2027-04-01T00:00:00Z');
    expect([account.rows.settings.plan, account.balance()]).toEqual(['free', '10']);
  });
});
