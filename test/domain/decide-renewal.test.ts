import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { isoOf } from '../../src/domain/instant.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { FORGIVING, grant, ifCovered, SETTLE, said, use } from './support-commands.js';

/** "kind amount occurred" of every line, to the minute. */
const story = (account: TestAccount): string[] =>
  account.rows.lines.map((line) => `${line.kind} ${formatCredits(line.amount)} ${isoOf(line.occurredAt).slice(0, 16)}`);
/** Settles at each instant and answers when each allotment began. */
function beginnings(anchor: string, zone: string, instants: readonly string[]): string[] {
  const account = makeAccount({ anchor, zone, at: anchor });
  for (const at of instants) {
    account.travelTo(at);
    account.post(SETTLE);
  }
  return account.rows.periods.map((period) => isoOf(period.startsAt));
}

describe('renewal', () => {
  test('grants the first allotment at the anchor, and nothing before it', () => {
    const account = makeAccount({ anchor: '2026-03-10T00:00:00Z' });
    account.post(SETTLE);
    expect(story(account)).toEqual([]);
    account.travelTo('2026-03-10T00:00:00Z');
    account.post(SETTLE);
    expect(story(account)).toEqual(['grant 100 2026-03-10T00:00']);
  });

  test('comes once a period, however often it is asked and by whomever', () => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z' });
    account.post(SETTLE, SETTLE);
    account.post(SETTLE);
    account.post(use('u', 1));
    account.travelTo('2026-03-10T00:00:00Z');
    account.post(use('v', 1), SETTLE, use('w', 1));
    expect(account.rows.periods.map((period) => period.ordinal)).toEqual([0, 1]);
    expect(account.balance()).toBe('98');
  });

  test.each([
    ['a millisecond before the boundary, the old period’s credits', '2026-03-09T23:59:59.999Z', '30'],
    ['at the boundary, the new period’s alone', '2026-03-10T00:00:00Z', '100'],
  ])('%s', (_, at, balance) => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z', at: '2026-02-10T00:00:00Z' });
    account.post(use('u', 70));
    account.travelTo(at);
    account.post(SETTLE);
    expect(account.balance()).toBe(balance);
  });

  test('what is unused lapses and what was bought stays, each line when it fell due', () => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z', at: '2026-02-10T00:00:00Z' });
    account.post(grant('g', 5, { origin: 'purchase' }), use('u', 70));
    account.travelTo('2026-03-12T08:00:00Z');
    account.post(use('v', 1));
    expect(story(account).slice(3)).toEqual([
      'lapse -30 2026-03-10T00:00',
      'grant 100 2026-03-10T00:00',
      'use -1 2026-03-12T08:00',
    ]);
    expect(account.balance()).toBe('104');
  });

  test('after a long sleep only the current period is granted, and the old one lapsed when it ended', () => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z', at: '2026-02-10T00:00:00Z' });
    account.post(SETTLE);
    account.travelTo('2026-07-20T00:00:00Z');
    account.post(SETTLE);
    expect(story(account)).toEqual([
      'grant 100 2026-02-10T00:00',
      'lapse -100 2026-03-10T00:00',
      'grant 100 2026-07-10T00:00',
    ]);
    expect(account.rows.periods.map((period) => period.ordinal)).toEqual([0, 5]);
  });

  test('burns the allotment, which lapses, before what was bought', () => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z' });
    account.post(grant('g', 50, { origin: 'purchase' }), use('u', 100));
    expect(account.rows.hot.lots).toBe(50_000_000n);
    expect([...account.rows.lots.values()].find((lot) => lot.kind === 'purchase')?.remaining).toBe(50_000_000n);
  });

  test('without an anchor, or on a plan nobody knows, nothing is renewed', () => {
    for (const wish of [{}, { anchor: '2026-02-10T00:00:00Z', plan: 'unheard of' }]) {
      const account = makeAccount(wish);
      account.post(SETTLE);
      expect([story(account), account.rows.hot.settledUntil]).toEqual([[], null]);
    }
  });
});

describe('boundaries', () => {
  test('the 31st clamps and comes back, in every order of visits', () => {
    const visits = ['2026-02-28T12:00:00Z', '2026-03-31T12:00:00Z', '2026-04-30T12:00:00Z', '2026-05-31T12:00:00Z'];
    expect(beginnings('2026-01-31T12:00:00Z', 'UTC', visits)).toEqual(visits.map((one) => one.replace('Z', '.000Z')));
    expect(beginnings('2026-01-31T12:00:00Z', 'UTC', [visits[3] ?? ''])).toEqual(['2026-05-31T12:00:00.000Z']);
  });

  test('the local wall clock survives daylight saving, both ways', () => {
    expect(
      beginnings('2026-02-28T23:30:00Z', 'Europe/Berlin', ['2026-04-30T00:00:00Z', '2026-11-15T00:00:00Z']),
    ).toEqual([
      // Half past midnight on the first: UTC+2 in summer, UTC+1 in winter.
      '2026-03-31T22:30:00.000Z',
      '2026-10-31T23:30:00.000Z',
    ]);
  });

  test('an hour that the clock skips moves forward by what was skipped, and the day after is back', () => {
    const account = makeAccount({
      anchor: '2026-03-27T01:30:00Z',
      zone: 'Europe/Berlin',
      plan: 'daily',
      at: '2026-03-28T12:00:00Z',
    });
    for (const at of ['2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', '2026-03-30T12:00:00Z']) {
      account.travelTo(at);
      account.post(SETTLE);
    }
    expect(account.rows.periods.map((period) => isoOf(period.startsAt).slice(5, 16))).toEqual([
      '03-28T01:30',
      '03-29T01:30',
      '03-30T00:30',
    ]);
  });
});

describe('debt at renewal', () => {
  const indebted = (catalog?: typeof FORGIVING) => {
    const account = makeAccount({
      anchor: '2026-02-10T00:00:00Z',
      at: '2026-02-10T00:00:00Z',
      ...(catalog === undefined ? {} : { catalog }),
    });
    account.post(use('u', 130));
    account.travelTo('2026-03-12T00:00:00Z');
    account.post(SETTLE);
    return account;
  };

  test('is carried: the new allotment pays it first', () => {
    const account = indebted();
    expect(account.lines(3)).toEqual(['grant 100', 'pay_debt -30', 'pay_debt 30']);
    expect(account.balance()).toBe('70');
  });

  test('is forgiven where the product says so, once a period, before the allotment and when it fell due', () => {
    const account = indebted(FORGIVING);
    expect(story(account).slice(3)).toEqual(['forgive 30 2026-03-10T00:00', 'grant 100 2026-03-10T00:00']);
    expect(account.balance()).toBe('100');
    account.post(use('v', 110));
    account.post(SETTLE);
    expect(account.balance()).toBe('-10');
    account.travelTo('2026-04-12T00:00:00Z');
    expect(said(account.one(ifCovered('w', 100)))).toBe('used');
  });
});
