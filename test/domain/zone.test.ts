import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, isoOf } from '../../src/domain/instant.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { SETTLE, use } from './support-commands.js';

const zone = (name: string) => ({ kind: 'change_zone', zone: name }) as const;
const standing = (account: TestAccount) => [
  account.rows.settings.zone,
  account.rows.settings.nextZone ?? null,
  account.rows.settings.ordinal,
];
const periods = (account: TestAccount) =>
  account.rows.periods.map((one) => `${one.ordinal} ${isoOf(one.startsAt)} ${isoOf(one.endsAt)}`);

describe('another time zone', () => {
  test('acts from the next period on: the running one ends when it was said to, and the anchor and its count go on', () => {
    const account = makeAccount({ anchor: '2026-02-10T09:00:00Z', at: '2026-02-10T09:00:00Z' });
    account.post(SETTLE);
    account.travelTo('2026-03-20T00:00:00Z');
    expect(account.one(zone('America/New_York'))).toEqual({
      kind: 'configured',
      note: 'It acts from the next period on; until then UTC stands.',
    });
    expect(standing(account)).toEqual(['UTC', 'America/New_York', 1]);
    account.travelTo('2026-04-10T09:00:00Z');
    account.post(SETTLE);
    expect(standing(account)).toEqual(['America/New_York', null, 2]);
    account.travelTo('2026-05-11T00:00:00Z');
    account.post(SETTLE);
    // 4 o’clock in New York is nine in UTC in winter and eight in summer.
    expect(periods(account)).toEqual([
      '0 2026-02-10T09:00:00.000Z 2026-03-10T09:00:00.000Z',
      '1 2026-03-10T09:00:00.000Z 2026-04-10T09:00:00.000Z',
      '2 2026-04-10T09:00:00.000Z 2026-05-10T08:00:00.000Z',
      '3 2026-05-10T08:00:00.000Z 2026-06-10T08:00:00.000Z',
    ]);
    expect(account.rows.settings.run).toBe(0);
  });

  test('that counts the boundary later than the old one leaves no hour without the allotment, and none twice', () => {
    // The 30th in UTC is the 31st in Tokyo: February clamps the one to the 28th at 20:00, the other to the 27th.
    const account = makeAccount({ anchor: '2026-01-30T20:00:00Z', at: '2026-01-30T20:00:00Z', zone: 'Asia/Tokyo' });
    account.post(SETTLE, zone('UTC'), use('a', 30));
    expect(periods(account)).toEqual(['0 2026-01-30T20:00:00.000Z 2026-02-27T20:00:00.000Z']);
    account.travelTo('2026-02-27T20:00:00Z');
    account.post(SETTLE);
    expect([account.balance(), ...standing(account)]).toEqual(['100', 'UTC', null, 1]);
    for (let hour = 0; hour < 30; hour += 1) {
      account.travel(HOUR_MS);
      account.post(use(`h${hour}`, 1));
    }
    expect(account.balance()).toBe('70');
    account.travelTo('2026-03-30T19:59:59Z');
    account.post(SETTLE);
    expect(account.balance()).toBe('70');
    account.travelTo('2026-03-30T20:00:00Z');
    account.post(SETTLE);
    expect(periods(account).slice(1)).toEqual([
      '1 2026-02-27T20:00:00.000Z 2026-03-30T20:00:00.000Z',
      '2 2026-03-30T20:00:00.000Z 2026-04-30T20:00:00.000Z',
    ]);
  });

  test('after downtime over the boundary grants the current period alone, whichever clock it is of', () => {
    const account = makeAccount({ anchor: '2026-01-30T20:00:00Z', at: '2026-01-30T20:00:00Z' });
    account.post(SETTLE, zone('Asia/Tokyo'));
    account.travelTo('2026-05-30T21:00:00Z');
    account.post(SETTLE);
    account.post(SETTLE);
    expect(account.rows.periods.map((one) => one.ordinal)).toEqual([0, 4]);
    expect(account.balance()).toBe('100');
  });

  test('is undone by going back before then, and acts at once where nothing is renewed', () => {
    const account = makeAccount({ anchor: '2026-02-10T00:00:00Z' });
    account.post(zone('Asia/Tokyo'), zone('UTC'));
    expect(standing(account).slice(0, 2)).toEqual(['UTC', null]);
    const still = makeAccount();
    expect(still.one(zone('Asia/Tokyo'))).toEqual({ kind: 'configured' });
    expect(standing(still)).toEqual(['Asia/Tokyo', null, null]);
    expect(still.one(zone('Mars/Olympus'))).toMatchObject({ kind: 'refused', reason: 'invalid' });
  });

  test.each(['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Apia', 'Europe/Berlin'])(
    'from %s to any other, whatever the anchor: allotments come one after another, each once, and never a gap',
    (first) => {
      for (const second of ['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Apia', 'Europe/Berlin']) {
        for (const anchor of ['2025-12-31T23:30:00Z', '2026-01-31T02:00:00Z', '2026-01-29T12:00:00Z']) {
          const account = makeAccount({ anchor, at: anchor, zone: first });
          account.post(SETTLE);
          account.travel(5 * DAY_MS);
          account.post(zone(second));
          for (let day = 0; day < 120; day += 1) {
            account.travel(DAY_MS);
            account.post(SETTLE);
          }
          const known = account.rows.periods;
          expect(known.map((one) => one.ordinal)).toEqual(known.map((_, place) => place));
          for (const [place, one] of known.entries())
            expect([first, second, anchor, known[place + 1]?.startsAt ?? one.endsAt]).toEqual([
              ...[first, second, anchor, one.endsAt],
            ]);
          expect(formatCredits(account.rows.hot.lots)).toBe('100');
        }
      }
    },
  );
});
