/** How a catalog file is written, section by section. What the sections say of each other is checked where they meet. */
import { z } from 'zod';
import {
  cadence,
  color,
  creditsAmount,
  currencyCode,
  email,
  line,
  link,
  moneyText,
  name,
  strict,
  wholeNumber,
} from './scalars.js';
import { limit, meter } from './schema-meter.js';

const percent = wholeNumber(1, 100);
const noun = strict({ one: line, many: line });
const ratio = strict({ credits: creditsAmount, for: moneyText });
export type RatioFile = z.output<typeof ratio>;

const words = strict({
  credit: noun.optional(),
  pack: noun.optional(),
  account: noun.optional(),
  auto_top_off: line.optional(),
  pay_as_you_go: line.optional(),
  buy_credits: line.optional(),
  ledger: line.optional(),
  top_off_failed: line.optional(),
  out_of_credits: line,
  support_email: email.optional(),
  links: strict({
    billing: link,
    top_off_settings: link.optional(),
    payment_method: link.optional(),
    support: link.optional(),
    legal: link.optional(),
  }),
});

const prices = strict({
  tax: z.enum(['included', 'excluded'], { error: () => 'must be included or excluded' }).optional(),
});

export const plan = strict({
  key: name,
  label: line,
  price: strict({ amount: moneyText, every: cadence.optional() }).optional(),
  stripe_prices: z.array(line).optional(),
  allotment: creditsAmount,
  every: cadence.optional(),
  trial: strict({ length: cadence, credits: creditsAmount.optional() }).optional(),
  features: z.array(name).optional(),
  limits: z.record(name, wholeNumber(0, 1_000_000_000_000)).optional(),
  pay_as_you_go_cap: moneyText.optional(),
  packs: z.boolean().optional(),
  auto_top_off: z.boolean().optional(),
  pools: z.boolean().optional(),
});
export type PlanFile = z.output<typeof plan>;

const packs = strict({
  price: ratio.optional(),
  presets: z
    .array(
      strict({
        key: name.optional(),
        label: line.optional(),
        credits: creditsAmount.optional(),
        amount: moneyText.optional(),
      }),
    )
    .optional(),
  custom: z
    .discriminatedUnion('by', [
      strict({ by: z.literal('money'), min: moneyText, max: moneyText, step: moneyText.optional() }),
      strict({ by: z.literal('credits'), min: creditsAmount, max: creditsAmount, step: creditsAmount.optional() }),
    ])
    .optional(),
});
export type PacksFile = z.output<typeof packs>;

const topOff = strict({
  price: ratio.optional(),
  threshold: creditsAmount,
  amount: creditsAmount,
  min_amount: creditsAmount,
  max_amount: creditsAmount,
  step: creditsAmount.optional(),
  largest_charge: moneyText,
  charges_per_hour: wholeNumber(1, 1_000),
  cap_per_day: moneyText.optional(),
  cap_per_month: moneyText.optional(),
});
export type TopOffFile = z.output<typeof topOff>;

const alerts = strict({
  low_balance: z
    .array(
      z.union([strict({ credits: creditsAmount }), strict({ percent })], {
        error: () => 'must be { credits: 20 } or { percent: 10 } of the allotment',
      }),
    )
    .optional(),
  empty: z.boolean().optional(),
  used_amber_percent: percent.optional(),
  used_red_percent: percent.optional(),
  cap_near_percent: percent.optional(),
  expiring_days: wholeNumber(1, 365).optional(),
  trial_ending_days: wholeNumber(1, 365).optional(),
});
export type AlertsFile = z.output<typeof alerts>;

const policies = strict({
  debt_at_renewal: z.enum(['carry', 'forgive']).optional(),
  free_needs_balance: z.boolean().optional(),
  past_due_grace_days: wholeNumber(0, 90).optional(),
  late_days: wholeNumber(1, 365).optional(),
  ahead_minutes: wholeNumber(0, 1_440).optional(),
  quote_minutes: wholeNumber(1, 1_440).optional(),
  retry_hours: z.array(wholeNumber(1, 720)).max(15).optional(),
  owner_retries_per_day: wholeNumber(0, 20).optional(),
  stripe_receipts: z.boolean().optional(),
  authentication_hours: wholeNumber(1, 720).optional(),
  runaway: strict({ times: wholeNumber(2, 1_000).optional(), floor: creditsAmount.optional() }).optional(),
});
export type PoliciesFile = z.output<typeof policies>;

export const catalogFile = strict({
  format: z.enum(['1'], { error: () => 'must be 1, the format this release reads' }).meta({ numeric: true }),
  key: name,
  currency: currencyCode,
  brand: strict({ name: line, logo: link.optional(), color: color.optional(), text_on_color: color.optional() }),
  words,
  prices: prices.optional(),
  features: z.record(name, line).optional(),
  limits: z.record(name, limit).optional(),
  plans: z.array(plan).min(1),
  meters: z.record(name, meter),
  credit_price: ratio.optional(),
  pay_as_you_go: ratio.optional(),
  packs: packs.optional(),
  auto_top_off: topOff.optional(),
  alerts: alerts.optional(),
  policies: policies.optional(),
});
export type CatalogFile = z.output<typeof catalogFile>;
