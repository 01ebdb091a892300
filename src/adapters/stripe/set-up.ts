/** Stripe's side of setting up: where events are sent, and whether the catalog's prices are there. */
import type Stripe from 'stripe';
import { currency, minorUnits } from '../../domain/money.js';
import type { Log, PriceFacts, ProcessorSetUp } from '../../ports.js';
import { makeCall } from './call.js';
import { longestStripeCallMs, makeStripeClient, STRIPE_API_VERSION, type StripeSettings } from './client.js';
import { noAnswer } from './records.js';

/** Stripe allows sixteen endpoints. */
const ENDPOINTS_READ = 100;

type Events = Stripe.WebhookEndpointCreateParams.EnabledEvent[];

export function makeStripeSetUp(settings: StripeSettings & { readonly log?: Log }): ProcessorSetUp {
  const stripe = makeStripeClient(settings);
  const call = makeCall(longestStripeCallMs(settings), settings.log);
  return {
    version: STRIPE_API_VERSION,
    async endpoints() {
      const listed = await call('webhookEndpoints.list', () => stripe.webhookEndpoints.list({ limit: ENDPOINTS_READ }));
      if (listed.kind !== 'answer') return noAnswer(listed);
      const endpoints = listed.value.data.map((one) => ({
        ...{ id: one.id, url: one.url, events: one.enabled_events, version: one.api_version },
        isDisabled: one.status === 'disabled',
      }));
      return { kind: 'endpoints', endpoints };
    },
    async makeEndpoint(url, events) {
      const params = { url, enabled_events: events as Events, api_version: STRIPE_API_VERSION, description: 'creditd' };
      const made = await call('webhookEndpoints.create', () =>
        stripe.webhookEndpoints.create(params as Stripe.WebhookEndpointCreateParams),
      );
      if (made.kind !== 'answer') return noAnswer(made);
      return { kind: 'made', id: made.value.id, secret: made.value.secret ?? '' };
    },
    async changeEndpoint(id, events) {
      const params = { enabled_events: events as Events, disabled: false };
      const done = await call('webhookEndpoints.update', () => stripe.webhookEndpoints.update(id, params));
      return done.kind === 'answer' ? { kind: 'done' } : noAnswer(done);
    },
    async price(id) {
      const found = await call('prices.retrieve', () => stripe.prices.retrieve(id));
      if (found.kind === 'answer') return { kind: 'price', price: factsOf(found.value) };
      return found.kind === 'refused' && found.code === 'resource_missing' ? { kind: 'no_price' } : noAnswer(found);
    },
  };
}

const UNITS = ['day', 'week', 'month', 'year'] as const;

function factsOf(price: Stripe.Price): PriceFacts {
  const unit = UNITS.find((one) => one === price.recurring?.interval);
  return {
    currency: currency(price.currency),
    amountMinor: price.unit_amount === null ? null : minorUnits(price.unit_amount),
    every: unit === undefined ? null : { unit, count: price.recurring?.interval_count ?? 1 },
    isActive: price.active,
  };
}
