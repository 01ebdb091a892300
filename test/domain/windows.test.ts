import { describe, expect, test } from 'vitest';
import { NO_CREDITS } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../src/domain/instant.js';
import type { Asked } from './support-account.js';
import { capture, reverse, said } from './support-commands.js';
import { by, gate, happened, limited, metered, run, scan, windowsOf } from './support-limits.js';

const holdOf = (key: string, meter: string, more: Partial<Extract<Asked, { kind: 'hold' }>> = {}): Asked => ({
  kind: 'hold',
  key,
  meter,
  ...more,
});

describe('a window', () => {
  test('a covered use that would exceed it is refused, with the limit, the count, the reset and the plan that allows more', () => {
    const account = limited();
    account.post(scan('a', 's1'), scan('b', 's1'));
    const outcome = account.one(scan('c', 's1'));
    expect(outcome).toMatchObject({
      kind: 'refused',
      reason: 'window_reached',
      message:
        'Scans a day (store s1): 2 of 2 are used. It starts anew at 2026-04-11T00:00:00Z. The Team plan allows 20. Nothing was used.',
    });
    expect(said(account.one(scan('c', 's2')))).toBe('used');
  });

  test('what has happened counts and is never refused, even over the limit', () => {
    const account = limited();
    const many = Array.from({ length: 5 }, (_, index) => scan(`k${index}`, 's1', happened));
    expect(account.post(...many).map(said)).toEqual(Array(5).fill('used'));
    expect(windowsOf(account)).toContain('a_day store=s1 5 of 2');
    expect(said(account.one(scan('more', 's1')))).toBe('window_reached');
  });

  test('several events of one batch see each other’s counts, and a replay counts once', () => {
    const account = limited();
    const outcomes = account.post(scan('a', 's1'), scan('a', 's1'), scan('b', 's1'), scan('c', 's1'));
    expect(outcomes.map(said)).toEqual(['used', 'used', 'used', 'window_reached']);
    expect(windowsOf(account)).toContain('a_day store=s1 2 of 2');
  });

  test('a quantity counts as many, whole or not at all', () => {
    const account = limited();
    expect(said(account.one(metered('a', 'report', { quantity: 4 })))).toBe('window_reached');
    expect(said(account.one(metered('a', 'report', { quantity: 3 })))).toBe('used');
    expect(account.balance()).toBe('85');
  });

  test('each member has a count of their own, and one meter may count toward two limits', () => {
    const account = limited();
    const outcomes = account.post(
      metered('a', 'run', by('ann')),
      metered('b', 'run', by('ann')),
      metered('c', 'run', by('ann')),
      metered('d', 'run', by('ben')),
      metered('e', 'run', by('ben')),
    );
    // Three an hour for all of them: the fifth is within its own member's minute.
    expect(outcomes.map(said)).toEqual(['used', 'used', 'window_reached', 'used', 'window_reached']);
    expect(windowsOf(account)).toEqual(
      expect.arrayContaining(['an_hour 3 of 3', 'a_minute member=ann 2 of 2', 'a_minute member=ben 1 of 2']),
    );
  });

  test.each([
    ['a minute', 'run', 2, MINUTE_MS],
    ['a local day', 'scan', 2, DAY_MS],
    ['a period', 'report', 3, 21 * DAY_MS],
  ])('of %s starts anew when it is over', (_, meter, most, ms) => {
    const account = limited('free', { at: '2026-04-10T00:00:00Z' });
    const one = (key: string): Asked => (meter === 'scan' ? scan(key, 's1') : metered(key, meter));
    account.post(...Array.from({ length: most }, (__, index) => one(`k${index}`)));
    account.travel(ms - 1);
    expect(said(account.one(one('over')))).toBe('window_reached');
    account.travel(1);
    expect(said(account.one(one('over')))).toBe('used');
  });

  test('the day is that of the account’s zone, of 23 hours when clocks go forward', () => {
    const account = limited('free', { zone: 'Europe/Berlin', at: '2027-03-27T23:00:00Z' });
    account.post(scan('a', 's1'), scan('b', 's1'));
    account.travelTo('2027-03-28T21:59:59.999Z');
    expect(said(account.one(scan('c', 's1')))).toBe('window_reached');
    account.travelTo('2027-03-28T22:00:00Z');
    expect(said(account.one(scan('c', 's1')))).toBe('used');
  });

  test('a use counts in the window that it happened in', () => {
    const account = limited();
    const yesterday = later(account.at(), -DAY_MS);
    account.post(scan('a', 's1', { occurredAt: yesterday, ...happened }), scan('b', 's1', { occurredAt: yesterday }));
    expect(said(account.one(scan('c', 's1', { occurredAt: yesterday })))).toBe('window_reached');
    expect(account.post(scan('d', 's1'), scan('e', 's1')).map(said)).toEqual(['used', 'used']);
  });

  test('a lifetime never starts anew, and a preview is over at its date whatever is left of it', () => {
    const account = limited();
    account.post(metered('a', 'trial'), metered('b', 'preview'));
    account.travel(3 * 365 * DAY_MS);
    expect(said(account.one(metered('c', 'trial')))).toBe('window_reached');
    expect(account.one(metered('d', 'preview'))).toMatchObject({
      reason: 'window_reached',
      message: 'Previews ended on 2026-04-20. Nothing was used.',
    });
    expect(said(account.one(metered('e', 'preview', happened)))).toBe('used');
  });

  test('a limit that the plan does not name does not bind, and binds with what was counted once the plan names it', () => {
    const account = limited('firm');
    account.post(...Array.from({ length: 9 }, (_, index) => scan(`k${index}`, 's1')));
    expect(windowsOf(account).some((one) => one.startsWith('a_day'))).toBe(false);
    account.rows.settings = { ...account.rows.settings, plan: 'free' };
    expect(said(account.one(scan('more', 's1')))).toBe('window_reached');
    expect(windowsOf(account)).toContain('a_day store=s1 9 of 2');
  });

  test('windows that can no longer be asked for are swept', () => {
    const account = limited();
    account.post(scan('a', 's1'));
    account.travel(36 * DAY_MS);
    account.post(scan('b', 's1'));
    expect(account.rows.limits.counters.size).toBe(2);
    account.travel(2 * DAY_MS);
    account.post(scan('c', 's1'));
    expect(account.rows.limits.counters.size).toBe(2);
  });

  test('a use that counts toward nothing stays on the hot row', () => {
    const account = limited();
    account.post(metered('a', 'plain'));
    expect(account.last.wasHot).toBe(true);
    account.post(scan('b', 's1', happened));
    expect(account.last.wasHot).toBe(false);
  });
});

describe('a hold', () => {
  test('counts until it ends: released or expired it gives its place back', () => {
    const account = limited();
    const store = { properties: { store: 's1' } };
    account.post(holdOf('h1', 'scan', store), holdOf('h2', 'scan', store));
    expect(said(account.one(scan('a', 's1')))).toBe('window_reached');
    expect(said(account.one(holdOf('h3', 'scan', store)))).toBe('window_reached');
    account.post({ kind: 'release', hold: 'h1' });
    expect(said(account.one(scan('a', 's1')))).toBe('used');
    account.travel(15 * MINUTE_MS);
    expect(said(account.one(scan('b', 's1')))).toBe('used');
    expect(windowsOf(account)).toContain('a_day store=s1 2 of 2');
  });

  test('captured it becomes the real count, once, with its quantity and properties on the line', () => {
    const account = limited();
    account.post(holdOf('h', 'report', { quantity: 2 }));
    expect(windowsOf(account)).toContain('a_period 2 of 3');
    account.post(capture('c', 'h'));
    expect(windowsOf(account)).toContain('a_period 2 of 3');
    expect(account.rows.lines.at(-1)).toMatchObject({ meter: 'report', quantity: 2 });
    expect(said(account.one(metered('a', 'report', { quantity: 2 })))).toBe('window_reached');
    account.post(reverse('r', 'c'));
    expect(windowsOf(account)).toContain('a_period 0 of 3');
  });

  test('captured in parts each part counts for itself, and what is held is counted no more than once', () => {
    const account = limited();
    account.post(holdOf('h', 'report', { quantity: 3 }));
    account.post({ kind: 'capture', key: 'c1', hold: 'h', quantity: 1, last: false });
    expect(windowsOf(account)).toContain('a_period 3 of 3');
    account.post({ kind: 'capture', key: 'c2', hold: 'h', quantity: 1 });
    expect(windowsOf(account)).toContain('a_period 2 of 3');
  });

  test('that is open over the end of a window keeps its place in the next', () => {
    const account = limited('free', { at: '2026-04-10T23:55:00Z' });
    const store = { properties: { store: 's1' } };
    account.post(holdOf('h1', 'scan', store), holdOf('h2', 'scan', store));
    account.travel(6 * MINUTE_MS);
    expect(said(account.one(scan('a', 's1')))).toBe('window_reached');
    account.post(capture('c1', 'h1'), capture('c2', 'h2'));
    expect(windowsOf(account)).toContain('a_day store=s1 2 of 2');
  });

  test('captured past its expiry it is counted, because the work has happened', () => {
    const account = limited();
    account.post(holdOf('h', 'report', { quantity: 3 }));
    account.travel(HOUR_MS);
    account.post(metered('a', 'report', { quantity: 3 }));
    expect(said(account.one(capture('c', 'h')))).toBe('used');
    expect(windowsOf(account)).toContain('a_period 6 of 3');
  });
});

describe('giving back', () => {
  test('a use given back whole takes its count back, once however often it is reversed', () => {
    const account = limited();
    account.post(scan('a', 's1'), scan('b', 's1'));
    expect(said(account.one(reverse('r1', 'a')))).toBe('given_back');
    account.post(reverse('r1', 'a'), reverse('r2', 'a'));
    expect(windowsOf(account)).toContain('a_day store=s1 1 of 2');
    expect(account.post(scan('c', 's1'), scan('d', 's1')).map(said)).toEqual(['used', 'window_reached']);
  });

  test('in part it has still happened; with the last part its count comes back', () => {
    const account = limited();
    account.post(metered('a', 'report', { quantity: 2 }));
    account.post(reverse('r1', 'a', 4));
    expect(windowsOf(account)).toContain('a_period 2 of 3');
    account.post(reverse('r2', 'a', 6));
    expect(windowsOf(account)).toContain('a_period 0 of 3');
  });

  test('a reversal that came first takes the count with it when its use comes', () => {
    const account = limited();
    account.post(reverse('r', 'a'));
    account.post(metered('a', 'report', { quantity: 2 }));
    expect(windowsOf(account)).toContain('a_period 0 of 3');
  });

  test('of yesterday’s use gives back yesterday’s count and not today’s', () => {
    const account = limited();
    account.post(scan('a', 's1'));
    account.travel(DAY_MS);
    account.post(scan('b', 's1'), scan('c', 's1'), reverse('r', 'a'));
    expect(windowsOf(account)).toContain('a_day store=s1 2 of 2');
  });
});

describe('the gate', () => {
  test('says which window fired and until when to wait', () => {
    const account = limited('team');
    account.post(...['a', 'b', 'c', 'd'].map((key) => metered(key, 'run', by('ann'))));
    const answer = gate(account, run({ meter: 'run', ...by('ann') }));
    expect(answer).toMatchObject({ allowed: false, times: 0 });
    expect(answer.fired).toMatchObject([
      { limit: 'window', key: 'a_minute', resetsAt: later(account.at(), MINUTE_MS) },
    ]);
    expect(answer.remedies.map((one) => one.code)).toEqual(['upgrade', 'wait']);
    expect(answer.remedies[1]?.sentence).toContain('2026-04-10T12:01:00Z');
  });

  test('a list of actions is checked together, and each limit that fires is named in its order', () => {
    const account = limited();
    const two = run({ meter: 'report' }, { meter: 'report' });
    expect(gate(account, two)).toMatchObject({ allowed: true, times: 1 });
    account.post(metered('a', 'report', { quantity: 2 }), metered('all', 'plain', { quantity: 88 }));
    const answer = gate(account, two);
    expect(answer.fired.map((one) => one.limit)).toEqual(['window', 'balance']);
    expect(answer.remedies.map((one) => one.code)).toEqual(['choose_plan', 'wait']);
  });

  test('an open hold counts in it, and what has ended or is not allowed at all is not to be waited for', () => {
    const account = limited();
    account.post(holdOf('h', 'trial'));
    const held = gate(account, run({ meter: 'trial' }));
    expect(held.fired.map((one) => one.key)).toEqual(['ever']);
    expect(held.remedies.map((one) => one.code)).toEqual(['choose_plan']);
    account.travelTo('2026-04-20T00:00:00Z');
    const ended = gate(account, run({ meter: 'preview' }));
    expect(ended.fired[0]?.sentence).toBe('Previews ended on 2026-04-20.');
  });

  test('a free action is stopped by its window and by nothing else', () => {
    const account = limited();
    account.post(metered('all', 'plain', { quantity: 100 }));
    const one = run({ meter: 'scan', properties: { store: 's1' } });
    expect(gate(account, one)).toMatchObject({ allowed: true, cost: NO_CREDITS, times: 2 });
    account.post(scan('a', 's1'), scan('b', 's1'));
    expect(gate(account, one).fired.map((fired) => fired.limit)).toEqual(['window']);
  });
});
