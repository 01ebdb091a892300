/**
 * What the flows need of the outside, as promises with their outcomes. Adapters keep them; a double and the real thing
 * pass the same contract suite. Business results are values with a `kind`; only a broken assumption throws.
 */
export * from './ports/accounts.js';
export * from './ports/audit.js';
export * from './ports/checkout.js';
export * from './ports/clock.js';
export * from './ports/courier.js';
export * from './ports/desk.js';
export * from './ports/doors.js';
export * from './ports/events.js';
export * from './ports/ledger.js';
export * from './ports/mail.js';
export * from './ports/outbox.js';
export * from './ports/pay-links.js';
export * from './ports/payments.js';
export * from './ports/processor-records.js';
export * from './ports/retention.js';
export * from './ports/set-up.js';
export * from './ports/shards.js';
export * from './ports/stripe-events.js';
export * from './ports/subscriptions.js';
export * from './ports/totals.js';
export * from './ports/tracer.js';
export * from './ports/views.js';
