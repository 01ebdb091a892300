/**
 * What became of a payment's money after it was paid. Stripe's own sum of refunds counts those that are still under way,
 * and says nothing of disputes, so both are read one by one: only where the payment says that there is something to read,
 * and side by side, so that reading a payment whole takes no longer than two calls after one another.
 */
import type Stripe from 'stripe';
import { minorUnits } from '../../domain/money.js';
import type { IntentView, OpenDispute, PaymentMade } from '../../domain/payment.js';
import type { Answer, Call } from './call.js';
import type { Trouble } from './trouble.js';

/** The most that one call lists. Nobody refunds one payment in more parts; were it so, Stripe's own sum stands. */
const MOST_LISTED = 100;

export type Whole = { readonly kind: 'whole'; readonly view: IntentView } | Trouble;

/** `lookForDisputes` reads them though the payment does not say that it is disputed. */
export async function withFunds(
  stripe: Stripe,
  call: Call,
  intent: Stripe.PaymentIntent,
  view: IntentView,
  lookForDisputes: boolean,
): Promise<Whole> {
  const charge = intent.latest_charge;
  if (view.payment === null || charge === null || typeof charge !== 'object') return { kind: 'whole', view };
  const asked = { payment_intent: intent.id, limit: MOST_LISTED };
  const [refunds, disputes] = await Promise.all([
    charge.amount_refunded > 0 ? call('refunds.list', () => stripe.refunds.list(asked)) : null,
    charge.disputed || lookForDisputes ? call('disputes.list', () => stripe.disputes.list(asked)) : null,
  ]);
  if (refunds !== null && refunds.kind !== 'answer') return refunds;
  if (disputes !== null && disputes.kind !== 'answer') return disputes;
  const payment = { ...view.payment, ...refundedBy(refunds, charge), ...disputedBy(disputes?.value.data ?? []) };
  return { kind: 'whole', view: { ...view, payment } };
}

function refundedBy(
  refunds: Answer<Stripe.ApiList<Stripe.Refund>> | null,
  charge: Stripe.Charge,
): Pick<PaymentMade, 'refundedMinor'> {
  if (refunds === null || refunds.value.has_more) return { refundedMinor: minorUnits(charge.amount_refunded) };
  const succeeded = refunds.value.data.filter((one) => one.status === 'succeeded');
  return { refundedMinor: minorUnits(succeeded.reduce((sum, one) => sum + one.amount, 0)) };
}

function disputedBy(disputes: readonly Stripe.Dispute[]): Pick<PaymentMade, 'disputedMinor' | 'dispute'> {
  const withdrawn = disputes.filter(isWithdrawn).reduce((sum, one) => sum + one.amount, 0);
  const open = disputes.filter((one) => !CLOSED.has(one.status));
  const worst = open.find((one) => kindOf(one) === 'dispute') ?? open[0];
  return {
    disputedMinor: minorUnits(withdrawn),
    dispute: worst === undefined ? null : { kind: kindOf(worst), amountMinor: minorUnits(worst.amount) },
  };
}

/** A state that this release does not know counts as open: that only holds automatic charges back. */
const CLOSED: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

const kindOf = ({ status }: Stripe.Dispute): OpenDispute => (status.startsWith('warning_') ? 'inquiry' : 'dispute');

/**
 * Counted, not added up: withdrawing and reinstating are booked in our own currency at the rate of their day, so that
 * funds which are all back need not add up to nothing.
 */
function isWithdrawn({ balance_transactions: moved }: Stripe.Dispute): boolean {
  const out = moved.filter((one) => one.amount < 0).length;
  return out > moved.length - out;
}
