import { describe, expect, test } from 'vitest';
import { memberId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Asked, TestAccount } from './support-account.js';
import { said, use } from './support-commands.js';
import { gate, limited, viewOf } from './support-limits.js';

const add = (key: string, count = 1, limit = 'seats', member?: string): Asked => ({
  kind: 'change_level',
  key,
  limit,
  add: count,
  ...(member === undefined ? {} : { member: memberId(member) }),
});
const set = (value: number, limit = 'seats'): Asked => ({ kind: 'set_level', limit, value });
const seats = (account: TestAccount): number | undefined =>
  viewOf(account).levels.find((one) => one.limit === 'seats')?.count;
const message = (outcome: Outcome): string => (outcome.kind === 'refused' ? outcome.message : '');

describe('a level', () => {
  test('is raised up to what the plan allows, and no further: the sentence names the limit, the count and the plan that allows more', () => {
    const account = limited();
    expect(account.post(add('a'), add('b'), add('c')).map(said)).toEqual(['level', 'level', 'level_reached']);
    expect(message(account.one(add('c')))).toBe(
      'Seats: 2 of 2 on the Free plan. The Team plan allows 5. Nothing was changed.',
    );
    expect(seats(account)).toBe(2);
  });

  test('several at once are added whole or not at all', () => {
    const account = limited();
    expect(message(account.one(add('a', 3)))).toContain('3 more are asked for');
    expect(seats(account)).toBe(0);
    expect(account.one(add('a', 2))).toMatchObject({ kind: 'level', value: 2, most: 2 });
  });

  test('a key gets its first answer for ever, other content conflicts, and a refusal claims nothing', () => {
    const account = limited();
    expect(account.one(add('a'))).toMatchObject({ value: 1, replayed: false });
    account.post(add('b'));
    expect(account.one(add('a'))).toMatchObject({ kind: 'level', value: 1, replayed: true });
    expect(said(account.one(add('a', 2)))).toBe('conflict');
    expect(said(account.one(add('c')))).toBe('level_reached');
    account.post(add('less', -1));
    expect(said(account.one(add('c')))).toBe('level');
    account.post(use('u', 1));
    expect(said(account.one(add('u', -1)))).toBe('conflict');
    expect(seats(account)).toBe(2);
  });

  test('what the product reports is recorded whatever the plan allows; after that only adding is refused', () => {
    const account = limited();
    expect(account.one(set(7))).toMatchObject({ kind: 'level', value: 7, most: 2 });
    expect(said(account.one(add('a')))).toBe('level_reached');
    expect(account.one(add('b', -1))).toMatchObject({ kind: 'level', value: 6 });
    expect(account.one(add('c', -100))).toMatchObject({ kind: 'level', value: 0 });
  });

  test('over a level after a downgrade nothing is taken away, and only adding is refused', () => {
    const account = limited('team');
    account.post(set(5), { kind: 'change_plan', plan: 'free' });
    account.travelTo('2026-05-01T00:00:00Z');
    account.post({ kind: 'settle' });
    expect(account.rows.settings.plan).toBe('free');
    expect(seats(account)).toBe(5);
    expect(said(account.one(add('more')))).toBe('level_reached');
    expect(said(account.one(add('less', -1)))).toBe('level');
  });

  test('a limit that the plan does not name does not bind, and raising the plan acts at once', () => {
    const account = limited('firm');
    expect(account.one(add('a', 5_000))).toMatchObject({ kind: 'level', value: 5_000, most: null });
    const small = limited();
    small.post(set(2));
    expect(said(small.one(add('a')))).toBe('level_reached');
    small.post({ kind: 'change_plan', plan: 'team' });
    expect(said(small.one(add('a')))).toBe('level');
  });

  test('of members is counted for each of them, and says so when none is named', () => {
    const account = limited();
    expect(account.post(add('a', 1, 'drafts', 'ann'), add('b', 1, 'drafts', 'ben')).map(said)).toEqual([
      'level',
      'level',
    ]);
    expect(said(account.one(add('c', 1, 'drafts', 'ann')))).toBe('level_reached');
    expect(message(account.one(add('d', 1, 'drafts')))).toContain('Say whose');
    expect(message(account.one(add('e', 1, 'seats', 'ann')))).toContain('Leave the member out');
  });

  test.each([
    [add('a', 1, 'nothing'), 'unknown_limit'],
    [add('a', 1, 'a_day'), 'unknown_limit'],
    [add('a', 0), 'invalid'],
    [add('a', 1.5), 'invalid'],
    [set(-1), 'invalid'],
    [set(2.5), 'invalid'],
  ])('what makes no sense is refused in words: %j is %s', (command, reason) => {
    const outcome = limited().one(command);
    expect(said(outcome)).toBe(reason);
    expect(message(outcome)).toMatch(/\.$/);
  });
});

describe('the gate, asked for a change of a level', () => {
  test('names the limit that fired, and on a free plan a paid one that raises it', () => {
    const account = limited();
    account.post(set(2));
    const answer = gate(account, { kind: 'level', limit: 'seats', by: 1 });
    expect(answer).toMatchObject({ allowed: false, times: 0, cost: 0n, fired: [{ limit: 'level', key: 'seats' }] });
    expect(answer.remedies.map((one) => one.code)).toEqual(['choose_plan']);
  });

  test('an upgrade is a remedy only where a higher plan raises that limit, and buying never is', () => {
    const account = limited('team');
    account.post(set(5));
    const answer = gate(account, { kind: 'level', limit: 'seats', by: 1 });
    expect(answer.remedies.map((one) => [one.code, one.sentence])).toEqual([['upgrade', 'Upgrade to Firm.']]);
    expect(answer.fired[0]?.sentence).toContain('The Firm plan sets no limit.');
    expect(gate(account, { kind: 'level', limit: 'seats', by: -1 })).toMatchObject({ allowed: true, remedies: [] });
  });

  test('says for how many more there is room', () => {
    const account = limited('team');
    account.post(set(1));
    expect(gate(account, { kind: 'level', limit: 'seats', by: 1 })).toMatchObject({ allowed: true, times: 4 });
    expect(gate(account, { kind: 'level', limit: 'seats', by: 3 })).toMatchObject({ allowed: true, times: 1 });
  });
});
