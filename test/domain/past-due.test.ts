import { describe, expect, test } from 'vitest';
import { isoOf } from '../../src/domain/instant.js';
import type { TestAccount } from './support-account.js';
import { instantOf } from './support-account.js';
import { call, configure, grant, ifCovered, reverse, SETTLE, said, use } from './support-commands.js';
import { allotments, CANCEL, invoice, notices, on, payAsYouGo, settle, to, whole } from './support-plans.js';

const APRIL = instantOf('2026-04-01T00:00:00Z');
const MAY = instantOf('2026-05-01T00:00:00Z');

/** On the small plan, 30 of 100 used, the invoice of April failed on the first. */
function unpaid(): TestAccount {
  const account = on('small');
  account.post(use('a', 30));
  account.post(invoice('in_1', 'failed', APRIL));
  return account;
}

describe('a failed invoice', () => {
  test('changes nothing within the grace of three days, and is told once', () => {
    const account = unpaid();
    account.post(invoice('in_1', 'failed', APRIL), payAsYouGo());
    settle(account, '2026-04-03T23:59:59Z');
    account.post(call('b', 80));
    expect([account.balance(), whole(account.rows.hot.overage)]).toEqual(['0', '10']);
    expect(
      account.rows.notices.filter(({ facts }) => facts.kind === 'past_due').map(({ facts }) => facts),
    ).toMatchObject([{ plan: 'small', graceEndsAt: '2026-04-04T00:00:00.000Z' }]);
  });

  test('after the grace lets the unpaid allotment’s rest lapse, brought by the clock alone', () => {
    const account = unpaid();
    expect(isoOf(account.rows.hot.settledUntil ?? account.at())).toBe('2026-04-04T00:00:00.000Z');
    settle(account, '2026-04-04T00:00:00Z');
    expect(account.balance()).toBe('0');
    expect(account.rows.lines.at(-1)).toMatchObject({
      kind: 'lapse',
      reason: 'the plan was not paid',
      occurredAt: account.at(),
    });
  });

  test('found late, it lapsed when the grace was over and not when it was found', () => {
    const account = unpaid();
    settle(account, '2026-04-20T00:00:00Z');
    expect(isoOf(account.rows.lines.at(-1)?.occurredAt ?? account.at())).toBe('2026-04-04T00:00:00.000Z');
  });

  test('leaves what was bought, given or left of paid periods', () => {
    const account = on('small');
    account.post(grant('g', 50, { origin: 'purchase' }));
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(invoice('in_2', 'failed', MAY));
    settle(account, '2026-05-05T00:00:00Z');
    expect(account.balance()).toBe('50');
  });

  test('stops pay-as-you-go after the grace, and what happened beyond is debt', () => {
    const account = unpaid();
    account.post(payAsYouGo());
    settle(account, '2026-04-05T00:00:00Z');
    expect(said(account.one(ifCovered('b', 1)))).toBe('insufficient_credits');
    account.post(use('c', 5));
    expect([account.balance(), account.rows.hot.overage]).toEqual(['-5', 0n]);
  });

  test('keeps further allotments back, and the period that is paid for brings its own', () => {
    const account = unpaid();
    settle(account, '2026-06-10T00:00:00Z');
    expect([account.balance(), account.rows.settings.ordinal]).toEqual(['0', 2]);
    account.post(invoice('in_1', 'paid', APRIL));
    expect([account.balance(), account.rows.periods.map((one) => one.ordinal)]).toEqual(['100', [0, 2]]);
    settle(account, '2026-07-01T00:00:00Z');
    expect(account.lines().slice(-2)).toEqual(['lapse -100', 'grant 100']);
  });

  test('paid within the grace, is as if it had not failed', () => {
    const account = unpaid();
    account.travelTo('2026-04-03T00:00:00Z');
    account.post(invoice('in_1', 'paid', APRIL));
    settle(account, '2026-04-20T00:00:00Z');
    expect([account.balance(), account.rows.settings.standing.pastDue]).toEqual(['70', null]);
  });

  test('paid after the grace, gives back what lapsed, once and to the period’s end', () => {
    const account = unpaid();
    settle(account, '2026-04-10T00:00:00Z');
    account.post(invoice('in_1', 'paid', APRIL), invoice('in_1', 'paid', APRIL));
    expect([account.balance(), allotments(account)]).toEqual(['70', ['70']]);
    account.post(invoice('in_1', 'paid', APRIL), invoice('in_1', 'failed', APRIL));
    expect([account.balance(), account.rows.settings.standing.pastDue]).toEqual(['70', null]);
    settle(account, '2026-05-01T00:00:00Z');
    expect(account.balance()).toBe('100');
  });

  test('paid in the next period, gives nothing of the last one back', () => {
    const account = unpaid();
    settle(account, '2026-04-30T00:00:00Z');
    account.travelTo('2026-05-02T00:00:00Z');
    account.post(invoice('in_1', 'paid', APRIL));
    expect(account.lines().filter((line) => line.startsWith('give_back'))).toEqual([]);
    expect(account.balance()).toBe('100');
  });

  test('failing again for another period is another incident, and gives back only what it took', () => {
    const account = unpaid();
    settle(account, '2026-04-10T00:00:00Z');
    account.post(invoice('in_1', 'paid', APRIL));
    account.post(use('b', 20));
    account.post(invoice('in_x', 'failed', APRIL));
    settle(account, '2026-04-20T00:00:00Z');
    expect(account.balance()).toBe('0');
    account.post(invoice('in_x', 'paid', APRIL));
    expect([account.balance(), notices(account).filter((kind) => kind === 'past_due')]).toEqual([
      '50',
      ['past_due', 'past_due'],
    ]);
  });

  test('is over only when everything that failed is paid', () => {
    const account = unpaid();
    account.post(invoice('in_2', 'failed', APRIL));
    settle(account, '2026-04-10T00:00:00Z');
    account.post(invoice('in_1', 'paid', APRIL));
    expect(account.balance()).toBe('0');
    account.post(invoice('in_2', 'void', APRIL));
    expect(account.balance()).toBe('70');
  });

  test('what pays for debt comes out of what is given back', () => {
    const account = unpaid();
    settle(account, '2026-04-10T00:00:00Z');
    account.post(use('b', 15));
    account.post(invoice('in_1', 'paid', APRIL));
    expect(account.balance()).toBe('55');
  });

  test('a use given back meanwhile does not open what lapsed', () => {
    const account = unpaid();
    settle(account, '2026-04-10T00:00:00Z');
    account.post(reverse('r', 'a', 10));
    const returned = [...account.rows.lots.values()].filter((lot) => lot.kind === 'returned');
    expect([returned.map((lot) => whole(lot.remaining)), allotments(account)]).toEqual([['10'], []]);
  });

  test('keeps the account from a higher plan until it is paid, and not from canceling', () => {
    const account = unpaid();
    expect(said(account.one(to('large')))).toBe('past_due');
    expect(said(account.one(CANCEL))).toBe('configured');
    settle(account, '2026-05-01T00:00:00Z');
    expect([account.rows.settings.plan, account.balance(), account.rows.settings.standing.pastDue]).toEqual([
      'free',
      '10',
      null,
    ]);
  });

  test('that asks for a run which is over stops nothing', () => {
    const account = on('small');
    account.travelTo('2026-04-10T00:00:00Z');
    account.post(to('yearly'));
    const old = invoice('in_0', 'open', APRIL);
    account.post(old);
    settle(account, '2026-04-20T00:00:00Z');
    expect(account.rows.settings.standing.pastDue).toBe(null);
  });

  test('has no part in auto top-off, which is paid by card', () => {
    const account = unpaid();
    settle(account, '2026-04-10T00:00:00Z');
    account.post(configure());
    account.post(SETTLE);
    expect([...account.rows.charges.values()].map((one) => one.kind)).toEqual(['top_off']);
  });
});
