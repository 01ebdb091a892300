/** Usage events as the producer library writes them, with a record of what was sent. */
import type { UsageEvent } from '../src/messages.js';

/** Small and seeded, so that two runs ask for the same accounts. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The number of an account from 1, drawn for each event. */
export type Pick = (random: () => number) => number;

export const uniform =
  (accounts: number): Pick =>
  (random) =>
    1 + Math.floor(random() * accounts);

/** A few accounts have most of the traffic: the share of the account of rank r falls as 1/r. */
export const zipf =
  (accounts: number): Pick =>
  (random) =>
    Math.min(accounts, Math.floor(Math.exp(random() * Math.log(accounts + 1))));

export const always =
  (account: number): Pick =>
  () =>
    account;

export interface EventSource {
  next(): UsageEvent;
  /** Events handed out, and how many of them had a key of their own. */
  readonly sent: number;
  readonly distinct: number;
}

export interface SourceOptions {
  readonly prefix: string;
  /** Begins every key: no two sources of a run share one. */
  readonly name: string;
  readonly pick: Pick;
  readonly seed?: number;
  /** The share of events that are sent a second time. */
  readonly duplicates?: number;
}

const REMEMBERED = 5_000;

export function makeSource({ prefix, name, pick, seed = 1, duplicates = 0 }: SourceOptions): EventSource {
  const random = makeRandom(seed);
  const remembered: UsageEvent[] = [];
  let sent = 0;
  let distinct = 0;
  return {
    next() {
      sent += 1;
      const again =
        duplicates > 0 && random() < duplicates ? remembered[Math.floor(random() * remembered.length)] : undefined;
      if (again !== undefined) return again;
      distinct += 1;
      const event = {
        account: `${prefix}${pick(random)}`,
        meter: 'answered_call',
        key: `${name}-${distinct}`,
        properties: { outcome: 'full_conversation' },
        occurredAt: new Date().toISOString(),
      };
      if (duplicates > 0) remembered[distinct % REMEMBERED] = event;
      return event;
    },
    get sent() {
      return sent;
    },
    get distinct() {
      return distinct;
    },
  };
}
