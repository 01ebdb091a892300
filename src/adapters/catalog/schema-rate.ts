/** How rates are written. The reader gives the domain's tree, so that nothing between file and price can disagree. */
import { z } from 'zod';
import type { Band, Measure, Rate, Tier } from '../../domain/catalog.js';
import { type Credits, MICRO, NO_CREDITS } from '../../domain/credits.js';
import { creditsAmount, line, millionths, name, strict } from './scalars.js';

const rounding = z.enum(['up', 'down', 'half']);

const measureOf = (key: string): Measure => (key === 'quantity' ? { kind: 'quantity' } : { kind: 'property', key });
const measure = name.transform(measureOf);
const QUANTITY: Measure = { kind: 'quantity' };
const perUnit = (credits: Credits): Rate => ({
  kind: 'per',
  credits,
  per: MICRO,
  of: QUANTITY,
  batches: null,
  minimum: NO_CREDITS,
});

const free = z.literal('free').transform((): Rate => ({ kind: 'free' }));
const plain = creditsAmount.transform(perUnit);
const once = strict({ once: creditsAmount }).transform(({ once }): Rate => ({ kind: 'once', credits: once }));

const per = strict({
  credits: creditsAmount,
  per: millionths.optional(),
  of: measure.optional(),
  round: rounding.optional(),
  minimum: creditsAmount.optional(),
}).transform(
  (said): Rate => ({
    kind: 'per',
    credits: said.credits,
    per: said.per ?? MICRO,
    of: said.of ?? QUANTITY,
    batches: said.round ?? null,
    minimum: said.minimum ?? NO_CREDITS,
  }),
);

const tier = strict({
  up_to: millionths.optional(),
  credits: creditsAmount,
  per: millionths.optional(),
  once: creditsAmount.optional(),
}).transform(
  (said): Tier => ({
    upTo: said.up_to ?? null,
    credits: said.credits,
    per: said.per ?? MICRO,
    once: said.once ?? NO_CREDITS,
  }),
);
const tiers = strict({ of: measure.optional(), tiers: z.array(tier).min(1) }).transform(
  (said): Rate => ({ kind: 'tiers', of: said.of ?? QUANTITY, tiers: said.tiers }),
);

/** Recursive: bands, tables and sums hold rates. */
export const rate: z.ZodType<Rate> = z
  .lazy(() =>
    z.union([free, plain, table, bands, per, tiers, once, sum, listed], {
      error: () => RATE_SHAPES,
    }),
  )
  .meta({ id: 'rate', description: 'What a use costs: free, credits for each, or a tree of bands, tables and sums.' });

const RATE_SHAPES =
  'must be a rate: "free", a number of credits for each, a list of rates that add up, or one of ' +
  '{ credits, per, of, round, minimum }, { once }, { by, rows, otherwise }, { by, bands }, { of, tiers }, { sum, round, minimum }';

const table = strict({ by: name, rows: z.record(line, rate), otherwise: rate.optional() }).transform(
  (said): Rate => ({
    kind: 'table',
    by: said.by,
    rows: new Map(Object.entries(said.rows)),
    otherwise: said.otherwise ?? null,
  }),
);

const band = strict({ up_to: millionths.optional(), rate }).transform(
  (said): Band => ({ upTo: said.up_to ?? null, rate: said.rate }),
);
const bands = strict({
  by: z.union([measure.transform((one) => [one]), strict({ larger_of: z.array(measure).min(2) })], {
    error: () => 'must be the name of a number, or { larger_of: [one, another] }',
  }),
  bands: z.array(band).min(1),
}).transform(
  (said): Rate => ({
    kind: 'bands',
    by: Array.isArray(said.by) ? said.by : said.by.larger_of,
    bands: said.bands,
  }),
);

const sum = strict({
  sum: z.array(rate).min(1),
  round: rounding.optional(),
  minimum: creditsAmount.optional(),
}).transform(
  (said): Rate => ({
    kind: 'sum',
    rates: said.sum,
    round: said.round ?? null,
    minimum: said.minimum ?? NO_CREDITS,
  }),
);
const listed = z
  .array(rate)
  .min(1)
  .transform((rates): Rate => ({ kind: 'sum', rates, round: null, minimum: NO_CREDITS }));
