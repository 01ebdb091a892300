/** SetupIntents: a card is kept with a customer for later payments, authenticated by its owner where it asks for that. */
import { setupIntentJson } from './aftermath-objects.js';
import type { StoredSetupIntent } from './aftermath-state.js';
import { type Args, metadataAfter } from './args.js';
import { customerOf } from './customers.js';
import { declineFields } from './declines.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { cardTypesOf, returnUrlOf } from './intent-params.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { oneOf } from './nested.js';
import { cardBehind, factsOf, paymentMethodJson } from './objects.js';
import { attachTo, paymentMethodOf } from './payment-methods.js';
import { badParameter, type JsonObject, missing, Problem, type ProblemFields } from './problem.js';
import { newId, type StoredPaymentMethod } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

const CHANGEABLE = {
  customer: 'text',
  description: 'text',
  metadata: 'group',
  payment_method: 'text',
  expand: 'list',
} as const;
export const SETUP_SPEC = {
  ...CHANGEABLE,
  usage: 'text',
  allowed_payment_method_types: 'list',
  automatic_payment_methods: 'group',
  payment_method_types: 'list',
  confirm: 'flag',
  return_url: 'text',
} as const;
export const SETUP_CHANGE_SPEC = CHANGEABLE;
export const SETUP_CONFIRM_SPEC = {
  payment_method: 'text',
  return_url: 'text',
  use_stripe_sdk: 'flag',
  expand: 'list',
} as const;
export const SETUP_CANCEL_SPEC = { cancellation_reason: 'text', expand: 'list' } as const;
export const SETUP_LIST_SPEC = { ...LIST_SPEC, customer: 'text', payment_method: 'text', created: 'range' } as const;

function setupIntentOf(world: World, id: string): StoredSetupIntent {
  const found = world.state.setupIntents.find((one) => one.id === id);
  if (found === undefined) throw missing('setupintent', id, 'intent');
  return found;
}

function unexpected(setup: StoredSetupIntent, verb: string): Problem {
  const message = `You cannot ${verb} this SetupIntent because it has a status of ${setup.status}.`;
  const code = 'setup_intent_unexpected_state';
  return new Problem(400, { type: 'invalid_request_error', code, message, setup_intent: setupIntentJson(setup) }, true);
}

function written(world: World, setup: StoredSetupIntent, args: Args): JsonObject {
  return expanded(world, setupIntentJson(setup), args.list('expand'));
}

export const createSetupIntent: Run = (operation) => {
  const { world, args } = operation;
  checkExpand('setup_intent', args.list('expand'));
  const types = cardTypesOf(args);
  const usage = oneOf(args, 'usage', ['off_session', 'on_session']) ?? 'off_session';
  const metadata = metadataAfter({}, args.group('metadata'));
  const returnUrl = returnUrlOf(args);
  const customer = args.text('customer') ?? null;
  if (customer !== null) customerOf(world, customer, 'customer', 400);
  const paymentMethod = args.text('payment_method') ?? null;
  const id = newId('seti_');
  const setup: StoredSetupIntent = {
    id,
    created: epochSeconds(world),
    clientSecret: newId(`${id}_secret_`),
    ...types,
    usage,
    customer,
    description: args.text('description') ?? null,
    metadata,
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    paymentMethod: paymentMethod === null ? null : paymentMethodOf(world, paymentMethod, 'payment_method', 400).id,
    lastError: null,
    returnUrl,
    authenticateAt: null,
    cancellationReason: null,
  };
  world.state.setupIntents.push(setup);
  emit(world, 'setup_intent.created', setupIntentJson(setup));
  if (args.flag('confirm') === true) confirm(operation, setup);
  return written(world, setup, args);
};

export const confirmSetupIntent: Run = (operation) => {
  const { world, path, args } = operation;
  checkExpand('setup_intent', args.list('expand'));
  const setup = setupIntentOf(world, path[0] ?? '');
  if (setup.status === 'succeeded' || setup.status === 'canceled') throw unexpected(setup, 'confirm');
  setup.returnUrl = returnUrlOf(args);
  confirm(operation, setup);
  return written(world, setup, args);
};

function confirm({ world, args }: Operation, setup: StoredSetupIntent): void {
  const wanted = args.text('payment_method') ?? setup.paymentMethod;
  if (!wanted) {
    const message = 'You cannot confirm this SetupIntent because it is missing a payment method.';
    throw badParameter('payment_method', 'setup_intent_unexpected_state', message);
  }
  const method = paymentMethodOf(world, wanted, 'payment_method', 400);
  if (method.detached || (method.customer !== null && method.customer !== setup.customer)) {
    const message = 'The PaymentMethod was detached, or belongs to another customer, and cannot be set up.';
    throw new Problem(400, { type: 'invalid_request_error', param: 'payment_method', message }, true);
  }
  const card = cardBehind(method.card);
  const decline = world.faults.takeDecline(method.id, factsOf(method).fingerprint, 'setup') ?? card.attachDecline;
  setup.paymentMethod = method.id;
  if (decline !== null) {
    const fields = failSetup(world, setup, declineFields(decline), method);
    throw new Problem(402, { ...fields, setup_intent: setupIntentJson(setup) }, true);
  }
  if (card.setUp.kind !== 'authenticates') {
    succeedSetup(world, setup, method, false);
    return;
  }
  setup.status = 'requires_action';
  setup.authenticateAt = `${world.baseUrl()}/authenticate/${setup.id}`;
  setup.lastError = null;
  emit(world, 'setup_intent.requires_action', setupIntentJson(setup));
}

/** The card is its customer's from now on and, where that was asked for, pays without its owner if its issuer allows it. */
export function succeedSetup(
  world: World,
  setup: StoredSetupIntent,
  method: StoredPaymentMethod,
  authenticated: boolean,
): void {
  setup.status = 'succeeded';
  setup.lastError = null;
  if (authenticated && setup.usage === 'off_session') method.setUp = true;
  if (setup.customer !== null) attachTo(world, method, setup.customer);
  emit(world, 'setup_intent.succeeded', setupIntentJson(setup));
}

/** The fields of the error, as `last_setup_error` keeps them. */
export function failSetup(
  world: World,
  setup: StoredSetupIntent,
  error: ProblemFields,
  method: StoredPaymentMethod,
): ProblemFields {
  const fields = { ...error, payment_method: paymentMethodJson(method) };
  setup.status = 'requires_payment_method';
  setup.paymentMethod = null;
  setup.lastError = fields;
  emit(world, 'setup_intent.setup_failed', setupIntentJson(setup));
  return fields;
}

export const retrieveSetupIntent: Run = ({ world, path, args }) => {
  checkExpand('setup_intent', args.list('expand'));
  return written(world, setupIntentOf(world, path[0] ?? ''), args);
};

export const updateSetupIntent: Run = ({ world, path, args }) => {
  checkExpand('setup_intent', args.list('expand'));
  const setup = setupIntentOf(world, path[0] ?? '');
  const metadata = metadataAfter(setup.metadata, args.group('metadata'));
  const [customer, method, description] = [
    args.text('customer'),
    args.text('payment_method'),
    args.text('description'),
  ];
  const closed = setup.status === 'succeeded' || setup.status === 'canceled';
  if (closed && (customer || method)) throw unexpected(setup, 'update');
  if (customer) setup.customer = customerOf(world, customer, 'customer', 400).id;
  if (method) {
    setup.paymentMethod = paymentMethodOf(world, method, 'payment_method', 400).id;
    setup.status = 'requires_confirmation';
  }
  if (description !== undefined) setup.description = description;
  setup.metadata = metadata;
  return written(world, setup, args);
};

export const cancelSetupIntent: Run = ({ world, path, args }) => {
  checkExpand('setup_intent', args.list('expand'));
  const reason = oneOf(args, 'cancellation_reason', ['abandoned', 'duplicate', 'requested_by_customer']);
  const setup = setupIntentOf(world, path[0] ?? '');
  if (setup.status === 'succeeded' || setup.status === 'canceled') throw unexpected(setup, 'cancel');
  setup.status = 'canceled';
  setup.cancellationReason = reason ?? null;
  emit(world, 'setup_intent.canceled', setupIntentJson(setup));
  return written(world, setup, args);
};

export const listSetupIntents: Run = ({ world, args }) => {
  const [customer, method, inTime] = [args.text('customer'), args.text('payment_method'), createdFits(args)];
  const items = world.state.setupIntents.filter(
    (one) =>
      (!customer || one.customer === customer) && (!method || one.paymentMethod === method) && inTime(one.created),
  );
  return listJson(world, args, { url: '/v1/setup_intents', object: 'setup_intent', items, write: setupIntentJson });
};
