/** The processor's own pages: the bank's, where an owner approves a payment, and Checkout's, where somebody pays. */
import { currency } from '../../src/domain/money.js';
import type { IntentRequest } from '../../src/domain/payment.js';
import type { Checkout, SessionOutcome, SessionView, Subscriptions } from '../../src/ports.js';
import { decline, newIntent, pay, type SimSession, tell, through, type Vault } from './processor.js';

type Offer = Parameters<Checkout['offerPack']>[0];

export function makePages(vault: Vault) {
  const { chance, sessions, intents } = vault;
  const told = (session: SimSession): void => {
    const { account, charge } = session.request;
    vault.events.push({ kind: 'session', account, charge, intent: session.intent?.id ?? null });
  };
  return {
    checkout: { offerPack: async (offer: Offer) => through(vault, () => opened(vault, offer)) },
    subscriptions: {
      session: async (id: string) => through(vault, () => ({ kind: 'seen' as const, view: viewOf(vault, id) })),
    } satisfies Pick<Subscriptions, 'session'>,
    /** The bank decides on a payment that its owner was sent to it with. */
    decide(): void {
      const waiting = intents.filter((one) => one.status === 'requires_action');
      if (waiting.length === 0) return;
      const intent = chance.pick(waiting);
      if (chance.in100(60)) pay(vault, intent);
      else if (chance.in100(20)) intent.status = 'processing';
      else decline(vault, intent, 'payment_intent_authentication_failure', null);
    },
    /** Somebody pays at a page that is open, or tries to; a declined card can be tried again there. */
    visit(): void {
      const open = sessions.filter((one) => one.status === 'open');
      if (open.length === 0) return;
      const session = chance.pick(open);
      if (session.intent === null) {
        session.intent = newIntent(`pi_${intents.length + 1}`, session.request);
        intents.push(session.intent);
      }
      const intent = session.intent;
      intent.tries += 1;
      if (vault.health.declining && chance.in100(40)) {
        decline(vault, intent, 'card_declined', 'insufficient_funds');
        return;
      }
      pay(vault, intent);
      session.status = 'complete';
      told(session);
    },
    /** A session whose time is over takes its intent with it. */
    expire(now: number): void {
      for (const session of sessions) {
        if (session.status !== 'open' || session.expiresAt > now) continue;
        session.status = 'expired';
        if (session.intent !== null) {
          session.intent.status = 'canceled';
          tell(vault, 'canceled', session.intent);
        }
        told(session);
      }
    },
  };
}

/** One session a charge: the same wish sent again is the same session, as it is by now. */
function opened({ sessions }: Vault, offer: Offer): SessionOutcome {
  let session = sessions.find((one) => one.request.charge === offer.charge);
  if (session === undefined) {
    const { charge, account, deployment, customer, amountMinor, credits } = offer;
    const request: IntentRequest = {
      ...{ charge, account, deployment, customer, amountMinor, currency: currency('usd') },
      ...{ description: offer.product, canceledIntents: 0, isLate: false, sold: { kind: 'pack', credits } },
    };
    session = { id: `cs_${charge}`, request, expiresAt: offer.expiresAt, status: 'open', intent: null };
    sessions.push(session);
  }
  if (session.status !== 'open') return { kind: 'over', status: session.status };
  return { kind: 'open', session: session.id, url: 'https://pay.example', expiresAt: session.expiresAt };
}

function viewOf({ sessions }: Vault, id: string): SessionView {
  const session = sessions.find((one) => one.id === id);
  if (session === undefined) throw new Error(`no session ${id}`);
  const { charge, deployment, customer } = session.request;
  return {
    ...{ mode: 'payment', status: session.status, customer, charge, deployment },
    ...{ intent: session.intent?.id ?? null, setupIntent: null, subscription: null },
  };
}
