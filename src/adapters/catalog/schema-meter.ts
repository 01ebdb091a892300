/** How meters, their properties and the limits they count toward are written. */
import { z } from 'zod';
import { instantText, line, measured, name, strict, value, wholeNumber } from './scalars.js';
import { rate } from './schema-rate.js';

const common = { label: line.optional(), required: z.boolean().optional() };

const number = {
  ...common,
  at_least: measured.optional(),
  at_most: measured.optional(),
  unit: line.optional(),
  default: measured.optional(),
};

const property = z.discriminatedUnion('type', [
  strict({ type: z.literal('whole'), ...number }),
  strict({ type: z.literal('number'), ...number }),
  strict({
    type: z.literal('choice'),
    ...common,
    one_of: z.array(line).min(1),
    default: line.optional(),
  }),
  strict({
    type: z.literal('text'),
    ...common,
    longest: wholeNumber(1, 2_000).optional(),
    default: line.optional(),
  }),
  strict({ type: z.literal('flag'), ...common, default: z.boolean().optional() }),
]);
export type PropertyFile = z.output<typeof property>;

const countsToward = strict({ limit: name, by: name.optional() });

export const meter = strict({
  label: line,
  group: line.optional(),
  properties: z.record(name, property).optional(),
  rate,
  standard_run: strict({
    label: line.optional(),
    quantity: measured.optional(),
    properties: z.record(name, z.union([value, z.boolean()])).optional(),
  }).optional(),
  feature: name.optional(),
  counts_toward: z.array(countsToward).optional(),
  hold_minutes: wholeNumber(1, 100_000).optional(),
  mode: z.enum(['happened', 'if_covered']).optional(),
  quantity: strict({
    at_least: measured.optional(),
    at_most: measured.optional(),
    whole: z.boolean().optional(),
    unit: line.optional(),
  }).optional(),
});
export type MeterFile = z.output<typeof meter>;

export const limit = z.discriminatedUnion('kind', [
  strict({ kind: z.literal('level'), label: line, of: z.enum(['account', 'member']).optional() }),
  strict({
    kind: z.literal('window'),
    label: line,
    per: z.enum(['minute', 'hour', 'day', 'period', 'lifetime']).optional(),
    until: instantText.optional(),
  }),
]);
export type LimitFile = z.output<typeof limit>;
