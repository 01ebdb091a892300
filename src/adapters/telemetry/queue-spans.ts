/**
 * BullMQ's own spans, cut down to the two that tell something: a job was added, a job was processed. Asking for the next
 * job, renewing locks and looking for stalled ones would be thousands of spans in which nothing happened. What jobs
 * answered and why they failed stays out as well: both hold what producers wrote.
 */
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { BullMQOtel } from 'bullmq-otel';

type Theirs = Pick<BullMQOtel, 'tracer' | 'contextManager'>;
type QueueSpan = ReturnType<Theirs['tracer']['startSpan']>;

/** Names of queues and jobs, ids and counts. */
const TOLD = new Set([
  'bullmq.queue.name',
  'bullmq.queue.operation',
  'bullmq.job.name',
  'bullmq.job.id',
  'bullmq.job.bulk.count',
  'bullmq.job.attempts.made',
]);

/** The provider must be registered before: BullMQ's library finds it by OpenTelemetry's global one. */
export function makeQueueSpans() {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: 'creditd' }) satisfies Theirs;
  return {
    tracer: {
      startSpan(name: string, options?: { kind: number }, within?: typeof ROOT_CONTEXT): QueueSpan {
        const isTold = options?.kind === SpanKind.PRODUCER || options?.kind === SpanKind.CONSUMER;
        return isTold ? discreet(tracer.startSpan(name, options, within)) : SILENT;
      },
    },
    contextManager: {
      with: contextManager.with.bind(contextManager) as Theirs['contextManager']['with'],
      active: () => contextManager.active(),
      root: () => ROOT_CONTEXT,
      getMetadata: (at: typeof ROOT_CONTEXT) => contextManager.getMetadata(at),
      /** A producer may write anything there: what cannot be read is no parent, and the job is done all the same. */
      fromMetadata(active: typeof ROOT_CONTEXT, metadata: string) {
        try {
          return contextManager.fromMetadata(active, metadata);
        } catch {
          return active;
        }
      },
    },
  };
}

function discreet(span: QueueSpan): QueueSpan {
  const told = (attributes: Parameters<QueueSpan['setAttributes']>[0]) =>
    Object.fromEntries(Object.entries(attributes).filter(([name]) => TOLD.has(name)));
  return {
    setSpanOnContext: (at) => span.setSpanOnContext(at),
    setAttribute: (name, value) => span.setAttributes(told({ [name]: value })),
    setAttributes: (attributes) => span.setAttributes(told(attributes)),
    addEvent: (name) => span.addEvent(name),
    recordException: () => span.addEvent('exception'),
    end: () => span.end(),
  };
}

/** Stands in no trace: what happens within it belongs to the span around it. */
const SILENT: QueueSpan = {
  setSpanOnContext: (at) => at,
  setAttribute: () => undefined,
  setAttributes: () => undefined,
  addEvent: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
};
