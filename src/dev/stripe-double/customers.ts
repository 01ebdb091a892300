/** Customers: created, named, read, listed and found again by their metadata. */
import { type Args, metadataAfter } from './args.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { nested } from './nested.js';
import { customerJson } from './objects.js';
import { badParameter, missing } from './problem.js';
import { searchJson } from './search.js';
import { newId, type StoredCustomer } from './state.js';
import { endAllOf } from './subscription-events.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const CUSTOMER_SPEC = {
  name: 'text',
  email: 'text',
  description: 'text',
  metadata: 'group',
  invoice_settings: 'tree',
  expand: 'list',
} as const;
export const CUSTOMER_LIST_SPEC = { ...LIST_SPEC, email: 'text', created: 'range' } as const;

export function customerOf(world: World, id: string, param: string, status = 404): StoredCustomer {
  const found = world.state.customers.find((one) => one.id === id && one.deleted !== true);
  if (found === undefined) throw missing('customer', id, param, status);
  return found;
}

function change(customer: StoredCustomer, { world, args }: Operation): void {
  const email = args.text('email');
  if (email && !/^[^@\s]+@[^@\s]+$/.test(email))
    throw badParameter('email', 'email_invalid', `Invalid email address: ${email}`);
  const metadata = metadataAfter(customer.metadata, args.group('metadata'));
  const defaultMethod = defaultMethodAsked(world, customer, args);
  if (defaultMethod !== undefined) customer.defaultMethod = defaultMethod;
  if (email !== undefined) customer.email = email;
  customer.metadata = metadata;
  const [name, description] = [args.text('name'), args.text('description')];
  if (name !== undefined) customer.name = name;
  if (description !== undefined) customer.description = description;
}

/** Undefined where it was not asked for, null where it is unset. */
function defaultMethodAsked(world: World, customer: StoredCustomer, args: Args): string | null | undefined {
  const asked = nested(args, 'invoice_settings', { default_payment_method: 'text' })?.text('default_payment_method');
  if (!asked) return asked;
  if (!world.state.paymentMethods.some((one) => one.id === asked && one.customer === customer.id)) {
    throw missing('PaymentMethod', asked, 'invoice_settings[default_payment_method]', 400);
  }
  return asked;
}

export const createCustomer: Run = (operation) => {
  const { world, args } = operation;
  checkExpand('customer', args.list('expand'));
  const id = newId('cus_', 14);
  const customer: StoredCustomer = {
    id,
    created: epochSeconds(world),
    name: null,
    email: null,
    description: null,
    metadata: {},
  };
  change(customer, operation);
  world.state.customers.push(customer);
  emit(world, 'customer.created', customerJson(customer));
  return expanded(world, customerJson(customer), args.list('expand'));
};

export const updateCustomer: Run = (operation) => {
  const { world, path, args } = operation;
  checkExpand('customer', args.list('expand'));
  const customer = customerOf(world, path[0] ?? '', 'id');
  changeAnd(world, customer, () => change(customer, operation));
  return expanded(world, customerJson(customer), args.list('expand'));
};

/** Changes a customer and tells of it, where anything about it is different afterwards. */
export function changeAnd(world: World, customer: StoredCustomer, work: () => void): void {
  const before = customerJson(customer);
  work();
  const after = customerJson(customer);
  const previous = differing(before, after);
  if (Object.keys(previous).length > 0) emit(world, 'customer.updated', after, previous);
}

/** Its cards go with it; it can still be asked after, by its id alone. */
export const deleteCustomer: Run = ({ world, path }) => {
  const customer = customerOf(world, path[0] ?? '', 'customer');
  endAllOf(world, customer.id);
  customer.deleted = true;
  for (const method of world.state.paymentMethods) {
    if (method.customer !== customer.id) continue;
    method.customer = null;
    method.detached = true;
  }
  emit(world, 'customer.deleted', customerJson(customer));
  return { id: customer.id, object: 'customer', deleted: true };
};

export const retrieveCustomer: Run = ({ world, path, args }) => {
  checkExpand('customer', args.list('expand'));
  const id = path[0] ?? '';
  if (world.state.customers.some((one) => one.id === id && one.deleted === true))
    return { id, object: 'customer', deleted: true };
  return expanded(world, customerJson(customerOf(world, id, 'id')), args.list('expand'));
};

export const listCustomers: Run = ({ world, args }) => {
  const email = args.text('email');
  const inTime = createdFits(args);
  const items = world.state.customers.filter(
    (one) => one.deleted !== true && (!email || one.email === email) && inTime(one.created),
  );
  return listJson(world, args, { url: '/v1/customers', object: 'customer', items, write: customerJson });
};

export const searchCustomers: Run = ({ world, args }) =>
  searchJson(world, args, {
    url: '/v1/customers/search',
    object: 'customer',
    items: world.state.customers.filter((one) => one.deleted !== true),
    write: customerJson,
    fields: { email: (one) => one.email, name: (one) => one.name },
  });
