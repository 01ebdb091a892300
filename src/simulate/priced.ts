/** What several steps price: a meter with its quantity and properties, or plain credits. */
import { z } from 'zod';
import type { Priceable } from '../domain/commands.js';
import { formatCredits } from '../domain/credits.js';
import { memberId } from '../domain/ids.js';
import { creditsAmount, label } from './scalars.js';

const property = z.union([z.string(), z.number(), z.boolean()], {
  error: () => 'must be text, a number, or true or false',
});

export const PRICED = {
  meter: label.optional().meta({ description: 'A meter of the catalog; instead of plain credits.' }),
  credits: creditsAmount.optional().meta({ description: 'Plain credits, such as 5 or "0.25", instead of a meter.' }),
  quantity: z
    .number({ error: () => 'must be a number: text is not one' })
    .optional()
    .meta({ description: 'How many the meter counts; 1 unless said.' }),
  properties: z.record(z.string(), property, { error: () => 'must be a map of names and values' }).optional(),
  member: label.optional(),
  pool: label.optional(),
  catalog_version: label.optional().meta({ description: 'The version of the catalog that a quote named.' }),
};
type Priced = z.output<z.ZodObject<typeof PRICED>>;

export function priceable(step: Priced): Priceable {
  const { meter, credits, quantity, properties, member, pool, catalog_version: catalogVersion } = step;
  return {
    ...(meter === undefined ? {} : { meter }),
    ...(credits === undefined ? {} : { credits }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(properties === undefined ? {} : { properties }),
    ...(member === undefined ? {} : { member: memberId(member) }),
    ...(pool === undefined ? {} : { pool }),
    ...(catalogVersion === undefined ? {} : { catalogVersion }),
  };
}

/** "30 credits", "2 × image", "image": what a step is about, in a table. */
export function priceWords({ meter, credits, quantity }: Priced): string {
  if (meter === undefined) return credits === undefined ? '' : formatCredits(credits);
  return quantity === undefined || quantity === 1 ? meter : `${quantity} × ${meter}`;
}

export const oneOfBoth = (step: Priced) => {
  if (step.meter !== undefined && step.credits !== undefined)
    return { field: 'credits', message: 'cannot stand beside a meter: the catalog prices what a meter counts' };
  return step.meter === undefined && step.credits === undefined
    ? { field: 'meter', message: 'is missing: say a meter, or plain credits' }
    : null;
};
