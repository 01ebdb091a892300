import { describe, expect, test } from 'vitest';
import { HOUR_MS, isoOf, later } from '../../src/domain/instant.js';
import { makeAccount } from './support-account.js';
import { call, capture, grant, hold, reverse, SETTLE, said, use } from './support-commands.js';

function funded(size = 100) {
  const account = makeAccount();
  account.post(grant('start', size));
  return account;
}
const returned = (account: ReturnType<typeof makeAccount>) =>
  [...account.rows.lots.values()].filter((lot) => lot.kind === 'returned');

describe('giving back', () => {
  test('whole: the lot has what it had, by the use’s own meter', () => {
    const account = funded();
    account.post(call('u', 30));
    expect(account.one(reverse('r', 'u'))).toMatchObject({
      kind: 'given_back',
      credits: 30_000_000n,
      balance: 100_000_000n,
    });
    expect(account.lines(1)).toEqual(['use -30', 'give_back 30']);
    expect(account.last.lines[0]).toMatchObject({ meter: 'call' });
    expect(returned(account)).toEqual([]);
  });

  test('a lot that had been emptied is filled again and burns again', () => {
    const account = funded(10);
    account.post(use('u', 10));
    account.post(reverse('r', 'u'));
    account.post(use('v', 4));
    expect(account.balance()).toBe('6');
    expect(account.rows.lots.size).toBe(1);
  });

  test('in parts, each under its own key, and never more than the use', () => {
    const account = funded();
    account.post(use('u', 30));
    account.post(reverse('r1', 'u', 10), reverse('r2', 'u', 5));
    expect(said(account.one(reverse('r3', 'u', '15.000001')))).toBe('exceeds_use');
    expect(account.one(reverse('r3', 'u'))).toMatchObject({ kind: 'given_back', credits: 15_000_000n });
    expect(account.one(reverse('r4', 'u'))).toMatchObject({ kind: 'given_back', credits: 0n });
    expect(said(account.one(reverse('r5', 'u', 1)))).toBe('exceeds_use');
    expect(account.balance()).toBe('100');
  });

  test('the lines are undone last first, across the parts', () => {
    const account = makeAccount();
    account.post(grant('a', 10, { priority: 1 }), grant('b', 10, { priority: 2 }));
    account.post(use('u', 25));
    const lots = [...account.rows.lots.values()].filter((lot) => lot.kind !== 'debt');
    const remaining = () => lots.map((lot) => Number((account.rows.lots.get(lot.id)?.remaining ?? 0n) / 1_000_000n));
    account.post(reverse('r1', 'u', 3));
    expect([remaining(), account.balance()]).toEqual([[0, 0], '-2']);
    account.post(reverse('r2', 'u', 4));
    expect([remaining(), account.balance()]).toEqual([[0, 2], '2']);
    account.post(reverse('r3', 'u'));
    expect([remaining(), account.balance()]).toEqual([[10, 10], '20']);
  });

  test('of a use and its reversal in one batch', () => {
    const account = funded();
    account.post(use('u', 30), reverse('r', 'u', 10), reverse('s', 'u'));
    expect(account.lines(1)).toEqual(['use -30', 'give_back 10', 'give_back 20']);
  });

  test('of a capture, by the capture’s key', () => {
    const account = funded();
    account.post(hold('h', 30));
    account.post(capture('c', 'h', 20));
    account.post(reverse('r', 'c'));
    expect(account.balance()).toBe('100');
  });

  test('of a free use is answered and moves nothing', () => {
    const account = funded();
    account.post({ kind: 'use', key: 'p', meter: 'ping' });
    expect(account.one(reverse('r', 'p'))).toMatchObject({ kind: 'given_back', credits: 0n });
    expect(account.one(reverse('r', 'p'))).toMatchObject({ kind: 'given_back', replayed: true });
  });

  test.each([
    ['nothing', reverse('r', 'u', 0), 'invalid'],
    ['less than nothing', reverse('r', 'u', -1), 'invalid'],
    ['more than any command may move, before its use', reverse('r', 'later', '1000000000.000001'), 'invalid'],
    ['a grant', reverse('r', 'start'), 'not_reversible'],
    ['itself', reverse('r', 'r'), 'invalid'],
  ])('%s is refused', (_, command, reason) => {
    const account = funded();
    account.post(use('u', 30));
    expect(said(account.one(command))).toBe(reason);
    expect(account.rows.reversals.size).toBe(0);
  });
});

describe('what finds its lot lapsed or its debt already paid', () => {
  test.each([
    ['a free lot: until the period ends', false, '2026-03-15T00:00:00.000Z'],
    ['a lot that had been paid for: without expiry', true, null],
  ])('of %s', (_, paid, expiry) => {
    const account = makeAccount({ anchor: '2026-02-15T00:00:00Z' });
    account.post(SETTLE);
    account.post(grant('g', 30, { priority: 1, paid, expiresAt: later(account.at(), HOUR_MS) }));
    account.post(use('u', 30));
    account.travel(HOUR_MS);
    account.post(reverse('r', 'u', 20));
    expect(account.lines(3)).toEqual(['give_back 20']);
    const [lot] = returned(account);
    expect(lot).toMatchObject({ paid, amount: 20_000_000n, remaining: 20_000_000n });
    expect(lot?.expiresAt === null || lot === undefined ? null : isoOf(lot.expiresAt)).toBe(expiry);
  });

  test('of a lot whose rest has lapsed becomes a lot of its own, and the lapsed one stays empty', () => {
    const account = makeAccount();
    account.post(grant('g', 30, { expiresAt: later(account.at(), HOUR_MS) }));
    account.post(use('u', 10));
    account.travel(HOUR_MS);
    account.post(reverse('r', 'u'));
    expect(account.lines(2)).toEqual(['lapse -20', 'give_back 10']);
    expect(returned(account)).toMatchObject([{ expiresAt: null }]);
  });

  test('debt that still stands is paid and nothing else', () => {
    const account = funded(10);
    account.post(use('u', 30));
    account.post(reverse('r', 'u', 20));
    expect([account.balance(), returned(account).length]).toEqual(['0', 0]);
  });

  test('debt that was paid comes back as a returned lot', () => {
    const account = makeAccount();
    account.post(use('u', 30));
    account.post(grant('g', 50));
    account.post(reverse('r', 'u'));
    expect(account.lines(4)).toEqual(['give_back 30']);
    expect([account.balance(), returned(account).length]).toEqual(['50', 1]);
  });

  test('debt half paid is paid first, and the rest comes back', () => {
    const account = makeAccount();
    account.post(use('u', 30));
    account.post(grant('g', 10));
    account.post(reverse('r', 'u'));
    expect(account.lines(4)).toEqual(['give_back 20', 'give_back 10']);
    expect(account.balance()).toBe('10');
  });

  test('what is given back to a lot pays the debt that another use left, by two lines', () => {
    const account = funded(10);
    account.post(use('u', 10), use('v', 4));
    account.post(reverse('r', 'u'));
    expect(account.lines(3)).toEqual(['give_back 10', 'pay_debt -4', 'pay_debt 4']);
    expect(account.balance()).toBe('6');
  });
});

describe('a reversal that comes before its usage', () => {
  test('is kept under its key and applied when it comes', () => {
    const account = funded();
    expect(account.one(reverse('r', 'u'))).toEqual({ kind: 'kept' });
    expect(account.one(reverse('r', 'u'))).toEqual({ kind: 'kept' });
    expect(account.one(call('u', 30))).toMatchObject({ kind: 'used', credits: 30_000_000n, balance: 70_000_000n });
    expect(account.lines(1)).toEqual(['use -30', 'give_back 30']);
  });

  test('gets its answer once it was applied, however often it comes', () => {
    const account = funded();
    account.post(reverse('r', 'u', 10));
    account.post(call('u', 30));
    const answer = { kind: 'given_back', credits: 10_000_000n, balance: 80_000_000n, replayed: true };
    expect(account.one(reverse('r', 'u', 10))).toEqual(answer);
    expect(said(account.one(reverse('r', 'u', 11)))).toBe('conflict');
    expect(account.balance()).toBe('80');
  });

  test('claims its key while it waits: other content conflicts, be it a reversal or anything else', () => {
    const account = funded();
    account.post(reverse('r', 'u', 10));
    expect(said(account.one(reverse('r', 'u', 11)))).toBe('conflict');
    expect(said(account.one(reverse('r', 'v', 10)))).toBe('conflict');
    expect(said(account.one(call('r')))).toBe('conflict');
    expect(said(account.one(grant('r', 1)))).toBe('conflict');
    account.post(hold('h', 1));
    expect(said(account.one(capture('r', 'h')))).toBe('conflict');
    account.post(call('u', 30));
    expect(account.balance()).toBe('80');
  });

  test.each([
    ['asks for part', 10, '80'],
    ['asks for more than there is, and gives all there is', 40, '100'],
  ])('%s', (_, size, balance) => {
    const account = funded();
    account.post(reverse('r', 'u', size));
    account.post(call('u', 30));
    expect(account.balance()).toBe(balance);
    expect([...account.rows.reversals.values()]).toMatchObject([{ amount: BigInt(Math.min(size, 30)) * 1_000_000n }]);
  });

  test('two that wait for one use never give back more than it took', () => {
    const account = funded();
    account.post(reverse('r', 'u', 20));
    account.post(reverse('s', 'u'));
    account.post(call('u', 30));
    expect(account.lines(1)).toEqual(['use -30', 'give_back 20', 'give_back 10']);
    expect(account.balance()).toBe('100');
  });

  test('one that waited and one that comes in the batch of the use never give back more than it took', () => {
    const account = funded();
    account.post(reverse('r', 'u', 20));
    const [, second] = account.post(call('u', 30), reverse('s', 'u'));
    expect(second).toMatchObject({ kind: 'given_back', credits: 10_000_000n });
    expect(said(account.one(reverse('t', 'u', 1)))).toBe('exceeds_use');
  });

  test('all in one batch, and its replay in the same', () => {
    const account = funded();
    const outcomes = account.post(reverse('r', 'u', 20), call('u', 30), reverse('r', 'u', 20), reverse('s', 'u'));
    expect(outcomes.map(said)).toEqual(['kept', 'used', 'given_back', 'given_back']);
    expect(account.balance()).toBe('100');
  });

  test('of a use that is refused goes on waiting', () => {
    const account = makeAccount();
    account.post(reverse('r', 'u'));
    expect(said(account.one(call('u', 30, { mode: 'if_covered' })))).toBe('insufficient_credits');
    expect([...account.rows.reversals.values()]).toMatchObject([{ appliedAt: null }]);
    account.post(call('u', 30));
    expect(account.balance()).toBe('0');
  });

  test('of work that nothing covered leaves no debt behind', () => {
    const account = funded(10);
    account.post(reverse('r', 'u'));
    account.post(call('u', 30));
    expect(account.lines(1)).toEqual(['use -10', 'use -20', 'give_back 20', 'give_back 10']);
    expect(account.balance()).toBe('10');
  });
});
