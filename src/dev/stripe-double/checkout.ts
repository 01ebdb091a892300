/** Checkout sessions: made, read, listed and expired. What happens on their pages is told in `checkout-pay.ts`. */

import { type Args, metadataAfter } from './args.js';
import type { SessionLine, StoredSession } from './billing-state.js';
import { priceOf } from './catalog-json.js';
import { hasTrial, lineItemJson, sessionJson, sessionTotal } from './checkout-json.js';
import { customerOf } from './customers.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { cancelInside } from './inner.js';
import { cancelSetupInside, createSetupInside } from './inner-setup.js';
import { createdFits, LIST_SPEC, limitOf, listJson } from './lists.js';
import { nested, nestedList, oneOf } from './nested.js';
import { CURRENCIES } from './payment-intents.js';
import { inlinePrice, PRICE_DATA_SPEC } from './prices.js';
import { badParameter, missing, notPartOfTheDouble, Problem } from './problem.js';
import { newId } from './state.js';
import { futureInstant, missingMethodAsked, quantityOf } from './subscriptions.js';
import { epochSeconds, type Run, type World } from './world.js';

export const SESSION_SPEC = {
  mode: 'text',
  line_items: 'tree',
  success_url: 'text',
  cancel_url: 'text',
  client_reference_id: 'text',
  customer: 'text',
  customer_email: 'text',
  customer_creation: 'text',
  currency: 'text',
  metadata: 'group',
  expires_at: 'integer',
  payment_method_collection: 'text',
  payment_intent_data: 'tree',
  setup_intent_data: 'tree',
  subscription_data: 'tree',
  allowed_payment_method_types: 'list',
  payment_method_types: 'list',
  ui_mode: 'text',
  expand: 'list',
} as const;
export const SESSION_LIST_SPEC = {
  ...LIST_SPEC,
  customer: 'text',
  payment_intent: 'text',
  subscription: 'text',
  status: 'text',
  created: 'range',
} as const;

export const LINES_SPEC = { limit: 'integer', expand: 'list' } as const;

const LINE = { price: 'text', price_data: 'tree', quantity: 'integer' } as const;
const INTENT_DATA = {
  description: 'text',
  receipt_email: 'text',
  metadata: 'group',
  setup_future_usage: 'text',
} as const;
const PLAN_DATA = {
  description: 'text',
  metadata: 'group',
  trial_period_days: 'integer',
  trial_end: 'text',
  trial_settings: 'tree',
  billing_cycle_anchor: 'integer',
  proration_behavior: 'text',
  billing_mode: 'tree',
} as const;
const MINUTE = 60;
const SHORTEST_LIFE = 30 * MINUTE;
const LONGEST_LIFE = 24 * 60 * MINUTE;
const MODES = ['payment', 'setup', 'subscription'] as const;

export function sessionOf(world: World, id: string): StoredSession {
  const found = world.state.sessions.find((one) => one.id === id);
  if (found === undefined) throw missing('checkout.session', id, 'session');
  return found;
}

function addressOf(args: Args, name: string): string {
  const text = args.required(name);
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text.replaceAll('{CHECKOUT_SESSION_ID}', 'x'))) {
    throw badParameter(name, 'url_invalid', `Not a valid URL: ${name} must begin with http:// or https://.`);
  }
  return text;
}

function expiryOf(world: World, args: Args): number {
  const now = epochSeconds(world);
  const asked = args.integer('expires_at');
  if (asked === undefined) return now + LONGEST_LIFE;
  // A few seconds may pass between the caller's clock and this line.
  if (asked < now + SHORTEST_LIFE - MINUTE || asked > now + LONGEST_LIFE + MINUTE) {
    const message = 'expires_at must lie between 30 minutes and 24 hours after the session is created.';
    throw badParameter('expires_at', 'parameter_invalid_integer', message);
  }
  return asked;
}

function linesOf(world: World, args: Args, mode: StoredSession['mode']): SessionLine[] {
  const asked = nestedList(args, 'line_items', LINE);
  if (mode === 'setup') {
    if (asked.length > 0) throw badParameter('line_items', 'parameter_unknown', 'Nothing is bought in setup mode.');
    return [];
  }
  if (asked.length === 0) throw badParameter('line_items', 'parameter_missing', 'Missing required param: line_items.');
  const lines = asked.map((one) => {
    const data = nested(one, 'price_data', PRICE_DATA_SPEC);
    const known = data === undefined ? priceOf(world, one.required('price'), 'line_items[price]', 400) : null;
    if (known?.active === false) {
      throw badParameter('line_items[price]', 'resource_missing', `The price ${known.id} is inactive.`);
    }
    const price = known ?? inlinePrice(world, data ?? one);
    return { id: newId('li_'), price: price.id, quantity: quantityOf(one) };
  });
  const prices = lines.map((one) => priceOf(world, one.price));
  if (mode === 'payment' && prices.some((one) => one.recurring !== null)) {
    throw badParameter('mode', 'parameter_invalid', 'A recurring price needs mode=subscription.');
  }
  if (mode === 'subscription' && prices.every((one) => one.recurring === null)) {
    throw badParameter('line_items', 'parameter_invalid', 'mode=subscription needs at least one recurring price.');
  }
  if (mode === 'subscription' && prices.some((one) => one.recurring === null)) {
    throw notPartOfTheDouble('A one-time price in a subscription');
  }
  if (new Set(prices.map((one) => one.currency)).size > 1) {
    throw badParameter('line_items', 'parameter_invalid', 'All prices must be in one currency.');
  }
  return lines;
}

function planOf(world: World, args: Args): StoredSession['plan'] {
  const data = nested(args, 'subscription_data', PLAN_DATA);
  const days = data?.integer('trial_period_days') ?? null;
  if (days !== null && days < 1) {
    throw badParameter(
      'subscription_data[trial_period_days]',
      'parameter_invalid_integer',
      'A trial lasts a day at least.',
    );
  }
  const end = data?.text('trial_end');
  return {
    description: data?.text('description') ?? null,
    metadata: metadataAfter({}, data?.group('metadata')),
    trialDays: days,
    trialEnd: end ? futureInstant('subscription_data[trial_end]', end, epochSeconds(world)) : null,
    missingMethod: (data && missingMethodAsked(data)) ?? null,
    anchor: data?.integer('billing_cycle_anchor') ?? null,
    prorates: data?.text('proration_behavior') !== 'none',
  };
}

function intentOf(args: Args, mode: StoredSession['mode']): StoredSession['intent'] {
  const data = nested(args, mode === 'setup' ? 'setup_intent_data' : 'payment_intent_data', INTENT_DATA);
  return {
    description: data?.text('description') ?? null,
    receiptEmail: data?.text('receipt_email') ?? null,
    metadata: metadataAfter({}, data?.group('metadata')),
    keepsCard: Boolean(data?.text('setup_future_usage')),
  };
}

/** What belongs to another mode is refused, as Stripe does. */
function checkMode(args: Args, mode: StoredSession['mode']): void {
  const only = [
    ['payment_intent_data', 'payment'],
    ['setup_intent_data', 'setup'],
    ['subscription_data', 'subscription'],
    ['payment_method_collection', 'subscription'],
  ] as const;
  for (const [name, its] of only) {
    if (args.tree(name) !== undefined && mode !== its) {
      throw badParameter(name, 'parameter_invalid', `You can not pass ${name} in ${mode} mode.`);
    }
  }
  oneOf(args, 'ui_mode', ['hosted_page']);
  if (args.list('payment_method_types').length > 0) {
    const message = 'payment_method_types is no longer supported: use allowed_payment_method_types.';
    throw badParameter('payment_method_types', 'payment_method_types_no_longer_supported', message);
  }
  if (args.list('allowed_payment_method_types').some((type) => type !== 'card')) {
    throw badParameter('allowed_payment_method_types', 'parameter_invalid', 'The double takes cards only.');
  }
}

function currencyOf(world: World, args: Args, lines: readonly SessionLine[]): string | null {
  const [first] = lines;
  if (first !== undefined) return priceOf(world, first.price).currency;
  const asked = args.text('currency')?.toLowerCase() ?? null;
  if (asked !== null && !CURRENCIES.has(asked)) {
    throw badParameter('currency', 'invalid_currency', `Invalid currency: ${asked}.`);
  }
  if (asked === null && args.list('allowed_payment_method_types').length === 0) {
    const message = 'In setup mode currency is required where allowed_payment_method_types is not set.';
    throw badParameter('currency', 'parameter_missing', message);
  }
  return asked;
}

export const createSession: Run = ({ world, args }) => {
  const expand = args.list('expand');
  checkExpand('checkout.session', expand);
  args.required('mode');
  const mode = oneOf(args, 'mode', MODES) ?? 'payment';
  checkMode(args, mode);
  const successUrl = addressOf(args, 'success_url');
  const cancelUrl = args.text('cancel_url') ? addressOf(args, 'cancel_url') : null;
  const customer = args.text('customer') ?? null;
  if (customer !== null) customerOf(world, customer, 'customer', 400);
  const creation = oneOf(args, 'customer_creation', ['always', 'if_required']) ?? 'if_required';
  const allowed = args.list('allowed_payment_method_types');
  const rest = { intent: intentOf(args, mode), plan: planOf(world, args), expiresAt: expiryOf(world, args) };
  const metadata = metadataAfter({}, args.group('metadata'));
  const collection = oneOf(args, 'payment_method_collection', ['always', 'if_required']) ?? 'always';
  const lines = linesOf(world, args, mode);
  const session: StoredSession = {
    id: newId('cs_test_', 58),
    created: epochSeconds(world),
    mode,
    ...rest,
    successUrl,
    cancelUrl,
    clientReferenceId: args.text('client_reference_id') ?? null,
    customer,
    customerEmail: args.text('customer_email') ?? null,
    customerCreation: mode === 'payment' && customer === null ? creation : null,
    currency: currencyOf(world, args, lines),
    lines,
    collection: mode === 'subscription' ? collection : null,
    allowedTypes: allowed.length > 0 ? [...allowed] : null,
    metadata,
    status: 'open',
    paymentStatus: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    email: null,
    paymentIntent: null,
    setupIntent: null,
    subscription: null,
    invoice: null,
    told: null,
    authenticating: null,
    settling: null,
  };
  // Only in setup mode the intent is there before anybody has opened the page.
  if (mode === 'setup') session.setupIntent = createSetupInside(world, { customer, ...rest.intent });
  if (mode === 'payment' && sessionTotal(world, session) === 0) session.paymentStatus = 'no_payment_required';
  if (mode === 'subscription' && hasTrial(session)) session.paymentStatus = 'unpaid';
  world.state.sessions.push(session);
  return expanded(world, sessionJson(world, session), expand);
};

export const retrieveSession: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('checkout.session', expand);
  return expanded(world, sessionJson(world, sessionOf(world, path[0] ?? '')), expand);
};

export const listSessions: Run = ({ world, args }) => {
  const inTime = createdFits(args);
  const wanted = (name: string, value: string | null) => !args.text(name) || args.text(name) === value;
  const items = world.state.sessions.filter(
    (one) =>
      wanted('customer', one.customer) &&
      wanted('payment_intent', one.paymentIntent) &&
      wanted('subscription', one.subscription) &&
      wanted('status', one.status) &&
      inTime(one.created),
  );
  const write = (one: StoredSession) => sessionJson(world, one);
  return listJson(world, args, { url: '/v1/checkout/sessions', object: 'checkout.session', items, write });
};

export const listSessionLines: Run = ({ world, path, args }) => {
  const session = sessionOf(world, path[0] ?? '');
  const data = session.lines.slice(0, limitOf(args)).map((line) => lineItemJson(world, line));
  const url = `/v1/checkout/sessions/${session.id}/line_items`;
  return { object: 'list', data, has_more: data.length < session.lines.length, url };
};

/** The session is over without having been completed; an intent that was tried on it can never pay any more. */
export function expireSession(world: World, session: StoredSession): void {
  session.status = 'expired';
  session.authenticating = null;
  if (session.paymentIntent !== null) cancelInside(world, session.paymentIntent, 'abandoned');
  if (session.setupIntent !== null) cancelSetupInside(world, session.setupIntent);
  emit(world, 'checkout.session.expired', sessionJson(world, session));
}

export const expireSessionNow: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('checkout.session', expand);
  const session = sessionOf(world, path[0] ?? '');
  if (session.status !== 'open') {
    const message = `Only a session that is open can be expired; this one is ${session.status}.`;
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  expireSession(world, session);
  return expanded(world, sessionJson(world, session), expand);
};
