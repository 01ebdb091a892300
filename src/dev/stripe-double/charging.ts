/** What a try at a payment leaves behind, whoever made it: a charge, the intent's new state, and the events of both. */
import type { CardBehaviour, CardDecline } from './cards.js';
import { declineFields } from './declines.js';
import { openDispute, warnOfFraud } from './disputes.js';
import { emit } from './events.js';
import { cardBehind, chargeJson, factsOf, intentJson, paymentMethodJson } from './objects.js';
import { attachTo } from './payment-methods.js';
import type { ProblemFields } from './problem.js';
import { newId, type StoredCharge, type StoredIntent, type StoredPaymentMethod } from './state.js';
import { epochSeconds, type World } from './world.js';

export interface Try {
  readonly behaviour: CardBehaviour;
  /** The owner has just authenticated this payment. */
  readonly authenticated: boolean;
}

/** The decline's fields, as `last_payment_error` keeps them, or null where nothing was declined. */
export function settle(
  world: World,
  intent: StoredIntent,
  method: StoredPaymentMethod,
  { behaviour, authenticated }: Try,
): ProblemFields | null {
  intent.paymentMethod = method.id;
  switch (behaviour.kind) {
    case 'pays':
      pay(world, intent, method, authenticated);
      return null;
    case 'declines':
      return decline(world, intent, method, behaviour.decline);
    case 'authenticates':
      intent.status = 'requires_action';
      intent.authenticateAt = `${world.baseUrl()}/authenticate/${intent.id}`;
      intent.lastError = null;
      emit(world, 'payment_intent.requires_action', intentJson(intent));
      return null;
    case 'processes':
      intent.status = 'processing';
      intent.lastError = null;
      emit(world, 'payment_intent.processing', intentJson(intent));
      return null;
  }
}

function book(
  world: World,
  intent: StoredIntent,
  method: StoredPaymentMethod,
  more: Pick<StoredCharge, 'decline' | 'authenticated'>,
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
    facts: factsOf(method),
    ...(method.billing === undefined ? {} : { billing: method.billing }),
    ...more,
  };
  world.state.charges.push(charge);
  intent.latestCharge = charge.id;
  return charge;
}

function pay(world: World, intent: StoredIntent, method: StoredPaymentMethod, authenticated: boolean): void {
  const charge = book(world, intent, method, { decline: null, authenticated });
  intent.status = 'succeeded';
  intent.lastError = null;
  emit(world, 'charge.succeeded', chargeJson(charge, world.baseUrl()));
  if (intent.setupFutureUsage) keep(world, intent, method, authenticated);
  emit(world, 'payment_intent.succeeded', intentJson(intent));
  charge.balanceTransaction = newId('txn_');
  emit(world, 'charge.updated', chargeJson(charge, world.baseUrl()), { balance_transaction: null });
  const { aftermath } = cardBehind(method.card);
  if (aftermath?.kind === 'dispute') world.later(() => openDispute(world, charge, aftermath));
  if (aftermath?.kind === 'fraud_warning') world.later(() => warnOfFraud(world, charge));
}

/** The card stays with the customer, as a payment that was made to be followed by others asked. */
function keep(world: World, intent: StoredIntent, method: StoredPaymentMethod, authenticated: boolean): void {
  if (authenticated && intent.setupFutureUsage === 'off_session') method.setUp = true;
  if (intent.customer !== null && method.customer === null) attachTo(world, method, intent.customer);
}

/** A decline leaves a failed charge and an intent that waits for a card. */
function decline(world: World, intent: StoredIntent, method: StoredPaymentMethod, reason: CardDecline): ProblemFields {
  const shown = declineFields(reason);
  const charge = book(world, intent, method, { decline: { ...reason, message: shown.message } });
  const fields = { ...shown, charge: charge.id, payment_method: paymentMethodJson(method) };
  intent.status = 'requires_payment_method';
  intent.paymentMethod = null;
  intent.lastError = fields;
  emit(world, 'charge.failed', chargeJson(charge, world.baseUrl()));
  emit(world, 'payment_intent.payment_failed', intentJson(intent));
  return fields;
}
