/**
 * The signature of a webhook, checked by Stripe's own SDK over the exact bytes. The SDK refuses what was signed more than
 * five minutes ago and takes whatever is signed for the future: a body caught once could then be dated far ahead and sent
 * again for ever, so both sides are bounded here.
 */
import Stripe from 'stripe';
import type { ReadStripeWebhook, ReadWebhook } from '../../ports.js';
import { eventOf } from './event-view.js';

/** On both sides, in seconds. */
export const SIGNATURE_TOLERANCE_S = 300;

/** Several secrets are valid at once while an endpoint's is being rolled. Throws a plain sentence for one that is none. */
export function makeReadStripeWebhook(secrets: readonly string[], nowMs: () => number = Date.now): ReadStripeWebhook {
  if (secrets.length === 0 || secrets.some((secret) => !/^whsec_\S+$/.test(secret))) {
    throw new Error('STRIPE_WEBHOOK_SECRET must be one or more signing secrets (whsec_…), separated by commas.');
  }
  return (body, signature) => {
    if (signature === undefined || signature === '') {
      return refused('This address takes webhooks from Stripe, and this request carries no Stripe-Signature.');
    }
    const at = nowMs();
    if (isAhead(signature, at)) return refused('The signature is dated more than five minutes ahead.');
    const read = secrets.map((secret) => readWith(secret, body, signature, at));
    return (
      read.find((one) => one.kind === 'read') ??
      read.find((one) => one.kind === 'refused' && one.sentence !== UNFITTING) ??
      refused(UNFITTING)
    );
  };
}

const UNFITTING = 'The signature fits none of the signing secrets, or not this body.';

function readWith(secret: string, body: Uint8Array, signature: string, atMs: number): ReadWebhook {
  try {
    // The tolerance is said, because zero would switch the check of the age off.
    const value: unknown = Stripe.webhooks.constructEvent(
      body,
      signature,
      secret,
      SIGNATURE_TOLERANCE_S,
      undefined,
      atMs,
    );
    const event = eventOf(value);
    return event === null ? refused('The body is signed, and it is not an event of Stripe.') : { kind: 'read', event };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) {
      return refused('The body is signed, and it is not an event of Stripe.');
    }
    return refused(error.message.includes('tolerance') ? 'The signature is more than five minutes old.' : UNFITTING);
  }
}

/** Of several dates the latest counts: the SDK reads the last one, and none of them may lie ahead. */
const isAhead = (signature: string, atMs: number): boolean =>
  [...signature.matchAll(/(?:^|,)\s*t=(-?\d+)/g)].some(
    ([, seconds]) => Number(seconds) * 1_000 - atMs > SIGNATURE_TOLERANCE_S * 1_000,
  );

const refused = (sentence: string): ReadWebhook => ({ kind: 'refused', sentence });
