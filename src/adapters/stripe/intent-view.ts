/** Stripe's PaymentIntent as the domain reads it. A pure translation: nothing is decided here. */
import type Stripe from 'stripe';
import { accountId, chargeId } from '../../domain/ids.js';
import { currency, minorUnits } from '../../domain/money.js';
import type { IntentStatus, IntentView, PaymentMade } from '../../domain/payment.js';
import { declineOf } from './trouble.js';

/** The names under which a payment says whose it is. They are permanent: payments of years ago are matched by them. */
export const METADATA = {
  deployment: 'creditd_deployment',
  account: 'creditd_account',
  charge: 'creditd_charge',
  kind: 'creditd_kind',
  /** As a decimal: "200", "12.5". */
  credits: 'creditd_credits',
} as const;

const STATUSES: ReadonlySet<string> = new Set<IntentStatus>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
]);

/**
 * Null where the answer cannot be acted on: it is not a PaymentIntent, its state is one that this release does not
 * know, or it is paid and its payment was not sent along. The caller then says that it has not understood, because an
 * invented state would be a guess about money.
 */
export function viewOf(intent: Stripe.PaymentIntent): IntentView | null {
  if (intent?.object !== 'payment_intent' || !STATUSES.has(intent.status)) return null;
  const payment = paymentOf(intent);
  if (intent.status === 'succeeded' && payment === null) return null;
  const { metadata, last_payment_error: lastError } = intent;
  const account = metadata?.[METADATA.account];
  const charge = metadata?.[METADATA.charge];
  return {
    intentId: intent.id,
    status: intent.status as IntentStatus,
    amountMinor: minorUnits(intent.amount),
    currency: currency(intent.currency),
    deployment: metadata?.[METADATA.deployment] ?? null,
    account: account === undefined ? null : accountId(account),
    charge: charge === undefined ? null : chargeId(charge),
    payment,
    customer: typeof intent.customer === 'string' ? intent.customer : (intent.customer?.id ?? null),
    lastDecline:
      lastError === null ? null : { ...declineOf(lastError), ...(isBlocked(intent) ? { blocked: true } : {}) },
    nextActionUrl: intent.next_action?.redirect_to_url?.url ?? null,
  };
}

/** Stopped by the processor's own rules: the issuer, who would say when to come back, was never asked. */
const isBlocked = ({ latest_charge: charge }: Stripe.PaymentIntent): boolean =>
  charge !== null && typeof charge === 'object' && !charge.paid && charge.outcome?.type === 'blocked';

/** Null while no money has moved: a failed try leaves a charge behind as well, and that one paid nothing. */
function paymentOf({ latest_charge: charge }: Stripe.PaymentIntent): PaymentMade | null {
  if (charge === null || typeof charge !== 'object' || !charge.paid) return null;
  const card = charge.payment_method_details?.card;
  return {
    processorChargeId: charge.id,
    paidMinor: minorUnits(charge.amount_captured),
    refundedMinor: minorUnits(charge.amount_refunded),
    disputedMinor: minorUnits(0),
    dispute: null,
    brand: card?.brand ?? null,
    last4: card?.last4 ?? null,
    fingerprint: card?.fingerprint ?? null,
    receiptUrl: charge.receipt_url,
    receiptNumber: charge.receipt_number,
  };
}
