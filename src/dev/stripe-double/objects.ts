/** What the double remembers, written as Stripe writes it. The contract suite holds these shapes to Stripe's description. */
import { type TestCard, testCard } from './cards.js';
import type { JsonObject } from './problem.js';
import type { StoredCharge, StoredCustomer, StoredIntent, StoredPaymentMethod } from './state.js';

/** Far enough ahead that no test card expires while somebody still uses this release. */
const EXPIRY = { exp_month: 12, exp_year: 2045 };

const noBilling = { address: null, email: null, name: null, phone: null, tax_id: null };

export const customerJson = (one: StoredCustomer): JsonObject => ({
  id: one.id,
  object: 'customer',
  address: null,
  balance: 0,
  created: one.created,
  currency: null,
  default_source: null,
  delinquent: false,
  description: one.description,
  email: one.email,
  invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
  livemode: false,
  metadata: one.metadata,
  name: one.name,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
});

/** The card behind a stored name; a state file may name one that a later release no longer plays. */
export function cardBehind(name: string): TestCard {
  const card = testCard(name);
  if (card === undefined) throw new Error(`The test card ${name} is not part of the double.`);
  return card;
}

const checksOf = (card: TestCard): JsonObject => ({
  address_line1_check: null,
  address_postal_code_check: null,
  cvc_check: card.cvcCheck,
});

export function paymentMethodJson(one: StoredPaymentMethod): JsonObject {
  const card = cardBehind(one.card);
  return {
    id: one.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: noBilling,
    card: {
      brand: card.brand,
      checks: checksOf(card),
      country: 'US',
      display_brand: card.brand,
      ...EXPIRY,
      fingerprint: card.fingerprint,
      funding: card.funding,
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: one.created,
    customer: one.customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

export function intentJson(one: StoredIntent): JsonObject {
  return {
    id: one.id,
    object: 'payment_intent',
    allowed_payment_method_types: one.allowedTypes === null ? null : [...one.allowedTypes],
    amount: one.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: one.status === 'succeeded' ? one.amount : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      one.automatic === null ? null : { allow_redirects: one.automatic.allowRedirects, enabled: true },
    canceled_at: one.canceledAt,
    cancellation_reason: one.cancellationReason,
    capture_method: 'automatic_async',
    client_secret: one.clientSecret,
    confirmation_method: 'automatic',
    created: one.created,
    currency: one.currency,
    customer: one.customer,
    customer_account: null,
    description: one.description,
    excluded_payment_method_types: null,
    last_payment_error: one.lastError,
    latest_charge: one.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: one.metadata,
    next_action: one.status === 'requires_action' ? { type: 'use_stripe_sdk', use_stripe_sdk: {} } : null,
    on_behalf_of: null,
    payment_method: one.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: one.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: one.status,
    transfer_group: null,
  };
}

function outcomeJson(one: StoredCharge, card: TestCard): JsonObject {
  const { decline } = one;
  const blocked = decline?.blocked === true;
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: decline === null || blocked ? null : '05',
    network_status: decline === null ? 'approved_by_network' : blocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: blocked ? 'highest_risk_level' : (decline?.declineCode ?? decline?.code ?? null),
    risk_level: blocked ? 'highest' : card.riskLevel,
    risk_score: blocked ? 90 : card.riskLevel === 'elevated' ? 70 : 20,
    seller_message:
      decline === null
        ? 'Payment complete.'
        : blocked
          ? 'Stripe blocked this payment.'
          : 'The bank declined this payment.',
    type: decline === null ? 'authorized' : blocked ? 'blocked' : 'issuer_declined',
  };
}

export function chargeJson(one: StoredCharge, baseUrl: string): JsonObject {
  const card = cardBehind(one.card);
  const paid = one.decline === null;
  return {
    id: one.id,
    object: 'charge',
    amount: one.amount,
    amount_captured: paid ? one.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: noBilling,
    calculated_statement_descriptor: 'STRIPE DOUBLE',
    captured: paid,
    created: one.created,
    currency: one.currency,
    customer: one.customer,
    description: one.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: one.decline?.code ?? null,
    failure_message: one.decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: one.metadata,
    on_behalf_of: null,
    outcome: outcomeJson(one, card),
    paid,
    payment_intent: one.intent,
    payment_method: one.paymentMethod,
    payment_method_details: { card: cardDetailsJson(one, card), type: 'card' },
    radar_options: {},
    receipt_email: one.receiptEmail,
    receipt_number: null,
    receipt_url: paid ? `${baseUrl}/receipts/${one.id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: paid ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
}

function cardDetailsJson(one: StoredCharge, card: TestCard): JsonObject {
  return {
    amount_authorized: one.decline === null ? one.amount : null,
    authorization_code: null,
    brand: card.brand,
    checks: checksOf(card),
    country: 'US',
    electronic_commerce_indicator: null,
    ...EXPIRY,
    fingerprint: card.fingerprint,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
