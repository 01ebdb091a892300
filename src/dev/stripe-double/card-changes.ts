/** What can become of a stored card after it was stored: other billing details, a new expiry, another number. */
import { metadataAfter } from './args.js';
import { fingerprintOf } from './cards.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { nested } from './nested.js';
import { factsOf, paymentMethodJson } from './objects.js';
import { badParameter, missing, Problem } from './problem.js';
import type { BillingDetails, CardFacts, StoredPaymentMethod } from './state.js';
import type { Operation, Run, World } from './world.js';

export const METHOD_CHANGE_SPEC = { billing_details: 'tree', card: 'tree', metadata: 'group', expand: 'list' } as const;

const BILLING = { name: 'text', email: 'text', phone: 'text', address: 'group' } as const;
const ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
const NOTHING: BillingDetails = { name: null, email: null, phone: null, address: null };

/** The billing details after a request; what it does not name stays. */
export function billingAfter(before: BillingDetails = NOTHING, { args }: Operation): BillingDetails {
  const sent = nested(args, 'billing_details', BILLING);
  if (sent === undefined) return before;
  const address = sent.group('address');
  const unknown = Object.keys(address ?? {}).find((name) => !Object.hasOwn(ADDRESS, name));
  if (unknown !== undefined)
    throw badParameter(
      `billing_details[address][${unknown}]`,
      'parameter_unknown',
      `Received unknown parameter: ${unknown}`,
    );
  const pick = (name: 'name' | 'email' | 'phone') =>
    sent.text(name) === undefined ? before[name] : (sent.text(name) ?? null);
  return {
    name: pick('name'),
    email: pick('email'),
    phone: pick('phone'),
    address: address === undefined ? before.address : address && { ...ADDRESS, ...before.address, ...address },
  };
}

function expiryAfter({ args }: Operation): Partial<CardFacts> {
  const sent = nested(args, 'card', { exp_month: 'integer', exp_year: 'integer' });
  const [expMonth, expYear] = [sent?.integer('exp_month'), sent?.integer('exp_year')];
  if (expMonth !== undefined && (expMonth < 1 || expMonth > 12))
    throw badParameter('card[exp_month]', 'invalid_expiry_month', "Your card's expiration month is invalid.");
  if (expYear !== undefined && (expYear < 1_970 || expYear > 2_100))
    throw badParameter('card[exp_year]', 'invalid_expiry_year', "Your card's expiration year is invalid.");
  return { ...(expMonth === undefined ? {} : { expMonth }), ...(expYear === undefined ? {} : { expYear }) };
}

export const updatePaymentMethod: Run = (operation) => {
  const { world, path, args } = operation;
  checkExpand('payment_method', args.list('expand'));
  const id = path[0] ?? '';
  const method = world.state.paymentMethods.find((one) => one.id === id);
  if (method === undefined) throw missing('PaymentMethod', id, 'payment_method');
  if (method.customer === null) {
    const message = 'You must attach this PaymentMethod to a customer before it can be updated.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  const metadata = metadataAfter(method.metadata ?? {}, args.group('metadata'));
  const [billing, expiry] = [billingAfter(method.billing, operation), expiryAfter(operation)];
  changeCard(world, method, 'payment_method.updated', () => {
    method.metadata = metadata;
    method.billing = billing;
    method.facts = { ...method.facts, ...expiry };
  });
  return expanded(world, paymentMethodJson(method), args.list('expand'));
};

function changeCard(world: World, method: StoredPaymentMethod, type: string, change: () => void): void {
  const before = paymentMethodJson(method);
  change();
  const after = paymentMethodJson(method);
  emit(world, type, after, differing(before, after));
}

export interface NewCard {
  readonly last4?: string;
  readonly expMonth: number;
  readonly expYear: number;
}

/** The issuer sends the holder a new card and the network tells Stripe of it. Another number is another fingerprint. */
export function automaticallyUpdate(world: World, method: StoredPaymentMethod, card: NewCard): void {
  changeCard(world, method, 'payment_method.automatically_updated', () => {
    const { last4, expMonth, expYear } = card;
    const before = factsOf(method);
    const other = last4 !== undefined && last4 !== before.last4;
    const number = other ? { last4, fingerprint: fingerprintOf(`${before.fingerprint} ${last4}`) } : {};
    method.facts = { ...method.facts, ...number, expMonth, expYear };
  });
}
