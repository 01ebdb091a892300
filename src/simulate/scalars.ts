/**
 * The small readers that a scenario is made of. Numbers may be written as numbers or as text. A number that a parser has
 * made a float still reads exactly: an amount of credits has at most fifteen digits, and those a float gives back.
 */
import { z } from 'zod';
import { orDidYouMean } from '../domain/catalog-suggest.js';
import { type Credits, LARGEST_CREDITS, parseCredits } from '../domain/credits.js';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, parseInstant, SECOND_MS } from '../domain/instant.js';
import { type Currency, decimalsOf, type MinorUnits, minorUnits } from '../domain/money.js';
import { isZone, parseCadence } from '../domain/period.js';

/** An object that knows all its names and suggests the one that was probably meant. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return issue.input === undefined ? 'is missing' : 'must be a map';
      const known = Object.keys(shape);
      return issue.keys
        .map((key) => `is not known here${orDidYouMean(key, known)} Known: ${known.join(', ')}.`)
        .join('\n');
    },
  });
}

/** As a sentence can show it: short, on one line, and text that any reader takes. */
const shown = (written: string | number): string =>
  String(written)
    .slice(0, 60)
    .replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');

/** What `read` understands; `wanted` completes the sentence "must be …". */
const reading =
  <T>(wanted: string, read: (text: string) => T | null) =>
  (written: string | number, context: z.RefinementCtx): T => {
    const value = read(String(written));
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: `must be ${wanted}, not "${shown(written)}"` });
    return z.NEVER;
  };

const said = (wanted: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `is missing: it must be ${wanted}` : `must be ${wanted}`,
});
const text = <T>(wanted: string, read: (text: string) => T | null) =>
  z.string(said(wanted)).meta({ description: wanted }).transform(reading(wanted, read));
const numeric = <T>(wanted: string, read: (text: string) => T | null) =>
  z.union([z.number(), z.string()], said(wanted)).meta({ description: wanted }).transform(reading(wanted, read));

const isLine = (written: string, most: number): boolean =>
  written.length > 0 && written.length <= most && !/[\p{Cc}\p{Cs}]/u.test(written);

/** Ids, keys and names. A number is taken as its digits: `key: 7` is meant as text. */
export const label = numeric('text of 1 to 200 characters on one line', (written) =>
  isLine(written, 200) ? written : null,
);
export const sentence = text('text of 1 to 1000 characters on one line', (written) =>
  isLine(written, 1_000) ? written : null,
);

export const creditsAmount = numeric(
  'an amount of credits up to a billion with at most six decimals, such as 5 or 0.25',
  (written) => {
    const amount = parseCredits(written);
    return amount === null || amount < 0n || amount > LARGEST_CREDITS ? null : (amount as Credits);
  },
);

export const moneyText = numeric('an amount of money without sign or separators, such as 25 or 0.50', (written) =>
  /^\d{1,12}(\.\d{1,4})?$/.test(written) ? written : null,
);

/** "25.00" in USD → 2500. Null where it has more decimals than the currency. */
export function minorOf(written: string, currency: Currency): MinorUnits | null {
  const [whole = '0', fraction = ''] = written.split('.');
  const decimals = decimalsOf(currency);
  if (/[1-9]/.test(fraction.slice(decimals))) return null;
  return minorUnits(BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0')));
}

export const wholeNumber = (least: number, most: number) =>
  numeric(`a whole number from ${least} to ${most}`, (written) =>
    /^\d{1,15}$/.test(written) && Number(written) >= least && Number(written) <= most ? Number(written) : null,
  );

/** A whole number other than 0. */
export const signedNumber = numeric('a whole number other than 0, such as 1 or -1', (written) =>
  /^[+-]?\d{1,9}$/.test(written) && Number(written) !== 0 ? Number(written) : null,
);

export const zone = text('a time zone, such as Europe/Berlin', (written) => (isZone(written) ? written : null));
export const cadence = text('a length such as "month", "3 months", "2 weeks" or "14 days"', parseCadence);

/** When: an instant, or so long after the scenario's start (negative: before it). */
export type Moment =
  | { readonly kind: 'instant'; readonly at: Instant }
  | { readonly kind: 'from_start'; readonly ms: number };

/** Far enough for any plan, and inside what a calendar can show. */
const LAST = instant(Date.UTC(9999, 0, 1));
const FIRST = instant(Date.UTC(1, 0, 1));

export function resolved(moment: Moment, start: Instant): Instant {
  const at = moment.kind === 'instant' ? moment.at : instant(start + moment.ms);
  return instant(Math.min(Math.max(at, FIRST), LAST));
}

const UNITS: Readonly<Record<string, number>> = {
  w: 7 * DAY_MS,
  d: DAY_MS,
  h: HOUR_MS,
  m: MINUTE_MS,
  s: SECOND_MS,
  ms: 1,
};

/** "3d 2h", "90m": elapsed time, in milliseconds. A day is 24 hours here. */
function parseDuration(written: string): number | null {
  if (!/^(\d{1,9}(ms|[wdhms]) ?)+$/.test(written)) return null;
  let sum = 0;
  for (const [, count = '', unit = ''] of written.matchAll(/(\d+)(ms|[wdhms])/g)) {
    sum += Number(count) * (UNITS[unit] ?? Number.NaN);
  }
  return sum <= LAST ? sum : null;
}

function parseMoment(written: string): Moment | null {
  const at = parseInstant(written);
  if (at !== null) return { kind: 'instant', at };
  const sign = written[0] === '+' ? 1 : written[0] === '-' ? -1 : null;
  const ms = sign === null ? null : parseDuration(written.slice(1));
  return sign === null || ms === null ? null : { kind: 'from_start', ms: sign * ms };
}

export const startInstant = text('an instant with its offset, such as 2026-01-31T09:00:00Z', parseInstant);
export const moment = text(
  'an instant with its offset, such as 2026-01-31T09:00:00Z, or a time from the start, such as "+3d 2h"',
  parseMoment,
);
export const duration = text('a length of time, such as "20m" or "3d 2h" (w, d, h, m, s, ms)', (written) => {
  const ms = parseDuration(written);
  return ms === null || ms === 0 ? null : ms;
});

/** An enumeration that suggests what was probably meant. */
export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, {
    error: (issue) => {
      const known = `must be one of ${names.join(', ')}`;
      if (issue.input === undefined) return `is missing: it ${known}`;
      return `${known}${typeof issue.input === 'string' ? orDidYouMean(issue.input, names) : ''}`;
    },
  });

export const flag = z.boolean({
  error: (issue) => (issue.input === undefined ? 'is missing' : 'must be true or false'),
});
