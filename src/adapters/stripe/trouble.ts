/**
 * The one file that reads the SDK's errors. Every way a call can go wrong becomes one member of a closed union, and
 * the question behind each is the same: can money have moved?
 *
 * - A card's refusal (402) is definite, authentication_required included.
 * - A 5xx that Stripe replays is saved under the key for a day: asking again answers nothing, so the intent is looked at.
 * - So is a refusal that Stripe replays: what was wrong may have been mended since, and the key would not tell for a day.
 * - An intent in a state in which the call makes no sense was settled by somebody else: it is looked at as well.
 * - Silence, a cut answer, an answer that is not JSON and a fresh 5xx may all hide a payment: only the same key may follow.
 * - 429 and 409 are given before anything runs, and a connection that was never made carried nothing.
 * - Everything else is a refusal that is not the card's.
 *
 * When an earlier try of the same call is in doubt, an answer given without looking at the key proves nothing about
 * that try, so `unavailable` and `refused` become silence.
 */
import Stripe from 'stripe';
import type { Decline } from '../../domain/payment.js';
import type { PaymentOutcome } from '../../ports.js';
import type { Fate } from './tries.js';

export type Trouble =
  | { readonly kind: 'card_error'; readonly decline: Decline; readonly intent: Stripe.PaymentIntent | null }
  /** The key was used before with other parameters: what that first use did is not known from this answer. */
  | { readonly kind: 'key_reused'; readonly reason: string }
  | Extract<PaymentOutcome, { kind: 'look' | 'silent' | 'unavailable' | 'refused' }>;

/** A header that asks for more than an hour is not obeyed to the letter: the card's owner waits for this payment. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;
const LONGEST_REASON = 300;

/** Throws what the SDK threw before it sent anything: that is a mistake of ours, not an answer. */
export function troubleOf(error: unknown, fates: readonly Fate[]): Trouble {
  if (fates.length === 0) throw error;
  const trouble = readTrouble(error, fates.at(-1) ?? 'in_doubt');
  const doubtful = fates.slice(0, -1).includes('in_doubt');
  if (!doubtful || (trouble.kind !== 'unavailable' && trouble.kind !== 'refused')) return trouble;
  return { kind: 'silent', reason: `An earlier try was not answered; the last one said: ${trouble.reason}` };
}

function readTrouble(error: unknown, lastFate: Fate): Trouble {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return { kind: 'silent', reason: 'Stripe answered something that could not be read.' };
  }
  const reason = reasonOf(error);
  if (error instanceof Stripe.errors.StripeConnectionError) {
    if (lastFate !== 'not_sent') return { kind: 'silent', reason };
    return { kind: 'unavailable', reason: 'No connection to Stripe could be made.', retryAfterMs: null };
  }
  const status = error.statusCode ?? 0;
  const headers = headersOf(error);
  if (error instanceof Stripe.errors.StripeRateLimitError || status === 409) {
    const busy = status === 409 ? { busy: true } : {};
    return { kind: 'unavailable', reason, retryAfterMs: retryAfterMs(headers['retry-after']), ...busy };
  }
  if (status >= 500) return { kind: headers['idempotent-replayed'] === 'true' ? 'look' : 'silent', reason };
  if (status < 400) return { kind: 'silent', reason };
  if (status === 402) return { kind: 'card_error', decline: declineOf(error), intent: error.payment_intent ?? null };
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'key_reused', reason };
  if (error.code === 'payment_intent_unexpected_state') return { kind: 'look', reason };
  const about = aboutOf(error);
  if (headers['idempotent-replayed'] === 'true' && about.about === undefined) return { kind: 'look', reason };
  return { kind: 'refused', code: error.code ?? error.rawType ?? `http_${status}`, reason, ...about };
}

/** A card or customer that was deleted or detached is named by the parameter that Stripe could not use. */
function aboutOf({ param, code }: InstanceType<typeof Stripe.errors.StripeError>): {
  readonly about?: 'card' | 'customer';
} {
  // Any other code may be a mistake of ours, for which no card is taken off.
  if (code !== undefined && code !== 'resource_missing' && code !== 'payment_method_unexpected_state') return {};
  if (param === 'payment_method') return { about: 'card' };
  return param === 'customer' ? { about: 'customer' } : {};
}

/** What a card error, an intent's last error and a decline inside a 402 have in common. */
interface CardErrorFields {
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly advice_code?: string | undefined;
  readonly message?: string | undefined;
  /** The payment that failed, by its id. */
  readonly charge?: unknown;
}

/** The words of the decline exactly as they were said. The SDK writes an absent decline code as an empty string. */
export const declineOf = (error: CardErrorFields): Decline => ({
  code: error.code || 'card_declined',
  declineCode: error.decline_code || null,
  adviceCode: error.advice_code || null,
  message: redacted(error.message ?? ''),
  processorChargeId: typeof error.charge === 'string' ? error.charge : null,
});

function headersOf(error: InstanceType<typeof Stripe.errors.StripeError>): Readonly<Record<string, unknown>> {
  return error.headers ?? {};
}

/** Reads seconds or an HTTP date; null where the header says nothing usable. */
export function retryAfterMs(header: unknown, nowMs: number = Date.now()): number | null {
  if (typeof header !== 'string' || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, Math.ceil(ms)), LONGEST_RETRY_AFTER_MS);
}

function reasonOf(error: InstanceType<typeof Stripe.errors.StripeError>): string {
  const what = [error.statusCode, error.code ?? error.rawType].filter((part) => part !== undefined).join(' ');
  const request = error.requestId ? ` (request ${error.requestId})` : '';
  return `${what === '' ? 'no answer' : what}: ${redacted(error.message)}${request}`;
}

/** Stripe repeats parts of keys and client secrets in its messages; reasons are logged and shown to operators. */
export function redacted(text: string): string {
  return text
    .replace(/\b(?:sk|rk|pk|whsec|ek)_[\w*]+/g, '[key]')
    .replace(/_secret_\w+/g, '_[secret]')
    .slice(0, LONGEST_REASON);
}
