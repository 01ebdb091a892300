import { describe, expect, test } from 'vitest';
import { HOUR_MS, later, MINUTE_MS } from '../../src/domain/instant.js';
import { type Asked, makeAccount } from './support-account.js';
import { capture, grant, hold, ifCovered, SETTLE, said, use } from './support-commands.js';

function holding(size: number, of = 100) {
  const account = makeAccount();
  account.post(grant('start', of));
  account.post(hold('h', size));
  return account;
}
const release: Asked = { kind: 'release', hold: 'h' };
const extend = (account: ReturnType<typeof makeAccount>, minutes: number): Asked => ({
  kind: 'extend',
  hold: 'h',
  expiresAt: later(account.at(), minutes * MINUTE_MS),
});

describe('placing', () => {
  test('is always if_covered, counts other holds, burns nothing and writes no line', () => {
    const account = holding(60);
    expect(said(account.one(hold('i', 41)))).toBe('insufficient_credits');
    expect(said(account.one(hold('j', 40)))).toBe('held');
    expect([account.balance(), account.held(), account.rows.lines.length]).toEqual(['100', '100', 1]);
  });

  test('keeps no lot alive: what it counted on may lapse under it', () => {
    const account = makeAccount();
    account.post(grant('g', 10, { expiresAt: later(account.at(), 10 * MINUTE_MS) }));
    account.post(hold('h', 10));
    account.travel(10 * MINUTE_MS);
    account.post(capture('c', 'h'));
    expect(account.lines(1)).toEqual(['lapse -10', 'use -10']);
    expect(account.balance()).toBe('-10');
  });

  test('is answered once: a replay gets the first answer, other content conflicts', () => {
    const account = holding(60);
    const again = account.one(hold('h', 60));
    expect(again).toMatchObject({ kind: 'held', credits: 60_000_000n, replayed: true });
    expect(said(account.one(hold('h', 61)))).toBe('conflict');
    account.post(release);
    expect(account.one(hold('h', 60))).toMatchObject({ kind: 'held', replayed: true });
    expect(account.held()).toBe('0');
  });

  test('lasts as long as its meter says, and a wish to end in the past is refused', () => {
    const account = makeAccount();
    account.post(grant('g', 100));
    const held = account.one({ kind: 'hold', key: 'h', meter: 'render', quantity: 2 });
    expect(held).toMatchObject({ credits: 20_000_000n, expiresAt: later(account.at(), 15 * MINUTE_MS) });
    expect(said(account.one({ kind: 'hold', key: 'i', meter: 'render', expiresAt: account.at() }))).toBe('invalid');
  });
});

describe('expiring', () => {
  test.each([
    ['a millisecond before', -1, 'insufficient_credits'],
    ['at the instant', 0, 'used'],
  ])('%s of its expiry, without the sweeper, it counts no longer from there', (_, ms, outcome) => {
    const account = holding(60);
    account.travel(15 * MINUTE_MS + ms);
    expect(said(account.one(ifCovered('u', 50)))).toBe(outcome);
    expect(account.held()).toBe(outcome === 'used' ? '0' : '60');
  });

  test('extending moves the expiry; an ended hold is not extended, nor one into the past', () => {
    const account = holding(60);
    expect(account.one(extend(account, 60))).toMatchObject({ kind: 'hold_changed', state: 'open' });
    account.travel(59 * MINUTE_MS);
    account.post(SETTLE);
    expect(account.held()).toBe('60');
    expect(said(account.one(extend(account, 0)))).toBe('invalid');
    account.travel(MINUTE_MS);
    expect(said(account.one(extend(account, 60)))).toBe('hold_ended');
    expect(account.held()).toBe('0');
  });
});

describe('capturing', () => {
  test.each([
    ['without a word, all of it', undefined, 60, '40'],
    ['less', 10, 10, '90'],
    ['as much', 60, 60, '40'],
    ['more', 80, 80, '20'],
    ['more than there is, the rest becomes debt', 130, 130, '-30'],
    ['nothing', 0, 0, '100'],
  ])('%s', (_, size, taken, balance) => {
    const account = holding(60);
    expect(account.one(capture('c', 'h', size))).toMatchObject({ kind: 'used', credits: BigInt(taken) * 1_000_000n });
    expect([account.balance(), account.held()]).toEqual([balance, '0']);
    expect(account.last.lines[0]).toMatchObject({ kind: 'use', ref: [...account.rows.holds.keys()][0] });
  });

  test('in parts: the rest stays held until a part is the last, which without a word takes what is left', () => {
    const account = holding(60);
    account.post(capture('c1', 'h', 10, false));
    expect([account.balance(), account.held()]).toEqual(['90', '50']);
    account.post(capture('c2', 'h', 20, false), capture('c1', 'h', 10, false));
    expect([account.balance(), account.held()]).toEqual(['70', '30']);
    account.post(capture('c3', 'h'));
    expect([account.balance(), account.held()]).toEqual(['40', '0']);
    expect(said(account.one(capture('c4', 'h', 1)))).toBe('hold_ended');
  });

  test('in parts that come to more than was held: nothing is held below zero, and the last takes nothing more', () => {
    const account = holding(60);
    account.post(capture('c1', 'h', 50, false));
    account.post(capture('c2', 'h', 50, false));
    expect([account.balance(), account.held()]).toEqual(['0', '0']);
    expect(account.one(capture('c3', 'h'))).toMatchObject({ kind: 'used', credits: 0n });
    expect(account.balance()).toBe('0');
  });

  test('past its expiry still debits, because the use happened', () => {
    const account = holding(60);
    account.travel(HOUR_MS);
    expect(account.one(capture('c', 'h'))).toMatchObject({ kind: 'used', credits: 60_000_000n });
    expect([account.balance(), account.held()]).toEqual(['40', '0']);
    expect(said(account.one(capture('d', 'h')))).toBe('hold_ended');
  });

  test('what somebody else has burned since becomes debt', () => {
    const account = holding(60);
    account.post(use('u', 90));
    account.post(capture('c', 'h'));
    expect(account.balance()).toBe('-50');
  });

  test('by its own meter anew where only a quantity is said, at the member and pool of the hold', () => {
    const account = makeAccount();
    account.post(grant('g', 100));
    account.post({ kind: 'hold', key: 'h', meter: 'render', quantity: 3, pool: 'p' });
    account.post({ kind: 'capture', key: 'c', hold: 'h', quantity: 2 });
    expect(account.last.lines).toMatchObject([{ amount: -20_000_000n, meter: 'render', pool: 'p', quantity: 2 }]);
  });

  test('twice under one key is answered once', () => {
    const account = holding(60);
    const [first, again] = account.post(capture('c', 'h', 10), capture('c', 'h', 10));
    expect(again).toEqual({ ...first, replayed: true });
    expect(said(account.one(capture('c', 'h', 11)))).toBe('conflict');
    expect(account.balance()).toBe('90');
  });
});

describe('releasing', () => {
  test('frees all of it, twice changes nothing, and capturing afterwards is refused', () => {
    const account = holding(60);
    expect(account.one(release)).toMatchObject({ kind: 'hold_changed', state: 'released' });
    expect(account.one(release)).toMatchObject({ kind: 'hold_changed', state: 'released' });
    expect(said(account.one(capture('c', 'h')))).toBe('hold_ended');
    expect([account.balance(), account.held()]).toEqual(['100', '0']);
  });

  test('after a part was captured frees the rest', () => {
    const account = holding(60);
    account.post(capture('c', 'h', 10, false), release);
    expect([account.balance(), account.held()]).toEqual(['90', '0']);
  });

  test('of one that expired says so, of one that was captured is refused, of none is refused', () => {
    const account = holding(60);
    account.travel(HOUR_MS);
    expect(account.one(release)).toMatchObject({ state: 'expired' });
    account.post(capture('c', 'h'));
    expect(said(account.one(release))).toBe('hold_ended');
    expect(said(account.one({ kind: 'release', hold: 'nobody' }))).toBe('hold_unknown');
    expect(said(account.one(capture('d', 'nobody')))).toBe('hold_unknown');
  });
});

test('placed, extended, captured and released in one batch is as in four', () => {
  const steps = (account: ReturnType<typeof makeAccount>): Asked[] => [
    hold('h', 60),
    extend(account, 60),
    capture('c', 'h', 10, false),
    release,
  ];
  const one = makeAccount();
  one.post(grant('g', 100), ...steps(one));
  const four = makeAccount();
  four.post(grant('g', 100));
  for (const step of steps(four)) four.post(step);
  expect(one.lines()).toEqual(four.lines());
  expect([one.balance(), one.held()]).toEqual(['90', '0']);
});
