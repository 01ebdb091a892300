/** What the double remembers, written as Stripe writes it. The contract suite holds these shapes to Stripe's description. */
import { createHash } from 'node:crypto';
import { type TestCard, testCard } from './cards.js';
import type { JsonObject } from './problem.js';
import type {
  BillingDetails,
  CardFacts,
  StoredCharge,
  StoredCustomer,
  StoredIntent,
  StoredPaymentMethod,
} from './state.js';

/** Far enough ahead that no test card expires by itself while somebody still uses this release. */
const EXPIRY = { expMonth: 12, expYear: 2045 };

const billingJson = (one: BillingDetails | undefined): JsonObject => ({
  address: one?.address ?? null,
  email: one?.email ?? null,
  name: one?.name ?? null,
  phone: one?.phone ?? null,
  tax_id: null,
});

/** The card as it is now: the test card behind it, with what has been renewed since. */
export function factsOf(one: StoredPaymentMethod): CardFacts {
  const { last4, fingerprint } = cardBehind(one.card);
  return { last4, fingerprint, ...EXPIRY, ...one.facts };
}

export const customerJson = (one: StoredCustomer): JsonObject => ({
  id: one.id,
  object: 'customer',
  address: null,
  balance: one.balance ?? 0,
  created: one.created,
  currency: null,
  default_source: null,
  delinquent: false,
  description: one.description,
  email: one.email,
  invoice_settings: {
    custom_fields: null,
    default_payment_method: one.defaultMethod ?? null,
    footer: null,
    rendering_options: null,
  },
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
  address_postal_code_check: card.zipCheck,
  cvc_check: card.cvcCheck,
});

export function paymentMethodJson(one: StoredPaymentMethod): JsonObject {
  const card = cardBehind(one.card);
  const { last4, fingerprint, expMonth, expYear } = factsOf(one);
  return {
    id: one.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billingJson(one.billing),
    card: {
      brand: card.brand,
      checks: checksOf(card),
      country: 'US',
      display_brand: card.brand,
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint,
      funding: card.funding,
      generated_from: null,
      last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: one.created,
    customer: one.customer,
    customer_account: null,
    livemode: false,
    metadata: one.metadata ?? {},
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
    next_action: one.status === 'requires_action' ? nextActionJson(one) : null,
    on_behalf_of: null,
    payment_method: one.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: one.status === 'processing' ? { card: {}, type: 'card' } : null,
    receipt_email: one.receiptEmail,
    review: null,
    setup_future_usage: one.setupFutureUsage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: one.status,
    transfer_group: null,
  };
}

/** A page to send the owner to where they can come back from it; else the thing that Stripe's own script would do. */
export const nextActionJson = (one: {
  readonly returnUrl?: string | null;
  readonly authenticateAt?: string | null;
}): JsonObject =>
  one.returnUrl && one.authenticateAt
    ? { type: 'redirect_to_url', redirect_to_url: { return_url: one.returnUrl, url: one.authenticateAt } }
    : { type: 'use_stripe_sdk', use_stripe_sdk: {} };

function outcomeJson(one: StoredCharge, card: TestCard): JsonObject {
  const { decline } = one;
  const blocked = decline?.blocked === true;
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: blocked ? null : (decline?.networkAdviceCode ?? null),
    network_decline_code: decline === null || blocked ? null : (decline.networkDeclineCode ?? '05'),
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
    amount_refunded: one.amountRefunded ?? 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: one.balanceTransaction ?? null,
    billing_details: billingJson(one.billing),
    calculated_statement_descriptor: 'STRIPE DOUBLE',
    captured: paid,
    created: one.created,
    currency: one.currency,
    customer: one.customer,
    description: one.description,
    disputed: one.disputed === true,
    failure_balance_transaction: null,
    failure_code: one.decline?.code ?? null,
    failure_message: one.decline?.message ?? null,
    fraud_details: one.fraudReport === undefined ? {} : { stripe_report: one.fraudReport },
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
    receipt_number: paid ? receiptNumber(one.id) : null,
    receipt_url: paid ? `${baseUrl}/receipts/${one.id}` : null,
    refunded: paid && one.amountRefunded === one.amount,
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

/** Four digits, a dash, four digits, always the same for one charge. */
function receiptNumber(charge: string): string {
  const digits = createHash('sha256').update(charge).digest().readUInt32BE() % 100_000_000;
  return String(digits)
    .padStart(8, '0')
    .replace(/^(\d{4})/, '$1-');
}

const THREE_D_SECURE: JsonObject = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
};

function cardDetailsJson(one: StoredCharge, card: TestCard): JsonObject {
  const { last4, fingerprint, expMonth, expYear } = one.facts ?? { ...card, ...EXPIRY };
  return {
    amount_authorized: one.decline === null ? one.amount : null,
    authorization_code: null,
    brand: card.brand,
    checks: checksOf(card),
    country: 'US',
    electronic_commerce_indicator: null,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint,
    funding: card.funding,
    installments: null,
    last4,
    mandate: null,
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: one.authenticated === true ? THREE_D_SECURE : null,
    transaction_link_id: null,
    wallet: null,
  };
}
