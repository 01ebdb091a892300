/** What Stripe remembers, read in pages: events, payments and cards. Nothing here moves money or changes anything. */
import type Stripe from 'stripe';
import { parseCredits } from '../../domain/credits.js';
import { instant, later, SECOND_MS } from '../../domain/instant.js';
import type { CardFacts } from '../../domain/payment.js';
import type {
  CardOutcome,
  ListedIntent,
  Log,
  PageWish,
  PaymentOutcome,
  ProcessorRecords,
  RecordsPage,
} from '../../ports.js';
import { type Answer, type Call, makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, type StripeSettings } from './client.js';
import { eventOf } from './event-view.js';
import { METADATA, viewOf } from './intent-view.js';
import type { Trouble } from './trouble.js';

const PAGE_LENGTH = 100;
/** Stripe's code for an id that it does not know, or not any more. */
const MISSING = 'resource_missing';
const KINDS = ['top_off', 'pack', 'overage'] as const;

type NoAnswer = Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

export function makeStripeRecords(settings: StripeSettings & { readonly log?: Log }): ProcessorRecords {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);
  return {
    card: (id) => cardOf(stripe, call, id),
    async storedBy(id) {
      const found = await call('setupIntents.retrieve', () => stripe.setupIntents.retrieve(id));
      if (found.kind !== 'answer') return noAnswer(found);
      const { payment_method: stored, status } = found.value;
      const paymentMethod = typeof stored === 'string' ? stored : (stored?.id ?? null);
      return { kind: 'stored', paymentMethod: status === 'succeeded' ? paymentMethod : null };
    },
    async events(wish) {
      const page = await call('events.list', () => stripe.events.list(listed(wish)));
      return page.kind === 'answer' ? pageOf(page, (one) => eventOf(one)) : noAnswer(page);
    },
    async intents(wish) {
      const expand = ['data.latest_charge'];
      const page = await call('paymentIntents.list', () => stripe.paymentIntents.list({ ...listed(wish), expand }));
      return page.kind === 'answer' ? pageOf(page, listedIntent) : noAnswer(page);
    },
  };
}

/** Stripe's instants are whole seconds. */
const listed = ({ since, after }: PageWish) => ({
  limit: PAGE_LENGTH,
  ...(since === null ? {} : { created: { gte: Math.floor(since / 1_000) } }),
  ...(after === null ? {} : { starting_after: after }),
});

/** What cannot be read is left out; the place to go on from is that of the list as it came. */
function pageOf<From extends { readonly id: string }, To>(
  { value }: Answer<Stripe.ApiList<From>>,
  read: (one: From) => To | null,
): RecordsPage<To> {
  const items = value.data.map(read).filter((one) => one !== null);
  return { kind: 'page', items, after: value.has_more ? (value.data.at(-1)?.id ?? null) : null };
}

function listedIntent(intent: Stripe.PaymentIntent): ListedIntent | null {
  const view = viewOf(intent);
  if (view === null) return null;
  const kind = KINDS.find((one) => one === intent.metadata[METADATA.kind]);
  const credits = parseCredits(intent.metadata[METADATA.credits] ?? '');
  const sold = kind === undefined || credits === null || credits <= 0n ? null : { kind, credits };
  const charge = intent.latest_charge;
  const isDisputed = charge !== null && typeof charge === 'object' && charge.disputed;
  return { view, createdAt: later(instant(0), intent.created * SECOND_MS), sold, isDisputed };
}

async function cardOf(stripe: Stripe, call: Call, id: string): Promise<CardOutcome> {
  const found = await call('paymentMethods.retrieve', () => stripe.paymentMethods.retrieve(id));
  if (found.kind !== 'answer') {
    return found.kind === 'refused' && found.code === MISSING ? { kind: 'no_card' } : noAnswer(found);
  }
  const { customer } = found.value;
  const card = readCard(found.value);
  if (card === null) return { kind: 'no_card' };
  return { kind: 'card', customer: typeof customer === 'string' ? customer : (customer?.id ?? null), card };
}

/**
 * Null for a way to pay that is not a card. A card without a fingerprint, as some wallets' and some countries' are, is a
 * card of its own: it is called by the id under which it is stored.
 */
export function readCard({ id, card }: Stripe.PaymentMethod): CardFacts | null {
  if (!card) return null;
  return {
    processorId: id,
    fingerprint: card.fingerprint || id,
    brand: card.brand,
    last4: card.last4,
    expiryMonth: card.exp_month,
    expiryYear: card.exp_year,
  };
}

/** Reading moves nothing: whatever went wrong, it is read again later, or a person has to look. */
export function noAnswer(trouble: Trouble): NoAnswer {
  switch (trouble.kind) {
    case 'card_error':
      return { kind: 'refused', code: trouble.decline.code, reason: trouble.decline.message };
    case 'key_reused':
    case 'look':
      return { kind: 'silent', reason: trouble.reason };
    case 'silent':
    case 'unavailable':
    case 'refused':
      return trouble;
  }
}
