/** A subscription as Stripe writes it. The bounds of the period stand on its items. */

import type { StoredItem, StoredSubscription } from './billing-state.js';
import { planJson, priceJson, priceOf } from './catalog-json.js';
import type { JsonObject } from './problem.js';
import type { World } from './world.js';

const itemJson = (world: World, subscription: string, one: StoredItem): JsonObject => {
  const price = priceOf(world, one.price);
  return {
    id: one.id,
    object: 'subscription_item',
    billed_until: one.periodEnd,
    billing_thresholds: null,
    created: one.created,
    current_period_end: one.periodEnd,
    current_period_start: one.periodStart,
    current_trial: null,
    discounts: [],
    metadata: one.metadata,
    plan: planJson(price),
    price: priceJson(price),
    quantity: one.quantity,
    subscription,
    tax_rates: [],
  };
};

const pausedJson = (one: StoredSubscription): JsonObject => ({
  status_details: {
    paused: {
      subscription: { type: 'trial_end_without_payment_method' },
      transitioned_at: one.pausedAt ?? one.created,
      type: 'subscription',
    },
  },
});

export function subscriptionJson(world: World, one: StoredSubscription): JsonObject {
  return {
    id: one.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: one.anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: one.cancelAt,
    cancel_at_period_end: one.cancelAtPeriodEnd,
    canceled_at: one.canceledAt,
    cancellation_details: {
      comment: one.cancelComment,
      feedback: one.cancelFeedback,
      feedback_option: null,
      reason: one.cancelReason,
    },
    collection_method: 'charge_automatically',
    created: one.created,
    currency: one.currency,
    customer: one.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: one.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: one.description,
    discounts: [],
    ended_at: one.endedAt,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    ...laterJson(world, one),
  };
}

const laterJson = (world: World, one: StoredSubscription): JsonObject => ({
  items: {
    object: 'list',
    data: one.items.map((item) => itemJson(world, one.id, item)),
    has_more: false,
    url: `/v1/subscription_items?subscription=${one.id}`,
  },
  latest_invoice: one.latestInvoice,
  livemode: false,
  managed_payments: null,
  metadata: one.metadata,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection:
    one.pauseCollection === null
      ? null
      : { behavior: one.pauseCollection.behavior, resumes_at: one.pauseCollection.resumesAt },
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  start_date: one.created,
  status: one.status,
  ...(one.status === 'paused' ? pausedJson(one) : {}),
  test_clock: null,
  transfer_data: null,
  trial_end: one.trialEnd,
  trial_settings: {
    end_behavior: { billing_cycle_anchor: null, missing_payment_method: one.missingMethod ?? 'create_invoice' },
  },
  trial_start: one.trialStart,
});
