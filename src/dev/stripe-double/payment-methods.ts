/** Stored cards. A name such as `pm_card_visa` is no card yet: every use of it makes a new one, as in Stripe's test mode. */
import { metadataAfter } from './args.js';
import { billingAfter } from './card-changes.js';
import { cardOfNumber, type TestCard, testCard } from './cards.js';
import { changeAnd, customerOf } from './customers.js';
import { declineMessage, scriptedDecline } from './declines.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { LIST_SPEC, listJson } from './lists.js';
import { nested } from './nested.js';
import { cardBehind, paymentMethodJson } from './objects.js';
import { badParameter, missing, Problem } from './problem.js';
import { newId, type StoredPaymentMethod } from './state.js';
import { forgetCard } from './subscription-events.js';
import { epochSeconds, type Run, type World } from './world.js';

export const METHOD_SPEC = {
  type: 'text',
  card: 'tree',
  billing_details: 'tree',
  metadata: 'group',
  expand: 'list',
} as const;
export const ATTACH_SPEC = { customer: 'text', expand: 'list' } as const;
export const DETACH_SPEC = { expand: 'list' } as const;
export const METHOD_LIST_SPEC = { ...LIST_SPEC, customer: 'text', type: 'text' } as const;
export const CUSTOMER_METHODS_SPEC = { ...LIST_SPEC, type: 'text' } as const;

function mint(world: World, card: TestCard): StoredPaymentMethod {
  const made: StoredPaymentMethod = {
    id: newId('pm_'),
    created: epochSeconds(world),
    card: card.name,
    customer: null,
    detached: false,
  };
  world.state.paymentMethods.push(made);
  return made;
}

/** The stored card of that id, or a new one of that test card. Throws Stripe's `resource_missing`. */
export function paymentMethodOf(world: World, id: string, param: string, status = 404): StoredPaymentMethod {
  const found = world.state.paymentMethods.find((one) => one.id === id);
  if (found !== undefined) return found;
  const card = testCard(id);
  if (card === undefined) throw missing('PaymentMethod', id, param, status);
  return mint(world, card);
}

/** Attached to its customer already, nothing happens. */
export function attachTo(world: World, method: StoredPaymentMethod, customer: string): void {
  if (method.customer === customer) return;
  method.customer = customer;
  emit(world, 'payment_method.attached', paymentMethodJson(method));
}

export const attachPaymentMethod: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_method', expand);
  const customer = customerOf(world, args.required('customer'), 'customer', 400);
  const method = paymentMethodOf(world, path[0] ?? '', 'payment_method');
  const refusal = (message: string) => new Problem(400, { type: 'invalid_request_error', message }, true);
  if (method.detached) throw refusal('The PaymentMethod was detached from a customer and may not be used again.');
  if (method.customer !== null && method.customer !== customer.id) {
    throw refusal('The payment method you provided has already been attached to a customer.');
  }
  const decline = cardBehind(method.card).attachDecline;
  if (decline !== null) {
    throw new Problem(
      402,
      {
        type: 'card_error',
        code: decline.code,
        message: declineMessage(decline),
        ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
      },
      true,
    );
  }
  attachTo(world, method, customer.id);
  return expanded(world, paymentMethodJson(method), expand);
};

/** Its customer's default card is then none. */
function detach(world: World, method: StoredPaymentMethod): void {
  const owner = world.state.customers.find((one) => one.id === method.customer);
  method.customer = null;
  method.detached = true;
  emit(world, 'payment_method.detached', paymentMethodJson(method), { customer: owner?.id ?? null });
  forgetCard(world, method.id);
  if (owner?.defaultMethod !== method.id) return;
  changeAnd(world, owner, () => {
    owner.defaultMethod = null;
  });
}

export const detachPaymentMethod: Run = ({ world, path, args }) => {
  checkExpand('payment_method', args.list('expand'));
  const id = path[0] ?? '';
  const method = world.state.paymentMethods.find((one) => one.id === id);
  if (method === undefined) throw missing('PaymentMethod', id, 'payment_method');
  if (method.customer === null) {
    const message = 'The payment method you provided is not attached to a customer so detachment is impossible.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  detach(world, method);
  return paymentMethodJson(method);
};

/** A card by its number, as test cards are published. It belongs to nobody until it is attached. */
export const createPaymentMethod: Run = (operation) => {
  const { world, args } = operation;
  checkExpand('payment_method', args.list('expand'));
  if (args.required('type') !== 'card')
    throw badParameter('type', 'parameter_invalid', 'The double stores cards only.');
  const sent = nested(args, 'card', { number: 'text', exp_month: 'integer', exp_year: 'integer', cvc: 'text' });
  const number = sent?.required('number').replace(/[ -]/g, '') ?? '';
  const card = cardOfNumber(number);
  if (card === undefined) {
    const decline = scriptedDecline({ declineCode: 'incorrect_number', adviceCode: null });
    throw new Problem(402, { type: 'card_error', code: decline.code, message: declineMessage(decline) }, true);
  }
  const metadata = metadataAfter({}, args.group('metadata'));
  const billing = billingAfter(undefined, operation);
  const [expMonth, expYear] = [sent?.integer('exp_month'), sent?.integer('exp_year')];
  const made = mint(world, card);
  Object.assign(made, { metadata, billing });
  if (expMonth !== undefined && expYear !== undefined) made.facts = { expMonth, expYear };
  return expanded(world, paymentMethodJson(made), args.list('expand'));
};

export const retrievePaymentMethod: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_method', expand);
  return expanded(world, paymentMethodJson(paymentMethodOf(world, path[0] ?? '', 'payment_method')), expand);
};

export const retrieveCustomersMethod: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_method', expand);
  const [customer, id] = [customerOf(world, path[0] ?? '', 'customer'), path[1] ?? ''];
  const method = world.state.paymentMethods.find((one) => one.id === id && one.customer === customer.id);
  if (method === undefined) throw missing('PaymentMethod', id, 'payment_method');
  return expanded(world, paymentMethodJson(method), expand);
};

export const listPaymentMethods: Run = ({ world, path, args }) => {
  const type = args.text('type');
  if (type && type !== 'card') throw badParameter('type', 'parameter_invalid', 'The double stores cards only.');
  const customer = customerOf(world, path[0] ?? args.required('customer'), 'customer');
  const url = path[0] === undefined ? '/v1/payment_methods' : `/v1/customers/${customer.id}/payment_methods`;
  const items = world.state.paymentMethods.filter((one) => one.customer === customer.id);
  return listJson(world, args, { url, object: 'payment_method', items, write: paymentMethodJson });
};
