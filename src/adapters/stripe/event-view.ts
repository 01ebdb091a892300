/** One of Stripe's events as we keep it: its ids, and nothing of what its object looked like at that moment. */
import { type Instant, instant } from '../../domain/instant.js';
import { isStorable } from '../../messages/storable.js';
import type { EventNames, StripeEvent } from '../../ports.js';
import { METADATA } from './intent-view.js';

const LONGEST_TEXT = 255;
/** The end of the year 9999: what lies behind it no database keeps, and an event of then is none. */
const LAST_S = 253_402_300_799;

type Fields = Readonly<Record<string, unknown>>;

/** Null where it is not an event at all. Signed bodies come through here as well as entries of Stripe's list. */
export function eventOf(value: unknown): StripeEvent | null {
  const event = fieldsOf(value);
  const id = textOf(event?.id);
  const type = textOf(event?.type);
  const data = fieldsOf(event?.data);
  const object = fieldsOf(data?.object);
  if (event?.object !== 'event' || id === null || type === null || object === null) return null;
  const createdAt = instantOf(event.created);
  if (createdAt === null || typeof event.livemode !== 'boolean') return null;
  return {
    id,
    type,
    createdAt,
    livemode: event.livemode,
    account: textOf(event.account) ?? textOf(event.context),
    objectId: textOf(object.id),
    names: namesOf(object, fieldsOf(data?.previous_attributes) ?? {}),
  };
}

/** A way to pay that was just detached has no customer any more; the event says which one it had. */
function namesOf(object: Fields, previous: Fields): EventNames {
  const kind = object.object;
  const own = (name: string, field: string): string | null => (kind === name ? textOf(object.id) : idOf(object[field]));
  const metadata = fieldsOf(object.metadata) ?? {};
  return {
    customer: own('customer', 'customer') ?? idOf(previous.customer),
    intent: own('payment_intent', 'payment_intent'),
    paymentMethod: own('payment_method', 'payment_method'),
    setupIntent: own('setup_intent', 'setup_intent'),
    subscription: own('subscription', 'subscription') ?? subscriptionOf(object),
    invoice: own('invoice', 'invoice'),
    session: kind === 'checkout.session' ? textOf(object.id) : null,
    deployment: textOf(metadata[METADATA.deployment]),
    account: textOf(metadata[METADATA.account]),
    charge: textOf(metadata[METADATA.charge]),
  };
}

/** Where an invoice says which subscription it is of. */
function subscriptionOf(object: Fields): string | null {
  const details = fieldsOf(fieldsOf(object.parent)?.subscription_details);
  return idOf(details?.subscription);
}

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;

/** An id, or an object that was expanded in its place. */
const idOf = (value: unknown): string | null => textOf(value) ?? textOf(fieldsOf(value)?.id);

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT && isStorable(value) ? value : null;

const instantOf = (seconds: unknown): Instant | null =>
  typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 && seconds <= LAST_S
    ? instant(seconds * 1_000)
    : null;
