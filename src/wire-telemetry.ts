/** Traces, where a collector is named; elsewhere none of OpenTelemetry's SDK is loaded. */
import type { QueuesOptions } from './adapters/queue/queues.js';
import type { Lifecycle } from './lifecycle.js';
import { type Log, NO_TRACER, type Tracer } from './ports.js';

export interface Telemetry {
  readonly tracer: Tracer;
  /** How the queues are opened. */
  readonly queueSpans: QueuesOptions;
}

/** Opened before everything else, so that it is closed last and the spans of a drain are sent as well. */
export async function openTelemetry(
  endpoint: string | null,
  part: 'worker' | 'api' | 'dev',
  log: Log,
  lifecycle: Lifecycle,
): Promise<Telemetry> {
  if (endpoint === null) return { tracer: NO_TRACER, queueSpans: {} };
  const { startTelemetry } = await import('./adapters/telemetry/telemetry.js');
  const started = startTelemetry({ endpoint, part, log });
  lifecycle.onClose('telemetry', () => started.close());
  return { tracer: started.tracer, queueSpans: { telemetry: started.queues } };
}
