/** `expand`: an id in an answer becomes the object itself, for the properties that the double knows how to expand. */
import { chargeJson, customerJson, intentJson, paymentMethodJson } from './objects.js';
import { badParameter, type JsonObject } from './problem.js';
import type { World } from './world.js';

const LOOKUPS: Readonly<Record<string, (world: World, id: string) => JsonObject | undefined>> = {
  latest_charge: (world, id) => {
    const found = world.state.charges.find((one) => one.id === id);
    return found && chargeJson(found, world.baseUrl());
  },
  customer: (world, id) => {
    const found = world.state.customers.find((one) => one.id === id);
    return found && customerJson(found);
  },
  payment_method: (world, id) => {
    const found = world.state.paymentMethods.find((one) => one.id === id);
    return found && paymentMethodJson(found);
  },
  payment_intent: (world, id) => {
    const found = world.state.intents.find((one) => one.id === id);
    return found && intentJson(found);
  },
};

const EXPANDABLE: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['latest_charge', 'customer', 'payment_method'],
  charge: ['customer', 'payment_intent'],
  payment_method: ['customer'],
};

/** Checked before anything runs, because a parameter that is refused must not have had an effect. */
export function checkExpand(object: string, wanted: readonly string[], prefix = ''): void {
  for (const path of wanted) {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    if (EXPANDABLE[object]?.includes(name) !== true) {
      throw badParameter('expand', 'parameter_invalid', `This property cannot be expanded (${path.slice(0, 100)}).`);
    }
  }
}

export function expanded(world: World, json: JsonObject, wanted: readonly string[], prefix = ''): JsonObject {
  const result: Record<string, JsonObject[string]> = { ...json };
  for (const path of wanted) {
    const name = path.slice(prefix.length);
    const id = json[name];
    const found = typeof id === 'string' ? LOOKUPS[name]?.(world, id) : undefined;
    if (found !== undefined) result[name] = found;
  }
  return result;
}
