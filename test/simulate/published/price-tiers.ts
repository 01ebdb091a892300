/** Prices as other systems publish them with their worked examples: a rate, and what quantities come to. */

export interface PriceTiers {
  readonly source: string;
  readonly model: string;
  readonly meter: object;
  /** Quantity or properties, and the credits they cost. */
  readonly costs: readonly (readonly [number | Record<string, number>, string])[];
}

const STRIPE_TIERS = 'docs.stripe.com, tiered pricing';
const LAGO = 'getlago.com/docs/guide/plans/charges/charge-models';
const ZUPLO = 'zuplo.com/docs/articles/monetization/pricing-models';
const FLEXPRICE = 'docs.flexprice.io, tiered billing model';

const byQuantity = (...bands: readonly object[]) => ({ rate: { by: 'quantity', bands } });
const CALLS = [
  { up_to: 10_000, rate: 0.001 },
  { up_to: 50_000, rate: 0.0008 },
  { up_to: 100_000, rate: 0.0006 },
  { rate: 0.0004 },
] as const;

export const PRICE_TIERS: readonly PriceTiers[] = [
  {
    ...{ source: STRIPE_TIERS, model: 'graduated: each unit at the price of its tier' },
    meter: { rate: { tiers: [{ up_to: 5, credits: 7 }, { up_to: 10, credits: 6.5 }, { credits: 6 }] } },
    costs: [
      [1, '7'],
      [5, '35'],
      [6, '41.5'],
      [10, '67.5'],
      [20, '127.5'],
    ],
  },
  {
    ...{ source: STRIPE_TIERS, model: 'volume: all units at the price of the tier that their number reaches' },
    meter: byQuantity({ up_to: 5, rate: 7 }, { up_to: 10, rate: 6.5 }, { rate: 6 }),
    costs: [
      [5, '35'],
      [6, '39'],
      [10, '65'],
      [11, '66'],
      [20, '120'],
    ],
  },
  {
    ...{ source: STRIPE_TIERS, model: 'graduated with a flat amount for every tier that is entered' },
    meter: {
      rate: {
        tiers: [
          { up_to: 1000, credits: 0.01, once: 200 },
          { credits: 0.02, once: 300 },
        ],
      },
    },
    costs: [
      [1, '200.01'],
      [1000, '210'],
      [1001, '510.02'],
      [1100, '512'],
    ],
  },
  {
    ...{ source: 'docs.stripe.com, transform quantities', model: 'packages: minutes billed by the hour begun' },
    meter: { rate: { credits: 10, per: 60, round: 'up' } },
    costs: [
      [1, '10'],
      [60, '10'],
      [61, '20'],
      [150, '30'],
    ],
  },
  {
    ...{ source: 'stripe.com/docs/billing/subscriptions/quantity-transformation', model: 'packages of five users' },
    meter: { rate: { credits: 10, per: 5, round: 'up' } },
    costs: [
      [1, '10'],
      [3, '10'],
      [5, '10'],
      [6, '20'],
      [7, '20'],
    ],
  },
  {
    ...{ source: 'stripe.com/docs/billing/subscriptions/quantity-transformation', model: 'only full packages count' },
    meter: { rate: { credits: 10, per: 5, round: 'down' } },
    costs: [
      [4, '0'],
      [5, '10'],
      [9, '10'],
      [10, '20'],
    ],
  },
  {
    ...{ source: ZUPLO, model: 'a price per unit' },
    meter: { rate: 0.001 },
    costs: [
      [1, '0.001'],
      [100_000, '100'],
    ],
  },
  {
    ...{ source: ZUPLO, model: 'graduated' },
    meter: { rate: { tiers: [{ up_to: 1000, credits: 0.1 }, { up_to: 10_000, credits: 0.05 }, { credits: 0.01 }] } },
    costs: [
      [1000, '100'],
      [10_000, '550'],
      [15_000, '600'],
    ],
  },
  {
    ...{ source: ZUPLO, model: 'volume' },
    meter: byQuantity({ up_to: 1000, rate: 0.1 }, { up_to: 10_000, rate: 0.05 }, { rate: 0.01 }),
    costs: [
      [1000, '100'],
      [1001, '50.05'],
      [15_000, '150'],
    ],
  },
  {
    ...{ source: 'docs.useautumn.com, graduated pricing', model: 'graduated' },
    meter: { rate: { tiers: [{ up_to: 1000, credits: 0.01 }, { up_to: 10_000, credits: 0.008 }, { credits: 0.005 }] } },
    costs: [[15_000, '107']],
  },
  {
    ...{ source: `${LAGO}/graduated`, model: 'graduated, in steps of a hundred calls' },
    meter: { rate: { tiers: [{ up_to: 100, credits: 1 }, { up_to: 200, credits: 0.5 }, { credits: 0.1 }] } },
    costs: [
      [100, '100'],
      [101, '100.5'],
      [200, '150'],
      [201, '150.1'],
      [250, '155'],
    ],
  },
  {
    ...{ source: `${LAGO}/volume`, model: 'volume with a fixed fee beside it' },
    meter: { rate: [{ once: 10 }, { by: 'quantity', bands: CALLS }] },
    costs: [
      [10_000, '20'],
      [10_001, '18.0008'],
      [65_000, '49'],
      [100_001, '50.0004'],
    ],
  },
  {
    ...{ source: FLEXPRICE, model: 'volume' },
    meter: { rate: { by: 'quantity', bands: CALLS } },
    costs: [[65_000, '39']],
  },
  {
    ...{ source: FLEXPRICE, model: 'slabs: the same tiers, each unit at its own' },
    meter: {
      rate: {
        tiers: [
          ...[
            { up_to: 10_000, credits: 0.001 },
            { up_to: 50_000, credits: 0.0008 },
          ],
          ...[{ up_to: 100_000, credits: 0.0006 }, { credits: 0.0004 }],
        ],
      },
    },
    costs: [[65_000, '51']],
  },
  {
    ...{ source: FLEXPRICE, model: 'a package within a volume tier: one begun counts whole' },
    meter: byQuantity({ up_to: 5000, rate: { credits: 1, per: 1000, round: 'up' } }, { rate: 0.0005 }),
    costs: [
      [4500, '5'],
      [5000, '5'],
      [5001, '2.5005'],
    ],
  },
  {
    ...{ source: 'chargebee.com, package pricing', model: 'a million tokens a package' },
    meter: { rate: { credits: 1.25, per: 1_000_000, round: 'up' } },
    costs: [
      [10, '1.25'],
      [1_000_000, '1.25'],
      [1_500_000, '2.5'],
    ],
  },
  {
    ...{ source: 'price lists of language models', model: 'a million tokens in for 3, out for 15, to the last token' },
    meter: {
      properties: { input: { type: 'whole' }, output: { type: 'whole' } },
      rate: [
        { credits: 3, per: 1_000_000, of: 'input' },
        { credits: 15, per: 1_000_000, of: 'output' },
      ],
    },
    costs: [
      [{ input: 1200, output: 300 }, '0.0081'],
      [{ input: 1, output: 0 }, '0.000003'],
      [{ input: 0, output: 0 }, '0'],
    ],
  },
];
