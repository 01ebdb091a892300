/**
 * Traces by OpenTelemetry's SDK, sent as OTLP over HTTP. Loaded only where a collector is named. Spans wait in a bounded
 * buffer and are dropped when it is full: a collector that is away costs nothing but its traces.
 */
import { context, DiagLogLevel, diag, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Log, SpanFacts, Tracer } from '../../ports.js';
import { makeQueueSpans } from './queue-spans.js';

export interface TelemetryOptions {
  /** Where the collector listens, without `/v1/traces`. */
  readonly endpoint: string;
  /** Which part of the system this process is. */
  readonly part: string;
  readonly log: Log;
}

/** A batch of usage may answer as many jobs as it has commands. */
const LINKS_MOST = 1_000;
const VALUE_LENGTH_MOST = 256;
const SAY_AGAIN_MS = 10 * 60_000;

/**
 * Registers the process's one provider; until `close` no second one may be. Samplers, headers and the service's name are
 * what OpenTelemetry's own settings say.
 */
export function startTelemetry({ endpoint, part, log }: TelemetryOptions) {
  diag.setLogger(complaints(log), DiagLogLevel.ERROR);
  const own = resourceFromAttributes({ 'service.name': 'creditd', 'creditd.part': part });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanLimits: { linkCountLimit: LINKS_MOST, attributeValueLengthLimit: VALUE_LENGTH_MOST },
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })),
    ],
  });
  provider.register();
  return {
    tracer: tracerOf(provider),
    queues: makeQueueSpans(),
    /** Sends what is held, as long as the exporter's own limit allows. */
    async close(): Promise<void> {
      try {
        await provider.shutdown();
      } finally {
        trace.disable();
        context.disable();
        propagation.disable();
        diag.disable();
      }
    },
  };
}

function tracerOf(provider: NodeTracerProvider): Tracer {
  const tracer = provider.getTracer('creditd');
  return {
    here: () => trace.getSpanContext(context.active()) ?? null,
    span(name, facts, work, links) {
      const apart = links === undefined ? {} : { root: true, links: links.map((point) => ({ context: point })) };
      return tracer.startActiveSpan(name, { attributes: named(facts), ...apart }, async (span) => {
        try {
          return await work((more) => span.setAttributes(named(more)));
        } catch (error) {
          // The message stays out: a driver's may hold an address or a URL with its password.
          span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}

const named = (facts: SpanFacts): SpanFacts =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`creditd.${name}`, value]));

/** Said now and then and in our words: OpenTelemetry's own hold whole answers of the collector. */
function complaints(log: Log) {
  let saidAt = Number.NEGATIVE_INFINITY;
  const nothing = (): void => undefined;
  return {
    error() {
      if (performance.now() - saidAt < SAY_AGAIN_MS) return;
      saidAt = performance.now();
      log.warn({}, 'traces cannot be delivered and are dropped; check OTEL_EXPORTER_OTLP_ENDPOINT and the collector');
    },
    ...{ warn: nothing, info: nothing, debug: nothing, verbose: nothing },
  };
}
