/** The port of payments, kept by Stripe. How each call's troubles are read is told in `trouble.ts`. */
import type Stripe from 'stripe';
import { formatCredits } from '../../domain/credits.js';
import type { IntentRequest } from '../../domain/payment.js';
import type { Log, PaymentOutcome, Payments, Processor } from '../../ports.js';
import { type Answer, type Call, makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, STRIPE_TIMEOUT_MS, type StripeSettings } from './client.js';
import { makeAttachCard, makeCreateCustomer } from './customers.js';
import { withFunds } from './funds.js';
import { METADATA, viewOf } from './intent-view.js';
import { hashedKey } from './subscription-changes.js';
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

  const retrieveWhole = async (intentId: string, lookForDisputes: boolean): Promise<PaymentOutcome> => {
    const result = await retrieve(intentId);
    const seen = outcomeOf(result, intentId);
    if (seen.kind !== 'seen' || result.kind !== 'answer') return seen;
    const whole = await withFunds(stripe, call, result.value, seen.view, lookForDisputes);
    return whole.kind === 'whole' ? { kind: 'seen', view: whole.view } : outcomeOf(whole, intentId);
  };

  return {
    identify: () => identify(stripe, call),
    createIntent: (request) =>
      createIntent({ stripe, call, request, promptMs: settings.timeoutMs ?? STRIPE_TIMEOUT_MS }),

    async confirmIntent({ intentId, idempotencyKey, params }) {
      const result = await call('paymentIntents.confirm', () =>
        stripe.paymentIntents.confirm(intentId, { ...params, expand }, { idempotencyKey }),
      );
      if (result.kind !== 'answer' || !result.replayed) return outcomeOf(result, intentId);
      // A replay tells how the intent was when the attempt was first answered; the port promises how it is.
      const fresh = await retrieveWhole(intentId, false);
      return fresh.kind === 'seen'
        ? { ...fresh, looked: true }
        : { kind: 'silent', reason: 'Stripe replayed an older answer to this attempt, and did not say how it is now.' };
    },

    retrieveIntent: (intentId, wish) => retrieveWhole(intentId, wish?.disputes === true),

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

interface Creating {
  readonly stripe: Stripe;
  readonly call: Call;
  readonly request: IntentRequest;
  /** Clearing up is for a Stripe that answers within this; a step's limit has no room for more slow calls. */
  readonly promptMs: number;
}

async function createIntent(creating: Creating): Promise<PaymentOutcome> {
  const { request } = creating;
  const startedMs = performance.now();
  // Stripe may have forgotten the key: what it made then is looked for before it is made a second time.
  const before = request.isLate === true ? await intentMade(creating) : null;
  if (before !== null) return before;
  const key = intentKey(request);
  const result = await sendCreate(creating, key);
  if (result.kind === 'key_reused') return createChanged(creating, key, result.reason);
  if (result.kind !== 'look') return outcomeOf(result, null);
  // A saved 5xx has no intent's id to look at, but the customer's list shows whether the intent was made after all.
  const made = request.isLate === true ? null : await intentMade(creating);
  if (made !== null) return made;
  // The first key answers with its 5xx for a day. An unconfirmed intent moves no money, so a second key is safe: were
  // there two after all, only the one whose id is stored is ever confirmed.
  const again = await sendCreate(creating, `${key}-again`);
  const isPrompt = performance.now() - startedMs < creating.promptMs;
  if (again.kind === 'answer' && isPrompt) await cancelParked(creating, again.value.id);
  return again.kind === 'look' || again.kind === 'key_reused'
    ? { kind: 'silent', reason: again.reason }
    : outcomeOf(again, null);
}

/**
 * The key was used with other parameters: the product's name has changed since, or the customer was replaced. The intent
 * that was made then is as good, as long as it asks for the same money; else another is asked for under a key of what is
 * asked now. Of two that stand unconfirmed only the one whose id is stored is ever confirmed.
 */
async function createChanged(creating: Creating, key: string, reason: string): Promise<PaymentOutcome> {
  const { request } = creating;
  const made = await intentMade(creating);
  if (made === null) {
    const asked = [request.customer, request.description, request.amountMinor.toString(), request.currency];
    const result = await sendCreate(creating, hashedKey(key, asked));
    return result.kind === 'look' || result.kind === 'key_reused'
      ? { kind: 'silent', reason: result.reason }
      : outcomeOf(result, null);
  }
  if (made.kind !== 'seen') return made;
  const isSame = made.view.amountMinor === request.amountMinor && made.view.currency === request.currency;
  // Nothing was moved, and a person must see why one charge asks for two sums.
  return isSame ? made : { kind: 'refused', code: 'idempotency_error', reason };
}

const listOf = ({ stripe, call, request }: Creating) =>
  call('paymentIntents.list', () =>
    stripe.paymentIntents.list({
      customer: request.customer,
      limit: INTENTS_READ_BACK,
      expand: ['data.latest_charge'],
    }),
  );

/** The charge's intent as the customer's list has it; null where there is none, silence where the list does not come. */
async function intentMade(creating: Creating): Promise<PaymentOutcome | null> {
  const listed = await listOf(creating);
  if (listed.kind !== 'answer') return { kind: 'silent', reason: 'Stripe did not say whether the intent was made.' };
  const made = listed.value.data.find((intent) => isIntentOf(creating.request, intent));
  return made === undefined ? null : outcomeOf({ ...listed, value: made }, null);
}

/** The first intent of a charge is created under the charge's id, each that follows a canceled one under a name of its own. */
const intentKey = ({ charge, canceledIntents = 0 }: IntentRequest): string =>
  canceledIntents === 0 ? charge : `${charge}-intent-${canceledIntents}`;

const isIntentOf = ({ charge }: IntentRequest, intent: Stripe.PaymentIntent): boolean =>
  intent.metadata[METADATA.charge] === charge && intent.status !== 'canceled';

/**
 * What the first key made after all is canceled, so that no intent is left unconfirmed beside the one that is used. Should
 * this fail it moves no money either: only the intent whose id is stored is ever confirmed.
 */
async function cancelParked(creating: Creating, used: string): Promise<void> {
  const { stripe, call, request } = creating;
  const listed = await listOf(creating);
  if (listed.kind !== 'answer') return;
  const parked = listed.value.data.find((intent) => isIntentOf(request, intent) && intent.id !== used);
  if (parked !== undefined) await call('paymentIntents.cancel', () => stripe.paymentIntents.cancel(parked.id));
}

function sendCreate({ stripe, call, request }: Creating, idempotencyKey: string): Promise<IntentResult> {
  const metadata = {
    [METADATA.deployment]: request.deployment,
    [METADATA.account]: request.account,
    [METADATA.charge]: request.charge,
    ...(request.sold === null
      ? {}
      : { [METADATA.kind]: request.sold.kind, [METADATA.credits]: formatCredits(request.sold.credits) }),
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
      if (view?.status === 'requires_payment_method') {
        // Whether the processor's own rules stopped it stands on the failed payment, not in the error.
        const blocked = view.lastDecline?.blocked === true ? { blocked: true } : {};
        return { kind: 'declined', view, decline: { ...result.decline, ...blocked } };
      }
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
