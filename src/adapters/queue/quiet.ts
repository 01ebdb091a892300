/**
 * BullMQ reports a lost connection once for every connection and every try to reconnect. A listener must exist, or Node
 * ends the process; and it must be quiet, or an hour without Redis fills a disk.
 */
import type { Log } from '../../ports.js';

/** The same source speaks at most this often, with the number of reports that were kept back. */
const SAY_EVERY_MS = 30_000;

export interface Quiet {
  /** Reports a failure of a connection or of BullMQ itself. Never throws. */
  error(source: string, error: unknown): void;
  /** Says that a source which had failed works again. */
  ready(source: string): void;
}

export function makeQuiet(log: Log, now: () => number = () => performance.now()): Quiet {
  const sources = new Map<string, { saidAt: number; kept: number; message: string }>();
  return {
    error(source, error) {
      const message = messageOf(error);
      const last = sources.get(source);
      if (last !== undefined && now() - last.saidAt < SAY_EVERY_MS) {
        last.kept += 1;
        return;
      }
      sources.set(source, { saidAt: now(), kept: 0, message });
      log.warn(
        { queue: source, reason: message, repeated: last?.kept ?? 0 },
        'The queue reported an error; it goes on trying.',
      );
    },
    ready(source) {
      const last = sources.get(source);
      if (last === undefined) return;
      sources.delete(source);
      log.info({ queue: source, reason: last.message }, 'The queue answers again.');
    },
  };
}

/** A URL in a driver's message may carry a password, so it is cut out. An AggregateError has an empty message of its own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return (error.message || code).replace(/\b(rediss?|postgres(?:ql)?):\/\/\S+/g, '$1://…').slice(0, 300);
}
