/** What each action costs: the published price list, by the account's catalog or by the catalog itself. */
import { z } from 'zod';
import type { Catalog, Meter } from '../../domain/catalog.js';
import { price } from '../../domain/pricing.js';
import type { Doors } from './deps.js';
import { notLoaded, unknownAccount } from './reading.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { accountParams, creditsOut, ratioOut, shownCredits, shownRatio, text } from './shapes.js';

const GROUP = 'Gate';

const pricesOut = z.object({
  catalog: z.string(),
  version: z.string(),
  currency: z.string(),
  creditPrice: ratioOut.nullable(),
  meters: z.array(
    z.object({
      meter: z.string(),
      label: z.string(),
      group: z.string(),
      unit: z.string(),
      feature: z.string().nullable().meta({ description: 'The feature a plan must have for it.' }),
      plans: z.array(z.string()).meta({ description: 'Labels of the plans it is part of.' }),
      standard: z
        .object({ label: z.string(), credits: creditsOut })
        .nullable()
        .meta({ description: 'What a standard run costs; null where the catalog names none.' }),
      properties: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          kind: z.enum(['number', 'choice', 'text', 'flag']),
          required: z.boolean(),
          unit: z.string(),
          choices: z.array(z.string()),
        }),
      ),
      rate: z.unknown().meta({ description: 'How it is priced, as the catalog’s rate; credits are millionths.' }),
    }),
  ),
});

export const priceRoutes = ({ catalogs, reads }: Doors): readonly Route[] => [
  route({
    method: 'GET',
    path: '/v1/accounts/:account/prices',
    name: 'listPrices',
    group: GROUP,
    summary: 'What each action costs',
    action: 'check',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: pricesOut,
    async run({ params }) {
      const key = await reads.catalogOf(params.account);
      if (key === null) return unknownAccount();
      const catalog = catalogs.find(key);
      return catalog === undefined ? notLoaded(key) : ok(shownPrices(catalog));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/catalogs/:catalog/prices',
    name: 'listCatalogPrices',
    group: GROUP,
    summary: 'The price list of a catalog',
    action: 'check',
    idempotency: 'none',
    params: z.strictObject({ catalog: text('Key of a loaded catalog.') }),
    query: NO_FIELDS,
    body: null,
    answer: pricesOut,
    async run({ who, params }) {
      // A person's session is of one account, and reads the list of its own catalog there.
      const catalog = who.kind === 'key' ? catalogs.find(params.catalog) : undefined;
      if (catalog !== undefined) return ok(shownPrices(catalog));
      return trouble(404, 'unknown_catalog', 'There is no such catalog.');
    },
  }),
];

const shownPrices = (catalog: Catalog): z.input<typeof pricesOut> => ({
  catalog: catalog.key,
  version: catalog.version,
  currency: catalog.currency,
  creditPrice: catalog.creditPrice === null ? null : shownRatio(catalog.creditPrice),
  meters: [...catalog.meters.values()].map((meter) => shownMeter(catalog, meter)),
});

function shownMeter(catalog: Catalog, meter: Meter) {
  const { standardRun: run, feature } = meter;
  const cost = run === null ? null : price(catalog, meter, run.quantity, run.properties);
  const plans = catalog.plans.filter((plan) => feature === null || plan.features.has(feature));
  return {
    ...{ meter: meter.key, label: meter.label, group: meter.group, unit: meter.quantity.unit, feature },
    plans: plans.map((plan) => plan.label),
    standard:
      run === null || cost?.kind !== 'priced' ? null : { label: run.label, credits: shownCredits(cost.credits) },
    properties: [...meter.properties.values()].map((one) => ({
      ...{ key: one.key, label: one.label, kind: one.kind, required: one.required },
      unit: one.kind === 'number' ? one.unit : '',
      choices: one.kind === 'choice' ? [...one.oneOf] : [],
    })),
    rate: plain(meter.rate),
  };
}

/** Maps as objects and micro-credits as text: what JSON can hold. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [String(key), plain(one)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
