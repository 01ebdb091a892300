/** Gauges of what all processes share: each process that is scraped tells the same. */
import { Gauge, type Registry } from 'prom-client';
import type { Tallies } from '../ports.js';

/** One queue as it stands. */
export interface QueueState {
  readonly queue: string;
  readonly depth: Readonly<Record<string, number>>;
  /** Null where nothing waits. */
  readonly oldestWaitingMs: number | null;
}

export interface GaugeSources {
  /** Both reject when they cannot be asked. */
  tallies(): Promise<Tallies>;
  queues(): Promise<readonly QueueState[]>;
}

export function makeGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const up = gauge('creditd_source_up', 'Whether what the gauges are read from answered.', 'source');
  const jobs = gauge('creditd_queue_jobs', 'Jobs by queue and state.', ...(['queue', 'state'] as const));
  const age = gauge('creditd_queue_oldest_age_seconds', 'Age of the oldest waiting job.', 'queue');
  const charges = gauge('creditd_charges', 'Charges by state.', 'state');
  const notices = gauge('creditd_notices', 'Notices by state.', 'state');
  const waiting = gauge('creditd_outbox_waiting', 'Outbox rows that are not parked.', 'topic');
  const parked = gauge('creditd_outbox_parked', 'Outbox rows that wait for an operator.', 'topic');
  const lag = gauge('creditd_outbox_due_lag_seconds', 'How long the oldest due outbox row has been due.', 'topic');
  const unsettled = gauge('creditd_refusals_unsettled', 'Refused usage events that nobody has settled.');
  const refusals = gauge('creditd_refusals_unsettled_by_reason', 'Refused usage events by reason.', 'reason');

  const drift = gauge('creditd_drift', 'Accounts of which a sum of the ledger does not hold, by sum.', 'sum');
  const eventsWaiting = gauge('creditd_events_waiting', 'Events that an endpoint has not taken yet.');
  const failing = gauge('creditd_endpoints_failing', 'Endpoints of products that take nothing at the moment.');

  const showTallies = (found: Tallies): void => {
    for (const [state, count] of Object.entries(found.charges)) charges.set({ state }, count);
    for (const [state, count] of Object.entries(found.notices)) notices.set({ state }, count);
    for (const { topic, ...row } of found.outbox) {
      waiting.set({ topic }, row.waiting);
      parked.set({ topic }, row.parked);
      lag.set({ topic }, row.dueLagMs / 1_000);
    }
    for (const [reason, count] of Object.entries(found.refusals)) refusals.set({ reason }, count);
    for (const [sum, count] of Object.entries(found.drifts)) drift.set({ sum }, count);
    eventsWaiting.set(found.eventsWaiting);
    failing.set(found.endpointsFailing);
    unsettled.set(Object.values(found.refusals).reduce((sum, count) => sum + count, 0));
  };
  const showQueues = (states: readonly QueueState[]): void => {
    for (const { queue, depth, oldestWaitingMs } of states) {
      for (const [state, count] of Object.entries(depth)) jobs.set({ queue, state }, count);
      age.set({ queue }, (oldestWaitingMs ?? 0) / 1_000);
    }
  };
  return {
    /** What stood there before goes first: a number that can no longer be read must not go on being told. */
    async refresh(sources: GaugeSources): Promise<void> {
      const [tallies, queues] = await Promise.allSettled([sources.tallies(), sources.queues()]);
      for (const one of [jobs, age, charges, notices, waiting, parked, lag, refusals, drift]) one.reset();
      for (const one of [unsettled, eventsWaiting, failing]) one.remove();
      if (tallies.status === 'fulfilled') showTallies(tallies.value);
      if (queues.status === 'fulfilled') showQueues(queues.value);
      up.set({ source: 'postgres' }, tallies.status === 'fulfilled' ? 1 : 0);
      up.set({ source: 'queue' }, queues.status === 'fulfilled' ? 1 : 0);
    },
  };
}
