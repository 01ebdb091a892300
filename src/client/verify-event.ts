/** What a product's endpoint receives from creditd, believed only once its signature is right. */
import { Webhook } from 'standardwebhooks';
import type { AccountEvent } from '../domain/events-body.js';
import { EventRefusedError } from './errors.js';

/** One event of an account. A later release may send types that this one does not list: let those pass. */
export type CreditdEvent = AccountEvent & {
  /** The same in every try: whoever has seen it answers 200 and does nothing. */
  readonly id: string;
  /** When it happened. ISO 8601 in UTC. */
  readonly timestamp: string;
  /** The product's own id of the account. */
  readonly account: string;
  /** Counts this account's events without a gap. */
  readonly sequence: number;
};

/** As a framework hands them over: an object of Node's or a `Headers`. */
export type EventHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Gives back the event that `rawBody` is, if creditd signed it with `secret` in the last five minutes.
 *
 * @param rawBody The body as it came, before anything parsed it: one changed byte makes another signature.
 * @param secret What `creditd endpoint add` showed ("whsec_…"); several while one is exchanged.
 * @throws EventRefusedError that says what is wrong. Answer the request with 400, and nothing has happened.
 */
export function verifyEvent(
  rawBody: string | Uint8Array,
  headers: EventHeaders,
  secret: string | readonly string[],
): CreditdEvent {
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array))
    throw new EventRefusedError('Give the body as it came, as text or bytes, before anything has parsed it.');
  const text = typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8');
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, headerOf(headers, name)]),
  );
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0) throw new EventRefusedError('Give the secret that creditd endpoint add showed.');
  let why: unknown;
  for (const one of secrets) {
    try {
      verifierOf(one).verify(text, signed, { jsonParse: false });
      return eventOf(text);
    } catch (error) {
      why = error;
    }
  }
  if (why instanceof EventRefusedError) throw why;
  throw new EventRefusedError(`This is no event of creditd’s: ${why instanceof Error ? why.message : 'refused'}.`);
}

function verifierOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new EventRefusedError('The secret is not one of creditd endpoint add: it begins with "whsec_".');
  }
}

function headerOf(headers: EventHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : (value?.join(' ') ?? '');
}

function eventOf(text: string): CreditdEvent {
  try {
    const event = JSON.parse(text) as Partial<CreditdEvent> | null;
    if (typeof event?.id === 'string' && typeof event.type === 'string' && typeof event.account === 'string')
      return event as CreditdEvent;
  } catch {
    // Signed by whoever has the secret, and still nothing that can be read.
  }
  throw new EventRefusedError('It is signed rightly and is not an event: another program has this secret.');
}
