/**
 * What the button on a Checkout page does: the card is charged, or set up where nothing is due today, and then the session
 * is completed. A refused card leaves the session open for another one; a card that asks for its owner waits for them.
 */
import { readArgs } from './args.js';
import type { StoredSession } from './billing-state.js';
import { dueToday, hasTrial, pageOf, sessionJson, sessionTotal } from './checkout-json.js';
import { CUSTOMER_SPEC, createCustomer } from './customers.js';
import { emit } from './events.js';
import { attachInside, type Confirmed, confirmedAs, confirmInside, createInside } from './inner.js';
import { confirmedSetup, confirmSetupInside, createSetupInside, isSetup } from './inner-setup.js';
import { afterTry } from './intent-aftermath.js';
import { intentJson } from './objects.js';
import { intentOf } from './payment-intents.js';
import { paymentMethodOf } from './payment-methods.js';
import { Problem } from './problem.js';
import { subscribe } from './subscription-start.js';
import { epochSeconds, type World } from './world.js';

export interface Wish {
  /** A stored card of the customer or the name of a test card; null where none is asked for. */
  readonly card: string | null;
  /** For the customer who is made, where the session came without one. */
  readonly email?: string | null;
  /** The payment is under way and comes to an end later, by `settle`. */
  readonly settlesLater?: boolean;
}

export type Attempted =
  | { readonly kind: 'completed' }
  | { readonly kind: 'declined'; readonly message: string }
  | { readonly kind: 'authenticates'; readonly intent: string };

/** Whether the page asks for a card at all. */
export const wantsCard = (world: World, one: StoredSession): boolean =>
  one.mode === 'setup' || dueToday(world, one) > 0 || (one.mode === 'subscription' && one.collection !== 'if_required');

/** Throws where the session is over, or the wish makes no sense. */
export function attempt(world: World, session: StoredSession, wish: Wish): Attempted {
  const refuse = (message: string) => new Problem(400, { type: 'invalid_request_error', message }, true);
  if (session.status !== 'open') throw refuse(`This session is ${session.status}.`);
  const card = wantsCard(world, session) ? wish.card : null;
  if (card === null && wantsCard(world, session)) throw refuse('Choose a card.');
  session.told = null;
  session.authenticating = null;
  session.email = wish.email ?? session.customerEmail;
  makeCustomer(world, session);
  if (card === null) return finish(world, session, null, null);
  if (wish.settlesLater === true) return leaveUnderWay(world, session, card);
  try {
    return answer(world, session, ...start(world, session, card));
  } catch (error) {
    // A card that cannot even be kept is refused like one that cannot pay.
    if (error instanceof Problem && error.status === 402) return tell(session, error);
    throw error;
  }
}

/** A subscription always has a customer, and so has a card that is kept; a single payment only where that was asked for. */
function makeCustomer(world: World, session: StoredSession): void {
  if (session.customer !== null) return;
  const needed = session.mode === 'subscription' || session.customerCreation === 'always' || session.intent.keepsCard;
  if (!needed || session.mode === 'setup') return;
  const args = readArgs(CUSTOMER_SPEC, session.email === null ? {} : { email: session.email });
  session.customer = String(createCustomer({ world, path: [], args }).id);
}

function start(world: World, session: StoredSession, card: string): [Confirmed, string] {
  if (session.mode !== 'payment' && dueToday(world, session) === 0) {
    const { customer, intent } = session;
    const id = session.setupIntent ?? createSetupInside(world, { customer, ...intent });
    return [confirmSetupInside(world, id, card), id];
  }
  const intent = intentFor(world, session);
  return [confirmInside(world, intent, card, false), intent];
}

/** The intent that all tries of this session confirm, made by the first of them. */
function intentFor(world: World, session: StoredSession): string {
  if (session.paymentIntent !== null) return session.paymentIntent;
  const bought = session.mode === 'subscription' ? 'Subscription creation' : session.intent.description;
  const id = createInside(world, {
    amount: dueToday(world, session),
    currency: session.currency ?? 'usd',
    customer: session.customer,
    description: bought,
    receiptEmail: session.intent.receiptEmail,
    metadata: session.intent.metadata,
    keepsCard: session.intent.keepsCard || session.mode === 'subscription',
  });
  session.paymentIntent = id;
  return id;
}

function answer(world: World, session: StoredSession, done: Confirmed, intent: string): Attempted {
  switch (done.kind) {
    case 'paid':
      return finish(world, session, done.method, intent);
    case 'declined':
      return tell(session, done.problem);
    case 'processes':
      session.settling = done.method;
      complete(world, session, 'unpaid');
      return { kind: 'completed' };
    case 'authenticates':
      session.authenticating = intent;
      return { kind: 'authenticates', intent };
  }
}

function tell(session: StoredSession, problem: Problem): Attempted {
  session.told = problem.fields.message;
  return { kind: 'declined', message: problem.fields.message };
}

function finish(world: World, session: StoredSession, method: string | null, intent: string | null): Attempted {
  if (session.mode === 'subscription') begin(world, session, method, intent);
  if (session.intent.keepsCard && session.mode === 'payment' && method !== null && session.customer !== null) {
    attachInside(world, method, session.customer);
  }
  complete(world, session, dueToday(world, session) > 0 ? 'paid' : 'no_payment_required');
  return { kind: 'completed' };
}

function complete(world: World, session: StoredSession, paymentStatus: StoredSession['paymentStatus']): void {
  session.status = 'complete';
  session.paymentStatus = paymentStatus;
  session.authenticating = null;
  emit(world, 'checkout.session.completed', sessionJson(world, session));
}

const DAY = 86_400;

function begin(world: World, session: StoredSession, method: string | null, intent: string | null): void {
  const customer = session.customer ?? '';
  const paymentMethod = method === null ? null : attachInside(world, method, customer);
  const { plan } = session;
  const trialEnd = plan.trialDays === null ? plan.trialEnd : epochSeconds(world) + plan.trialDays * DAY;
  const subscription = subscribe(world, {
    customer,
    items: session.lines.map((one) => ({ price: one.price, quantity: one.quantity, metadata: {} })),
    metadata: plan.metadata,
    description: plan.description,
    paymentMethod,
    trialEnd,
    missingMethod: plan.missingMethod,
    cancelAtPeriodEnd: false,
    anchor: plan.anchor,
    prorates: plan.prorates,
    firstPayment: 'allow_incomplete',
    offSession: false,
    ...(intent === null || hasTrial(session) || sessionTotal(world, session) === 0 ? {} : { paidBy: intent }),
  });
  session.subscription = subscription.id;
  session.invoice = subscription.latestInvoice;
  // The intent belongs to the invoice: a session of this mode names the subscription only.
  session.paymentIntent = null;
}

/** Where the owner goes after the authentication page; null where no session waits for this intent. */
export function afterAuthentication(world: World, intent: string): string | null {
  const session = world.state.sessions.find((one) => one.authenticating === intent && one.status === 'open');
  if (session === undefined) return null;
  session.authenticating = null;
  const done = isSetup(intent) ? confirmedSetup(world, intent) : confirmedAs(intentOf(world, intent));
  if (done.kind === 'paid') finish(world, session, done.method, intent);
  else session.told = 'We are unable to authenticate your payment method. Please choose another one and try again.';
  return done.kind === 'paid' ? addressAfter(session.successUrl, session) : pageOf(world, session);
}

function leaveUnderWay(world: World, session: StoredSession, card: string): Attempted {
  if (session.mode !== 'payment') {
    const message = 'Only a payment can be left under way: a session of mode payment.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  const intent = intentOf(world, intentFor(world, session));
  intent.paymentMethod = paymentMethodOf(world, card, 'payment_method', 400).id;
  intent.status = 'processing';
  session.settling = intent.paymentMethod;
  emit(world, 'payment_intent.processing', intentJson(intent));
  complete(world, session, 'unpaid');
  return { kind: 'completed' };
}

/** Ends a payment that was under way. */
export function settle(world: World, session: StoredSession, outcome: 'succeeded' | 'failed'): void {
  if (session.settling === null || session.paymentIntent === null) {
    const message = 'No payment of this session is under way.';
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  }
  const card = outcome === 'succeeded' ? session.settling : 'pm_card_chargeCustomerFail';
  intentOf(world, session.paymentIntent).status = 'requires_confirmation';
  const done = confirmInside(world, session.paymentIntent, card, true);
  afterTry(world, session.paymentIntent, done.kind === 'paid');
}

export const addressAfter = (template: string, session: StoredSession): string =>
  template.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
