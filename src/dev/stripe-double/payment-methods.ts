/** Stored cards. A name such as `pm_card_visa` is no card yet: every use of it makes a new one, as in Stripe's test mode. */
import { type TestCard, testCard } from './cards.js';
import { customerOf } from './customers.js';
import { declineMessage } from './declines.js';
import { checkExpand, expanded } from './expand.js';
import { LIST_SPEC, listJson } from './lists.js';
import { cardBehind, paymentMethodJson } from './objects.js';
import { badParameter, missing, Problem } from './problem.js';
import { newId, type StoredPaymentMethod } from './state.js';
import { epochSeconds, type Run, type World } from './world.js';

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
  method.customer = customer.id;
  return expanded(world, paymentMethodJson(method), expand);
};

export const detachPaymentMethod: Run = ({ world, path, args }) => {
  checkExpand('payment_method', args.list('expand'));
  const id = path[0] ?? '';
  const method = world.state.paymentMethods.find((one) => one.id === id);
  if (method === undefined) throw missing('PaymentMethod', id, 'payment_method');
  if (method.customer === null) {
    const message = 'The payment method you provided is not attached to a customer so detachment is impossible.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  method.customer = null;
  method.detached = true;
  return paymentMethodJson(method);
};

export const retrievePaymentMethod: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_method', expand);
  return expanded(world, paymentMethodJson(paymentMethodOf(world, path[0] ?? '', 'payment_method')), expand);
};

export const listPaymentMethods: Run = ({ world, path, args }) => {
  const type = args.text('type');
  if (type && type !== 'card') throw badParameter('type', 'parameter_invalid', 'The double stores cards only.');
  const customer = customerOf(world, path[0] ?? args.required('customer'), 'customer');
  const url = path[0] === undefined ? '/v1/payment_methods' : `/v1/customers/${customer.id}/payment_methods`;
  const items = world.state.paymentMethods.filter((one) => one.customer === customer.id);
  return listJson(world, args, { url, object: 'payment_method', items, write: paymentMethodJson });
};
