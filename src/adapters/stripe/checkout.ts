/** Checkout, the portal and changes of subscriptions, kept by Stripe. Everything under a key made of the owner's wish. */
import type Stripe from 'stripe';
import { formatCredits } from '../../domain/credits.js';
import { instant } from '../../domain/instant.js';
import type { Checkout, Log, Offer, SessionOutcome } from '../../ports.js';
import { type Call, makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, type StripeSettings } from './client.js';
import { METADATA } from './intent-view.js';
import { noAnswer } from './records.js';
import { hashedKey, makeSubscriptionChanges } from './subscription-changes.js';

/** Stripe itself keeps a session for a day at most, so that this many hold every one that is still open. */
const SESSIONS_READ = 100;

export function makeStripeCheckout(settings: StripeSettings & { readonly log?: Log }): Checkout {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);
  const end = (session: string) => endSession(stripe, call, session);
  return {
    ...makeSubscriptionChanges(stripe, call),
    ...makeOffers((params, key) => openSession(stripe, call, params, key)),
    end,

    async keepOne(customer, session) {
      const listed = await call('checkout.sessions.list', () =>
        stripe.checkout.sessions.list({ customer, status: 'open', limit: SESSIONS_READ }),
      );
      if (listed.kind !== 'answer') return noAnswer(listed);
      // Everybody looks after making their own, so that of two that are made at once at least one sees the other; and all
      // agree which of them is the last.
      const all = listed.value.data.filter((one) => one.mode === 'subscription').sort(byAge);
      const own = all.findIndex((one) => one.id === session);
      const stands = own >= 0 && own === all.length - 1;
      const ending = own < 0 ? [] : all.slice(0, stands ? own : own + 1);
      for (const one of ending) {
        const ended = await end(one.id);
        if (ended.kind !== 'done') return ended;
      }
      return { kind: 'kept', stands };
    },

    async portal({ customer, returnUrl }) {
      const made = await call('billingPortal.sessions.create', () =>
        stripe.billingPortal.sessions.create({ customer, return_url: returnUrl }),
      );
      return made.kind === 'answer' ? { kind: 'open', url: made.value.url } : noAnswer(made);
    },
  };
}

type Open = (params: Stripe.Checkout.SessionCreateParams, idempotencyKey: string) => Promise<SessionOutcome>;

/** What each kind of session is asked for with: the same for every try of one wish, as its key is bound to it. */
const makeOffers = (open: Open): Pick<Checkout, 'offerPlan' | 'offerPack' | 'keepCard'> => ({
  offerPlan: ({ price, trialDays, key, ...offer }) => {
    const trial = {
      trial_period_days: trialDays ?? 0,
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' as const } },
    };
    const plan = { metadata: whose(offer), ...(trialDays === null ? {} : trial) };
    const sold = { line_items: [{ price, quantity: 1 }], subscription_data: plan };
    return open(
      { ...common(offer), mode: 'subscription', payment_method_collection: 'always', ...sold },
      wishKey('plan', offer, key),
    );
  },

  offerPack: ({ charge, credits, amountMinor, currency, product, expiresAt, ...offer }) => {
    const metadata = { ...whose(offer), [METADATA.charge]: charge };
    const sold = { [METADATA.kind]: 'pack', [METADATA.credits]: formatCredits(credits) };
    const price_data = { currency, unit_amount: Number(amountMinor), product_data: { name: product } };
    return open(
      {
        ...{ ...common(offer), metadata, mode: 'payment', line_items: [{ quantity: 1, price_data }] },
        payment_intent_data: { description: product, metadata: { ...metadata, ...sold } },
        expires_at: Math.floor(expiresAt / 1_000),
      },
      charge,
    );
  },

  keepCard: ({ key, currency, ...offer }) =>
    open(
      { ...common(offer), mode: 'setup', currency, setup_intent_data: { metadata: whose(offer) } },
      wishKey('card', offer, key),
    ),
});

async function endSession(stripe: Stripe, call: Call, session: string): ReturnType<Checkout['end']> {
  const ended = await call('checkout.sessions.expire', () => stripe.checkout.sessions.expire(session));
  if (ended.kind === 'answer') return { kind: 'done' };
  if (ended.kind !== 'refused') return noAnswer(ended);
  // What is complete or has expired by itself cannot be expired any more.
  const found = await call('checkout.sessions.retrieve', () => stripe.checkout.sessions.retrieve(session));
  if (found.kind !== 'answer') return noAnswer(found);
  return found.value.status === 'open' ? ended : { kind: 'done' };
}

const byAge = (a: Stripe.Checkout.Session, b: Stripe.Checkout.Session): number =>
  a.created - b.created || (a.id < b.id ? -1 : 1);

const whose = ({ deployment, account }: Pick<Offer, 'deployment' | 'account'>): Record<string, string> => ({
  [METADATA.deployment]: deployment,
  [METADATA.account]: account,
});

const common = (offer: Offer) => ({
  customer: offer.customer,
  success_url: offer.successUrl,
  cancel_url: offer.cancelUrl,
  allowed_payment_method_types: ['card'],
  metadata: whose(offer),
});

const wishKey = (what: string, { deployment, account }: Offer, key: string): string =>
  hashedKey(what, [deployment, account, key]);

async function openSession(
  stripe: Stripe,
  call: Call,
  params: Stripe.Checkout.SessionCreateParams,
  idempotencyKey: string,
): Promise<SessionOutcome> {
  const made = await call('checkout.sessions.create', () =>
    stripe.checkout.sessions.create(params, { idempotencyKey }),
  );
  if (made.kind === 'key_reused') return { kind: 'key_reused' };
  if (made.kind !== 'answer') return noAnswer(made);
  if (!made.replayed) return sessionOf(made.value);
  // A replay tells how the session was when it was made; it may have been completed since.
  const fresh = await call('checkout.sessions.retrieve', () => stripe.checkout.sessions.retrieve(made.value.id));
  return fresh.kind === 'answer' ? sessionOf(fresh.value) : noAnswer(fresh);
}

function sessionOf(one: Stripe.Checkout.Session): SessionOutcome {
  if (one.status === 'complete') return { kind: 'over', status: 'complete' };
  if (one.status === 'expired') return { kind: 'over', status: 'expired' };
  if (one.status !== 'open' || !one.url) {
    return { kind: 'silent', reason: 'Stripe answered with a Checkout session that has no address.' };
  }
  return { kind: 'open', session: one.id, url: one.url, expiresAt: instant(one.expires_at * 1_000) };
}
