/** The port of payments, kept by Stripe. How each call's troubles are read is told in `trouble.ts`. */
import type Stripe from 'stripe';
import type { IntentRequest } from '../../domain/payment.js';
import type { Log, PaymentOutcome, Payments, Processor } from '../../ports.js';
import { type Answer, type Call, makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, type StripeSettings } from './client.js';
import { makeAttachCard, makeCreateCustomer } from './customers.js';
import { METADATA, viewOf } from './intent-view.js';
import type { Trouble } from './trouble.js';

/** Accounts of the double carry this prefix, which Stripe, whose ids continue with a digit, never gives out. */
export const DOUBLE_ACCOUNT_PREFIX = 'acct_double';

/** The payment itself is asked for with every answer, so that a paid intent always says what was paid. */
const expand = ['latest_charge'];

/** How far back a customer's intents are read when an intent's creation was answered with a saved 5xx. */
const INTENTS_READ_BACK = 100;

type IntentResult = Answer<Stripe.PaymentIntent> | Trouble;

export function makeStripePayments(settings: StripeSettings & { readonly log?: Log }): Payments {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);

  const retrieve = (intentId: string): Promise<IntentResult> =>
    call('paymentIntents.retrieve', () => stripe.paymentIntents.retrieve(intentId, { expand }));

  return {
    identify: () => identify(stripe, call),
    createIntent: (request) => createIntent(stripe, call, request),

    async confirmIntent({ intentId, idempotencyKey, params }) {
      const result = await call('paymentIntents.confirm', () =>
        stripe.paymentIntents.confirm(intentId, { ...params, expand }, { idempotencyKey }),
      );
      if (result.kind !== 'answer' || !result.replayed) return outcomeOf(result, intentId);
      // A replay tells how the intent was when the attempt was first answered; the port promises how it is.
      const fresh = outcomeOf(await retrieve(intentId), intentId);
      return fresh.kind === 'seen'
        ? fresh
        : { kind: 'look', reason: 'Stripe replayed an older answer to this attempt.' };
    },

    retrieveIntent: async (intentId) => outcomeOf(await retrieve(intentId), intentId),

    // No key of ours: a fixed one would replay today's "it is being processed" tomorrow, when it can be canceled. The
    // SDK gives each call a key of its own, and canceling twice changes nothing.
    cancelIntent: async (intentId) =>
      outcomeOf(
        await call('paymentIntents.cancel', () => stripe.paymentIntents.cancel(intentId, { expand })),
        intentId,
      ),

    createCustomer: makeCreateCustomer(stripe, call),
    attachCard: makeAttachCard(stripe, call),
  };
}

async function createIntent(stripe: Stripe, call: Call, request: IntentRequest): Promise<PaymentOutcome> {
  const result = await sendCreate(stripe, call, request, request.charge);
  // An intent with other parameters exists under this charge's id: nothing was moved, and a person must see why.
  if (result.kind === 'key_reused') return { kind: 'refused', code: 'idempotency_error', reason: result.reason };
  if (result.kind !== 'look') return outcomeOf(result, null);
  // A saved 5xx has no intent's id to look at, but the customer's list shows whether the intent was made after all.
  const listed = await call('paymentIntents.list', () =>
    stripe.paymentIntents.list({
      customer: request.customer,
      limit: INTENTS_READ_BACK,
      expand: ['data.latest_charge'],
    }),
  );
  if (listed.kind !== 'answer') return { kind: 'silent', reason: result.reason };
  const made = listed.value.data.find((intent) => intent.metadata[METADATA.charge] === request.charge);
  if (made !== undefined) return outcomeOf({ ...listed, value: made }, null);
  // The first key answers with its 5xx for a day. An unconfirmed intent moves no money, so a second key is safe: were
  // there two after all, only the one whose id is stored is ever confirmed.
  const again = await sendCreate(stripe, call, request, `${request.charge}-again`);
  return again.kind === 'look' || again.kind === 'key_reused'
    ? { kind: 'silent', reason: again.reason }
    : outcomeOf(again, null);
}

function sendCreate(stripe: Stripe, call: Call, request: IntentRequest, idempotencyKey: string): Promise<IntentResult> {
  const metadata = {
    [METADATA.deployment]: request.deployment,
    [METADATA.account]: request.account,
    [METADATA.charge]: request.charge,
  };
  const params = {
    amount: Number(request.amountMinor),
    currency: request.currency,
    customer: request.customer,
    description: request.description,
    allowed_payment_method_types: ['card'],
    metadata,
    expand,
  };
  return call('paymentIntents.create', () => stripe.paymentIntents.create(params, { idempotencyKey }));
}

/** `intentId` is the intent that was asked about; null where its id is only now learned. */
function outcomeOf(result: IntentResult, intentId: string | null): PaymentOutcome {
  switch (result.kind) {
    case 'answer': {
      const view = viewOf(result.value);
      if (view === null || (intentId !== null && view.intentId !== intentId)) {
        return { kind: 'silent', reason: 'Stripe answered with something that is not the PaymentIntent asked for.' };
      }
      return { kind: 'seen', view };
    }
    case 'card_error': {
      const view = result.intent === null ? null : viewOf(result.intent);
      if (view?.status === 'requires_payment_method') return { kind: 'declined', view, decline: result.decline };
      return { kind: 'look', reason: 'The card was declined, and the answer does not show the declined intent.' };
    }
    // The first use of the key may have paid, whatever its parameters were: only the intent itself can tell.
    case 'key_reused':
      return { kind: 'look', reason: result.reason };
    case 'look':
    case 'silent':
    case 'unavailable':
    case 'refused':
      return result;
  }
}

/** Throws a sentence for the person at the start-up, because without knowing whose money it is nothing may start. */
async function identify(stripe: Stripe, call: Call): Promise<Processor> {
  const account = await call('accounts.retrieveCurrent', () => stripe.accounts.retrieveCurrent());
  if (account.kind !== 'answer') throw new Error(unidentified(account));
  if (account.value.id.startsWith(DOUBLE_ACCOUNT_PREFIX)) return { kind: 'double' };
  // The account does not say whether a key is a live one; the balance is the smallest answer that does.
  const balance = await call('balance.retrieve', () => stripe.balance.retrieve());
  if (balance.kind !== 'answer') throw new Error(unidentified(balance));
  return { kind: 'stripe', account: account.value.id, livemode: balance.value.livemode };
}

function unidentified(trouble: Trouble): string {
  const reason = trouble.kind === 'card_error' ? trouble.decline.message : trouble.reason;
  return `Stripe did not say which account this key belongs to. Check the Stripe key and its permissions. (${reason})`;
}
