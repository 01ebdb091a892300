/** Plans as the billing page reads them: the present one, and all of them side by side. */
import { z } from 'zod';
import { cadenceOut, creditsOut, instantOut, minorOut } from './shapes.js';

export const WINDOWS = ['minute', 'hour', 'day', 'period', 'lifetime', 'until'] as const;

const shownPrice = z
  .object({ amountMinor: minorOut, currency: z.string(), every: cadenceOut })
  .nullable()
  .meta({ description: 'What is shown; what is really charged is the processor’s. Null: no price is shown.' });

export const planNowOut = z.object({
  key: z.string(),
  label: z.string(),
  price: shownPrice,
  paid: z.boolean(),
  period: z.object({ startsAt: instantOut, endsAt: instantOut }).nullable(),
  renewsAt: instantOut.nullable().meta({ description: 'When it goes on by itself; null: it does not.' }),
  endsAt: instantOut.nullable().meta({ description: 'When it ends, canceled.' }),
  next: z
    .object({ key: z.string(), label: z.string(), at: instantOut })
    .nullable()
    .meta({ description: 'The plan that it becomes, and when.' }),
  trial: z.object({ endsAt: instantOut, daysLeft: z.int(), sentence: z.string() }).nullable(),
  pastDue: z.object({ since: instantOut, graceEndsAt: instantOut, stopped: z.boolean() }).nullable(),
  billedBySubscription: z.boolean(),
});

const planCard = z.object({
  key: z.string(),
  label: z.string(),
  price: shownPrice,
  credits: creditsOut,
  every: cadenceOut,
  features: z.record(z.string(), z.boolean()),
  limits: z.record(z.string(), z.number().nullable()).meta({ description: 'The most allowed; null: no limit.' }),
  payAsYouGoCapMinor: minorOut.nullable(),
  packs: z.boolean(),
  topOff: z.boolean(),
  pools: z.boolean(),
  current: z.boolean(),
  chosen: z.boolean().meta({ description: 'It is what the present plan becomes.' }),
  direction: z.enum(['current', 'upgrade', 'downgrade']),
  trial: z.object({ length: cadenceOut, credits: creditsOut, needsCard: z.boolean() }).nullable(),
});

export const plansOut = z.object({
  features: z.array(z.object({ key: z.string(), label: z.string() })),
  limits: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      per: z.enum(WINDOWS).nullable().meta({ description: 'What it is counted within; null: how many there are.' }),
      by: z
        .string()
        .nullable()
        .meta({ description: 'What it is counted for each of, such as store; null: the account.' }),
    }),
  ),
  inRankOrder: z.array(planCard),
});
