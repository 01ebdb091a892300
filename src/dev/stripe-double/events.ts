/**
 * What happened, in the order it happened: each event with a copy of its object as it was at that moment, kept for
 * pollers and queued for every endpoint that asked for its type. The last thirty days are kept, and of them the latest.
 */
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { type JsonObject, missing } from './problem.js';
import { newId, type StoredEvent } from './state.js';
import { epochSeconds, type Run, SPOKEN_VERSION, type World } from './world.js';

/** As Stripe keeps them, in the double's own time. */
const KEPT_SECONDS = 30 * 86_400;
/** Bounds the memory and the state file; about ten kilobytes belong to one payment. */
const MOST_EVENTS = 5_000;

export const EVENT_LIST_SPEC = { ...LIST_SPEC, type: 'text', types: 'list', created: 'range' } as const;

/**
 * Records that `type` happened to `object`, which must be written as Stripe writes it (`customerJson` and the like), and
 * queues its delivery. `previous` holds, for an update, the former values of what changed. Call it after the change.
 */
export function emit(world: World, type: string, object: JsonObject, previous?: JsonObject): void {
  const { events } = world.state;
  const event: StoredEvent = {
    id: newId('evt_'),
    type,
    created: epochSeconds(world),
    // The object may share parts, such as metadata, with what the double remembers: a later change must not reach it.
    object: structuredClone(object),
    previous: previous === undefined ? null : structuredClone(previous),
    cause: world.cause.current,
  };
  events.push(event);
  forgetOld(world);
  world.courier.queue(event);
}

function forgetOld(world: World): void {
  const { events } = world.state;
  const oldest = epochSeconds(world) - KEPT_SECONDS;
  const surplus = events.length - MOST_EVENTS;
  const fresh = events.findIndex((one) => one.created >= oldest);
  const gone = Math.max(surplus, fresh < 0 ? events.length : fresh);
  if (gone > 0) events.splice(0, gone);
}

/** `pending_webhooks` is the one thing of an event that changes, and is counted at the time of writing. */
export const eventJson = (one: StoredEvent, pendingWebhooks: number): JsonObject => ({
  id: one.id,
  object: 'event',
  api_version: SPOKEN_VERSION,
  created: one.created,
  data: { object: one.object, ...(one.previous === null ? {} : { previous_attributes: one.previous }) },
  livemode: false,
  pending_webhooks: pendingWebhooks,
  request: { id: one.cause?.requestId ?? null, idempotency_key: one.cause?.idempotencyKey ?? null },
  type: one.type,
});

export const retrieveEvent: Run = ({ world, path }) => {
  const id = path[0] ?? '';
  const found = world.state.events.find((one) => one.id === id);
  if (found === undefined) throw missing('event', id, 'id');
  return eventJson(found, world.courier.pendingOf(found.id));
};

export const listEvents: Run = ({ world, args }) => {
  const type = args.text('type');
  const types = args.list('types');
  const fits = typeFilter(type ? [type, ...types] : types);
  const inTime = createdFits(args);
  const items = world.state.events.filter((one) => fits(one.type) && inTime(one.created));
  const write = (one: StoredEvent) => eventJson(one, world.courier.pendingOf(one.id));
  return listJson(world, args, { url: '/v1/events', object: 'event', items, write });
};

/** Names of types, in which a star stands for any ending ("charge.*"); none at all is every type. */
export function typeFilter(wanted: readonly string[]): (type: string) => boolean {
  if (wanted.length === 0) return () => true;
  return (type) => wanted.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type));
}
