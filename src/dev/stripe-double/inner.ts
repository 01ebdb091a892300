/** What billing and the pages ask of the rest of the double: the same operations that a request would run. */
import { readArgs } from './args.js';
import { CONFIRM_SPEC, confirmIntent } from './confirm.js';
import { cancel, createIntent, INTENT_SPEC, intentOf } from './payment-intents.js';
import { ATTACH_SPEC, attachPaymentMethod } from './payment-methods.js';
import { Problem } from './problem.js';
import type { StoredIntent } from './state.js';
import type { World } from './world.js';

export interface IntentWish {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description?: string | null;
  readonly receiptEmail?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The card stays with the customer once it has paid. */
  readonly keepsCard?: boolean;
}

/** The id of a new intent. */
export function createInside(world: World, wish: IntentWish): string {
  const params = {
    amount: String(wish.amount),
    currency: wish.currency,
    automatic_payment_methods: { enabled: 'true' },
    ...(wish.customer === null ? {} : { customer: wish.customer }),
    ...(wish.description ? { description: wish.description } : {}),
    ...(wish.receiptEmail ? { receipt_email: wish.receiptEmail } : {}),
    ...(wish.metadata === undefined ? {} : { metadata: { ...wish.metadata } }),
    ...(wish.keepsCard === true ? { setup_future_usage: 'off_session' } : {}),
  };
  return String(createIntent({ world, path: [], args: readArgs(INTENT_SPEC, params) }).id);
}

export type Confirmed =
  | { readonly kind: 'paid'; readonly method: string }
  | { readonly kind: 'declined'; readonly problem: Problem }
  | { readonly kind: 'authenticates' }
  /** The payment is under way and comes to its end later. */
  | { readonly kind: 'processes'; readonly method: string };

/** `method` is a stored card or the name of a test card. Only a card's refusal is an answer; the rest is thrown. */
export function confirmInside(world: World, intent: string, method: string, offSession: boolean): Confirmed {
  const args = readArgs(CONFIRM_SPEC, { payment_method: method, ...(offSession ? { off_session: 'true' } : {}) });
  try {
    confirmIntent({ world, path: [intent], args });
  } catch (error) {
    if (error instanceof Problem && error.status === 402) return { kind: 'declined', problem: error };
    throw error;
  }
  return confirmedAs(intentOf(world, intent));
}

export function confirmedAs(intent: StoredIntent): Confirmed {
  const method = intent.paymentMethod ?? '';
  if (intent.status === 'succeeded') return { kind: 'paid', method };
  return intent.status === 'processing' ? { kind: 'processes', method } : { kind: 'authenticates' };
}

/** Cancels an intent that still can be; one that has paid stays as it is. */
export function cancelInside(world: World, intent: string, reason: string): void {
  const found = intentOf(world, intent);
  if (found.status === 'succeeded' || found.status === 'canceled') return;
  cancel(world, found, reason);
}

/** Throws the card's refusal, which Stripe answers with 402. Attached already is attached. */
export function attachInside(world: World, method: string, customer: string): string {
  const known = world.state.paymentMethods.find((one) => one.id === method);
  if (known?.customer === customer) return known.id;
  const args = readArgs(ATTACH_SPEC, { customer });
  return String(attachPaymentMethod({ world, path: [method], args }).id);
}
