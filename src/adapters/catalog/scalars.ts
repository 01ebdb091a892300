/** The small readers every part of a catalog file is made of. Numbers arrive as the text they were written as. */
import { z } from 'zod';
import { orDidYouMean } from '../../domain/catalog-suggest.js';
import { type Credits, LARGEST_CREDITS, MICRO, parseCredits } from '../../domain/credits.js';
import { parseInstant } from '../../domain/instant.js';
import { currency, isContradicted } from '../../domain/money.js';
import { parseCadence } from '../../domain/period.js';

/** Marks text that may also be written as a plain number; the published schema reads the mark. */
const NUMERIC = { numeric: true } as const;

/** An object that knows all its names and suggests the one that was probably meant: one line for each unknown name. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const known = Object.keys(shape);
      return issue.keys
        .map((key) => `is not known here${orDidYouMean(key, known)} Known: ${known.join(', ')}.`)
        .join('\n');
    },
  });
}

/** Text that `read` understands; `wanted` completes the sentence "must be …". */
function readable<T>(wanted: string, read: (text: string) => T | null, numeric = false): z.ZodType<T, string> {
  const must = `must be ${wanted}`;
  const text = z.string({ error: (issue) => (issue.input === undefined ? `is missing: it ${must}` : must) });
  return (numeric ? text.meta({ ...NUMERIC, description: must }) : text.meta({ description: must })).transform(
    (written, context) => {
      const value = read(written);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `${must}, not "${written.slice(0, 60)}"` });
      return z.NEVER;
    },
  );
}

/** Names inside the catalog, and the keys producers send. */
export const name = readable('a name of small letters, digits and "_", such as answered_call', (text) =>
  /^[a-z][a-z0-9_]{0,59}$/.test(text) ? text : null,
);

/** One line that people read. */
export const line = readable('one line of text, 1 to 300 characters', (text) =>
  text.trim() === text && text.length > 0 && text.length <= 300 && !/\p{Cc}/u.test(text) ? text : null,
);

/** A property's value as it is written: what it must be is known where its property is. */
export const value = readable(
  'a value on one line',
  (text) => (text.length <= 300 && !/\p{Cc}/u.test(text) ? text : null),
  true,
);

const amountOfCredits = (text: string): Credits | null => {
  const amount = parseCredits(text);
  return amount === null || amount < 0n || amount > LARGEST_CREDITS ? null : amount;
};
export const creditsAmount = readable(
  'an amount of credits up to a billion with at most six decimals, such as 5 or 0.25',
  amountOfCredits,
  true,
);

/** Money as text: its decimals are the currency's, so it becomes minor units where the currency is known. */
export const moneyText = readable(
  'an amount of money without sign or separators, such as 25 or 0.50',
  (text) => (/^\d{1,12}(\.\d{1,4})?$/.test(text) ? text : null),
  true,
);

/** A measured number above zero, in whole millionths. */
export const millionths = readable(
  'a number above 0 with at most six decimals, such as 1000 or 0.5',
  (text) => {
    const amount = parseCredits(text);
    return amount === null || amount <= 0n ? null : amount / 1n;
  },
  true,
);

/** A measured number, kept as a number: only ones a float holds exactly to six decimals pass. */
export const measured = readable(
  'a number with at most six decimals, such as 10 or 0.5',
  (text) => {
    const amount = parseCredits(text);
    const size = amount === null ? null : amount < 0n ? -amount : amount;
    return size === null || size > BigInt(Number.MAX_SAFE_INTEGER) * MICRO ? null : Number(text);
  },
  true,
);

export const wholeNumber = (least: number, most: number) =>
  readable(
    `a whole number from ${least} to ${most}`,
    (text) => (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null),
    true,
  );

export const cadence = readable('a length such as "month", "3 months", "2 weeks" or "14 days"', parseCadence);
export const instantText = readable('an instant with its offset, such as 2027-01-31T00:00:00Z', parseInstant);
export const color = readable('a colour such as "#1f6feb" (in quotes: # begins a comment)', (text) =>
  /^#[0-9a-fA-F]{6}$/.test(text) ? text.toLowerCase() : null,
);
export const link = readable('an address that begins with https:// or with /, and may hold {slug}', (text) => {
  if (/[\s"'<>\\]|\p{Cc}/u.test(text) || /\{(?!slug\})/.test(text)) return null;
  return /^https:\/\/[^/]/.test(text) || /^\/(?!\/)/.test(text) ? text : null;
});
export const email = readable('a mail address', (text) =>
  /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(text) ? text : null,
);
/** One that the processor's own documents count in two ways is refused rather than guessed at. */
export const currencyCode = readable('a currency code of three letters that can be charged in, such as usd', (text) =>
  /^[a-zA-Z]{3}$/.test(text) &&
  Intl.supportedValuesOf('currency').includes(text.toUpperCase()) &&
  !isContradicted(currency(text))
    ? text
    : null,
);
