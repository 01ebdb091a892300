/** Products: what a price is the price of. */
import { metadataAfter } from './args.js';
import type { StoredProduct } from './billing-state.js';
import { productJson, productOf } from './catalog-json.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { LIST_SPEC, listJson } from './lists.js';
import { badParameter, missing } from './problem.js';
import { newId } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

const CHANGEABLE = {
  name: 'text',
  active: 'flag',
  description: 'text',
  unit_label: 'text',
  metadata: 'group',
  expand: 'list',
} as const;
export const PRODUCT_SPEC = { ...CHANGEABLE, id: 'text' } as const;
export const PRODUCT_UPDATE_SPEC = { ...CHANGEABLE, default_price: 'text' } as const;
export const PRODUCT_LIST_SPEC = { ...LIST_SPEC, active: 'flag', ids: 'list' } as const;

/** Makes and announces one. */
export function makeProduct(
  world: World,
  wish: { readonly id?: string; readonly name: string; readonly metadata?: Record<string, string> },
): StoredProduct {
  const created = epochSeconds(world);
  const product: StoredProduct = {
    id: wish.id ?? newId('prod_', 14),
    created,
    updated: created,
    name: wish.name,
    active: true,
    description: null,
    unitLabel: null,
    defaultPrice: null,
    metadata: wish.metadata ?? {},
  };
  world.state.products.push(product);
  return product;
}

function change(product: StoredProduct, { world, args }: Operation): void {
  const metadata = metadataAfter(product.metadata, args.group('metadata'));
  product.name = args.text('name') ?? product.name;
  product.active = args.flag('active') ?? product.active;
  const [description, unitLabel] = [args.text('description'), args.text('unit_label')];
  if (description !== undefined) product.description = description;
  if (unitLabel !== undefined) product.unitLabel = unitLabel;
  product.metadata = metadata;
  product.updated = epochSeconds(world);
}

export const createProduct: Run = (operation) => {
  const { world, args } = operation;
  const name = args.required('name');
  const id = args.text('id') ?? undefined;
  if (id !== undefined && world.state.products.some((one) => one.id === id)) {
    throw badParameter('id', 'resource_already_exists', `Product already exists: ${id}.`);
  }
  metadataAfter({}, args.group('metadata'));
  const product = makeProduct(world, id === undefined ? { name } : { id, name });
  change(product, operation);
  emit(world, 'product.created', productJson(product));
  return productJson(product);
};

export const updateProduct: Run = (operation) => {
  const { world, path, args } = operation;
  const product = productOf(world, path[0] ?? '');
  const before = productJson(product);
  const wanted = args.text('default_price');
  if (wanted && !world.state.prices.some((one) => one.id === wanted && one.product === product.id)) {
    throw missing('price', wanted, 'default_price', 400);
  }
  change(product, operation);
  if (wanted !== undefined) product.defaultPrice = wanted;
  emit(world, 'product.updated', productJson(product), differing(before, productJson(product)));
  return productJson(product);
};

export const retrieveProduct: Run = ({ world, path }) => productJson(productOf(world, path[0] ?? ''));

export const listProducts: Run = ({ world, args }) => {
  const active = args.flag('active');
  const ids = args.list('ids');
  const items = world.state.products.filter(
    (one) => (active === undefined || one.active === active) && (ids.length === 0 || ids.includes(one.id)),
  );
  return listJson(world, args, { url: '/v1/products', object: 'product', items, write: productJson });
};
