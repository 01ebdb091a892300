/**
 * Carries events to the endpoints that asked for them, again and again with growing delays until one is answered with
 * a 2xx or three days of the double's own time have passed. In no promised order, and sometimes twice, as at Stripe.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { eventJson, typeFilter } from './events.js';
import type { DoubleState, StoredDelivery, StoredEvent } from './state.js';
import { makeTurns } from './turns.js';
import { postSigned, type Signed, succeeded, type Taken } from './webhook-post.js';
import { type DeliveryRules, makeDeliveryRules } from './webhook-rules.js';

export interface CourierOptions {
  /** The delay after the first failure; each further one is twice as long, up to `mostMs`. 100 ms and 10 s unless said. */
  readonly firstMs?: number;
  readonly mostMs?: number;
  /** How long an endpoint may take to answer; 10 s unless said. */
  readonly timeoutMs?: number;
  /** Epoch milliseconds that signatures are made with; real time unless said. */
  readonly signedAtMs?: () => number;
}

/** One try at a delivery. */
export interface Try extends Taken {
  readonly event: string;
  readonly type: string;
  readonly endpoint: string;
}

export interface Courier {
  /** Takes a recorded event for every endpoint that wants it. It is sent once what was done so far is on disk. */
  queue(event: StoredEvent): void;
  /** How many deliveries of this event are still owed. */
  pendingOf(event: string): number;
  /** Sends what is held back and what comes from now on; what was held one after the other, each when its forerunner is answered. */
  release(order: 'oldest_first' | 'newest_first'): Promise<void>;
  /** Sends a text as it is, once, recorded nowhere: to the given address, or to every endpoint. */
  send(body: string, how: SendOptions): Promise<readonly Taken[]>;
  /** The latest tries, oldest first. */
  tries(): readonly Try[];
  /** Resolves when nothing is owed but what is held back: never, while an endpoint refuses. */
  idle(): Promise<void>;
  /** Resolves when nothing is under way any more. What is owed is sent by the double that is started next. */
  stop(): Promise<void>;
  readonly rules: DeliveryRules;
}

export type SendOptions = { readonly [name in keyof Omit<Signed, 'body'>]?: Signed[name] };

export interface CourierParts {
  readonly state: DoubleState;
  readonly persist: () => Promise<void>;
  /** The double's own time in milliseconds. */
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
  readonly options: CourierOptions;
}

const MOST_OWED = 5_000;
const MOST_TRIES_TOLD = 1_000;
const AT_ONCE = 4;
const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

export function makeCourier(parts: CourierParts): Courier {
  const { state } = parts;
  const rules = makeDeliveryRules();
  const post = makePost(parts);
  const held: StoredDelivery[] = [];
  const underWay = new Set<Promise<void>>();

  function track(carried: Promise<void>): Promise<void> {
    const work = carried.finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  }
  const carry = (delivery: StoredDelivery): Promise<void> => track(post.untilTaken(delivery));
  async function carryInOrder(deliveries: readonly StoredDelivery[]): Promise<void> {
    for (const delivery of deliveries) {
      if (!(await post.once(delivery))) carry(delivery);
    }
  }
  function owe(event: StoredEvent, endpoint: string): void {
    const delivery = { event: event.id, endpoint, tries: 0 };
    state.deliveries.push(delivery);
    if (state.deliveries.length > MOST_OWED) state.deliveries.shift();
    if (rules.holds(event.type)) held.push(delivery);
    else carry(delivery);
  }
  for (const left of state.deliveries) carry(left);

  return {
    rules,
    queue: (event) => {
      for (const endpoint of state.endpoints) {
        if (endpoint.disabled || !typeFilter(endpoint.enabledEvents)(event.type)) continue;
        for (let copy = rules.copies(event.type); copy > 0; copy -= 1) owe(event, endpoint.id);
      }
    },
    pendingOf: post.pendingOf,
    release: (order) => {
      rules.hold(null);
      const released = held.splice(0);
      return track(carryInOrder(order === 'newest_first' ? released.reverse() : released));
    },
    send: post.send,
    tries: () => post.told,
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: async () => {
      post.stop();
      await Promise.all(underWay);
    },
  };
}

interface Post {
  readonly told: Try[];
  pendingOf(event: string): number;
  /** True where nothing more is owed: taken, given up, or nobody is there any more to take it. */
  once(delivery: StoredDelivery): Promise<boolean>;
  untilTaken(delivery: StoredDelivery): Promise<void>;
  send: Courier['send'];
  stop(): void;
}

function makePost({ state, persist, nowMs, log, options }: CourierParts): Post {
  const stopping = new AbortController();
  const inTurn = makeTurns(AT_ONCE);
  const told: Try[] = [];
  const pendingOf = (event: string): number => state.deliveries.filter((one) => one.event === event).length;
  const signedAt = (): number => Math.floor((options.signedAtMs ?? Date.now)() / 1_000);
  const post = (letter: Signed): Promise<Taken> =>
    inTurn(() => postSigned(letter, stopping.signal, options.timeoutMs ?? 10_000));

  async function tried(delivery: StoredDelivery): Promise<boolean> {
    const event = state.events.find((one) => one.id === delivery.event);
    const endpoint = state.endpoints.find((one) => one.id === delivery.endpoint);
    const owed = state.deliveries.includes(delivery);
    if (event === undefined || endpoint === undefined || endpoint.disabled || !owed) return true;
    delivery.tries += 1;
    const body = JSON.stringify(eventJson(event, pendingOf(event.id)), null, 2);
    const { url, secret } = endpoint;
    const taken = await post({ url, secret, body, signedAtSeconds: signedAt() });
    told.push({ event: event.id, type: event.type, endpoint: endpoint.id, ...taken });
    if (told.length > MOST_TRIES_TOLD) told.shift();
    if (succeeded(taken)) return true;
    log(`The event ${event.type} was not taken by ${url}: ${taken.status ?? taken.problem}.`);
    return nowMs() - event.created * 1_000 > GIVEN_UP_AFTER_MS;
  }
  async function once(delivery: StoredDelivery): Promise<boolean> {
    const done = await tried(delivery);
    const at = state.deliveries.indexOf(delivery);
    // A try that the end of the double cut short is owed still.
    if (done && at >= 0 && !stopping.signal.aborted) state.deliveries.splice(at, 1);
    return done;
  }
  return {
    told,
    pendingOf,
    once,
    untilTaken: async (delivery) => {
      // What an endpoint has been told must not be what a double that is killed now would have forgotten.
      await persist().catch(() => {});
      while (!stopping.signal.aborted && !(await once(delivery))) {
        const delayMs = Math.min((options.firstMs ?? 100) * 2 ** (delivery.tries - 1), options.mostMs ?? 10_000);
        await wait(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    },
    send: (body, how) => {
      const to = how.url === undefined ? state.endpoints : [{ url: how.url, secret: how.secret ?? '' }];
      return Promise.all(to.map(({ url, secret }) => post({ url, secret, body, signedAtSeconds: signedAt(), ...how })));
    },
    stop: () => stopping.abort(),
  };
}
