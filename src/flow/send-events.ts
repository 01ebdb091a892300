/**
 * An account's step for its events: sends what is unsent in order until one fails, to each endpoint in its own order. A
 * process that dies between an endpoint's answer and our commit sends the same event again, under the same id.
 */
import { DAY_MS, earliest, type Instant, isoOf } from '../domain/instant.js';
import type {
  Clock,
  Courier,
  Ending,
  EndpointQueue,
  EndpointWord,
  EventEndpoint,
  Events,
  EventsToSend,
  Log,
  Outbox,
  OutboxRef,
  SentEvent,
  StartedStep,
  WaitingEvent,
} from '../ports.js';
import { againAt } from './back-off.js';
import { underHold } from './step.js';

export interface SendEventsDeps {
  readonly outbox: Outbox;
  readonly events: Events;
  readonly courier: Courier;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** No delivery is begun once the step has gone on for this long. */
  readonly beginUntilMs: number;
  readonly onEvent?: (outcome: 'sent' | 'undelivered' | 'refused') => void;
}

/** An endpoint that has not taken an event for this long goes without it, and the next follows. */
export const GIVE_UP_MS = 3 * DAY_MS;
/** Events of one step to one endpoint: what is left is due at once. */
const EVENTS_MAX = 100;

export function makeSendEvents(deps: SendEventsDeps) {
  return (ref: OutboxRef): Promise<void> => underHold(deps.outbox, ref, (step) => sendEvents(deps, step));
}

/** What one endpoint did with the events, in order. */
interface Course {
  readonly endpoint: EventEndpoint;
  readonly tried: Set<number>;
  readonly accepted: Set<number>;
  /** Given up for this endpoint, with what it said last. */
  readonly givenUp: Map<number, string>;
  /** What it refused, where it is to be asked again. */
  refusal: { readonly reason: string; readonly since: Instant; readonly retryAfterMs: number | null } | null;
  lastWord: string | null;
  /** It ran out of the step's time or of what a step reads, not of events. */
  more: boolean;
}

async function sendEvents(deps: SendEventsDeps, step: StartedStep): Promise<void> {
  const found = await deps.events.find(step.accountNo, EVENTS_MAX, step.at);
  const courses = await Promise.all(found.queues.map((queue) => sendTo(deps, step, found, queue)));
  const settled = found.events.map((event) => settledOf(event, courses));
  for (const { state } of settled) if (state !== 'waiting') deps.onEvent?.(state);
  const lost = settled.filter(({ state }) => state === 'undelivered');
  if (lost.length > 0) {
    const fields = { account: found.account, sequences: lost.map(({ sequence }) => sequence), reason: lost[0]?.result };
    deps.log.warn(fields, 'events were given up; creditd events replay sends them again');
  }
  const words = courses
    .filter(({ tried }) => tried.size > 0)
    .map(({ endpoint, lastWord }): EndpointWord => ({ id: endpoint.id, failure: lastWord }));
  const touched = settled.filter(
    ({ state, sequence }) => state !== 'waiting' || courses.some((one) => one.tried.has(sequence)),
  );
  await deps.events.settle(
    touched,
    words,
    endingOf(deps, step, courses, found.isFull && settled.every(({ state }) => state !== 'waiting')),
  );
}

async function sendTo(
  deps: SendEventsDeps,
  step: StartedStep,
  found: EventsToSend,
  { endpoint, events, isFull }: EndpointQueue,
): Promise<Course> {
  const course: Course = {
    ...{ endpoint, tried: new Set(), accepted: new Set(), givenUp: new Map() },
    ...{ refusal: null, lastWord: null, more: false },
  };
  for (const event of events) {
    const now = await deps.clock.roughly();
    if (now - step.at > deps.beginUntilMs) {
      course.more = true;
      return course;
    }
    const body = bodyOf(found, event);
    const outcome = await deps.courier.deliver({ ...endpoint, id: event.id, sentAt: now, body });
    course.tried.add(event.sequence);
    if (outcome.kind === 'accepted') {
      course.accepted.add(event.sequence);
      course.lastWord = null;
      continue;
    }
    deps.onEvent?.('refused');
    course.lastWord = outcome.reason;
    if (step.at - event.waitingSince < GIVE_UP_MS) {
      course.refusal = { reason: outcome.reason, since: event.waitingSince, retryAfterMs: outcome.retryAfterMs };
      return course;
    }
    course.givenUp.set(event.sequence, outcome.reason);
  }
  course.more = isFull;
  return course;
}

const wants = ({ types }: EventEndpoint, { type }: WaitingEvent): boolean => types.length === 0 || types.includes(type);

const bodyOf = ({ account }: EventsToSend, { id, type, createdAt, sequence, data }: WaitingEvent): string =>
  JSON.stringify({ id, type, timestamp: isoOf(createdAt), account, sequence, data });

/** Sent when all who want it have it; undelivered when those who have not are no longer asked; waiting otherwise. */
function settledOf(event: WaitingEvent, courses: readonly Course[]): SentEvent {
  const { sequence } = event;
  const wanting = courses.filter(({ endpoint }) => wants(endpoint, event));
  const missing = wanting.filter(
    ({ endpoint, accepted }) => !accepted.has(sequence) && !event.accepted.includes(endpoint.id),
  );
  const accepted = wanting.filter((one) => one.accepted.has(sequence)).map(({ endpoint }) => endpoint.id);
  if (wanting.length === 0) return { sequence, state: 'undelivered', accepted, result: 'no endpoint wants it' };
  if (missing.length === 0) return { sequence, state: 'sent', accepted, result: null };
  const [refused] = missing;
  const reason = refused?.givenUp.get(sequence) ?? null;
  const isOver = missing.every(({ givenUp }) => givenUp.has(sequence));
  return {
    sequence,
    state: isOver ? 'undelivered' : 'waiting',
    accepted,
    result: reason ?? refused?.refusal?.reason ?? null,
  };
}

function endingOf(deps: SendEventsDeps, step: StartedStep, courses: readonly Course[], isFull: boolean): Ending {
  const refusals = courses.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  const again = refusals.map(({ since, retryAfterMs }) => againAt(step.at, since, retryAfterMs, deps.random));
  const isCutShort = courses.some(({ more }) => more);
  const next = isCutShort || isFull ? step.at : earliest(...again);
  const { accountNo, id, heldUntil, asks } = step;
  return { accountNo, id, heldUntil, asks, next, note: refusals[0]?.reason ?? null };
}
