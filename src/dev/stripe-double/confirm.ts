/** The one operation that moves money. An intent pays at most once, however often and under however many keys it is confirmed. */
import { AUTHENTICATION_REQUIRED, type CardBehaviour, type CardDecline } from './cards.js';
import { settle } from './charging.js';
import { scriptedDecline } from './declines.js';
import { checkExpand, expanded } from './expand.js';
import { afterTry } from './intent-aftermath.js';
import { futureUsageOf, returnUrlOf } from './intent-params.js';
import { cardBehind, factsOf, intentJson } from './objects.js';
import { intentOf, unexpectedState } from './payment-intents.js';
import { paymentMethodOf } from './payment-methods.js';
import { badParameter, Problem } from './problem.js';
import type { StoredIntent, StoredPaymentMethod } from './state.js';
import type { Operation, Run, World } from './world.js';

export const CONFIRM_SPEC = {
  payment_method: 'text',
  off_session: 'text',
  return_url: 'text',
  setup_future_usage: 'text',
  receipt_email: 'text',
  error_on_requires_action: 'flag',
  use_stripe_sdk: 'flag',
  expand: 'list',
} as const;

const UNCONFIRMABLE: ReadonlySet<StoredIntent['status']> = new Set(['succeeded', 'canceled', 'processing']);

export const confirmIntent: Run = (operation) => {
  const { world, path, args } = operation;
  const expand = args.list('expand');
  checkExpand('payment_intent', expand);
  const offSession = offSessionOf(operation);
  const futureUsage = futureUsageOf(args);
  const returnUrl = returnUrlOf(args);
  const intent = intentOf(world, path[0] ?? '');
  if (UNCONFIRMABLE.has(intent.status)) throw unexpectedState(intent, 'confirm');
  const method = methodFor(operation, intent);
  intent.returnUrl = returnUrl;
  if (futureUsage !== undefined) intent.setupFutureUsage = futureUsage;
  const receiptEmail = args.text('receipt_email');
  if (receiptEmail !== undefined) intent.receiptEmail = receiptEmail;
  const behaviour = behaviourOf(world, method, offSession, args.flag('error_on_requires_action') === true);
  const declined = settle(world, intent, method, { behaviour, authenticated: false });
  const answer = expanded(world, intentJson(intent), expand);
  if (declined !== null) throw new Problem(402, { ...declined, payment_intent: answer }, true);
  return answer;
};

/** As a request asks for it: an invoice or a Checkout session that the intent belongs to hears of the end. */
export const confirmByRequest: Run = (operation) => {
  const id = operation.path[0] ?? '';
  try {
    const answer = confirmIntent(operation);
    if (answer.status === 'succeeded') afterTry(operation.world, id, true);
    return answer;
  } catch (error) {
    if (error instanceof Problem && error.status === 402) afterTry(operation.world, id, false);
    throw error;
  }
};

function offSessionOf({ args }: Operation): boolean {
  const asked = args.text('off_session') ?? 'false';
  if (!['true', 'false', 'one_off', 'recurring'].includes(asked))
    throw badParameter('off_session', 'parameter_invalid', 'Invalid boolean for off_session.');
  return asked !== 'false';
}

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

const declines = (decline: CardDecline): CardBehaviour => ({ kind: 'declines', decline });

function behaviourOf(
  world: World,
  method: StoredPaymentMethod,
  offSession: boolean,
  errorOnAction: boolean,
): CardBehaviour {
  const card = cardBehind(method.card);
  const { fingerprint } = factsOf(method);
  const scripted = world.faults.takeDecline(method.id, fingerprint);
  const asked = scripted === null ? null : declines(scripted);
  if (scripted?.code === AUTHENTICATION_REQUIRED && !offSession && !errorOnAction) return { kind: 'authenticates' };
  if (asked !== null) return asked;
  if (world.faults.takeProcessing(method.id, fingerprint)) return { kind: 'processes' };
  if (hasExpired(world, method)) return declines(scriptedDecline({ declineCode: 'expired_card', adviceCode: null }));
  const alone = method.setUp === true ? card.offSessionSetUp : card.offSession;
  const behaviour = offSession ? alone : card.onSession;
  if (behaviour.kind !== 'authenticates' || !errorOnAction) return behaviour;
  return declines(scriptedDecline({ declineCode: AUTHENTICATION_REQUIRED, adviceCode: null }));
}

/** Cards are good until the end of the month that is printed on them. */
function hasExpired(world: World, method: StoredPaymentMethod): boolean {
  const { expMonth, expYear } = factsOf(method);
  return world.nowMs() >= Date.UTC(expYear, expMonth, 1);
}
