/**
 * Spans over what the river does, for whoever wants to see where the time went. Nothing depends on them: a tracer that
 * cannot deliver loses spans, and never an answer.
 */

/** What a span says. Never a secret, an address of a person, or words that came from outside. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** A place in a trace, in the terms of W3C Trace Context. */
export interface TracePoint {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

export interface Tracer {
  /** The span that the caller runs in; null where there is none. */
  here(): TracePoint | null;
  /**
   * Does the work within a span and answers what the work answers; what it throws marks the span and goes on. `add` says what
   * is known only later. With `links`, also with none in it, the span begins a trace of its own that points to those places:
   * for work that many asked for, or that nobody asked for.
   */
  span<T>(
    name: string,
    facts: SpanFacts,
    work: (add: (facts: SpanFacts) => void) => Promise<T>,
    links?: readonly TracePoint[],
  ): Promise<T>;
}

export const NO_TRACER: Tracer = {
  here: () => null,
  span: (_name, _facts, work) => work(() => undefined),
};
