/** SetupIntents, refunds and disputes as Stripe writes them. */
import type { StoredDispute, StoredRefund, StoredSetupIntent } from './aftermath-state.js';
import { nextActionJson } from './objects.js';
import type { JsonObject } from './problem.js';

export const setupIntentJson = (one: StoredSetupIntent): JsonObject => ({
  id: one.id,
  object: 'setup_intent',
  allowed_payment_method_types: one.allowedTypes === null ? null : [...one.allowedTypes],
  application: null,
  automatic_payment_methods:
    one.automatic === null ? null : { allow_redirects: one.automatic.allowRedirects, enabled: true },
  cancellation_reason: one.cancellationReason,
  client_secret: one.clientSecret,
  created: one.created,
  customer: one.customer,
  customer_account: null,
  description: one.description,
  excluded_payment_method_types: null,
  flow_directions: null,
  last_setup_error: one.lastError,
  latest_attempt: null,
  livemode: false,
  mandate: null,
  metadata: one.metadata,
  next_action: one.status === 'requires_action' ? nextActionJson(one) : null,
  on_behalf_of: null,
  payment_method: one.paymentMethod,
  payment_method_configuration_details: null,
  payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
  payment_method_types: ['card'],
  single_use_mandate: null,
  status: one.status,
  usage: one.usage,
});

export const refundJson = (one: StoredRefund): JsonObject => ({
  id: one.id,
  object: 'refund',
  amount: one.amount,
  balance_transaction: one.balanceTransaction,
  charge: one.charge,
  created: one.created,
  currency: one.currency,
  customer: null,
  customer_account: null,
  destination_details: {
    card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    type: 'card',
  },
  ...(one.failureReason === null ? {} : { failure_reason: one.failureReason }),
  ...(one.failureBalanceTransaction === null ? {} : { failure_balance_transaction: one.failureBalanceTransaction }),
  metadata: one.metadata,
  payment_intent: one.intent,
  payment_method: one.paymentMethod,
  ...(one.status === 'pending' ? { pending_reason: 'processing' } : {}),
  reason: one.reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status: one.status,
  transfer_reversal: null,
});

/** What can be sent as evidence, none of it sent. */
export const EVIDENCE: JsonObject = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

/** The networks' own code for the commonest reasons, as Visa counts. */
const REASON_CODES: Readonly<Record<string, string>> = {
  fraudulent: '10.4',
  product_not_received: '13.1',
  subscription_canceled: '13.2',
  product_unacceptable: '13.3',
  credit_not_processed: '13.7',
  duplicate: '12.6',
};

export function disputeJson(one: StoredDispute): JsonObject {
  const inquiry = one.status.startsWith('warning_');
  const reasonCode = REASON_CODES[one.reason] ?? '10.4';
  return {
    id: one.id,
    object: 'dispute',
    amount: one.amount,
    balance_transactions: [...one.balanceTransactions],
    charge: one.charge,
    created: one.created,
    currency: one.currency,
    enhanced_eligibility_types: [],
    evidence: { ...EVIDENCE, enhanced_evidence: {}, ...one.evidence },
    evidence_details: {
      due_by: one.dueBy,
      enhanced_eligibility: {},
      has_evidence: Object.keys(one.evidence).length > 0,
      past_due: false,
      submission_count: one.submissions,
      submission_method: one.submissions > 0 ? 'manual' : 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: one.metadata,
    network_reason_code: reasonCode,
    payment_intent: one.intent,
    payment_method_details: {
      card: {
        brand: one.brand,
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: one.brand,
        network_reason_code: reasonCode,
      },
      type: 'card',
    },
    reason: one.reason,
    status: one.status,
  };
}
