/** What the API's fields look like: credits as decimal strings, money as whole minor units, instants in ISO 8601. */
import { z } from 'zod';
import type { CreditRatio } from '../../domain/catalog.js';
import { type Credits, formatCredits, parseCredits } from '../../domain/credits.js';
import { type Instant, isoOf, parseInstant } from '../../domain/instant.js';
import { type MinorUnits, type Money, minorUnits } from '../../domain/money.js';
import { isStorable } from '../../messages.js';

const TEXT_CHARACTERS = 200;

export const text = (description: string, most = TEXT_CHARACTERS) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine(isStorable, { error: 'must not hold NUL or half a surrogate pair' })
    .meta({ description });

/** Not negative. Read into micro-credits. */
export const creditsIn = z
  .string()
  .regex(/^\d{1,10}(\.\d{1,6})?$/, { error: 'must be credits as a decimal string, such as "12.5"' })
  .transform((written): Credits => parseCredits(written) ?? (0n as Credits))
  .meta({ description: 'Credits as a decimal string with at most six places.', examples: ['12.5'] });

export const creditsOut = z
  .string()
  .meta({ description: 'Credits as a decimal string.', pattern: '^-?\\d+(\\.\\d{1,6})?$', examples: ['12.5'] });

export const shownCredits = (credits: Credits): string => formatCredits(credits);

export const minorIn = z
  .int()
  .min(0)
  .max(99_999_999)
  .transform((minor): MinorUnits => minorUnits(minor))
  .meta({ description: 'Whole minor units of the catalog’s currency.' });

export const minorOut = z.int().meta({ description: 'Whole minor units.' });
export const shownMinor = (minor: MinorUnits): number => Number(minor);

export const instantIn = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 instant with an offset, such as 2026-03-01T12:00:00Z' })
  .transform((written, context): Instant => {
    const read = parseInstant(written);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: 'must be an instant between the years 1970 and 9999' });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

export const instantOut = z.string().meta({ format: 'date-time', description: 'UTC.' });
export const shownInstant = (instant: Instant): string => isoOf(instant);
export const instantOrNothing = (instant: Instant | null): string | null => (instant === null ? null : isoOf(instant));

const PROPERTY_NAME = /^[A-Za-z][\w.-]{0,63}$/;

/** What is priced: a meter with its quantity and properties, or plain credits. */
export const priceable = {
  meter: text('Key of the billable action, as the catalog names it.').optional(),
  credits: creditsIn.optional(),
  quantity: z.number().min(0).max(1_000_000_000_000).optional(),
  properties: z
    .record(z.string().regex(PROPERTY_NAME), z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .optional()
    .meta({ description: 'What the meter prices by, as its catalog declares it.' }),
  member: text('The product’s own id of who does it.').optional(),
  pool: text('The earmark to take from.').optional(),
  catalogVersion: text('The catalog version a quote was given at, to be priced by it.').optional(),
};

export const CHARGE_STATES = ['pending', 'processing', 'action_required', 'succeeded', 'failed', 'canceled'] as const;

/** Of what is ours: charges, cards, lots, incidents. */
export const uuid = (description: string) => z.uuid().meta({ description });

export const moneyOut = z.object({ amountMinor: minorOut, currency: z.string() });
export const shownMoney = ({ amountMinor, currency }: Money) => ({ amountMinor: Number(amountMinor), currency });

export const cadenceOut = z.object({ unit: z.enum(['hour', 'day', 'week', 'month', 'year']), count: z.int() });

/** "25 credits for 1.00": a rounded price of one credit would not multiply back. */
export const ratioOut = z.object({ credits: creditsOut, amountMinor: minorOut });
export const shownRatio = ({ credits, money }: CreditRatio) => ({
  credits: shownCredits(credits),
  amountMinor: Number(money),
});

/** How many a page of a list holds. */
export const pageSize = (most: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((size) => size >= 1 && size <= most, { error: `must be a whole number from 1 to ${most}` })
    .meta({ description: `How many at most: 1 to ${most}.`, pattern: '^\\d{1,4}$' });

export const accountParams = z.strictObject({ account: text('The product’s own id of the account.') });

/** Leaves out what is absent: the domain tells absent from undefined. */
export function present<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
