/** What Prometheus reads. Counters are this process's own; gauges are asked of Postgres and the queues at each scrape. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type GaugeSources, makeGauges } from './gauges.js';

export interface Metrics {
  /** `reason` is null for what was not refused. */
  usageEvent(outcome: string, reason: string | null): void;
  batch(batch: { readonly size: number; readonly durationMs: number; readonly posted: boolean }): void;
  /** A charge that a step left in this state. */
  charge(state: string): void;
  mail(outcome: string): void;
  parked(topic: string): void;
  /** The processor is not asked for a while, or is again. */
  breaker(isOpen: boolean): void;
  /** An event of Stripe: what the door or its step made of it. Types that are not heard are all "unknown". */
  stripeEvent(type: string, outcome: string): void;
  /** What became of an event for a product's endpoint; refused: it is tried again. */
  eventOut(outcome: string): void;
  /** Accounts that the audit has looked at, and whether it has come round. */
  audited(accounts: number, complete: boolean): void;
  /** Rows that were kept for long enough. */
  swept(table: string, count: number): void;
  /** What comparing with Stripe has found. */
  reconciled(finding: string, count: number): void;
  /** Prometheus's text format. A source that does not answer leaves its gauges out and says so in `creditd_source_up`. */
  scrape(sources: GaugeSources): Promise<{ readonly type: string; readonly body: string }>;
}

const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const events = counter(
    'creditd_usage_events_total',
    'Usage events by what became of them.',
    ...(['outcome', 'reason'] as const),
  );
  const results = counter('creditd_charge_results_total', 'Charges that a step left in this state.', 'state');
  const mails = counter(
    'creditd_mails_total',
    'Mails by outcome: sent, failed, or put off to a later time.',
    'outcome',
  );
  const parkings = counter('creditd_outbox_parkings_total', 'Steps parked after too many fruitless starts.', 'topic');
  const stripeEvents = counter(
    'creditd_stripe_events_total',
    'Events of Stripe by what became of them: at the door, and at the end of their step.',
    ...(['type', 'outcome'] as const),
  );
  const findings = counter('creditd_reconciled_total', 'Payments compared with Stripe, by what was found.', 'finding');
  const out = counter('creditd_events_total', 'Deliveries to endpoints of products by outcome.', 'outcome');
  const audited = counter('creditd_audited_accounts_total', 'Accounts whose sums were looked at.');
  const audits = counter('creditd_audits_total', 'How often the audit has looked at every account.');
  const swept = counter(
    'creditd_swept_rows_total',
    'Rows that were deleted because they had been kept for long enough.',
    'table',
  );
  const breaker = new Gauge({
    name: 'creditd_processor_breaker_open',
    help: '1 while the processor is not asked because it does not answer.',
    registers,
  });
  const sizes = new Histogram({ name: 'creditd_batch_size', help: 'Commands in a batch.', buckets: SIZES, registers });
  const durations = new Histogram({
    name: 'creditd_batch_duration_seconds',
    help: 'How long a batch took, and whether it was posted.',
    labelNames: ['posted'],
    buckets: SECONDS,
    registers,
  });
  const gauges = makeGauges(registry);
  return {
    usageEvent: (outcome, reason) => events.inc({ outcome, reason: reason ?? 'none' }),
    batch({ size, durationMs, posted }) {
      sizes.observe(size);
      durations.observe({ posted: String(posted) }, durationMs / 1_000);
    },
    charge: (state) => results.inc({ state }),
    mail: (outcome) => mails.inc({ outcome }),
    parked: (topic) => parkings.inc({ topic }),
    breaker: (isOpen) => breaker.set(isOpen ? 1 : 0),
    stripeEvent: (type, outcome) => stripeEvents.inc({ type, outcome }),
    eventOut: (outcome) => out.inc({ outcome }),
    audited(accounts, complete) {
      audited.inc(accounts);
      if (complete) audits.inc();
    },
    swept: (table, count) => swept.inc({ table }, count),
    reconciled: (finding, count) => findings.inc({ finding }, count),
    async scrape(sources) {
      await gauges.refresh(sources);
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}
