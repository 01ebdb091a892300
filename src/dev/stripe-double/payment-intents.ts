/** PaymentIntents: created without confirming, read, listed and canceled. Confirming is told in `confirm.ts`. */
import { metadataAfter } from './args.js';
import { customerOf } from './customers.js';
import { checkExpand, expanded } from './expand.js';
import { LIST_SPEC, listJson } from './lists.js';
import { intentJson } from './objects.js';
import { badParameter, type JsonObject, missing, Problem } from './problem.js';
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
  expand: 'list',
} as const;
export const INTENT_LIST_SPEC = { ...LIST_SPEC, customer: 'text' } as const;
export const CANCEL_SPEC = { cancellation_reason: 'text', expand: 'list' } as const;

const LARGEST_AMOUNT = 99_999_999;
/** The least that can be charged, in minor units; what is not listed is treated like the US dollar. */
const SMALLEST_AMOUNT: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, jpy: 50 };
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

function amountOf({ args }: Operation): { readonly amount: number; readonly currency: string } {
  args.required('amount');
  const amount = args.integer('amount') ?? 0;
  const currency = args.required('currency').toLowerCase();
  if (!CURRENCIES.has(currency))
    throw badParameter('currency', 'invalid_currency', `Invalid currency: ${currency.slice(0, 10)}.`);
  if (amount < 1)
    throw badParameter('amount', 'parameter_invalid_integer', 'This value must be greater than or equal to 1.');
  if (amount > LARGEST_AMOUNT)
    throw badParameter('amount', 'amount_too_large', `Amount must be no more than ${LARGEST_AMOUNT}.`);
  const least = SMALLEST_AMOUNT[currency] ?? 50;
  if (amount < least)
    throw badParameter('amount', 'amount_too_small', `Amount must be at least ${least} minor units of ${currency}.`);
  return { amount, currency };
}

function typesOf({ args }: Operation): Pick<StoredIntent, 'allowedTypes' | 'automatic'> {
  const automatic = args.group('automatic_payment_methods');
  const allowed = args.list('allowed_payment_method_types');
  if (args.list('payment_method_types').length > 0) {
    const message =
      'payment_method_types is no longer supported: use allowed_payment_method_types or automatic_payment_methods.';
    throw badParameter('payment_method_types', 'payment_method_types_no_longer_supported', message);
  }
  if (automatic && allowed.length > 0) {
    const message = 'allowed_payment_method_types and automatic_payment_methods exclude each other.';
    throw badParameter('allowed_payment_method_types', 'parameter_invalid', message);
  }
  if (allowed.some((type) => type !== 'card')) {
    throw badParameter('allowed_payment_method_types', 'parameter_invalid', 'The double takes cards only.');
  }
  if (automatic && automatic.enabled !== 'true') return { allowedTypes: null, automatic: null };
  const allowRedirects = automatic?.allow_redirects === 'never' ? 'never' : 'always';
  return allowed.length > 0
    ? { allowedTypes: allowed, automatic: null }
    : { allowedTypes: null, automatic: { allowRedirects } };
}

export const createIntent: Run = (operation) => {
  const { world, args } = operation;
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const { amount, currency } = amountOf(operation);
  const types = typesOf(operation);
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

export const cancelIntent: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const intent = intentOf(world, path[0] ?? '');
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'cancel');
  intent.status = 'canceled';
  intent.canceledAt = epochSeconds(world);
  intent.cancellationReason = args.text('cancellation_reason') ?? null;
  return expanded(world, intentJson(intent), expand);
};

export const listIntents: Run = ({ world, args }) => {
  const customer = args.text('customer');
  const items = world.state.intents.filter((one) => !customer || one.customer === customer);
  return listJson(world, args, { url: '/v1/payment_intents', object: 'payment_intent', items, write: intentJson });
};
