import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodsCommand } from '../../src/cli/periods.js';
import type { Cadence } from '../../src/domain/catalog.js';
import { DAY_MS, HOUR_MS, type Instant, instant, isoOf, parseInstant } from '../../src/domain/instant.js';
import {
  boundary,
  formatCadence,
  instantOfLocal,
  isZone,
  localTime,
  ordinalAt,
  parseCadence,
  startOfLocalDay,
  startOfLocalMonth,
} from '../../src/domain/period.js';

const MONTH: Cadence = { unit: 'month', count: 1 };
const at = (text: string): Instant => parseInstant(text) ?? expect.fail(`${text} is no instant`);

describe('month ends', () => {
  const days = (anchor: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => isoOf(boundary(at(anchor), 'UTC', MONTH, from + index)).slice(0, 10));

  test.each([
    ['2024-01-31', ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31', '2024-06-30']],
    ['2024-01-30', ['2024-01-30', '2024-02-29', '2024-03-30', '2024-04-30', '2024-05-30', '2024-06-30']],
    ['2025-01-29', ['2025-01-29', '2025-02-28', '2025-03-29', '2025-04-29', '2025-05-29', '2025-06-29']],
    ['2024-02-29', ['2024-02-29', '2024-03-29', '2024-04-29', '2024-05-29', '2024-06-29', '2024-07-29']],
  ])('a cycle begun on %s clamps to short months and comes back', (anchor, expected) => {
    expect(days(`${anchor}T12:00:00Z`, 0, 6)).toEqual(expected);
  });

  test.each(['2024-01-29', '2024-01-30', '2024-01-31', '2024-02-29'])(
    'every boundary of a cycle from %s, 2024 to 2028, is the anchor day or the month’s last',
    (anchor) => {
      const [year, month, day] = anchor.split('-').map(Number) as [number, number, number];
      for (let ordinal = -12; ordinal < 60; ordinal += 1) {
        const last = new Date(Date.UTC(year, month + ordinal, 0)).getUTCDate();
        const expected = Date.UTC(year, month - 1 + ordinal, Math.min(day, last), 12);
        expect(boundary(at(`${anchor}T12:00:00Z`), 'UTC', MONTH, ordinal)).toBe(expected);
      }
    },
  );

  test('a yearly cycle from 29 February waits on the 28th and returns in leap years', () => {
    const year: Cadence = { unit: 'year', count: 1 };
    const found = [0, 1, 2, 3, 4].map((one) => isoOf(boundary(at('2024-02-29T00:00:00Z'), 'UTC', year, one)));
    expect(found.map((text) => text.slice(0, 10))).toEqual([
      '2024-02-29',
      '2025-02-28',
      '2026-02-28',
      '2027-02-28',
      '2028-02-29',
    ]);
  });

  test('negative ordinals lie before the anchor by the same rule', () => {
    expect(days('2024-03-31T12:00:00Z', -2, 3)).toEqual(['2024-01-31', '2024-02-29', '2024-03-31']);
  });

  test.each([
    ['3 months', 2, '2024-07-31T10:00:00.000Z'],
    ['2 weeks', 3, '2024-03-13T10:00:00.000Z'],
    ['day', 30, '2024-03-01T10:00:00.000Z'],
    ['6 hours', 5, '2024-02-01T16:00:00.000Z'],
  ])('every %s, the period %i begins at %s', (every, ordinal, expected) => {
    const cadence = parseCadence(every) ?? expect.fail(every);
    expect(isoOf(boundary(at('2024-01-31T10:00:00Z'), 'UTC', cadence, ordinal))).toBe(expected);
  });
});

describe('daylight saving', () => {
  test.each([
    [
      'Berlin, a time that is skipped moves forward by the hour',
      'Europe/Berlin',
      '2026-02-28T02:30:00+01:00',
      29,
      '2026-03-29T03:30:00+02:00',
    ],
    [
      'Berlin, of a time that comes twice the first counts',
      'Europe/Berlin',
      '2026-10-24T02:30:00+02:00',
      1,
      '2026-10-25T02:30:00+02:00',
    ],
    [
      'New York, a time that is skipped moves forward by the hour',
      'America/New_York',
      '2026-03-07T02:30:00-05:00',
      1,
      '2026-03-08T03:30:00-04:00',
    ],
    [
      'New York, of a time that comes twice the first counts',
      'America/New_York',
      '2026-10-31T01:30:00-04:00',
      1,
      '2026-11-01T01:30:00-04:00',
    ],
    [
      'Lord Howe, half an hour is skipped',
      'Australia/Lord_Howe',
      '2026-10-03T02:15:00+10:30',
      1,
      '2026-10-04T02:45:00+11:00',
    ],
    [
      'Lord Howe, half an hour comes twice',
      'Australia/Lord_Howe',
      '2026-04-04T01:45:00+11:00',
      1,
      '2026-04-05T01:45:00+11:00',
    ],
  ])('%s', (_, zone, anchor, ordinal, expected) => {
    const found = boundary(at(anchor), zone, { unit: 'day', count: 1 }, ordinal);
    expect(localTime(found, zone)).toBe(expected);
    const after = boundary(at(anchor), zone, { unit: 'day', count: 1 }, ordinal + 1);
    expect(localTime(after, zone).slice(11, 16)).toBe(anchor.slice(11, 16));
  });

  test('a monthly cycle keeps its local time of day across both changes', () => {
    const anchor = at('2026-01-15T00:00:00+01:00');
    const times = [2, 3, 9, 10].map((one) => localTime(boundary(anchor, 'Europe/Berlin', MONTH, one), 'Europe/Berlin'));
    expect(times).toEqual([
      '2026-03-15T00:00:00+01:00',
      '2026-04-15T00:00:00+02:00',
      '2026-10-15T00:00:00+02:00',
      '2026-11-15T00:00:00+01:00',
    ]);
  });

  test('hours are elapsed time, so a day of 23 hours holds 23 of them', () => {
    const anchor = at('2026-03-29T00:00:00+01:00');
    expect(boundary(anchor, 'Europe/Berlin', { unit: 'hour', count: 1 }, 23)).toBe(at('2026-03-30T00:00:00+02:00'));
  });

  test('a period that begins in the second of two equal hours keeps its own anchor', () => {
    const anchor = at('2026-10-25T02:30:00+01:00');
    expect(boundary(anchor, 'Europe/Berlin', MONTH, 0)).toBe(anchor);
  });

  test('Apia skipped 30 December 2011: that day’s boundary moves to the next', () => {
    const anchor = at('2011-11-30T10:00:00-10:00');
    expect(localTime(boundary(anchor, 'Pacific/Apia', MONTH, 1), 'Pacific/Apia')).toBe('2011-12-31T10:00:00+14:00');
  });

  test('Kathmandu’s quarter hours are kept', () => {
    const anchor = at('2024-01-31T00:00:00+05:45');
    expect(localTime(boundary(anchor, 'Asia/Kathmandu', MONTH, 1), 'Asia/Kathmandu')).toBe('2024-02-29T00:00:00+05:45');
  });
});

describe('any cycle', () => {
  const cycle = fc.record({
    anchor: fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2060, 0) }).map(instant),
    zone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
      'Pacific/Kiritimati',
      'America/St_Johns',
    ),
    cadence: fc.record({
      unit: fc.constantFrom('hour', 'day', 'week', 'month', 'year'),
      count: fc.integer({ min: 1, max: 18 }),
    }) as fc.Arbitrary<Cadence>,
  });
  const ordinals = fc.integer({ min: -300, max: 300 });

  test('boundaries never run back', () => {
    fc.assert(
      fc.property(cycle, ordinals, ({ anchor, zone, cadence }, ordinal) => {
        const start = boundary(anchor, zone, cadence, ordinal);
        expect(boundary(anchor, zone, cadence, ordinal + 1)).toBeGreaterThanOrEqual(start);
      }),
    );
  });

  test('every instant lies in exactly the period that ordinalAt names', () => {
    fc.assert(
      fc.property(cycle, fc.integer({ min: -40 * 365, max: 40 * 365 }), fc.nat(DAY_MS), (one, days, ms) => {
        const { anchor, zone, cadence } = one;
        const when = instant(anchor + days * DAY_MS + ms);
        const ordinal = ordinalAt(anchor, zone, cadence, when);
        expect(boundary(anchor, zone, cadence, ordinal)).toBeLessThanOrEqual(when);
        expect(boundary(anchor, zone, cadence, ordinal + 1)).toBeGreaterThan(when);
        expect(ordinalAt(anchor, zone, cadence, when)).toBe(ordinal);
      }),
    );
  });

  test('an ordinal’s first instant belongs to it and the one before does not', () => {
    fc.assert(
      fc.property(cycle, ordinals, ({ anchor, zone, cadence }, ordinal) => {
        const start = boundary(anchor, zone, cadence, ordinal);
        const found = ordinalAt(anchor, zone, cadence, start);
        // Two boundaries coincide where a zone skipped a day; the later period is then the one that has instants.
        expect(boundary(anchor, zone, cadence, found)).toBe(start);
        expect(found).toBeGreaterThanOrEqual(ordinal);
        expect(ordinalAt(anchor, zone, cadence, instant(start - 1))).toBeLessThan(ordinal);
      }),
    );
  });

  test('days, months and years keep the local time of day unless the clock skips it', () => {
    fc.assert(
      fc.property(cycle, fc.integer({ min: -60, max: 60 }), ({ anchor, zone, cadence }, ordinal) => {
        fc.pre(cadence.unit !== 'hour');
        const local = localTime(boundary(anchor, zone, cadence, ordinal), zone);
        const wanted = localTime(anchor, zone).slice(11, 19);
        if (local.slice(11, 19) === wanted) return;
        const asked = instantOfLocal(`${local.slice(0, 10)}T${wanted}`, zone) ?? expect.fail('no such local time');
        expect(localTime(asked, zone).slice(11, 19)).toBe(local.slice(11, 19));
      }),
    );
  });
});

describe('words and days', () => {
  test('lengths are read and written the same', () => {
    for (const text of ['hour', 'day', 'week', 'month', 'year', '3 months', '2 weeks', '14 days']) {
      expect(formatCadence(parseCadence(text) ?? expect.fail(text))).toBe(text);
    }
    expect(['', '0 months', 'fortnight', '-1 day', '1.5 days', '99999 days', 'monthly'].map(parseCadence)).toEqual(
      Array(7).fill(null),
    );
  });

  test('a zone is a name of the database and nothing else', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+12'].every(isZone)).toBe(true);
    expect(['', '+02:00', 'Europe/Berlyn', 'Mars/Olympus', '../etc', 'Europe/Berlin '].some(isZone)).toBe(false);
  });

  test('a local day begins at its own midnight, or at the first moment the clock shows of it', () => {
    expect(startOfLocalDay(at('2026-03-29T12:00:00Z'), 'Europe/Berlin')).toBe(at('2026-03-29T00:00:00+01:00'));
    // Cairo's clocks jump from midnight to one o'clock on the last Friday of April.
    expect(startOfLocalDay(at('2024-04-26T12:00:00Z'), 'Africa/Cairo')).toBe(at('2024-04-26T01:00:00+03:00'));
    expect(startOfLocalMonth(at('2026-03-31T23:00:00Z'), 'Europe/Berlin')).toBe(at('2026-04-01T00:00:00+02:00'));
    expect(startOfLocalDay(at('2026-01-01T00:00:00Z'), 'UTC') % (24 * HOUR_MS)).toBe(0);
  });
});

describe('creditd periods', () => {
  const run = (...args: string[]) => {
    const lines: string[] = [];
    return { code: periodsCommand(args, (line) => lines.push(line)), text: lines.join('\n') };
  };

  test('prints the boundaries as JSON, from the anchor on', () => {
    const { code, text } = run('--anchor', '2024-01-31T10:00:00Z', '--every', 'month', '--count', '3', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      every: 'month',
      zone: 'UTC',
      current: null,
      boundaries: ['2024-01-31T10:00:00.000Z', '2024-02-29T10:00:00.000Z', '2024-03-31T10:00:00.000Z'],
    });
  });

  test('--at may lie before the anchor, and the list begins with its period', () => {
    const args = ['--anchor', '2024-03-31', '--zone', 'Europe/Berlin', '--every', '3', 'months', '--count', '1'];
    const { code, text } = run(...args, '--at', '2023-11-01T00:00:00Z', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      current: { ordinal: -2, startLocal: '2023-09-30T00:00:00+02:00', endLocal: '2023-12-31T00:00:00+01:00' },
      periods: [{ ordinal: -2 }],
    });
  });

  test('reads well without --json', () => {
    const { text } = run('--anchor', '2026-03-28T02:30', '--zone', 'Europe/Berlin', '--every', 'day', '--count', '2');
    expect(text.split('\n')).toEqual([
      'Every day from 2026-03-28T02:30:00+01:00 in Europe/Berlin',
      '',
      '0  2026-03-28T02:30:00+01:00 to 2026-03-29T03:30:00+02:00  (2026-03-28T01:30:00.000Z to 2026-03-29T01:30:00.000Z)',
      '1  2026-03-29T03:30:00+02:00 to 2026-03-30T02:30:00+02:00  (2026-03-29T01:30:00.000Z to 2026-03-30T00:30:00.000Z)',
    ]);
  });

  test.each([
    [['--zone', 'UTC', '--every', 'month'], 'Say where the first period begins'],
    [['--anchor', '2024-02-30', '--every', 'month'], 'is no instant and no local time'],
    [['--anchor', '2024-02-30T00:00:00Z', '--every', 'month'], 'is no instant and no local time'],
    [['--anchor', '2024-01-31', '--zone', 'Mars/Olympus', '--every', 'month'], 'is not a time zone'],
    [['--anchor', '2024-01-31', '--every', 'fortnight'], 'Say how long a period is'],
    [['--anchor', '2024-01-31', '--every', 'month', '--count', '0'], '--count must be a whole number'],
    [['--anchor', '2024-01-31', '--every', '10000 years', '--count', '100'], 'leave the calendar'],
    [['--anchor', '2024-01-31', '--every', 'month', '--frm', '2'], 'frm'],
  ])('%j is refused in words', (args, words) => {
    const { code, text } = run(...args);
    expect(code).toBe(2);
    expect(text).toContain(words);
  });
});
