/** An invoice as Stripe writes it, with its lines and, where they are asked for, its payments. */

import type { StoredInvoice, StoredLine } from './billing-state.js';
import { priceOf } from './catalog-json.js';
import type { JsonObject } from './problem.js';
import type { World } from './world.js';

export const totalOf = (lines: readonly StoredLine[]): number => lines.reduce((sum, one) => sum + one.amount, 0);

function lineJson(world: World, invoice: StoredInvoice, one: StoredLine): JsonObject {
  const price = priceOf(world, one.price);
  return {
    id: one.id,
    object: 'line_item',
    amount: one.amount,
    currency: invoice.currency,
    description: one.description,
    discount_amounts: [],
    discountable: one.proration === null,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: invoice.subscriptionMetadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: one.proration,
        proration: one.proration !== null,
        proration_details: one.proration === null ? null : { credited_items: null },
        subscription: invoice.subscription,
        subscription_item: one.item,
      },
      type: 'subscription_item_details',
    },
    period: { end: one.end, start: one.start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: String(price.unitAmount),
    },
    quantity: one.quantity,
    quantity_decimal: String(one.quantity),
    subscription: invoice.subscription,
    subtotal: one.amount,
    taxes: [],
  };
}

const linesJson = (world: World, one: StoredInvoice): JsonObject => ({
  object: 'list',
  data: one.lines.map((line) => lineJson(world, one, line)),
  has_more: false,
  url: `/v1/invoices/${one.id}/lines`,
});

/** What is due now: nothing where it is a credit, or too little to be charged. */
export function amountsOf(world: World, one: StoredInvoice): { readonly total: number; readonly due: number } {
  const total = totalOf(one.lines);
  if (one.amountDue !== null) return { total, due: one.amountDue };
  const balance = world.state.customers.find((customer) => customer.id === one.customer)?.balance ?? 0;
  return { total, due: dueOf(total, balance).due };
}

const LEAST_CHARGE = 50;

/** `balance` is what the customer owes from before, below zero where there is credit; `left` is what it is afterwards. */
export function dueOf(total: number, balance: number): { readonly due: number; readonly left: number } {
  const sum = total + balance;
  return sum < LEAST_CHARGE ? { due: 0, left: sum } : { due: sum, left: 0 };
}

export function invoiceJson(world: World, one: StoredInvoice): JsonObject {
  const customer = world.state.customers.find((each) => each.id === one.customer);
  const { total, due } = amountsOf(world, one);
  const page = one.finalizedAt === null ? null : `${world.baseUrl()}/i/${one.id}`;
  return {
    id: one.id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'The Stripe double',
    account_tax_ids: null,
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: one.amountPaid,
    amount_remaining: due - one.amountPaid,
    amount_shipping: 0,
    application: null,
    attempt_count: one.attempts,
    attempted: one.attempted,
    auto_advance: one.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: one.finalizesAt,
    billing_reason: one.reason,
    collection_method: 'charge_automatically',
    created: one.created,
    currency: one.currency,
    custom_fields: null,
    customer: one.customer,
    customer_account: null,
    customer_address: null,
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: one.finalizedAt,
    ending_balance: one.endingBalance,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: page,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: linesJson(world, one),
    livemode: false,
    metadata: {},
    next_payment_attempt: one.nextAttempt,
    number: one.number,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: one.subscriptionMetadata, subscription: one.subscription },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    ...restJson(one, total),
  };
}

const restJson = (one: StoredInvoice, total: number): JsonObject => ({
  period_end: one.periodEnd,
  period_start: one.periodStart,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: one.startingBalance,
  statement_descriptor: null,
  status: one.status,
  status_transitions: {
    finalized_at: one.finalizedAt,
    marked_uncollectible_at: one.uncollectibleAt,
    paid_at: one.paidAt,
    voided_at: one.voidedAt,
  },
  subtotal: total,
  subtotal_excluding_tax: total,
  test_clock: null,
  total,
  total_discount_amounts: [],
  total_excluding_tax: total,
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: one.created,
});

export function paymentJson(one: StoredInvoice): JsonObject | null {
  if (one.payment === null) return null;
  const paid = one.status === 'paid';
  return {
    id: one.payment.id,
    object: 'invoice_payment',
    amount_paid: paid ? one.amountPaid : null,
    amount_requested: one.amountDue ?? 0,
    created: one.finalizedAt ?? one.created,
    currency: one.currency,
    invoice: one.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: one.payment.intent, type: 'payment_intent' },
    status: paid ? 'paid' : one.status === 'void' ? 'canceled' : 'open',
    status_transitions: { canceled_at: one.voidedAt, paid_at: one.paidAt },
  };
}

/** Only there where `payments` is expanded, as at Stripe. */
export function paymentsJson(one: StoredInvoice): JsonObject {
  const payment = paymentJson(one);
  return {
    object: 'list',
    data: payment === null ? [] : [payment],
    has_more: false,
    url: `/v1/invoice_payments?invoice=${one.id}`,
  };
}
