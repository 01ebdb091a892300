/** Where a product's events are sent: its backend's to set, never a person's. */
import { z } from 'zod';
import { HOUR_MS } from '../../domain/instant.js';
import { endpointUrlProblem } from '../../messages/endpoint-url.js';
import { EVENT_TYPES } from '../../messages/events.js';
import type { EndpointAsker, EventEndpointView } from '../../ports.js';
import type { Doors } from './deps.js';
import { endpointParams, ENDPOINTS as GROUP, ownEndpoint, unknownEndpoint } from './endpoint-of.js';
import { NO_FIELDS, ok, type Route, route, trouble, type Who } from './route.js';
import { eventDeliveryRoutes } from './routes-event-deliveries.js';
import { instantOrNothing, instantOut, present, shownInstant, text } from './shapes.js';
import { nameOf } from './who.js';

const typesIn = z
  .array(z.enum(EVENT_TYPES))
  .max(EVENT_TYPES.length)
  .meta({ description: 'What is sent there; none: every type.' });
const urlIn = text('https, public, without a user and a password.', 2_000);

const endpointOut = z.object({
  id: z.string(),
  catalog: z.string(),
  url: z.string(),
  types: z.array(z.string()),
  enabled: z.boolean(),
  createdAt: instantOut,
  lastDeliveredAt: instantOut.nullable(),
  failingSince: instantOut.nullable().meta({ description: 'Since when it has taken nothing.' }),
  lastFailure: z.string().nullable(),
});
const secretOut = endpointOut.extend({
  secret: z.string().meta({ description: 'Signs what is sent, as Standard Webhooks say. It is shown here alone.' }),
});

const shownEndpoint = ({ disabledAt, ...one }: EventEndpointView): z.input<typeof endpointOut> => ({
  ...one,
  types: [...one.types],
  enabled: disabledAt === null,
  createdAt: shownInstant(one.createdAt),
  lastDeliveredAt: instantOrNothing(one.lastDeliveredAt),
  failingSince: instantOrNothing(one.failingSince),
});

export const askerOf = (who: Who): EndpointAsker => ({
  by: nameOf(who),
  ...(who.request === undefined ? {} : { request: who.request }),
});

export const endpointRoutes = (door: Doors): readonly Route[] => [
  listEndpoints(door),
  addEndpoint(door),
  readEndpoint(door),
  updateEndpoint(door),
  rotateEndpoint(door),
  ...eventDeliveryRoutes(door),
  removeEndpoint(door),
];

const listEndpoints = ({ endpoints }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/endpoints',
    name: 'listEndpoints',
    group: GROUP,
    summary: 'Where events are sent, and how that goes',
    action: 'manage_endpoints',
    idempotency: 'none',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ endpoints: z.array(endpointOut) }),
    async run({ who }) {
      const own = who.kind === 'key' && who.catalog !== null ? who.catalog : undefined;
      return ok({ endpoints: (await endpoints.rows.list(own)).map(shownEndpoint) });
    },
  });

const addEndpoint = ({ endpoints, catalogs }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/endpoints',
    name: 'addEndpoint',
    group: GROUP,
    summary: 'Send events to an address',
    description: 'The secret is in this answer alone.',
    action: 'manage_endpoints',
    idempotency: 'stored',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: z.strictObject({
      url: urlIn,
      catalog: text('Whose accounts’ events; may be left out where one catalog alone is loaded.').optional(),
      types: typesIn.optional(),
    }),
    answer: secretOut,
    async run({ who, body }) {
      const own = who.kind === 'key' ? who.catalog : null;
      const keys = own === null ? catalogs.keys() : [own];
      const catalog = body.catalog ?? (keys.length === 1 ? keys[0] : undefined);
      if (catalog === undefined || !keys.includes(catalog))
        return trouble(422, 'unknown_catalog', `Name a loaded catalog: ${keys.join(', ')}.`, { field: 'catalog' });
      const wrong = endpointUrlProblem(body.url, endpoints.allowPrivate);
      if (wrong !== null) return trouble(422, 'invalid_url', wrong, { field: 'url' });
      const wish = { catalog, url: new URL(body.url).href, types: body.types ?? [] };
      const { endpoint, secret } = await endpoints.rows.add(wish, askerOf(who));
      return ok({ ...shownEndpoint(endpoint), secret }, 201);
    },
  });

const readEndpoint = (door: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/endpoints/:endpoint',
    name: 'readEndpoint',
    group: GROUP,
    summary: 'One endpoint',
    action: 'manage_endpoints',
    idempotency: 'none',
    params: endpointParams,
    query: NO_FIELDS,
    body: null,
    answer: endpointOut,
    async run({ who, params }) {
      const found = await ownEndpoint(door, who, params.endpoint);
      return found === null ? unknownEndpoint() : ok(shownEndpoint(found));
    },
  });

const updateEndpoint = (door: Doors): Route =>
  route({
    method: 'PATCH',
    path: '/v1/endpoints/:endpoint',
    name: 'updateEndpoint',
    group: GROUP,
    summary: 'Change its address or types, or turn it off and on',
    description:
      'What happens while it is off is kept as undelivered where no other endpoint wants it; replay sends it.',
    action: 'manage_endpoints',
    idempotency: 'stored',
    params: endpointParams,
    query: NO_FIELDS,
    body: z.strictObject({ url: urlIn, types: typesIn, enabled: z.boolean() }).partial(),
    answer: endpointOut,
    async run({ who, params, body }) {
      const { url } = body;
      const wrong = url === undefined ? null : endpointUrlProblem(url, door.endpoints.allowPrivate);
      if (wrong !== null) return trouble(422, 'invalid_url', wrong, { field: 'url' });
      const found = await ownEndpoint(door, who, params.endpoint);
      const change = { ...present(body), ...(url === undefined ? {} : { url: new URL(url).href }) };
      const now = found === null ? null : await door.endpoints.rows.update(found.id, change, askerOf(who));
      return now === null ? unknownEndpoint() : ok(shownEndpoint(now));
    },
  });

const GRACE_HOURS = 24;
const MOST_HOURS = 24 * 30;

const rotateEndpoint = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/endpoints/:endpoint/rotate',
    name: 'rotateEndpointSecret',
    group: GROUP,
    summary: 'A new secret',
    description: 'It is in this answer alone. The old one signs beside it until its grace is over.',
    action: 'manage_endpoints',
    idempotency: 'stored',
    params: endpointParams,
    query: NO_FIELDS,
    body: z.strictObject({
      graceHours: z
        .int()
        .min(0)
        .max(MOST_HOURS)
        .optional()
        .meta({ description: `Absent: ${GRACE_HOURS}.` }),
    }),
    answer: secretOut,
    async run({ who, params, body }) {
      const found = await ownEndpoint(door, who, params.endpoint);
      const graceMs = (body.graceHours ?? GRACE_HOURS) * HOUR_MS;
      const made = found === null ? null : await door.endpoints.rows.rotate(found.id, graceMs, askerOf(who));
      return made === null ? unknownEndpoint() : ok({ ...shownEndpoint(made.endpoint), secret: made.secret });
    },
  });

const removeEndpoint = (door: Doors): Route =>
  route({
    method: 'DELETE',
    path: '/v1/endpoints/:endpoint',
    name: 'removeEndpoint',
    group: GROUP,
    summary: 'Send nothing there any more, for good',
    action: 'manage_endpoints',
    idempotency: 'stored',
    params: endpointParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ removed: z.boolean() }),
    async run({ who, params }) {
      // One that is gone already may be gone by this very wish.
      const found = await door.endpoints.rows.find(params.endpoint);
      if (found !== null && (await ownEndpoint(door, who, params.endpoint)) === null) return unknownEndpoint();
      return (await door.endpoints.rows.remove(params.endpoint, askerOf(who)))
        ? ok({ removed: true })
        : unknownEndpoint();
    },
  });
