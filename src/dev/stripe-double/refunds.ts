/**
 * Refunds. What is refunded of a charge counts as soon as a refund is pending, and counts no more once that refund has
 * failed, which can be long after it succeeded.
 */
import { refundJson } from './aftermath-objects.js';
import type { StoredRefund } from './aftermath-state.js';
import { metadataAfter } from './args.js';
import { intentFor } from './charges.js';
import { differing } from './differing.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { oneOf } from './nested.js';
import { cardBehind, chargeJson } from './objects.js';
import { badParameter, missing, Problem } from './problem.js';
import { newId, type StoredCharge } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const REFUND_SPEC = {
  payment_intent: 'text',
  charge: 'text',
  amount: 'integer',
  reason: 'text',
  metadata: 'group',
  expand: 'list',
} as const;
export const REFUND_CHANGE_SPEC = { metadata: 'group', expand: 'list' } as const;
export const REFUND_LIST_SPEC = { ...LIST_SPEC, charge: 'text', payment_intent: 'text', created: 'range' } as const;

const refused = (message: string, more: { readonly code?: string; readonly param?: string } = {}): Problem =>
  new Problem(400, { type: 'invalid_request_error', message, ...more }, true);

function chargeFor({ world, args }: Operation): StoredCharge {
  const [chargeId, intentId] = [args.text('charge'), args.text('payment_intent')];
  if (!chargeId && !intentId) {
    const message = 'One of the following params should be provided for this request: payment_intent or charge.';
    throw badParameter('payment_intent', 'parameter_missing', message);
  }
  const id = chargeId ?? intentFor(world, intentId ?? '').latestCharge;
  const charge = world.state.charges.find((one) => one.id === id);
  if (charge === undefined && chargeId) throw missing('charge', chargeId, 'charge');
  if (charge === undefined || charge.decline !== null) {
    const message = `This PaymentIntent (${intentId ?? charge?.intent}) does not have a successful charge to refund.`;
    throw refused(message, { code: 'payment_intent_unexpected_state' });
  }
  return charge;
}

/** What is to go back, in minor units; everything that is left unless said. */
function amountFor({ world, args }: Operation, charge: StoredCharge): number {
  const left = charge.amount - (charge.amountRefunded ?? 0);
  const amount = args.integer('amount') ?? left;
  const taken = world.state.disputes.some((one) => one.charge === charge.id && !one.status.startsWith('warning_'));
  if (taken) {
    throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
  }
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  if (amount < 1)
    throw badParameter('amount', 'parameter_invalid_integer', 'This value must be greater than or equal to 1.');
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}), in minor units.`;
    throw refused(message, { param: 'amount' });
  }
  return amount;
}

export const createRefund: Run = (operation) => {
  const { world, args } = operation;
  checkExpand('refund', args.list('expand'));
  const reason = oneOf(args, 'reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null;
  const metadata = metadataAfter({}, args.group('metadata'));
  const charge = chargeFor(operation);
  const amount = amountFor(operation, charge);
  const { aftermath } = cardBehind(charge.card);
  const pends = world.faults.takePendingRefund();
  const refund: StoredRefund = {
    id: newId('re_'),
    created: epochSeconds(world),
    charge: charge.id,
    intent: charge.intent,
    amount,
    currency: charge.currency,
    paymentMethod: charge.paymentMethod,
    reason,
    balanceTransaction: newId('txn_'),
    metadata,
    status: pends || aftermath?.kind === 'refund_pends' ? 'pending' : 'succeeded',
    failureReason: null,
    failureBalanceTransaction: null,
  };
  world.state.refunds.push(refund);
  emit(world, 'refund.created', refundJson(refund));
  move(world, charge, amount, 'charge.refunded');
  if (!pends && aftermath?.kind === 'refund_pends') world.later(() => succeedRefund(world, refund));
  if (aftermath?.kind === 'refund_fails') {
    world.later(() => failRefund(world, refund, 'expired_or_canceled_card'));
  }
  return expanded(world, refundJson(refund), args.list('expand'));
};

function move(world: World, charge: StoredCharge, amount: number, type: string | null): void {
  const before = chargeJson(charge, world.baseUrl());
  charge.amountRefunded = (charge.amountRefunded ?? 0) + amount;
  const after = chargeJson(charge, world.baseUrl());
  if (type !== null) emit(world, type, after, differing(before, after));
}

function changed(world: World, refund: StoredRefund, change: () => void): void {
  const before = refundJson(refund);
  change();
  const after = refundJson(refund);
  const previous = differing(before, after);
  emit(world, 'refund.updated', after, previous);
  emit(world, 'charge.refund.updated', after, previous);
}

/** A pending refund reaches the holder. One that has failed meanwhile stays failed. */
export function succeedRefund(world: World, refund: StoredRefund): void {
  if (refund.status !== 'pending') return;
  changed(world, refund, () => {
    refund.status = 'succeeded';
  });
}

/** The holder's bank sends it back, also after it had succeeded: the money is the account's again. Again, nothing happens. */
export function failRefund(world: World, refund: StoredRefund, reason: string): void {
  if (refund.status !== 'pending' && refund.status !== 'succeeded') return;
  const charge = world.state.charges.find((one) => one.id === refund.charge);
  if (charge !== undefined) move(world, charge, -refund.amount, null);
  changed(world, refund, () => {
    refund.status = 'failed';
    refund.failureReason = reason;
    refund.failureBalanceTransaction = newId('txn_');
  });
  emit(world, 'refund.failed', refundJson(refund));
}

export function refundOf(world: World, id: string): StoredRefund {
  const found = world.state.refunds.find((one) => one.id === id);
  if (found === undefined) throw missing('refund', id, 'refund');
  return found;
}

export const retrieveRefund: Run = ({ world, path, args }) => {
  checkExpand('refund', args.list('expand'));
  return expanded(world, refundJson(refundOf(world, path[0] ?? '')), args.list('expand'));
};

export const updateRefund: Run = ({ world, path, args }) => {
  checkExpand('refund', args.list('expand'));
  const refund = refundOf(world, path[0] ?? '');
  const metadata = metadataAfter(refund.metadata, args.group('metadata'));
  changed(world, refund, () => {
    refund.metadata = metadata;
  });
  return expanded(world, refundJson(refund), args.list('expand'));
};

export const listRefunds: Run = ({ world, args }) => {
  const [charge, intent, inTime] = [args.text('charge'), args.text('payment_intent'), createdFits(args)];
  const items = world.state.refunds.filter(
    (one) => (!charge || one.charge === charge) && (!intent || one.intent === intent) && inTime(one.created),
  );
  return listJson(world, args, { url: '/v1/refunds', object: 'refund', items, write: refundJson });
};
