/** Payments and failed tries: they come into being by confirming an intent, and only the words about them can change. */
import { metadataAfter } from './args.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { chargeJson } from './objects.js';
import { missing } from './problem.js';
import type { StoredCharge, StoredIntent } from './state.js';
import type { Run, World } from './world.js';

export const CHARGE_LIST_SPEC = { ...LIST_SPEC, customer: 'text', payment_intent: 'text', created: 'range' } as const;
export const CHARGE_CHANGE_SPEC = {
  description: 'text',
  receipt_email: 'text',
  metadata: 'group',
  expand: 'list',
} as const;

export function chargeOf(world: World, id: string): StoredCharge {
  const charge = world.state.charges.find((one) => one.id === id);
  if (charge === undefined) throw missing('charge', id, 'charge');
  return charge;
}

/** As other operations ask for it, by a parameter. */
export function intentFor(world: World, id: string): StoredIntent {
  const intent = world.state.intents.find((one) => one.id === id);
  if (intent === undefined) throw missing('payment_intent', id, 'payment_intent');
  return intent;
}

export const retrieveCharge: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('charge', expand);
  return expanded(world, chargeJson(chargeOf(world, path[0] ?? ''), world.baseUrl()), expand);
};

export const updateCharge: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('charge', expand);
  const charge = chargeOf(world, path[0] ?? '');
  const before = chargeJson(charge, world.baseUrl());
  charge.metadata = metadataAfter(charge.metadata, args.group('metadata'));
  const [description, receiptEmail] = [args.text('description'), args.text('receipt_email')];
  if (description !== undefined) charge.description = description;
  if (receiptEmail !== undefined) charge.receiptEmail = receiptEmail;
  const after = chargeJson(charge, world.baseUrl());
  emit(world, 'charge.updated', after, differing(before, after));
  return expanded(world, after, expand);
};

export const listCharges: Run = ({ world, args }) => {
  const [customer, intent, inTime] = [args.text('customer'), args.text('payment_intent'), createdFits(args)];
  const items = world.state.charges.filter(
    (one) => (!customer || one.customer === customer) && (!intent || one.intent === intent) && inTime(one.created),
  );
  const write = (one: (typeof items)[number]) => chargeJson(one, world.baseUrl());
  return listJson(world, args, { url: '/v1/charges', object: 'charge', items, write });
};
