/** Subscriptions: created, read and listed. Changing, ending and time have files of their own. */
import { type Args, metadataAfter } from './args.js';
import type { MissingMethod, StoredSubscription } from './billing-state.js';
import { customerOf } from './customers.js';
import { checkExpand, expanded } from './expand.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { nested, nestedList, oneOf } from './nested.js';
import { inlinePrice, PRICE_DATA_SPEC } from './prices.js';
import { badParameter, missing } from './problem.js';
import { hasEnded, subscriptionOf } from './subscription-events.js';
import { subscriptionJson } from './subscription-json.js';
import { type ItemWish, type SubscriptionWish, subscribe } from './subscription-start.js';
import { epochSeconds, type Run, type World } from './world.js';

export const SUBSCRIPTION_SPEC = {
  customer: 'text',
  items: 'tree',
  metadata: 'group',
  description: 'text',
  default_payment_method: 'text',
  trial_end: 'text',
  trial_period_days: 'integer',
  trial_settings: 'tree',
  cancel_at_period_end: 'flag',
  billing_cycle_anchor: 'integer',
  proration_behavior: 'text',
  payment_behavior: 'text',
  payment_settings: 'tree',
  billing_mode: 'tree',
  collection_method: 'text',
  off_session: 'flag',
  expand: 'list',
} as const;
export const SUBSCRIPTION_LIST_SPEC = {
  ...LIST_SPEC,
  customer: 'text',
  price: 'text',
  status: 'text',
  created: 'range',
} as const;

const ITEM = { price: 'text', price_data: 'tree', quantity: 'integer', metadata: 'group' } as const;
const END_BEHAVIOR = { missing_payment_method: 'text', billing_cycle_anchor: 'text' } as const;
const MISSING: readonly MissingMethod[] = ['cancel', 'pause', 'create_invoice'];
const MOST_ITEMS = 20;
const DAY = 86_400;

/** Undefined where nothing was said. */
export function missingMethodAsked(args: Args): MissingMethod | undefined {
  const settings = nested(args, 'trial_settings', { end_behavior: 'tree' });
  const behavior = settings && nested(settings, 'end_behavior', END_BEHAVIOR);
  return behavior && oneOf(behavior, 'missing_payment_method', MISSING);
}

export function quantityOf(args: Args): number {
  const quantity = args.integer('quantity') ?? 1;
  if (quantity < 0) throw badParameter('quantity', 'parameter_invalid_integer', 'A quantity cannot be negative.');
  return quantity;
}

/** The card must be the customer's own. */
export function ownMethod(world: World, customer: string, args: Args): string | null | undefined {
  const asked = args.text('default_payment_method');
  if (!asked) return asked;
  if (!world.state.paymentMethods.some((one) => one.id === asked && one.customer === customer)) {
    throw missing('PaymentMethod', asked, 'default_payment_method', 400);
  }
  return asked;
}

function trialEndAsked(world: World, args: Args): number | null {
  const now = epochSeconds(world);
  const days = args.integer('trial_period_days');
  const end = args.text('trial_end');
  if (days !== undefined && end) {
    throw badParameter('trial_end', 'parameter_invalid', 'Say trial_period_days or trial_end, not both.');
  }
  if (days !== undefined && days < 0)
    throw badParameter('trial_period_days', 'parameter_invalid_integer', 'Too few days.');
  if (days) return now + days * DAY;
  return end && end !== 'now' ? futureInstant('trial_end', end, now) : null;
}

export function futureInstant(name: string, text: string, now: number): number {
  const at = Number(text);
  if (!/^\d{1,11}$/.test(text) || at <= now) {
    throw badParameter(name, 'parameter_invalid_integer', `${name} must be an instant in the future.`);
  }
  return at;
}

function itemWish(world: World, args: Args): ItemWish {
  const data = nested(args, 'price_data', PRICE_DATA_SPEC);
  const metadata = metadataAfter({}, args.group('metadata'));
  const quantity = quantityOf(args);
  return { price: data === undefined ? args.required('price') : inlinePrice(world, data).id, quantity, metadata };
}

function wishOf(world: World, args: Args): SubscriptionWish {
  const customer = customerOf(world, args.required('customer'), 'customer', 400).id;
  oneOf(args, 'collection_method', ['charge_automatically']);
  const asked = nestedList(args, 'items', ITEM);
  if (asked.length > MOST_ITEMS)
    throw badParameter('items', 'parameter_invalid', 'A subscription has at most 20 items.');
  const anchor = args.integer('billing_cycle_anchor');
  const prorations = oneOf(args, 'proration_behavior', ['none', 'create_prorations', 'always_invoice']);
  const firstPayment = oneOf(args, 'payment_behavior', [
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
  ]);
  return {
    customer,
    items: asked.map((one) => itemWish(world, one)),
    metadata: metadataAfter({}, args.group('metadata')),
    description: args.text('description') ?? null,
    paymentMethod: ownMethod(world, customer, args) ?? null,
    trialEnd: trialEndAsked(world, args),
    missingMethod: missingMethodAsked(args) ?? null,
    cancelAtPeriodEnd: args.flag('cancel_at_period_end') === true,
    anchor: anchor === undefined ? null : futureInstant('billing_cycle_anchor', String(anchor), epochSeconds(world)),
    prorates: prorations !== 'none',
    firstPayment: firstPayment ?? 'allow_incomplete',
    offSession: args.flag('off_session') === true,
  };
}

export const createSubscription: Run = ({ world, args }) => {
  const expand = args.list('expand');
  checkExpand('subscription', expand);
  return expanded(world, subscriptionJson(world, subscribe(world, wishOf(world, args))), expand);
};

export const retrieveSubscription: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('subscription', expand);
  return expanded(world, subscriptionJson(world, subscriptionOf(world, path[0] ?? '')), expand);
};

export const listSubscriptions: Run = ({ world, args }) => {
  const [customer, price, status] = [args.text('customer'), args.text('price'), args.text('status')];
  const inTime = createdFits(args);
  const items = world.state.subscriptions.filter(
    (one) =>
      (!customer || one.customer === customer) &&
      (!price || one.items.some((item) => item.price === price)) &&
      statusFits(one, status) &&
      inTime(one.created),
  );
  const write = (one: StoredSubscription) => subscriptionJson(world, one);
  return listJson(world, args, { url: '/v1/subscriptions', object: 'subscription', items, write });
};

/** Without a wish everything that was not canceled. */
function statusFits(one: StoredSubscription, wanted: string | null | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'ended') return hasEnded(one);
  return wanted ? one.status === wanted : one.status !== 'canceled';
}
