/** How events get to their endpoints: what was not taken, a try, and sending again. */
import { z } from 'zod';
import type { Doors } from './deps.js';
import { endpointParams, ENDPOINTS as GROUP, ownEndpoint, unknownEndpoint } from './endpoint-of.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { instantIn, instantOut, present, shownInstant, text } from './shapes.js';
import { nameOf } from './who.js';

const MISSED_LISTED = 100;

export const eventDeliveryRoutes = (door: Doors): readonly Route[] => [
  missedEvents(door),
  tryEndpoint(door),
  replayEvents(door),
];

const missedEvents = (door: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/endpoints/:endpoint/failures',
    name: 'listMissedEvents',
    group: GROUP,
    summary: 'What it wants and has not taken, the newest first',
    description: `At most ${MISSED_LISTED}. Waiting ones are tried again by themselves for three days.`,
    action: 'manage_endpoints',
    idempotency: 'none',
    params: endpointParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({
      events: z.array(
        z.object({
          account: z.string(),
          sequence: z.int(),
          id: z.string(),
          type: z.string(),
          createdAt: instantOut,
          state: z.enum(['waiting', 'undelivered']),
          attempts: z.int(),
          reason: z.string().nullable(),
        }),
      ),
    }),
    async run({ who, params }) {
      const found = await ownEndpoint(door, who, params.endpoint);
      if (found === null) return unknownEndpoint();
      const missed = await door.endpoints.rows.missed(found.id, MISSED_LISTED);
      return ok({ events: missed.map((one) => ({ ...one, createdAt: shownInstant(one.createdAt) })) });
    },
  });

const tryEndpoint = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/endpoints/:endpoint/test',
    name: 'testEndpoint',
    group: GROUP,
    summary: 'Send it one event of the type "endpoint.test" now',
    description: 'Signed as every event is. It belongs to no account, and nothing is kept of it.',
    action: 'manage_endpoints',
    idempotency: 'none',
    params: endpointParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ delivered: z.boolean(), reason: z.string().nullable() }),
    async run({ who, params }) {
      const found = await ownEndpoint(door, who, params.endpoint);
      const tried = found === null ? null : await door.endpoints.tryOut(found.id);
      return tried === null ? unknownEndpoint() : ok(tried);
    },
  });

const replayEvents = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/endpoints/:endpoint/replay',
    name: 'replayEvents',
    group: GROUP,
    summary: 'Send it events again',
    description:
      'Of one account from a sequence on, or all that were created since an instant, or all that were given up: at least one of these. Each keeps its id.',
    action: 'manage_endpoints',
    idempotency: 'stored',
    params: endpointParams,
    query: NO_FIELDS,
    body: z.strictObject({
      account: text('The product’s own id of the account.').optional(),
      fromSequence: z.int().min(1).optional().meta({ description: 'With an account: this one and those after it.' }),
      since: instantIn.optional(),
      undelivered: z.boolean().optional().meta({ description: 'true: only what was given up.' }),
    }),
    answer: z.object({ events: z.int().meta({ description: 'How many wait to be sent again.' }) }),
    async run({ who, params, body: { account, fromSequence, since, undelivered = false } }) {
      if (account === undefined && since === undefined && !undelivered)
        return trouble(400, 'invalid', 'Say which: an account, since when, or undelivered ones.');
      if (fromSequence !== undefined && account === undefined)
        return trouble(400, 'invalid', 'A sequence is an account’s own: say which account.', { field: 'fromSequence' });
      const found = await ownEndpoint(door, who, params.endpoint);
      if (found === null) return unknownEndpoint();
      const wish = { ...present({ account, fromSequence, since }), undelivered };
      const events = await door.endpoints.replay({ ...wish, catalog: found.catalog, endpoint: found.id }, nameOf(who));
      return ok({ events });
    },
  });
