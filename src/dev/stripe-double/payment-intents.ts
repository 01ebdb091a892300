/** PaymentIntents: created without confirming, read, listed and canceled. Confirming is told in `confirm.ts`. */
import { type Currency, chargeStepOf, smallestChargeOf } from '../../domain/money.js';
import { metadataAfter } from './args.js';
import { customerOf } from './customers.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { cardTypesOf, futureUsageOf } from './intent-params.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { oneOf } from './nested.js';
import { intentJson } from './objects.js';
import { paymentMethodOf } from './payment-methods.js';
import { badParameter, type JsonObject, missing, Problem } from './problem.js';
import { searchJson } from './search.js';
import { newId, type StoredIntent } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const INTENT_SPEC = {
  amount: 'integer',
  currency: 'text',
  customer: 'text',
  description: 'text',
  receipt_email: 'text',
  metadata: 'group',
  allowed_payment_method_types: 'list',
  automatic_payment_methods: 'group',
  payment_method_types: 'list',
  payment_method: 'text',
  setup_future_usage: 'text',
  expand: 'list',
} as const;
export const INTENT_LIST_SPEC = { ...LIST_SPEC, customer: 'text', created: 'range' } as const;
export const INTENT_CHANGE_SPEC = {
  amount: 'integer',
  currency: 'text',
  customer: 'text',
  description: 'text',
  receipt_email: 'text',
  metadata: 'group',
  payment_method: 'text',
  setup_future_usage: 'text',
  expand: 'list',
} as const;
export const CANCEL_SPEC = { cancellation_reason: 'text', expand: 'list' } as const;

const LARGEST_AMOUNT = 99_999_999;
export const CURRENCIES: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()),
);

/** `before` stands in for what was not sent; without it both are required. */
function amountOf(
  { args }: Operation,
  before?: { readonly amount: number; readonly currency: string },
): { readonly amount: number; readonly currency: string } {
  if (before === undefined) args.required('amount');
  const amount = args.integer('amount') ?? before?.amount ?? 0;
  const currency = (
    before === undefined ? args.required('currency') : (args.text('currency') ?? before.currency)
  ).toLowerCase();
  if (!CURRENCIES.has(currency))
    throw badParameter('currency', 'invalid_currency', `Invalid currency: ${currency.slice(0, 10)}.`);
  if (amount < 1)
    throw badParameter('amount', 'parameter_invalid_integer', 'This value must be greater than or equal to 1.');
  if (amount > LARGEST_AMOUNT)
    throw badParameter('amount', 'amount_too_large', `Amount must be no more than ${LARGEST_AMOUNT}.`);
  const step = Number(chargeStepOf(currency as Currency));
  if (amount % step !== 0)
    throw badParameter('amount', 'parameter_invalid_integer', `Amounts in ${currency} must be divisible by ${step}.`);
  const least = Number(smallestChargeOf(currency as Currency));
  if (amount < least)
    throw badParameter('amount', 'amount_too_small', `Amount must be at least ${least} minor units of ${currency}.`);
  return { amount, currency };
}

export const createIntent: Run = (operation) => {
  const { world, args } = operation;
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const { amount, currency } = amountOf(operation);
  const types = cardTypesOf(args);
  const setupFutureUsage = futureUsageOf(args) ?? null;
  const metadata = metadataAfter({}, args.group('metadata'));
  const customer = args.text('customer');
  if (customer) customerOf(world, customer, 'customer', 400);
  const paymentMethod = args.text('payment_method') ?? null;
  const id = newId('pi_');
  const intent: StoredIntent = {
    id,
    created: epochSeconds(world),
    amount,
    currency,
    ...types,
    setupFutureUsage,
    metadata,
    customer: customer ?? null,
    description: args.text('description') ?? null,
    receiptEmail: args.text('receipt_email') ?? null,
    clientSecret: newId(`${id}_secret_`),
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    paymentMethod,
    latestCharge: null,
    lastError: null,
    canceledAt: null,
    cancellationReason: null,
  };
  world.state.intents.push(intent);
  emit(world, 'payment_intent.created', intentJson(intent));
  return expanded(world, intentJson(intent), expand);
};

export function intentOf(world: World, id: string): StoredIntent {
  const found = world.state.intents.find((one) => one.id === id);
  if (found === undefined) throw missing('payment_intent', id, 'intent');
  return found;
}

/** The intent is inside the error, so that a caller who lost an answer learns how things are. */
export function unexpectedState(intent: StoredIntent, verb: string, json: JsonObject = intentJson(intent)): Problem {
  return new Problem(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message: `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
      payment_intent: json,
    },
    true,
  );
}

export const retrieveIntent: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  return expanded(world, intentJson(intentOf(world, path[0] ?? '')), expand);
};

/** It has ended, or is in the bank's hands: neither what it is about nor whether it is can change now. */
const isSettled = ({ status }: StoredIntent): boolean =>
  status === 'succeeded' || status === 'canceled' || status === 'processing';

/** The words about a payment can always be changed; what is paid, by whom and with which card only until it is. */
export const updateIntent: Run = (operation) => {
  const { world, path, args } = operation;
  checkExpand('payment_intent', args.list('expand'));
  const intent = intentOf(world, path[0] ?? '');
  const metadata = metadataAfter(intent.metadata, args.group('metadata'));
  const [customer, method, usage] = [args.text('customer'), args.text('payment_method'), futureUsageOf(args)];
  const moves = args.integer('amount') !== undefined || args.text('currency') || customer || method;
  if (moves && isSettled(intent)) throw unexpectedState(intent, 'update');
  const money = amountOf(operation, intent);
  if (customer && intent.customer !== null && customer !== intent.customer)
    throw badParameter('customer', 'parameter_invalid', 'You cannot change the customer of this PaymentIntent.');
  if (customer) intent.customer = customerOf(world, customer, 'customer', 400).id;
  if (method) {
    intent.paymentMethod = paymentMethodOf(world, method, 'payment_method', 400).id;
    intent.status = 'requires_confirmation';
  }
  Object.assign(intent, money, { metadata });
  if (usage !== undefined) intent.setupFutureUsage = usage;
  const [description, receiptEmail] = [args.text('description'), args.text('receipt_email')];
  if (description !== undefined) intent.description = description;
  if (receiptEmail !== undefined) intent.receiptEmail = receiptEmail;
  return expanded(world, intentJson(intent), args.list('expand'));
};

/** For whoever knows that it can still be canceled. The reason may be one that only Stripe itself gives, such as "expired". */
export function cancel(world: World, intent: StoredIntent, reason: string | null): void {
  intent.status = 'canceled';
  intent.canceledAt = epochSeconds(world);
  intent.cancellationReason = reason;
  emit(world, 'payment_intent.canceled', intentJson(intent));
}

const CANCEL_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

export const cancelIntent: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const reason = oneOf(args, 'cancellation_reason', CANCEL_REASONS) ?? null;
  const intent = intentOf(world, path[0] ?? '');
  if (isSettled(intent)) throw unexpectedState(intent, 'cancel');
  cancel(world, intent, reason);
  return expanded(world, intentJson(intent), expand);
};

export const listIntents: Run = ({ world, args }) => {
  const [customer, inTime] = [args.text('customer'), createdFits(args)];
  const items = world.state.intents.filter((one) => (!customer || one.customer === customer) && inTime(one.created));
  return listJson(world, args, { url: '/v1/payment_intents', object: 'payment_intent', items, write: intentJson });
};

export const searchIntents: Run = ({ world, args }) =>
  searchJson(world, args, {
    url: '/v1/payment_intents/search',
    object: 'payment_intent',
    items: world.state.intents,
    write: intentJson,
    fields: { status: (one) => one.status, customer: (one) => one.customer, currency: (one) => one.currency },
  });
