/** Which of Stripe's events are heard, and what each of them makes us look at. */

/** `noted`: stored and done with, because nothing of it is kept here. */
export type HeardAs = 'payment' | 'card' | 'customer' | 'checkout' | 'subscription' | 'invoice' | 'noted';

const HEARD: Readonly<Record<HeardAs, readonly string[]>> = {
  payment: [
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.processing',
    'payment_intent.requires_action',
    'payment_intent.canceled',
    'charge.succeeded',
    'charge.failed',
    'charge.updated',
    'charge.refunded',
    'charge.refund.updated',
    'refund.created',
    'refund.updated',
    'refund.failed',
    'charge.dispute.created',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.funds_reinstated',
  ],
  card: [
    'setup_intent.succeeded',
    'payment_method.attached',
    'payment_method.detached',
    'payment_method.updated',
    'payment_method.automatically_updated',
  ],
  customer: ['customer.deleted'],
  checkout: [
    'checkout.session.completed',
    'checkout.session.expired',
    'checkout.session.async_payment_succeeded',
    'checkout.session.async_payment_failed',
  ],
  subscription: [
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.deleted',
    'customer.subscription.paused',
    'customer.subscription.resumed',
    'customer.subscription.trial_will_end',
  ],
  invoice: ['invoice.paid', 'invoice.payment_failed', 'invoice.voided', 'invoice.marked_uncollectible'],
  noted: ['customer.updated', 'payment_intent.created', 'setup_intent.setup_failed'],
};

const BY_TYPE: ReadonlyMap<string, HeardAs> = new Map(
  Object.entries(HEARD).flatMap(([as, types]) => types.map((type) => [type, as as HeardAs] as const)),
);

/** Null: this release does not know it, and no release needs to be told of it twice. */
export const heardAs = (type: string): HeardAs | null => BY_TYPE.get(type) ?? null;

/** What an endpoint at Stripe has to send. */
export const STRIPE_EVENT_TYPES: readonly string[] = [...BY_TYPE.keys()];

/** Says only that the money of a payment has moved, which a charge that has been settled knows. */
export const tellsOnlyPaid = (type: string): boolean =>
  type.startsWith('payment_intent.') || type === 'charge.succeeded';

/** Stripe's flag on a payment may come later than the dispute's own event. */
export const isOfDispute = (type: string): boolean => type.startsWith('charge.dispute.');
