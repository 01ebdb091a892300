/** Events and their deliveries in the hands of tests and of people: held back, lost, doubled, disordered, made by hand. */
import { z } from 'zod';
import type { SendOptions, Try } from './courier.js';
import { emit, eventJson } from './events.js';
import type { JsonObject } from './problem.js';
import type { Store } from './state.js';
import type { Taken } from './webhook-post.js';
import type { DeliveryRule } from './webhook-rules.js';
import type { World } from './world.js';

export interface WebhookControl {
  /** All that is still kept, oldest first, as a poller would be shown them. */
  events(): readonly JsonObject[];
  readonly webhooks: {
    /** Deliveries of these types wait until `release`; types may end in a star, none at all is every type. */
    hold(types?: readonly string[]): void;
    /** Ends the holding back; resolves when what waited has been tried once, one after the other in that order. */
    release(order?: 'oldest_first' | 'newest_first'): Promise<void>;
    /** The next deliveries of these types are never sent. The events themselves happened. */
    drop(rule?: DeliveryRule): void;
    /** The next deliveries of these types are sent twice. */
    duplicate(rule?: DeliveryRule): void;
    /** Ends dropping, doubling and holding back; what is held is sent. */
    clear(): Promise<void>;
    /** Delivers an event of the past again to every endpoint that wants its type. Throws where it is not kept any more. */
    replay(event: string): void;
    /** Records an event that did not happen, as if it had, and delivers it. The answer is its id. */
    emit(type: string, object: JsonObject, previous?: JsonObject): Promise<string>;
    /**
     * Sends a body as it is, once, recorded nowhere: signed with the endpoint's secret and the time now unless `how` says
     * otherwise. The answers are the endpoints'.
     */
    deliver(body: JsonObject | string, how?: SendOptions): Promise<readonly Taken[]>;
    /** The latest tries at deliveries, oldest first. */
    tries(): readonly Try[];
    /** How many deliveries are still to be made, those that are held back among them. */
    owed(): number;
    /** Resolves when every delivery that is not held back has been taken. Never, while an endpoint refuses. */
    idle(): Promise<void>;
  };
}

export function makeWebhookControl(world: World, store: Store): WebhookControl {
  const { courier, state } = world;
  return {
    events: () => state.events.map((one) => eventJson(one, courier.pendingOf(one.id))),
    webhooks: {
      hold: (types = []) => courier.rules.hold(types),
      release: (order = 'oldest_first') => courier.release(order),
      drop: (rule = {}) => courier.rules.add('drop', rule),
      duplicate: (rule = {}) => courier.rules.add('duplicate', rule),
      clear: () => {
        courier.rules.clear();
        return courier.release('oldest_first');
      },
      replay: (id) => {
        const event = state.events.find((one) => one.id === id);
        if (event === undefined) throw new Error(`The double keeps no event ${id}.`);
        courier.queue(event);
      },
      emit: async (type, object, previous) => {
        emit(world, type, object, previous);
        await store.persist();
        return state.events.at(-1)?.id ?? '';
      },
      deliver: (body, how = {}) => courier.send(typeof body === 'string' ? body : JSON.stringify(body, null, 2), how),
      tries: () => courier.tries(),
      owed: () => state.deliveries.length,
      idle: () => courier.idle(),
    },
  };
}

const types = z.array(z.string()).optional();
const rule = { types, times: z.int().positive().optional() };
const objectSchema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null);

/** What may be posted to /_double/webhooks: each by the name of its function above. */
export const webhookActionSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('hold'), types }),
  z.strictObject({ action: z.literal('release'), order: z.enum(['oldest_first', 'newest_first']).optional() }),
  z.strictObject({ action: z.literal('drop'), ...rule }),
  z.strictObject({ action: z.literal('duplicate'), ...rule }),
  z.strictObject({ action: z.literal('clear') }),
  z.strictObject({ action: z.literal('replay'), event: z.string() }),
  z.strictObject({
    action: z.literal('emit'),
    type: z.string(),
    object: objectSchema,
    previous: objectSchema.optional(),
  }),
  z.strictObject({ action: z.literal('deliver'), body: z.union([z.string(), objectSchema]) }),
]);

export async function actOnWebhooks(
  { webhooks }: WebhookControl,
  asked: z.output<typeof webhookActionSchema>,
): Promise<unknown> {
  switch (asked.action) {
    case 'hold':
      return webhooks.hold(asked.types);
    case 'release':
      return webhooks.release(asked.order);
    case 'drop':
    case 'duplicate':
      return webhooks[asked.action]({
        ...(asked.types === undefined ? {} : { types: asked.types }),
        ...(asked.times === undefined ? {} : { times: asked.times }),
      });
    case 'clear':
      return webhooks.clear();
    case 'replay':
      return webhooks.replay(asked.event);
    case 'emit':
      return webhooks.emit(asked.type, asked.object, asked.previous);
    case 'deliver':
      return webhooks.deliver(asked.body);
  }
}
