import { describe, expect, test } from 'vitest';
import { memberId } from '../../src/domain/ids.js';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../src/domain/instant.js';
import { type Asked, makeAccount } from './support-account.js';
import { CATALOG, call, capture, grant, hold, ifCovered, reverse, said, use } from './support-commands.js';

function funded(size: number | string = 100) {
  const account = makeAccount();
  account.post(grant('start', size));
  return account;
}

describe('modes', () => {
  test.each([
    ['happened, covered', use('u', 10), 'used', '0'],
    ['happened, not covered', use('u', 15), 'used', '-5'],
    ['if_covered, covered to the last credit', ifCovered('u', 10), 'used', '0'],
    ['if_covered, short by a millionth', ifCovered('u', '10.000001'), 'insufficient_credits', '10'],
    [
      'the meter says if_covered, short',
      { ...call('u'), meter: 'render', quantity: 2 } as Asked,
      'insufficient_credits',
      '10',
    ],
    ['the meter says if_covered, covered', { ...call('u'), meter: 'render' } as Asked, 'used', '0'],
    [
      'the event overrides its meter',
      { ...call('u', 2, { mode: 'happened' }), meter: 'render' } as Asked,
      'used',
      '-10',
    ],
    ['the meter says happened', call('u', 12), 'used', '-2'],
    ['the event overrides that too', call('u', 12, { mode: 'if_covered' }), 'insufficient_credits', '10'],
  ])('%s', (_, command, outcome, balance) => {
    const account = funded(10);
    expect(said(account.one(command))).toBe(outcome);
    expect(account.balance()).toBe(balance);
  });

  test('an if_covered use beside debt is refused', () => {
    const account = makeAccount();
    account.post(use('u', 5));
    expect(said(account.one(ifCovered('v', 1)))).toBe('insufficient_credits');
  });

  test('a free use writes one line of zero on no lot, covered or not, and replays', () => {
    const account = makeAccount();
    account.post(use('debt', 5));
    const ping: Asked = { kind: 'use', key: 'p', meter: 'ping', mode: 'if_covered' };
    expect(account.one(ping)).toMatchObject({ kind: 'used', credits: 0n, replayed: false });
    expect(account.one(ping)).toMatchObject({ kind: 'used', credits: 0n, replayed: true });
    expect(account.rows.lines.slice(1)).toMatchObject([{ kind: 'use', lot: null, amount: 0n, meter: 'ping' }]);
  });
});

describe('keys', () => {
  test.each<[string, Asked]>([
    ['a use', call('k', 3, { properties: {}, member: memberId('m') })],
    ['a use of plain credits', use('k', 3)],
    ['a grant', grant('k', 3, { reason: 'thanks' })],
    ['a capture', capture('k', 'h', 3)],
    ['a reversal', reverse('k', 'before', 3)],
  ])('%s that comes again gets the first answer, whatever happened since, and writes nothing', (_, command) => {
    const account = funded();
    account.post(use('before', 5), hold('h', 5));
    const first = account.one(command);
    account.post(use('between', 7));
    account.travel(40 * DAY_MS);
    const lines = account.rows.lines.length;
    const again = account.one(command);
    expect(account.rows.lines).toHaveLength(lines);
    const { replayed: was, ...firstAnswer } = first as Extract<typeof first, { replayed: boolean }>;
    const { replayed: is, ...secondAnswer } = again as Extract<typeof again, { replayed: boolean }>;
    expect([was, is]).toEqual([false, true]);
    // The lot's id is not kept with the key: whoever needs it reads the ledger.
    expect(secondAnswer).toEqual('lot' in firstAnswer ? { ...firstAnswer, lot: null } : firstAnswer);
  });

  test.each<[string, Asked]>([
    ['another quantity', call('k', 4)],
    ['another meter', { ...call('k', 3), meter: 'ping' } as Asked],
    ['a property more', call('k', 3, { properties: { a: 1 } })],
    ['properties that are empty instead of absent', call('k', 3, { properties: {} })],
    ['a member', call('k', 3, { member: memberId('m') })],
    ['a pool', call('k', 3, { pool: 'p' })],
    ['plain credits of the same amount', use('k', 3)],
    ['a grant', grant('k', 3)],
    ['a capture', capture('k', 'h', 3)],
    ['a reversal', reverse('k', 'k')],
    ['a reversal of what has not come', reverse('k', 'later')],
  ])('the same key with %s conflicts, and the first stands', (_, other) => {
    const account = funded();
    account.post(hold('h', 5));
    const first = account.one(call('k', 3));
    expect(said(account.one(other))).toBe('conflict');
    expect(account.one(call('k', 3))).toMatchObject({ ...first, replayed: true });
    expect(account.rows.reversals.size).toBe(0);
  });

  test('when it happened and in which mode are no part of the content, and the order of properties neither', () => {
    const properties = { a: 1, b: 'x' };
    const account = funded();
    const outcome = account.one(use('k', 3, { properties }));
    const again = use('k', 3, {
      properties: { b: 'x', a: 1 },
      mode: 'if_covered',
      occurredAt: later(account.at(), -HOUR_MS),
    });
    expect(account.one(again)).toMatchObject({ ...outcome, replayed: true });
  });

  test('a key said twice in one batch is debited once, and a conflict inside a batch is seen', () => {
    const account = funded();
    const outcomes = account.post(call('k', 3), call('k', 3), call('k', 4));
    expect(outcomes).toMatchObject([
      { kind: 'used', replayed: false },
      { kind: 'used', replayed: true },
      { kind: 'refused', reason: 'conflict' },
    ]);
    expect(account.balance()).toBe('97');
  });

  test.each<[string, Asked, Asked]>([
    ['an uncovered use', ifCovered('k', 500), use('k', 1)],
    ['an unknown meter', { kind: 'use', key: 'k', meter: 'nonsense' }, call('k')],
    ['an event too old', call('k', 1, { occurredAt: 0 as never }), call('k', 2)],
    ['a capture of no hold', capture('k', 'nobody'), call('k')],
    ['a reversal of too much', reverse('k', 'start', 1), call('k')],
    ['a broken grant', grant('k', 0), grant('k', 1)],
  ])('%s claims nothing: its key may come with other content', (_, refused, next) => {
    const account = funded();
    expect(account.one(refused).kind).toBe('refused');
    expect(account.last.lines).toEqual([]);
    expect(account.one(next)).toMatchObject({ replayed: false });
  });

  test('a hold’s key stands on its own row and is not the key of a use', () => {
    const account = funded();
    account.post(hold('k', 5));
    expect(said(account.one(call('k')))).toBe('used');
    expect(account.one(hold('k', 5))).toMatchObject({ kind: 'held', replayed: true });
  });
});

describe('when it happened', () => {
  const { lateDays, aheadMinutes } = CATALOG.policies;
  test.each([
    ['35 days ago to the millisecond', -lateDays * DAY_MS, 'used'],
    ['a millisecond longer ago', -lateDays * DAY_MS - 1, 'too_old'],
    ['5 minutes ahead to the millisecond', aheadMinutes * MINUTE_MS, 'used'],
    ['a millisecond further ahead', aheadMinutes * MINUTE_MS + 1, 'in_the_future'],
  ])('%s', (_, ms, outcome) => {
    expect([lateDays, aheadMinutes]).toEqual([35, 5]);
    const account = funded();
    const occurredAt = later(account.at(), ms);
    expect(said(account.one(call('u', 1, { occurredAt })))).toBe(outcome);
    if (outcome === 'used') expect(account.rows.lines.at(-1)).toMatchObject({ occurredAt, postedAt: account.at() });
  });

  test('is paid from the lots alive when it is posted, not when it happened', () => {
    const account = makeAccount();
    account.post(grant('old', 10, { expiresAt: later(account.at(), HOUR_MS) }));
    const occurredAt = account.at();
    account.travel(2 * HOUR_MS);
    account.post(grant('new', 10));
    account.post(use('u', 4, { occurredAt }));
    expect(account.lines(1)).toEqual(['lapse -10', 'grant 10', 'use -4']);
    expect(account.balance()).toBe('6');
  });
});

describe('what cannot be priced', () => {
  test.each<[string, Asked, string]>([
    ['neither a meter nor credits', { kind: 'use', key: 'k' }, 'invalid'],
    ['credits below zero, which would credit', use('k', -1), 'invalid'],
    ['more credits than one command may move', use('k', '1000000000.000001'), 'too_expensive'],
    ['a quantity below one', call('k', 0), 'bad_quantity'],
    ['a quantity below zero', call('k', -5), 'bad_quantity'],
    ['half a call', call('k', 0.5), 'bad_quantity'],
    ['an unknown meter', { kind: 'use', key: 'k', meter: 'nonsense' }, 'unknown_meter'],
    ['an unknown property', call('k', 1, { properties: { x: 1 } }), 'unknown_property'],
  ])('%s is refused', (_, command, reason) => {
    const account = funded();
    expect(said(account.one(command))).toBe(reason);
    expect(account.balance()).toBe('100');
  });
});

test('a covered use of a rich account is decided on the hot row alone', () => {
  const account = funded();
  account.post(call('u'));
  expect(account.last.wasHot).toBe(true);
  account.post(ifCovered('v', 1_000));
  expect(account.last.wasHot).toBe(false);
});
