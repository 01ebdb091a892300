/** Products and prices as Stripe writes them, and finding one by its id. */
import type { StoredPrice, StoredProduct } from './billing-state.js';
import { type JsonObject, missing } from './problem.js';
import type { World } from './world.js';

export const productJson = (one: StoredProduct): JsonObject => ({
  id: one.id,
  object: 'product',
  active: one.active,
  created: one.created,
  default_price: one.defaultPrice,
  description: one.description,
  images: [],
  livemode: false,
  marketing_features: [],
  metadata: one.metadata,
  name: one.name,
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  tax_details: null,
  type: 'service',
  unit_label: one.unitLabel,
  updated: one.updated,
  url: null,
});

export function productOf(world: World, id: string, param = 'id', status = 404): StoredProduct {
  const found = world.state.products.find((one) => one.id === id);
  if (found === undefined) throw missing('product', id, param, status);
  return found;
}

export const priceJson = (one: StoredPrice): JsonObject => ({
  id: one.id,
  object: 'price',
  active: one.active,
  billing_scheme: 'per_unit',
  created: one.created,
  currency: one.currency,
  custom_unit_amount: null,
  livemode: false,
  lookup_key: one.lookupKey,
  metadata: one.metadata,
  nickname: one.nickname,
  product: one.product,
  recurring:
    one.recurring === null
      ? null
      : {
          interval: one.recurring.interval,
          interval_count: one.recurring.count,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        },
  tax_behavior: 'unspecified',
  tiers_mode: null,
  transform_quantity: null,
  type: one.recurring === null ? 'one_time' : 'recurring',
  unit_amount: one.unitAmount,
  unit_amount_decimal: String(one.unitAmount),
});

/** The older shape in which subscription items still repeat their price. */
export const planJson = (one: StoredPrice): JsonObject => ({
  id: one.id,
  object: 'plan',
  active: one.active,
  amount: one.unitAmount,
  amount_decimal: String(one.unitAmount),
  billing_scheme: 'per_unit',
  created: one.created,
  currency: one.currency,
  interval: one.recurring?.interval ?? 'month',
  interval_count: one.recurring?.count ?? 1,
  livemode: false,
  metadata: one.metadata,
  meter: null,
  nickname: one.nickname,
  product: one.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: 'licensed',
});

export function priceOf(world: World, id: string, param = 'price', status = 404): StoredPrice {
  const found = world.state.prices.find((one) => one.id === id);
  if (found === undefined) throw missing('price', id, param, status);
  return found;
}
