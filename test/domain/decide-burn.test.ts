import { describe, expect, test } from 'vitest';
import { HOUR_MS, isoOf, later, MINUTE_MS } from '../../src/domain/instant.js';
import { instantOf, makeAccount } from './support-account.js';
import { capture, grant, hold, ifCovered, reverse, SETTLE, said, use } from './support-commands.js';

const START = instantOf('2026-03-01T12:00:00Z');
const inHours = (hours: number) => later(START, hours * HOUR_MS);

/** Which of the lots, by the reason they were granted with, were burned by the last command, in order. */
function burned(account: ReturnType<typeof makeAccount>): string[] {
  const lots = account.rows.lots;
  return account.last.lines.map((line) => {
    const lot = line.lot === null ? undefined : lots.get(line.lot);
    return lot?.reason ?? lot?.kind ?? 'none';
  });
}

describe('burn order', () => {
  const soon = inHours(1);
  const late = inHours(9);
  test.each([
    ['priority before expiry', { priority: 10 }, { priority: 20, expiresAt: soon }],
    ['priority 0 is a priority, not the default', { priority: 0 }, { priority: 1, expiresAt: soon }],
    ['the default priority lies between 49 and 51', { priority: 49 }, {}],
    ['the default priority lies between 49 and 51, from the other side', {}, { priority: 51 }],
    ['sooner expiry', { expiresAt: soon, paid: true }, { expiresAt: late }],
    ['any expiry before none', { expiresAt: late, paid: true }, {}],
    ['free before paid', {}, { paid: true }],
    ['what costs money is paid unless it is said otherwise', {}, { origin: 'purchase' as const }],
    ['free before paid, before effective', { effectiveAt: START }, { paid: true, effectiveAt: inHours(-5) }],
    ['earlier effective', { effectiveAt: inHours(-2) }, { effectiveAt: inHours(-1) }],
  ])('%s', (_, first, second) => {
    for (const order of [0, 1]) {
      const account = makeAccount();
      const lots = [grant('a', 5, { ...first, reason: 'first' }), grant('b', 5, { ...second, reason: 'second' })];
      account.post(...(order === 0 ? lots : [...lots].reverse()));
      account.post(use('u', 10));
      expect(burned(account)).toEqual(['first', 'second']);
    }
  });

  test('lots that are alike burn in the order they were made, then by id', () => {
    const account = makeAccount();
    const alike = { effectiveAt: START };
    account.post(grant('z', 5, { ...alike, reason: 'first' }), grant('b', 5, { ...alike, reason: 'second' }));
    account.travel(MINUTE_MS);
    account.post(grant('a', 5, { ...alike, reason: 'third' }));
    account.post(use('u', 15));
    expect(burned(account)).toEqual(['first', 'second', 'third']);
  });

  test('one line a lot touched, none for a lot that is not, and debt last of all', () => {
    const account = makeAccount();
    account.post(grant('a', 5, { reason: 'first' }), grant('b', 5, { reason: 'second', priority: 60 }));
    account.post(use('u1', 5));
    expect(account.last.lines).toHaveLength(1);
    account.post(use('u2', 8));
    expect(account.lines(3)).toEqual(['use -5', 'use -3']);
    expect(burned(account)).toEqual(['second', 'debt']);
    expect(account.last.lines.map((line) => line.line)).toEqual([0, 1]);
  });
});

describe('balance and debt', () => {
  test('what nothing covers becomes debt on the one debt lot, without a floor', () => {
    const account = makeAccount();
    account.post(use('u1', 30));
    account.post(use('u2', 1_000));
    expect(account.balance()).toBe('-1030');
    expect([...account.rows.lots.values()].map((lot) => lot.kind)).toEqual(['debt']);
  });

  test.each([
    ['less than the debt', 20, ['grant 20', 'pay_debt -20', 'pay_debt 20'], '-10'],
    ['exactly the debt', 30, ['grant 30', 'pay_debt -30', 'pay_debt 30'], '0'],
    ['more than the debt', 50, ['grant 50', 'pay_debt -30', 'pay_debt 30'], '20'],
  ])('%s that comes in pays it first by two lines', (_, size, lines, balance) => {
    const account = makeAccount();
    account.post(use('u', 30));
    account.post(grant('g', size));
    expect(account.lines(1)).toEqual(lines);
    expect(account.balance()).toBe(balance);
  });

  test('the use and the grant of one batch meet in the order they were asked', () => {
    const account = makeAccount();
    account.post(use('u', 30), grant('g', 50), use('v', 5));
    expect(account.lines()).toEqual(['use -30', 'grant 50', 'pay_debt -30', 'pay_debt 30', 'use -5']);
  });

  test('open holds lower what is available and leave the balance alone', () => {
    const account = makeAccount();
    account.post(grant('g', 100));
    account.post(hold('h', 80));
    expect(account.balance()).toBe('100');
    expect(said(account.one(ifCovered('u1', 21)))).toBe('insufficient_credits');
    expect(account.one(ifCovered('u2', 20))).toMatchObject({ kind: 'used' });
    expect(account.balance()).toBe('80');
  });

  test('a use that happened takes what holds keep back, and the capture that follows becomes debt', () => {
    const account = makeAccount();
    account.post(grant('g', 100));
    account.post(hold('h', 80));
    account.post(use('u', 90));
    account.post(capture('c', 'h'));
    expect(account.balance()).toBe('-70');
  });
});

describe('a lot lives from its beginning until its expiry', () => {
  test.each([
    ['a millisecond before it begins', -1, 'insufficient_credits'],
    ['at the instant it begins', 0, 'used'],
    ['a millisecond before it expires', HOUR_MS - 1, 'used'],
    ['at the instant it expires', HOUR_MS, 'insufficient_credits'],
  ])('%s', (_, ms, outcome) => {
    const account = makeAccount();
    account.post(grant('g', 10, { effectiveAt: inHours(1), expiresAt: inHours(2) }));
    account.travel(HOUR_MS + ms);
    expect(said(account.one(ifCovered('u', 10)))).toBe(outcome);
  });

  test('a lot that begins later claims its key with a line of zero and gets its first line when it begins', () => {
    const account = makeAccount();
    const later_ = grant('g', 10, { effectiveAt: inHours(1) });
    const first = account.one(later_);
    expect(account.lines()).toEqual(['grant 0']);
    expect(account.balance()).toBe('0');
    account.travel(3 * HOUR_MS);
    expect(account.one(later_)).toMatchObject({ kind: 'granted', replayed: true, balance: 0n });
    expect(first).toMatchObject({ kind: 'granted', replayed: false, balance: 0n });
    expect(account.lines()).toEqual(['grant 0', 'begin 10']);
    expect(account.rows.lines.map((line) => isoOf(line.occurredAt).slice(11, 16))).toEqual(['12:00', '13:00']);
  });

  test('a lot that begins pays debt by two lines', () => {
    const account = makeAccount();
    account.post(grant('g', 10, { effectiveAt: inHours(1) }), use('u', 4));
    account.travel(HOUR_MS);
    account.post(SETTLE);
    expect(account.lines(2)).toEqual(['begin 10', 'pay_debt -4', 'pay_debt 4']);
  });

  test('a life slept through begins, pays debt and lapses, in the order it fell due', () => {
    const account = makeAccount();
    account.post(
      grant('late', 7, { effectiveAt: inHours(3) }),
      grant('short', 10, { effectiveAt: inHours(1), expiresAt: inHours(2) }),
      use('u', 4),
    );
    account.travel(5 * HOUR_MS);
    account.post(SETTLE);
    expect(account.lines(3)).toEqual(['begin 10', 'pay_debt -4', 'pay_debt 4', 'lapse -6', 'begin 7']);
    expect(account.rows.lines.slice(3).map((line) => isoOf(line.occurredAt).slice(11, 13))).toEqual([
      '13',
      '13',
      '13',
      '14',
      '15',
    ]);
  });

  test('at one instant a lapse comes before what begins', () => {
    const account = makeAccount();
    account.post(grant('b', 5, { effectiveAt: inHours(1) }), grant('a', 5, { expiresAt: inHours(1) }));
    account.travel(HOUR_MS);
    account.post(SETTLE);
    expect(account.lines(2)).toEqual(['lapse -5', 'begin 5']);
  });

  test('what lapsed long ago is never spent by whoever comes first, settled or not', () => {
    const account = makeAccount();
    account.post(grant('g', 10, { expiresAt: inHours(1) }));
    account.travel(48 * HOUR_MS);
    account.post(use('u', 3));
    expect(account.lines(1)).toEqual(['lapse -10', 'use -3']);
    expect(account.balance()).toBe('-3');
  });

  test('time never runs back: a clock that does is held at the last instant', () => {
    const account = makeAccount();
    account.post(grant('g', 10, { expiresAt: inHours(1) }));
    account.travel(HOUR_MS);
    account.post(SETTLE);
    account.travel(-HOUR_MS);
    expect(said(account.one(ifCovered('u', 1)))).toBe('insufficient_credits');
  });
});

describe('what a grant must be', () => {
  test.each([
    ['nothing', grant('g', 0)],
    ['less than nothing', grant('g', -1)],
    ['more than a billion', grant('g', '1000000000.000001')],
    ['over before it begins', grant('g', 1, { effectiveAt: inHours(2), expiresAt: inHours(1) })],
    ['over already', grant('g', 1, { effectiveAt: inHours(-2), expiresAt: inHours(-1) })],
    ['over at this instant', grant('g', 1, { expiresAt: START })],
    ['of a broken priority', grant('g', 1, { priority: 1.5 })],
    ['of a priority below zero', grant('g', 1, { priority: -1 })],
  ])('%s is refused, and its key stays free', (_, wish) => {
    const account = makeAccount();
    expect(said(account.one(wish))).toBe('invalid');
    expect(said(account.one(grant('g', 5)))).toBe('granted');
    expect(account.balance()).toBe('5');
  });
});

test('giving back, granting and holding never move a lot that nobody named', () => {
  const account = makeAccount();
  account.post(grant('a', 10, { priority: 1 }), grant('b', 10));
  account.post(use('u', 4));
  account.post(reverse('r', 'u'), hold('h', 3));
  expect([...account.rows.lots.values()].map((lot) => lot.remaining)).toEqual([10_000_000n, 10_000_000n]);
});
