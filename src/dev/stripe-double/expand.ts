/** `expand`: an id in an answer becomes the object itself, and ids inside that one in turn, as far as the double knows how. */

import { disputeJson, refundJson, setupIntentJson } from './aftermath-objects.js';
import { BILLING_EXPANDABLE, BILLING_LOOKUPS, includable } from './billing-expand.js';
import { chargeJson, customerJson, intentJson, paymentMethodJson } from './objects.js';
import { badParameter, type Json, type JsonObject } from './problem.js';
import type { World } from './world.js';

/** By the letters before an id's last underscore. */
const LOOKUPS: Readonly<Record<string, (world: World, id: string) => JsonObject | undefined>> = {
  ch: (world, id) => {
    const found = world.state.charges.find((one) => one.id === id);
    return found && chargeJson(found, world.baseUrl());
  },
  cus: (world, id) => {
    const found = world.state.customers.find((one) => one.id === id);
    return found && customerJson(found);
  },
  pm: (world, id) => {
    const found = world.state.paymentMethods.find((one) => one.id === id);
    return found && paymentMethodJson(found);
  },
  pi: (world, id) => {
    const found = world.state.intents.find((one) => one.id === id);
    return found && intentJson(found);
  },
  seti: (world, id) => {
    const found = world.state.setupIntents.find((one) => one.id === id);
    return found && setupIntentJson(found);
  },
  re: (world, id) => {
    const found = world.state.refunds.find((one) => one.id === id);
    return found && refundJson(found);
  },
  du: (world, id) => {
    const found = world.state.disputes.find((one) => one.id === id);
    return found && disputeJson(found);
  },
};

/** Per kind of object: which of its properties can be expanded, and into which kind. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  payment_intent: { latest_charge: 'charge', customer: 'customer', payment_method: 'payment_method' },
  charge: { customer: 'customer', payment_intent: 'payment_intent' },
  payment_method: { customer: 'customer' },
  setup_intent: { customer: 'customer', payment_method: 'payment_method' },
  refund: { charge: 'charge', payment_intent: 'payment_intent', payment_method: 'payment_method' },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  customer: { 'invoice_settings.default_payment_method': 'payment_method' },
};

const DEEPEST = 4;

/** Checked before anything runs, because a parameter that is refused must not have had an effect. */
export function checkExpand(object: string, wanted: readonly string[], prefix = ''): void {
  for (const path of wanted) {
    if (path.startsWith(prefix) && leadsSomewhere(object, path.slice(prefix.length), DEEPEST)) continue;
    throw badParameter('expand', 'parameter_invalid', `This property cannot be expanded (${path.slice(0, 100)}).`);
  }
}

function leadsSomewhere(object: string, path: string, steps: number): boolean {
  if (steps === 0) return false;
  return Object.entries(EXPANDABLE[object] ?? BILLING_EXPANDABLE[object] ?? {}).some(
    ([name, kind]) =>
      path === name || (path.startsWith(`${name}.`) && leadsSomewhere(kind, path.slice(name.length + 1), steps - 1)),
  );
}

export function expanded(world: World, json: JsonObject, wanted: readonly string[], prefix = ''): JsonObject {
  let result = json;
  for (const path of wanted) result = opened(world, result, path.slice(prefix.length).split('.')) as JsonObject;
  return result;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** `value` with whatever the path leads to opened; what is a list on the way is opened in each of its members. */
function opened(world: World, value: Json, path: readonly string[]): Json {
  const [name, ...rest] = path;
  if (isList(value)) return value.map((one) => opened(world, one, path));
  const whole = typeof value === 'string' ? objectOf(world, value) : value;
  if (name === undefined || typeof whole !== 'object' || whole === null || isList(whole)) return whole;
  const inner = whole[name] ?? includable(world, whole, name);
  return inner === undefined ? whole : { ...whole, [name]: opened(world, inner, rest) };
}

/** The object of that id, or the text itself where the double keeps no such object. */
function objectOf(world: World, id: string): Json {
  const prefix = id.slice(0, id.lastIndexOf('_'));
  // Billing's are looked at here, not copied above: its files import this one, and may not have been read to the end.
  return (LOOKUPS[prefix] ?? BILLING_LOOKUPS[prefix])?.(world, id) ?? id;
}
