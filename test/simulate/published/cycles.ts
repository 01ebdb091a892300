/** Boundaries of cycles as other systems publish them, asked of `creditd periods`. */

export interface Cycle {
  readonly source: string;
  readonly rule: string;
  readonly args: readonly string[];
  /** Where the periods begin, as far as they are compared: "2026-01-31", or to the minute in UTC. */
  readonly starts: readonly string[];
}

const STRIPE = 'docs.stripe.com/billing/subscriptions/billing-cycle';
const DATEUTIL = 'dateutil, relativedelta';
const TEMPORAL = 'tc39.es/proposal-temporal, ambiguity and gaps';
const WHENEVER = 'whenever.readthedocs.io, ambiguity in timezones';
const ICALENDAR = 'RFC 5545: a duration of days keeps the wall clock, one of hours is elapsed time';

const asked = (anchor: string, every: string, count: number, more: readonly string[] = []): readonly string[] => [
  ...['--anchor', anchor, '--every', every, '--count', String(count), ...more],
];
const NEW_YORK = ['--zone', 'America/New_York'] as const;
const BERLIN = ['--zone', 'Europe/Berlin'] as const;

export const CYCLES: readonly Cycle[] = [
  {
    ...{ source: STRIPE, rule: 'from 31 January: the last day of a short month, and the 31st again' },
    args: asked('2026-01-31T10:00:00Z', 'month', 5),
    starts: ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
  },
  {
    ...{ source: STRIPE, rule: 'from 31 January in a leap year' },
    args: asked('2028-01-31T10:00:00Z', 'month', 3),
    starts: ['2028-01-31', '2028-02-29', '2028-03-31'],
  },
  {
    ...{ source: STRIPE, rule: 'from 2 September: the 2nd of every month' },
    args: asked('2025-09-02', 'month', 6),
    starts: ['2025-09-02', '2025-10-02', '2025-11-02', '2025-12-02', '2026-01-02', '2026-02-02'],
  },
  {
    ...{ source: STRIPE, rule: 'weekly from Friday 3 June: every Friday' },
    args: asked('2022-06-03', 'week', 4),
    starts: ['2022-06-03', '2022-06-10', '2022-06-17', '2022-06-24'],
  },
  {
    ...{ source: STRIPE, rule: 'from the 30th: 28 February, and the 30th again' },
    args: asked('2026-12-30', 'month', 4),
    starts: ['2026-12-30', '2027-01-30', '2027-02-28', '2027-03-30'],
  },
  {
    ...{ source: DATEUTIL, rule: 'every quarter from 30 November keeps to the 30th' },
    args: asked('2026-11-30', '3 months', 5),
    starts: ['2026-11-30', '2027-02-28', '2027-05-30', '2027-08-30', '2027-11-30'],
  },
  {
    ...{ source: DATEUTIL, rule: 'every half year from 31 August' },
    args: asked('2027-08-31', '6 months', 4),
    starts: ['2027-08-31', '2028-02-29', '2028-08-31', '2029-02-28'],
  },
  {
    ...{ source: DATEUTIL, rule: 'every year from 29 February: the 28th until the next leap year' },
    args: asked('2024-02-29', 'year', 5),
    starts: ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
  },
  {
    ...{ source: DATEUTIL, rule: 'backwards from 31 May just as forwards' },
    args: asked('2026-05-31', 'month', 4, ['--at', '2026-02-10']),
    starts: ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
  },
  {
    ...{ source: DATEUTIL, rule: 'every year backwards from 29 February, over a century without a leap day' },
    args: asked('2004-02-29', 'year', 2, ['--at', '1900-03-01']),
    starts: ['1900-02-28', '1901-02-28'],
  },
  {
    ...{ source: TEMPORAL, rule: 'a boundary itself lies in the period that it begins' },
    args: asked('2026-01-31', 'month', 1, ['--at', '2026-02-28']),
    starts: ['2026-02-28'],
  },
  {
    ...{ source: TEMPORAL, rule: 'the day before, at an hour that comes twice: the first of the two' },
    args: asked('2024-11-04T01:00:00-05:00', 'day', 2, [...NEW_YORK, '--at', '2024-11-03T12:00:00Z']),
    starts: ['2024-11-03T05:00', '2024-11-04T06:00'],
  },
  {
    ...{ source: TEMPORAL, rule: 'at an hour that is skipped: later by what is skipped, and the next day as ever' },
    args: asked('2024-03-09T02:30', 'day', 3, NEW_YORK),
    starts: ['2024-03-09T07:30', '2024-03-10T07:30', '2024-03-11T06:30'],
  },
  {
    ...{ source: WHENEVER, rule: 'half past two in Paris on 26 March 2023 is half past three' },
    args: asked('2023-02-26T02:30', 'month', 3, ['--zone', 'Europe/Paris']),
    starts: ['2023-02-26T01:30', '2023-03-26T01:30', '2023-04-26T00:30'],
  },
  {
    ...{ source: WHENEVER, rule: 'half past two in Paris on 29 October 2023 is the earlier one' },
    args: asked('2023-09-29T02:30', 'month', 3, ['--zone', 'Europe/Paris']),
    starts: ['2023-09-29T00:30', '2023-10-29T00:30', '2023-11-29T01:30'],
  },
  {
    ...{ source: ICALENDAR, rule: 'two weeks keep nine o’clock over the change of the clocks' },
    args: asked('2026-03-20T09:00', '2 weeks', 2, BERLIN),
    starts: ['2026-03-20T08:00', '2026-04-03T07:00'],
  },
  {
    ...{ source: ICALENDAR, rule: 'twelve hours are elapsed time, also over the change of the clocks' },
    args: asked('2026-03-28T12:00', '12 hours', 4, BERLIN),
    starts: ['2026-03-28T11:00', '2026-03-28T23:00', '2026-03-29T11:00', '2026-03-29T23:00'],
  },
  {
    ...{ source: 'the time-zone database', rule: 'where the clocks change by half an hour, by half an hour' },
    args: asked('2026-10-03T02:10', 'day', 3, ['--zone', 'Australia/Lord_Howe']),
    starts: ['2026-10-02T15:40', '2026-10-03T15:40', '2026-10-04T15:10'],
  },
];
