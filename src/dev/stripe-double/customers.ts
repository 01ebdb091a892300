/** Customers: created, named, read, listed and found again by their metadata. */
import { metadataAfter } from './args.js';
import { LIST_SPEC, limitOf, listJson } from './lists.js';
import { customerJson } from './objects.js';
import { badParameter, missing, notPartOfTheDouble } from './problem.js';
import { newId, type StoredCustomer } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const CUSTOMER_SPEC = { name: 'text', email: 'text', description: 'text', metadata: 'group' } as const;
export const CUSTOMER_LIST_SPEC = { ...LIST_SPEC, email: 'text' } as const;
export const CUSTOMER_SEARCH_SPEC = { query: 'text', limit: 'integer' } as const;

export function customerOf(world: World, id: string, param: string, status = 404): StoredCustomer {
  const found = world.state.customers.find((one) => one.id === id);
  if (found === undefined) throw missing('customer', id, param, status);
  return found;
}

function change(customer: StoredCustomer, { args }: Operation): void {
  const email = args.text('email');
  if (email && !/^[^@\s]+@[^@\s]+$/.test(email))
    throw badParameter('email', 'email_invalid', `Invalid email address: ${email}`);
  const metadata = metadataAfter(customer.metadata, args.group('metadata'));
  if (email !== undefined) customer.email = email;
  customer.metadata = metadata;
  const [name, description] = [args.text('name'), args.text('description')];
  if (name !== undefined) customer.name = name;
  if (description !== undefined) customer.description = description;
}

export const createCustomer: Run = (operation) => {
  const { world } = operation;
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
  return customerJson(customer);
};

export const updateCustomer: Run = (operation) => {
  const customer = customerOf(operation.world, operation.path[0] ?? '', 'id');
  change(customer, operation);
  return customerJson(customer);
};

export const retrieveCustomer: Run = ({ world, path }) => customerJson(customerOf(world, path[0] ?? '', 'id'));

export const listCustomers: Run = ({ world, args }) => {
  const email = args.text('email');
  const items = world.state.customers.filter((one) => !email || one.email === email);
  return listJson(world, args, { url: '/v1/customers', object: 'customer', items, write: customerJson });
};

/** Of Stripe's search language only equal metadata joined by AND, which is all that is asked. */
export const searchCustomers: Run = ({ world, args }) => {
  const wanted = clausesOf(args.required('query'));
  const found = world.state.customers
    .filter((one) => wanted.every(([key, value]) => one.metadata[key] === value))
    .reverse();
  const data = found.slice(0, limitOf(args)).map(customerJson);
  return {
    object: 'search_result',
    data,
    has_more: found.length > data.length,
    next_page: null,
    url: '/v1/customers/search',
  };
};

function clausesOf(query: string): [string, string][] {
  const clause = /metadata\[(['"])([^'"\]]+)\1\]:(['"])((?:\\.|(?!\3)[^\\])*)\3/y;
  const wanted: [string, string][] = [];
  let at = 0;
  while (at < query.length) {
    clause.lastIndex = at;
    const match = clause.exec(query);
    if (match === null) throw notPartOfTheDouble('This search query');
    wanted.push([match[2] ?? '', (match[4] ?? '').replace(/\\(.)/g, '$1')]);
    at = clause.lastIndex;
    if (query.startsWith(' AND ', at)) at += ' AND '.length;
    else if (at < query.length) throw notPartOfTheDouble('This search query');
  }
  return wanted;
}
