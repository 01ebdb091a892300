/** What an intent's end means to the invoice or the Checkout session that it belongs to, whoever brought it about. */
import type { StoredSession } from './billing-state.js';
import { sessionJson } from './checkout-json.js';
import { emit } from './events.js';
import { afterPaid } from './invoice-collect.js';
import { markPaid } from './invoice-steps.js';
import { subscriptionOf } from './subscription-events.js';
import type { World } from './world.js';

/** Called once the intent has paid, or a try at it was declined. */
export function afterTry(world: World, intent: string, paid: boolean): void {
  const invoice = world.state.invoices.find((one) => one.payment?.intent === intent);
  if (paid && invoice !== undefined && (invoice.status === 'open' || invoice.status === 'uncollectible')) {
    markPaid(world, invoice);
    afterPaid(world, invoice, subscriptionOf(world, invoice.subscription));
  }
  const session = world.state.sessions.find((one) => one.paymentIntent === intent && one.settling !== null);
  if (session?.status === 'complete') settled(world, session, paid);
}

/** A payment that was under way when its session was completed has come to its end. */
function settled(world: World, session: StoredSession, paid: boolean): void {
  session.settling = null;
  if (paid) session.paymentStatus = 'paid';
  const type = paid ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed';
  emit(world, type, sessionJson(world, session));
}
