/**
 * What travels through queues: their names, their jobs' options and the versioned payloads. A producer in another language
 * needs this page and the published JSON Schema, nothing else. Old versions of a payload stay readable; one this release
 * does not know is unreadable and says so, because guessing at a newer field could debit the wrong thing.
 */
import type { z } from 'zod';
import { EVENTS_PER_JOB, JOB_BYTES, stepJobSchema, type UsageEvent, usageEventSchema } from './messages/schemas.js';
import { storableCopy, storableText } from './messages/storable.js';

export {
  EVENTS_PER_JOB,
  JOB_BYTES,
  type StepJob,
  type UsageEvent,
  type UsageJob,
  usageJobJsonSchema,
} from './messages/schemas.js';
export { isStorable } from './messages/storable.js';

/** Queue names. `usage` is open to producers; the others are written by creditd alone. */
export const USAGE_QUEUE = 'usage';
export const CHARGE_QUEUE = 'charge';
export const NOTICE_QUEUE = 'notice';
/** What Stripe says happened. */
export const WEBHOOK_QUEUE = 'webhook';
/** What is told to products' own endpoints. */
export const EVENT_QUEUE = 'event';
/** Ticks of the clocks: each only asks Postgres what is due. */
export const CLOCK_QUEUE = 'clock';
export const QUEUE_NAMES = [USAGE_QUEUE, CHARGE_QUEUE, NOTICE_QUEUE, WEBHOOK_QUEUE, EVENT_QUEUE, CLOCK_QUEUE] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** BullMQ's key prefix on Redis. Producers in other languages pass the same one. */
export const KEY_PREFIX = 'creditd';
/** The schema of BullMQ's own tables on Postgres; never ours. */
export const QUEUE_SCHEMA = 'creditd_queue';

/** The payload version this release writes. */
export const USAGE_JOB_VERSION = 1;
/** Name of a usage job. Readers go by the queue and the payload, never by this. */
export const USAGE_JOB_NAME = 'usage';

/**
 * A step's job is removed when it ends either way: adding an id whose job is still kept silently does nothing, and the
 * outbox row must be able to come back. One attempt: what comes next is a column in Postgres.
 */
export const STEP_JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: UsageEvent }
  | {
      readonly kind: 'invalid';
      readonly reason: 'invalid';
      /** The first field that is wrong, as a path ("properties.seconds"); empty when it is the event itself. */
      readonly field: string;
      /** Which fields, what each must be. Storable. */
      readonly message: string;
      /** A bounded copy of what came, storable in jsonb. */
      readonly raw: unknown;
      /** What could be read of whose event it is. */
      readonly account: string | null;
      readonly key: string | null;
    };

export type ReadUsageJob =
  | { readonly kind: 'read'; readonly events: readonly ReadEvent[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a usage job's data event by event: a bad one is that event's refusal, and the others go on. Never throws. */
export function readUsageJob(data: unknown): ReadUsageJob {
  if (!isRecord(data)) return unreadable('The job’s data must be an object with v and either event or events.');
  if (!Object.hasOwn(data, 'v')) return unreadable(`The job’s data has no "v"; it must be ${USAGE_JOB_VERSION}.`);
  if (data.v !== USAGE_JOB_VERSION) {
    return unreadable(
      `The job’s data is of version ${shown(data.v)}, and this release reads version ${USAGE_JOB_VERSION}. Upgrade the worker, then retry the job.`,
    );
  }
  const extra = Object.keys(data).find((name) => name !== 'v' && name !== 'event' && name !== 'events');
  if (extra !== undefined) return unreadable(`"${shown(extra)}" is not a field of a usage job; leave it out.`);
  const single = Object.hasOwn(data, 'event');
  if (single === Object.hasOwn(data, 'events'))
    return unreadable('The job’s data must hold exactly one of event and events.');
  const size = bytesOf(data);
  if (size === null || size > JOB_BYTES) {
    return unreadable(`The job’s data is larger than ${JOB_BYTES} bytes of JSON. Send fewer events in a job.`);
  }
  if (single) return { kind: 'read', events: [readEvent(data.event)] };
  if (!Array.isArray(data.events)) return unreadable('"events" must be an array.');
  if (data.events.length < 1 || data.events.length > EVENTS_PER_JOB) {
    return unreadable(`"events" must hold 1 to ${EVENTS_PER_JOB} events, and holds ${data.events.length}.`);
  }
  return { kind: 'read', events: data.events.map(readEvent) };
}

/** Reads one event as the usage queue and the HTTP door do. Never throws. */
export function readEvent(raw: unknown): ReadEvent {
  // Objects are copied by assignment somewhere in every program, and there this name would vanish instead of arriving.
  if (hasProto(raw) || (isRecord(raw) && hasProto(raw.properties))) {
    return invalid(raw, '__proto__', '"__proto__" cannot be the name of a field or a property; leave it out.');
  }
  const parsed = usageEventSchema.safeParse(raw);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const { issues } = parsed.error;
  const [first] = issues;
  const field = first?.code === 'unrecognized_keys' ? (first.keys[0] ?? '') : first === undefined ? '' : fieldOf(first);
  return invalid(raw, storableText(field), issues.map(sentenceOf).join(' ').slice(0, 1_000));
}

const invalid = (raw: unknown, field: string, message: string): ReadEvent => ({
  kind: 'invalid',
  reason: 'invalid',
  field,
  message,
  raw: storableCopy(raw),
  account: readable(raw, 'account'),
  key: readable(raw, 'key'),
});

/** A usage job as a worker hands it on. */
export interface UsageDelivery {
  readonly id: string;
  /** What the producer sent: not yet read, not to be trusted. */
  readonly data: unknown;
  /** When the job was added, in milliseconds since 1970 by the producer's clock. */
  readonly addedAt: number;
}

export type UsageVerdict =
  /** The job completes. `result` is kept beside it to be looked at and must be storable JSON. */
  | { readonly kind: 'done'; readonly result: unknown }
  /** Postgres is away, or the fate of a commit is unknown: the whole job comes again later, as often as it takes. */
  | { readonly kind: 'our_fault'; readonly reason: string }
  /** Part of it came too soon: the job is cut down to `data` and comes again after `afterMs`. Not a fault of anybody. */
  | { readonly kind: 'too_early'; readonly data: unknown; readonly afterMs: number }
  /** None of it could be read. The one way into the failed set. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export type ReadStepJob =
  | { readonly kind: 'read'; readonly accountNo: number; readonly id: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the job of a step. Unreadable means somebody else wrote into the queue: the outbox row is untouched. */
export function readStepJob(data: unknown): ReadStepJob {
  const parsed = stepJobSchema.safeParse(data);
  if (parsed.success) return { kind: 'read', accountNo: parsed.data.account, id: parsed.data.id };
  return unreadable(`The step’s data cannot be read: ${parsed.error.issues.map(sentenceOf).join(' ').slice(0, 500)}`);
}

const unreadable = (reason: string) => ({ kind: 'unreadable', reason }) as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string =>
  storableText((JSON.stringify(value) ?? typeof value).slice(0, 60)).replace(/^"|"$/g, '');

const fieldOf = (issue: z.core.$ZodIssue): string => storableText(issue.path.map(String).join('.').slice(0, 100));

const hasProto = (value: unknown): boolean => isRecord(value) && Object.hasOwn(value, '__proto__');

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, 5).map((name) => `"${storableText(name.slice(0, 60))}"`);
    return `${names.join(', ')} ${names.length === 1 ? 'is not a field' : 'are no fields'} of an event; leave ${names.length === 1 ? 'it' : 'them'} out.`;
  }
  // A badly named property: the rule for names lies one level down.
  const rule = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${issue.path.length === 0 ? 'The event' : `"${fieldOf(issue)}"`} ${rule}.`;
}

function readable(raw: unknown, field: 'account' | 'key'): string | null {
  if (!isRecord(raw) || !Object.hasOwn(raw, field)) return null;
  const parsed = usageEventSchema.shape[field].safeParse(raw[field]);
  return parsed.success ? parsed.data : null;
}

function bytesOf(data: unknown): number | null {
  try {
    return Buffer.byteLength(JSON.stringify(data) ?? '');
  } catch {
    return null;
  }
}
