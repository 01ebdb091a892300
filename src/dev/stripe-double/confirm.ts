/** The one operation that moves money. An intent pays at most once, however often and under however many keys it is confirmed. */
import { AUTHENTICATION_REQUIRED, type CardBehaviour, type CardDecline } from './cards.js';
import { declineMessage } from './declines.js';
import { checkExpand, expanded } from './expand.js';
import { cardBehind, intentJson, paymentMethodJson } from './objects.js';
import { intentOf, unexpectedState } from './payment-intents.js';
import { paymentMethodOf } from './payment-methods.js';
import { badParameter, Problem } from './problem.js';
import { newId, type StoredCharge, type StoredIntent, type StoredPaymentMethod } from './state.js';
import { epochSeconds, type Operation, type Run, type World } from './world.js';

export const CONFIRM_SPEC = {
  payment_method: 'text',
  off_session: 'flag',
  expand: 'list',
} as const;

export const confirmIntent: Run = (operation) => {
  const { world, path, args } = operation;
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const intent = intentOf(world, path[0] ?? '');
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'confirm');
  const method = methodFor(operation, intent);
  intent.paymentMethod = method.id;
  const behaviour = behaviourOf(world, method, args.flag('off_session') === true);
  switch (behaviour.kind) {
    case 'pays':
      pay(world, intent, method);
      break;
    case 'declines':
      throw decline(world, intent, method, behaviour.decline, expand);
    case 'authenticates':
      intent.status = 'requires_action';
      intent.lastError = null;
      break;
  }
  return expanded(world, intentJson(intent), expand);
};

function methodFor({ world, args }: Operation, intent: StoredIntent): StoredPaymentMethod {
  const wanted = args.text('payment_method') ?? intent.paymentMethod;
  if (!wanted) {
    const message = 'You cannot confirm this PaymentIntent because it is missing a payment method.';
    throw badParameter('payment_method', 'payment_intent_unexpected_state', message);
  }
  const method = paymentMethodOf(world, wanted, 'payment_method', 400);
  const refusal = (message: string) =>
    new Problem(400, { type: 'invalid_request_error', param: 'payment_method', message }, true);
  if (method.detached) throw refusal('The PaymentMethod was detached from a customer and may not be used again.');
  if (method.customer !== null && method.customer !== intent.customer) {
    throw refusal('The PaymentMethod does not belong to the customer of this PaymentIntent.');
  }
  return method;
}

function behaviourOf(world: World, method: StoredPaymentMethod, offSession: boolean): CardBehaviour {
  const card = cardBehind(method.card);
  const scripted = world.faults.takeDecline(method.id, card.fingerprint);
  if (scripted === null) return offSession ? card.offSession : card.onSession;
  const asksOwner = scripted.code === AUTHENTICATION_REQUIRED && !offSession;
  return asksOwner ? { kind: 'authenticates' } : { kind: 'declines', decline: scripted };
}

function book(
  world: World,
  intent: StoredIntent,
  method: StoredPaymentMethod,
  declined: StoredCharge['decline'],
): StoredCharge {
  const charge: StoredCharge = {
    id: newId('ch_'),
    created: epochSeconds(world),
    intent: intent.id,
    amount: intent.amount,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    receiptEmail: intent.receiptEmail,
    metadata: { ...intent.metadata },
    paymentMethod: method.id,
    card: method.card,
    decline: declined,
  };
  world.state.charges.push(charge);
  intent.latestCharge = charge.id;
  return charge;
}

function pay(world: World, intent: StoredIntent, method: StoredPaymentMethod): void {
  book(world, intent, method, null);
  intent.status = 'succeeded';
  intent.lastError = null;
}

/** A decline leaves a failed charge, an intent that waits for a card, and an answer 402 that holds both. */
function decline(
  world: World,
  intent: StoredIntent,
  method: StoredPaymentMethod,
  reason: CardDecline,
  expand: readonly string[],
): Problem {
  const message = declineMessage(reason);
  const charge = book(world, intent, method, { ...reason, message });
  const fields = {
    type: 'card_error' as const,
    code: reason.code,
    message,
    charge: charge.id,
    payment_method: paymentMethodJson(method),
    ...(reason.declineCode === null ? {} : { decline_code: reason.declineCode }),
    ...(reason.adviceCode === null ? {} : { advice_code: reason.adviceCode }),
  };
  intent.status = 'requires_payment_method';
  intent.paymentMethod = null;
  intent.lastError = fields;
  return new Problem(402, { ...fields, payment_intent: expanded(world, intentJson(intent), expand) }, true);
}
