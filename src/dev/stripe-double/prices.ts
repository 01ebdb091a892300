/** Prices: once, or every so many days, weeks, months or years. Whole minor units per unit; no tiers, no metering. */
import { type Args, metadataAfter } from './args.js';
import type { Interval, StoredPrice } from './billing-state.js';
import { priceJson, priceOf, productJson, productOf } from './catalog-json.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { LIST_SPEC, listJson } from './lists.js';
import { nested, oneOf } from './nested.js';
import { CURRENCIES } from './payment-intents.js';
import { badParameter } from './problem.js';
import { makeProduct } from './products.js';
import { newId } from './state.js';
import { epochSeconds, type Run, type World } from './world.js';

const CHANGEABLE = {
  active: 'flag',
  nickname: 'text',
  lookup_key: 'text',
  transfer_lookup_key: 'flag',
  metadata: 'group',
  expand: 'list',
} as const;
export const PRICE_SPEC = {
  ...CHANGEABLE,
  currency: 'text',
  unit_amount: 'integer',
  product: 'text',
  product_data: 'tree',
  recurring: 'tree',
} as const;
export const PRICE_UPDATE_SPEC = CHANGEABLE;
export const PRICE_LIST_SPEC = {
  ...LIST_SPEC,
  active: 'flag',
  currency: 'text',
  product: 'text',
  lookup_keys: 'list',
  type: 'text',
} as const;

const INTERVALS: readonly Interval[] = ['day', 'week', 'month', 'year'];
/** Stripe bills at least every three years. */
const LONGEST: Readonly<Record<Interval, number>> = { day: 1_095, week: 156, month: 36, year: 3 };
const PRODUCT_DATA = { name: 'text', description: 'text', metadata: 'group', unit_label: 'text' } as const;
const RECURRING = { interval: 'text', interval_count: 'integer', usage_type: 'text' } as const;

type Terms = Pick<StoredPrice, 'currency' | 'unitAmount' | 'recurring'>;

function termsOf(args: Args): Terms {
  const currency = args.required('currency').toLowerCase();
  if (!CURRENCIES.has(currency)) throw badParameter('currency', 'invalid_currency', `Invalid currency: ${currency}.`);
  const unitAmount = args.integer('unit_amount');
  if (unitAmount === undefined)
    throw badParameter('unit_amount', 'parameter_missing', 'Missing required param: unit_amount.');
  if (unitAmount < 0) throw badParameter('unit_amount', 'parameter_invalid_integer', 'A price cannot be negative.');
  return { currency, unitAmount, recurring: recurringOf(args) };
}

function recurringOf(args: Args): StoredPrice['recurring'] {
  const wanted = nested(args, 'recurring', RECURRING);
  if (wanted === undefined) return null;
  wanted.required('interval');
  const interval = oneOf(wanted, 'interval', INTERVALS) ?? 'month';
  const count = wanted.integer('interval_count') ?? 1;
  oneOf(wanted, 'usage_type', ['licensed']);
  if (count < 1 || count > LONGEST[interval]) {
    throw badParameter(
      'recurring[interval_count]',
      'parameter_invalid_integer',
      'An interval lasts at most three years.',
    );
  }
  return { interval, count };
}

const nothingElse = { active: true, nickname: null, lookupKey: null, metadata: {} };

/**
 * The price that stands inline in another request, with its product; it cannot be bought again, as at Stripe. Nothing
 * is made where anything of it is refused.
 */
export function inlinePrice(world: World, args: Args): StoredPrice {
  const terms = termsOf(args);
  const price: StoredPrice = {
    id: newId('price_'),
    created: epochSeconds(world),
    product: productFor(world, args),
    ...terms,
    ...nothingElse,
    active: false,
  };
  world.state.prices.push(price);
  return price;
}
export const PRICE_DATA_SPEC = {
  currency: 'text',
  unit_amount: 'integer',
  product: 'text',
  product_data: 'tree',
  recurring: 'tree',
} as const;

function productFor(world: World, args: Args): string {
  const id = args.text('product');
  if (id) return productOf(world, id, 'product', 400).id;
  const data = nested(args, 'product_data', PRODUCT_DATA);
  if (data === undefined) {
    throw badParameter('product', 'parameter_missing', 'You must provide one of product and product_data.');
  }
  const name = data.required('name');
  const product = makeProduct(world, { name, metadata: metadataAfter({}, data.group('metadata')) });
  product.description = data.text('description') ?? null;
  product.unitLabel = data.text('unit_label') ?? null;
  emit(world, 'product.created', productJson(product));
  return product.id;
}

/** One price has a lookup key; another gets it only where the request says that it moves. */
function claimKey(world: World, key: string, transfer: boolean, own?: StoredPrice): void {
  const holder = world.state.prices.find((one) => one.lookupKey === key && one !== own);
  if (holder === undefined) return;
  if (!transfer) {
    const message = `A price (${holder.id}) already uses that lookup key.`;
    throw badParameter('lookup_key', 'resource_already_exists', message);
  }
  holder.lookupKey = null;
}

export const createPrice: Run = ({ world, args }) => {
  const terms = termsOf(args);
  const metadata = metadataAfter({}, args.group('metadata'));
  const lookupKey = args.text('lookup_key') ?? null;
  if (lookupKey !== null) claimKey(world, lookupKey, args.flag('transfer_lookup_key') === true);
  const price: StoredPrice = {
    id: newId('price_'),
    created: epochSeconds(world),
    product: productFor(world, args),
    ...terms,
    active: args.flag('active') ?? true,
    nickname: args.text('nickname') ?? null,
    lookupKey,
    metadata,
  };
  world.state.prices.push(price);
  emit(world, 'price.created', priceJson(price));
  return priceJson(price);
};

export const updatePrice: Run = ({ world, path, args }) => {
  const price = priceOf(world, path[0] ?? '');
  const before = priceJson(price);
  const metadata = metadataAfter(price.metadata, args.group('metadata'));
  const key = args.text('lookup_key');
  if (key) claimKey(world, key, args.flag('transfer_lookup_key') === true, price);
  if (key !== undefined) price.lookupKey = key;
  const nickname = args.text('nickname');
  if (nickname !== undefined) price.nickname = nickname;
  price.active = args.flag('active') ?? price.active;
  price.metadata = metadata;
  emit(world, 'price.updated', priceJson(price), differing(before, priceJson(price)));
  return priceJson(price);
};

export const retrievePrice: Run = ({ world, path }) => priceJson(priceOf(world, path[0] ?? ''));

export const listPrices: Run = ({ world, args }) => {
  const [active, keys] = [args.flag('active'), args.list('lookup_keys')];
  const [product, currency] = [args.text('product'), args.text('currency')];
  const type = oneOf(args, 'type', ['one_time', 'recurring']);
  const items = world.state.prices.filter(
    (one) =>
      (active === undefined || one.active === active) &&
      (keys.length === 0 || (one.lookupKey !== null && keys.includes(one.lookupKey))) &&
      (!product || one.product === product) &&
      (!currency || one.currency === currency) &&
      (type === undefined || (one.recurring !== null) === (type === 'recurring')),
  );
  return listJson(world, args, { url: '/v1/prices', object: 'price', items, write: priceJson });
};

/** A price whose id is known beforehand, because a catalog names it. Made again, it stays as it is. */
export function seedPrice(
  world: World,
  wish: Terms & { readonly id: string; readonly productName: string },
): StoredPrice {
  const known = world.state.prices.find((one) => one.id === wish.id);
  if (known !== undefined) return known;
  const { id, productName, ...terms } = wish;
  const product = makeProduct(world, { name: productName });
  const price: StoredPrice = { id, created: epochSeconds(world), product: product.id, ...terms, ...nothingElse };
  world.state.prices.push(price);
  return price;
}
