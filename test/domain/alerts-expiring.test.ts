import { describe, expect, test } from 'vitest';
import { DAY_MS, isoOf } from '../../src/domain/instant.js';
import type { TestAccount } from './support-account.js';
import { mails, opened } from './support-alerts.js';
import { grant, SETTLE, use } from './support-commands.js';

describe('credits that expire soon', () => {
  const ofExpiry = (account: TestAccount) => mails(account).filter((one) => one.startsWith('expiring'));
  const GIFT = { expiresAt: Date.parse('2026-04-20T00:00:00Z') as never };
  /** Uses a little each day, as the clock would settle it. */
  const live = (account: TestAccount, days: number, perDay: number): void => {
    for (let day = 0; day < days; day += 1) {
      account.travel(DAY_MS);
      account.post(perDay > 0 ? use(`d${account.rows.lines.length}`, perDay) : SETTLE);
    }
  };

  test('are told when the last days begin, once, by the clock alone', () => {
    const account = opened('free');
    account.post(grant('gift', 30, GIFT));
    expect(isoOf(account.rows.hot.settledUntil as never), 'at half its life at the earliest').toBe(
      '2026-04-13T00:00:00.000Z',
    );
    live(account, 18, 0);
    expect(ofExpiry(account)).toEqual(['expiring 30 at 2026-04-20T00:00:00.000Z']);
  });

  test('are not told where they will be used up before at the recent pace, and only the rest where not all will be', () => {
    const quick = opened('free');
    quick.post(grant('gift', 60, GIFT), grant('kept', 500));
    live(quick, 19, 4);
    expect(ofExpiry(quick)).toEqual([]);

    const slow = opened('free');
    slow.post(grant('gift', 60, GIFT), grant('kept', 500));
    live(slow, 14, 2);
    // On the 13th twelve uses of 2 have been counted and 11 whole days at 2: 36 are left and 14 more will be used.
    expect(ofExpiry(slow)).toEqual(['expiring 22 at 2026-04-20T00:00:00.000Z']);
  });

  test('are looked at again each day: a pace that slackens is told then', () => {
    const account = opened('free');
    account.post(grant('gift', 60, GIFT), grant('kept', 500));
    live(account, 12, 4);
    expect(ofExpiry(account)).toEqual([]);
    live(account, 6, 0);
    expect(ofExpiry(account)).toHaveLength(1);
  });

  test('what burns before them uses the pace up', () => {
    const account = opened('free');
    account.post(grant('gift', 30, GIFT), grant('first', 500, { priority: 0 }));
    live(account, 13, 4);
    expect(ofExpiry(account)).toEqual(['expiring 30 at 2026-04-20T00:00:00.000Z']);
  });

  test('the allotment that is renewed is not told', () => {
    const account = opened('small');
    live(account, 29, 0);
    expect(mails(account)).toEqual([]);
  });

  test('a lot that lives for less than the days before is told of halfway through', () => {
    const account = opened('free');
    account.post(grant('short', 30, { expiresAt: Date.parse('2026-04-05T00:00:00Z') as never }));
    expect(ofExpiry(account)).toEqual([]);
    live(account, 1, 0);
    expect(ofExpiry(account)).toEqual([]);
    live(account, 1, 0);
    expect(ofExpiry(account)).toHaveLength(1);
  });
});
