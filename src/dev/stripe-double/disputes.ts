/**
 * Disputes: a holder's bank takes a payment back. The funds go at once, except for an inquiry, which only asks; they
 * come back where the dispute is won. Opened and closed by test cards and by the control, read by requests.
 */

import { disputeJson, EVIDENCE } from './aftermath-objects.js';
import type { StoredDispute } from './aftermath-state.js';
import { metadataAfter } from './args.js';
import { emit } from './events.js';
import { checkExpand, expanded } from './expand.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { cardBehind, chargeJson } from './objects.js';
import { badParameter, type JsonObject, missing, Problem } from './problem.js';
import { newId, type StoredCharge } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const DISPUTE_LIST_SPEC = { ...LIST_SPEC, charge: 'text', payment_intent: 'text', created: 'range' } as const;
export const DISPUTE_SPEC = { evidence: 'group', submit: 'flag', metadata: 'group', expand: 'list' } as const;

export interface DisputeWish {
  readonly reason?: string;
  /** Minor units; all that has not been refunded unless said. */
  readonly amount?: number;
  readonly inquiry?: boolean;
}

/** What Stripe takes for a dispute, in minor units of any currency. */
const FEE = 1_500;
const ANSWER_WITHIN_SECONDS = 9 * 86_400;

/** Throws a plain sentence where this payment cannot be disputed so. */
export function openDispute(world: World, charge: StoredCharge, wish: DisputeWish): StoredDispute {
  const left = charge.amount - (charge.amountRefunded ?? 0);
  const amount = wish.amount ?? (left > 0 ? left : charge.amount);
  if (charge.decline !== null) throw new Error(`The charge ${charge.id} was declined: there is nothing to dispute.`);
  if (amount < 1 || amount > charge.amount) throw new Error(`A dispute of ${charge.id} is of 1 to ${charge.amount}.`);
  const dispute: StoredDispute = {
    id: newId('du_'),
    created: epochSeconds(world),
    charge: charge.id,
    intent: charge.intent,
    amount,
    currency: charge.currency,
    reason: wish.reason ?? 'fraudulent',
    brand: cardBehind(charge.card).brand,
    dueBy: epochSeconds(world) + ANSWER_WITHIN_SECONDS,
    metadata: {},
    status: wish.inquiry === true ? 'warning_needs_response' : 'needs_response',
    balanceTransactions: [],
    evidence: {},
    submissions: 0,
  };
  world.state.disputes.push(dispute);
  charge.disputed = true;
  emit(world, 'charge.dispute.created', disputeJson(dispute));
  if (wish.inquiry !== true) withdraw(world, dispute);
  return dispute;
}

function withdraw(world: World, dispute: StoredDispute): void {
  const before = [...dispute.balanceTransactions];
  dispute.balanceTransactions = [...before, moved(world, dispute, -dispute.amount, FEE)];
  const previous = { balance_transactions: before };
  emit(world, 'charge.dispute.funds_withdrawn', disputeJson(dispute), previous);
}

function moved(world: World, dispute: StoredDispute, amount: number, fee: number): JsonObject {
  const now = epochSeconds(world);
  return {
    id: newId('txn_'),
    object: 'balance_transaction',
    amount,
    available_on: now,
    balance_type: 'payments',
    created: now,
    currency: dispute.currency,
    description: `Chargeback ${amount < 0 ? 'withdrawal' : 'reversal'} for ${dispute.charge}`,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: dispute.currency,
              description: 'Dispute fee',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: amount < 0 ? 'dispute' : 'dispute_reversal',
    source: dispute.id,
    status: 'available',
    type: 'adjustment',
  };
}

export type DisputeEnd = 'won' | 'lost' | 'warning_closed';

const ENDS: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed']);
const isInquiry = ({ status }: StoredDispute): boolean => status.startsWith('warning_');

/** Whether its amount is away from the account now: inquiries never take it, won disputes have brought it back. */
const holdsFunds = (dispute: StoredDispute): boolean => !isInquiry(dispute) && dispute.status !== 'won';

/** What disputes hold of a charge now, in minor units. */
export function disputedOf(world: World, charge: string): number {
  const holding = world.state.disputes.filter((one) => one.charge === charge && holdsFunds(one));
  return holding.reduce((sum, one) => sum + one.amount, 0);
}

export function disputeOf(world: World, id: string): StoredDispute {
  const found = world.state.disputes.find((one) => one.id === id);
  if (found === undefined) throw missing('dispute', id, 'dispute');
  return found;
}

/** Throws a plain sentence where it is closed already, or cannot end so. */
export function closeDispute(world: World, dispute: StoredDispute, end: DisputeEnd): void {
  if (ENDS.has(dispute.status)) throw new Error(`The dispute ${dispute.id} is closed already: ${dispute.status}.`);
  if (isInquiry(dispute) !== (end === 'warning_closed'))
    throw new Error(`The dispute ${dispute.id} is ${dispute.status} and cannot end as ${end}.`);
  const previous = { status: dispute.status };
  dispute.status = end;
  if (end === 'won') {
    const before = [...dispute.balanceTransactions];
    dispute.balanceTransactions = [...before, moved(world, dispute, dispute.amount, 0)];
    emit(world, 'charge.dispute.funds_reinstated', disputeJson(dispute), { balance_transactions: before });
  }
  emit(world, 'charge.dispute.closed', disputeJson(dispute), previous);
}

/** The bank was not content with the answer to its inquiry: now the funds go. */
export function escalateDispute(world: World, dispute: StoredDispute): void {
  if (!isInquiry(dispute) || ENDS.has(dispute.status))
    throw new Error(`The dispute ${dispute.id} is ${dispute.status}: only an open inquiry can escalate.`);
  const previous = { status: dispute.status };
  dispute.status = 'needs_response';
  emit(world, 'charge.dispute.updated', disputeJson(dispute), previous);
  withdraw(world, dispute);
}

/** A warning of the card's network that a payment may be fraud: no money moves, a dispute often follows. */
export function warnOfFraud(world: World, charge: StoredCharge): void {
  charge.fraudReport = 'fraudulent';
  emit(world, 'charge.updated', chargeJson(charge, world.baseUrl()), { fraud_details: {} });
  emit(world, 'radar.early_fraud_warning.created', {
    id: newId('issfr_'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: epochSeconds(world),
    fraud_type: 'misc',
    livemode: false,
    payment_intent: charge.intent,
  });
}

export const retrieveDispute: Run = ({ world, path, args }) => {
  const expand = args.list('expand');
  checkExpand('dispute', expand);
  return expanded(world, disputeJson(disputeOf(world, path[0] ?? '')), expand);
};

export const listDisputes: Run = ({ world, args }) => {
  const [charge, intent, inTime] = [args.text('charge'), args.text('payment_intent'), createdFits(args)];
  const items = world.state.disputes.filter(
    (one) => (!charge || one.charge === charge) && (!intent || one.intent === intent) && inTime(one.created),
  );
  return listJson(world, args, { url: '/v1/disputes', object: 'dispute', items, write: disputeJson });
};

function open(operation: Operation): StoredDispute {
  const dispute = disputeOf(operation.world, operation.path[0] ?? '');
  if (!ENDS.has(dispute.status)) return dispute;
  throw new Problem(400, { type: 'invalid_request_error', message: 'This dispute is already closed.' }, true);
}

/** Evidence is sent to the bank unless `submit` is false; then the bank decides, which the control does. */
export const updateDispute: Run = (operation) => {
  const { world, args } = operation;
  const expand = args.list('expand');
  checkExpand('dispute', expand);
  const dispute = open(operation);
  const metadata = metadataAfter(dispute.metadata, args.group('metadata'));
  const evidence = args.group('evidence') ?? {};
  const unknown = Object.keys(evidence).find((name) => !Object.hasOwn(EVIDENCE, name));
  if (unknown !== undefined)
    throw badParameter(`evidence[${unknown}]`, 'parameter_unknown', `Received unknown parameter: evidence[${unknown}]`);
  const previous = { status: dispute.status };
  dispute.metadata = metadata;
  dispute.evidence = { ...dispute.evidence, ...evidence };
  if (Object.keys(dispute.evidence).length > 0 && args.flag('submit') !== false) {
    dispute.submissions += 1;
    dispute.status = isInquiry(dispute) ? 'warning_under_review' : 'under_review';
  }
  emit(world, 'charge.dispute.updated', disputeJson(dispute), previous);
  return expanded(world, disputeJson(dispute), expand);
};

/** Giving in: the dispute is lost. */
export const concedeDispute: Run = (operation) => {
  checkExpand('dispute', operation.args.list('expand'));
  const dispute = open(operation);
  closeDispute(operation.world, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost');
  return expanded(operation.world, disputeJson(dispute), operation.args.list('expand'));
};
