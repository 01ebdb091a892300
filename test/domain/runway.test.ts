import { describe, expect, test } from 'vitest';
import { credits, microCredits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, type Instant, isoOf, later } from '../../src/domain/instant.js';
import { addTo, burnPerDay, localDay, type RecentUse, usualHour } from '../../src/domain/recent-use.js';
import { runway } from '../../src/domain/runway.js';
import { dayOf, instantOf, makeAccount } from './support-account.js';
import { grant, reverse, use } from './support-commands.js';

const NOW = instantOf('2026-06-20T15:00:00Z');

/** Burn by how many days ago it was; today is 0. */
function usedOn(byDay: Readonly<Record<number, number>>, firstDaysAgo?: number): RecentUse {
  const days = new Map<string, ReturnType<typeof credits>>();
  for (const [back, burn] of Object.entries(byDay)) days.set(dayOf(later(NOW, -Number(back) * DAY_MS)), credits(burn));
  const first = firstDaysAgo ?? Math.max(...Object.keys(byDay).map(Number));
  return { hour: credits(0), usualHour: null, firstUsedAt: later(NOW, -first * DAY_MS), days };
}
const everyDay = (burn: number, count: number): Record<number, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, back) => [back + 1, burn]));
const lasts = (balance: number, use: RecentUse) => {
  const found = runway(credits(balance), use, NOW, 'UTC');
  return found === null ? 'nothing burns' : found.kind === 'learning' ? 'learning' : found.days;
};

describe('the runway', () => {
  test.each([
    ['never used', { hour: credits(0), usualHour: null, firstUsedAt: null, days: new Map() }, 'nothing burns'],
    ['six days after the first use', usedOn(everyDay(10, 6)), 'learning'],
    ['a week after the first use', usedOn(everyDay(10, 7)), 10],
    ['a week after it, with two days of use', usedOn({ 7: 10, 3: 10 }), 'learning'],
    ['a week after it, with three days of use', usedOn({ 7: 10, 3: 10, 1: 10 }), expect.any(Number)],
    ['used only today', usedOn({ 0: 10 }, 20), 'nothing burns'],
    ['unused for two weeks', usedOn({ 15: 10, 16: 10, 17: 10 }, 60), 'nothing burns'],
    ['all given back', usedOn({ 1: 0, 2: 0, 3: 0 }, 30), 'nothing burns'],
    ['more given back than used', usedOn({ 1: 10, 2: 10, 3: -40, 4: 5 }, 30), 'nothing burns'],
  ] as const)('%s', (_, use, expected) => {
    expect(lasts(100, use as RecentUse)).toEqual(expected);
  });

  test('is the balance by the burn of a day, and the day on which it ends', () => {
    const use = usedOn(everyDay(8, 14));
    expect(runway(credits(100), use, NOW, 'UTC')).toEqual({
      kind: 'lasts',
      days: 12.5,
      until: later(NOW, 12.5 * DAY_MS),
      perDay: credits(8),
    });
  });

  test('nothing left, or something owed, lasts no days', () => {
    expect([lasts(0, usedOn(everyDay(8, 14))), lasts(-5, usedOn(everyDay(8, 14)))]).toEqual([0, 0]);
  });

  test('a balance for centuries is told as ten years', () => {
    expect(lasts(900_000_000, usedOn(everyDay(1, 14)))).toBe(3_650);
  });

  test('yesterday weighs more than two weeks ago, today nothing, and what lies further back nothing', () => {
    const rising = usedOn({ ...everyDay(0, 14), 1: 105 }, 30);
    const falling = usedOn({ ...everyDay(0, 14), 14: 105 }, 30);
    const perDay = (use: RecentUse) => burnPerDay(use, NOW, 'UTC');
    expect([perDay(rising), perDay(falling)]).toEqual([credits(14), credits(1)]);
    expect(
      perDay({
        ...rising,
        days: new Map([...rising.days, [dayOf(NOW), credits(1_000)], ['2026-06-05', credits(9_999)]]),
      }),
    ).toBe(credits(14));
  });

  test('days without use since the first count, and days before it do not', () => {
    expect(burnPerDay(usedOn({ 1: 10 }, 1), NOW, 'UTC')).toBe(credits(10));
    expect(burnPerDay(usedOn({ 1: 0, 2: 29 }, 2), NOW, 'UTC')).toBe(microCredits((29_000_000n * 13n) / 27n));
  });

  test('packs, top-offs, grants and lapses are no burn, and a reversal takes its use back on its own day', () => {
    const account = makeAccount({ at: '2026-06-01T10:00:00Z' });
    account.post(grant('g', 1_000), use('u1', 40));
    account.travel(DAY_MS);
    account.post(
      grant('bought', 500, { origin: 'purchase' }),
      grant('gone', 70, { expiresAt: later(account.at(), HOUR_MS) }),
      reverse('r', 'u1', 15),
      use('u2', 5),
    );
    account.travel(DAY_MS);
    account.post({ kind: 'void', key: 'v', lot: [...account.rows.lots.keys()][0] as never, reason: 'test' });
    expect([...account.rows.usage.days]).toEqual([
      ['2026-06-01', credits(25)],
      ['2026-06-02', credits(5)],
    ]);
  });
});

describe('a local day', () => {
  test.each([
    ['2026-03-28T22:59:59.999Z', '2026-03-28'],
    ['2026-03-28T23:00:00Z', '2026-03-29'],
    ['2026-03-29T21:59:59Z', '2026-03-29'],
    ['2026-03-29T22:00:00Z', '2026-03-30'],
    ['2026-10-25T22:59:59Z', '2026-10-25'],
    ['2026-10-25T23:00:00Z', '2026-10-26'],
  ])('in Berlin %s lies on %s', (at, day) => {
    expect(localDay(instantOf(at), 'Europe/Berlin')).toBe(day);
  });

  test('is right in zones of quarter hours, at every quarter of a day', () => {
    const start = instantOf('2026-06-20T00:00:00Z');
    const wrong = Array.from({ length: 96 }, (_, quarter) => later(start, (quarter * HOUR_MS) / 4)).filter(
      (at) => localDay(at, 'Asia/Kathmandu') !== isoOf(later(at, 5.75 * HOUR_MS)).slice(0, 10),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the usual hour', () => {
  const usual = (...burns: number[]) => usualHour(burns.map((burn) => credits(burn)));
  test.each([
    ['is unknown before three hours with use', [5, 5], null],
    ['is the median of the hours with use', [1, 9, 5], credits(5)],
    ['of an even count is the lower of the middle two', [1, 2, 8, 9], credits(2)],
    ['leaves out hours without use and those that were all given back', [0, 0, 0, -3, 0, 4, 4, 4], credits(4)],
  ] as const)('%s', (_, burns, expected) => {
    expect(usual(...burns)).toBe(expected);
  });
});

test('sums under one name are added', () => {
  const sums = new Map<Instant, ReturnType<typeof credits>>();
  addTo(sums, NOW, credits(2));
  addTo(sums, NOW, credits(3));
  expect([...sums]).toEqual([[NOW, credits(5)]]);
});
