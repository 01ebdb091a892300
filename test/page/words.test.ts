/** What the page decides by itself to say, or not to say, of what the API tells it. */
import { describe, expect, it } from 'vitest';
import { formatsOf } from '../../src/page/core/format.js';
import { rateLines } from '../../src/page/core/rates.js';
import { lastingOf, type RunwayWish } from '../../src/page/core/runway.js';
import { seriesOf } from '../../src/page/core/series.js';
import { whenOf } from '../../src/page/core/windows.js';
import { memberWords, named, STRINGS } from '../../src/page/strings.js';

const formats = formatsOf({
  ...{ locale: 'en-US', zone: 'Europe/Berlin', currency: 'usd' },
  credit: { one: 'credit', many: 'credits' },
});

const wish = ({ remaining = '100', ...more }: Partial<RunwayWish> & { readonly remaining?: string }): RunwayWish => ({
  balance: { remaining, available: remaining, held: '0', spendable: remaining, debt: '0' },
  runway: { kind: 'lasts', days: 12.4, until: '2026-12-02T10:00:00.000Z', perDay: '8' },
  included: null,
  plan: { endsAt: null, trial: null },
  ...more,
});
const included = (resetsAt: string): RunwayWish['included'] => ({
  ...{ allotment: '100', used: '0', remaining: '100', percent: 0, level: 'ok', resetsAt },
});
const trial = (endsAt: string) => ({ endsAt: null, trial: { endsAt, daysLeft: 3, sentence: '' } });

describe('for how long the balance lasts', () => {
  it('is said with the pace and the day, in whole days', () => {
    expect(lastingOf(wish({}))).toEqual({ kind: 'lasts', perDay: '8', days: 12, until: '2026-12-02T10:00:00.000Z' });
  });

  it.each(['0', '-12.5'])('is not said of a balance of %s: it has not lasted', (remaining) => {
    expect(lastingOf(wish({ remaining }))).toBeNull();
  });

  it('is not said past the end of a canceled plan or of a trial, whose credits are gone by then', () => {
    expect(lastingOf(wish({ plan: { endsAt: '2026-12-01T00:00:00.000Z', trial: null } }))).toBeNull();
    expect(lastingOf(wish({ plan: trial('2026-12-02T10:00:00.000Z') }))).toBeNull();
    expect(lastingOf(wish({ plan: { endsAt: '2026-12-03T00:00:00.000Z', trial: null } }))?.kind).toBe('lasts');
  });

  it('is "enough" where the reset comes first, and a day only where it comes later', () => {
    const first = '2026-12-01T00:00:00.000Z';
    expect(lastingOf(wish({ included: included(first) }))).toEqual({ kind: 'enough', perDay: '8', until: first });
    expect(lastingOf(wish({ included: included('2026-12-09T00:00:00.000Z') }))?.kind).toBe('lasts');
  });
});

describe('when a limit begins anew', () => {
  const at = '2027-12-31T00:00:00.000Z';
  it('is never said of one that ends for good at a date', () => {
    expect(whenOf({ per: 'until', resetsAt: at, ended: false }, formats)).toBe('Ends Dec 31, 2027');
    expect(whenOf({ per: 'until', resetsAt: at, ended: true }, formats)).toBe('Ended');
  });

  it('is an instant of the account’s zone, and nothing for a minute or a lifetime', () => {
    expect(whenOf({ per: 'day', resetsAt: at, ended: false }, formats)).toBe('Resets Dec 31, 2027, 1:00 AM GMT+1');
    expect(whenOf({ per: 'minute', resetsAt: at, ended: false }, formats)).toBe('Counted each minute');
    expect(whenOf({ per: 'lifetime', resetsAt: null, ended: false }, formats)).toBeNull();
  });
});

describe('names', () => {
  it('of several words are quoted in the middle of a sentence, and of one are not', () => {
    expect(STRINGS.gate.cap(named('Continue past your balance'))).toBe(
      'The cap for “Continue past your balance” is reached',
    );
    expect(STRINGS.gate.cap(named('Pay-as-you-go'))).toBe('The cap for Pay-as-you-go is reached');
  });

  it.each([
    ['7', 'member 7'],
    ['member-7', 'member 7'],
    ['mia', 'member mia'],
    ['member', 'member member'],
    ['0190a0a0-0000-7000-8000-00000000000c', 'member 0190a0a0'],
  ])('of the member %j, where no address is known, is %j', (id, said) => {
    expect(memberWords(id)).toBe(said);
  });

  it('of a window that says "today" are said of any day in a list of plans', () => {
    expect(STRINGS.plans.limit('Scans today')).toBe('Scans a day');
    expect(STRINGS.plans.limit('Site audits a day')).toBe('Site audits a day');
  });
});

it('an instant or a day in a sentence of the API is written as its reader writes them', () => {
  expect(formats.inZone('2 of 2 are used. It starts anew at 2026-11-20T23:00:00Z.')).toBe(
    '2 of 2 are used. It starts anew at Nov 21, 2026, 12:00 AM GMT+1.',
  );
  expect(formats.inZone('Trend preview runs ended on 2027-12-31.')).toBe('Trend preview runs ended on Dec 31, 2027.');
  expect(formats.inZone('The order 2026-99-99 of 1.5 credits')).toBe('The order 2026-99-99 of 1.5 credits');
});

it('a chart tells the largest actions apart, puts the others together, and leaves out what costs nothing', () => {
  const sums = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((meter, at) => ({ meter, credits: String(10 - at) }));
  expect(seriesOf([...sums, { meter: 'free', credits: '0' }])).toEqual([['a'], ['b'], ['c'], ['d'], ['e'], ['f', 'g']]);
  expect(seriesOf([{ meter: 'free', credits: '0' }])).toEqual([]);
});

it('a price that depends on what is asked for says what that adds, and nothing of what adds nothing', () => {
  const micro = (credits: number): string => String(credits * 1_000_000);
  const rows = { true: { kind: 'once', credits: micro(1) }, false: { kind: 'free' } };
  const rate = {
    kind: 'sum',
    rates: [
      { kind: 'once', credits: micro(2) },
      { kind: 'table', by: 'with_cover', rows },
    ],
  };
  const properties = [{ key: 'with_cover', label: 'With cover', unit: '' }];
  expect(rateLines(rate, { ...formats, unit: '', properties })).toEqual([
    { when: [], cost: '2 credits' },
    { when: ['With cover'], cost: '1 credit more' },
  ]);
});
