/** What every scenario works with: the servers, the filled ledger, and programs that are started when they are first needed. */
import type { Client } from 'pg';
import { type EventSource, makeSource, type Pick, type SourceOptions } from './events.js';
import type { Sent } from './integrity.js';
import type { Window } from './load.js';
import type { Goal, Series } from './measure.js';
import type { Options } from './options.js';
import { type Program, startPeer, startWorker } from './processes.js';
import { makeClosing, type Servers } from './servers.js';

/** Ids of the accounts that are there from the beginning. */
export const PREFIX = 'a-';

export interface Measured {
  readonly title: string;
  readonly series: readonly Series[];
  readonly goals: readonly Goal[];
  /** What scenario-specific checks found, as sentences. */
  readonly problems?: readonly string[];
}

export type Scenario = (bench: Bench) => Promise<Measured>;

export interface Bench {
  readonly servers: Servers;
  readonly client: Client;
  readonly options: Options;
  /** The one `creditd worker` that most scenarios share. */
  worker(): Promise<Program>;
  peer(name: string): Promise<Program>;
  /** Ends the shared worker, for scenarios that start their own; the next `worker` is another. */
  stopWorker(): Promise<void>;
  /** A source whose events are counted as sent. */
  source(name: string, pick: Pick, more?: Partial<SourceOptions>): EventSource;
  /** Counts what was sent by other means. */
  alsoSent(events: number): void;
  /** Sent since the last call. */
  takeSent(): Sent;
  /** A window as long as the run wants it, with a checkpoint inside. */
  window(backlog: number, bulk: number): Window;
  close(): Promise<void>;
}

export function openBench(servers: Servers, client: Client, options: Options): Bench {
  const closing = makeClosing();
  const peers = new Map<string, Promise<Program>>();
  let worker: Promise<Program> | null = null;
  let sources: EventSource[] = [];
  let others = 0;
  let named = 0;
  const flags = options.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  const stopWorker = async (): Promise<void> => {
    const running = worker;
    worker = null;
    await (await running)?.stop();
  };
  closing.add(stopWorker);
  return {
    ...{ servers, client, options, stopWorker },
    worker() {
      worker ??= startWorker(servers, flags);
      return worker;
    },
    peer(name) {
      const known = peers.get(name);
      if (known !== undefined) return known;
      const started = startPeer(name, servers);
      peers.set(name, started);
      closing.add(async () => (await started).stop());
      return started;
    },
    source(name, pick, more = {}) {
      named += 1;
      const source = makeSource({ prefix: PREFIX, name: `${name}-${named}`, pick, seed: named, ...more });
      sources.push(source);
      return source;
    },
    alsoSent(events) {
      others += events;
    },
    takeSent() {
      const sent = sources.reduce((sum, one) => sum + one.sent, others);
      const distinct = sources.reduce((sum, one) => sum + one.distinct, others);
      sources = [];
      others = 0;
      return { sent, distinct };
    },
    window: (backlog, bulk) => ({
      ...{ seconds: options.seconds, backlog, bulk },
      atMiddle: () => client.query('checkpoint'),
    }),
    close: closing.close,
  };
}

export const least = (what: string, measured: number, target: number, unit = '×'): Goal => ({
  ...{ what, measured, target, unit, kind: 'least' },
});

export const most = (what: string, measured: number, target: number, unit: string): Goal => ({
  ...{ what, measured, target, unit, kind: 'most' },
});
