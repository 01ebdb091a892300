/** The API's door to endpoints: the part of `wire.ts` that knows these classes. */
import { makeHttpCourier } from './adapters/courier/http-courier.js';
import { noteDeed } from './adapters/postgres/deeds.js';
import { findEndpointToSend } from './adapters/postgres/endpoint-secrets.js';
import { makeEndpoints } from './adapters/postgres/endpoints.js';
import { isoOf } from './domain/instant.js';
import type { EndpointsDoor } from './http/api/deps.js';
import type { Store } from './wire.js';
import { openEvents } from './wire-upkeep.js';

export function openEndpointsDoor(store: Store, allowPrivate: boolean): EndpointsDoor {
  const { prisma, clock, newId, limits } = store;
  const courier = makeHttpCourier({ timeoutMs: limits.courierTimeoutMs, allowPrivate });
  const events = openEvents(store);
  return {
    rows: makeEndpoints(prisma, clock, newId),
    allowPrivate,
    async replay(wish, by) {
      const deed = { id: newId(), at: new Date(await clock.now()), who: by, action: 'replay_events' };
      await noteDeed(prisma, { ...deed, after: { asked: wish } });
      return events.replay(wish);
    },
    async tryOut(id) {
      const at = await clock.now();
      const found = await findEndpointToSend(prisma, id, at);
      if (found === null) return null;
      const event = newId();
      const said = { id: event, type: 'endpoint.test', timestamp: isoOf(at), account: '', sequence: 0, data: {} };
      const outcome = await courier.deliver({ ...found, id: event, sentAt: at, body: JSON.stringify(said) });
      return { delivered: outcome.kind === 'accepted', reason: outcome.kind === 'accepted' ? null : outcome.reason };
    },
  };
}
