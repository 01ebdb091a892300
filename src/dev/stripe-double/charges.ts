/** Payments and failed tries, read only: they come into being by confirming an intent. */
import { checkExpand, expanded } from './expand.js';
import { LIST_SPEC, listJson } from './lists.js';
import { chargeJson } from './objects.js';
import { missing } from './problem.js';
import type { Run } from './world.js';

export const CHARGE_LIST_SPEC = { ...LIST_SPEC, customer: 'text', payment_intent: 'text' } as const;

export const retrieveCharge: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('charge', expand);
  const id = path[0] ?? '';
  const charge = world.state.charges.find((one) => one.id === id);
  if (charge === undefined) throw missing('charge', id, 'charge');
  return expanded(world, chargeJson(charge, world.baseUrl()), expand);
};

export const listCharges: Run = ({ world, args }) => {
  const customer = args.text('customer');
  const intent = args.text('payment_intent');
  const items = world.state.charges.filter(
    (one) => (!customer || one.customer === customer) && (!intent || one.intent === intent),
  );
  const write = (one: (typeof items)[number]) => chargeJson(one, world.baseUrl());
  return listJson(world, args, { url: '/v1/charges', object: 'charge', items, write });
};
