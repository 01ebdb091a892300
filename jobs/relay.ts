/** The relay's own clock: it polls, and is poked by whoever has just committed an ask. */
import type { makeRelayOutbox } from '../src/flow/relay-outbox.js';
import { RELAY_BATCH_MAX } from '../src/flow/relay-outbox.js';
import { type Log, TOPICS } from '../src/ports.js';

export interface Relay {
  /** Looks now instead of at the next poll. */
  poke(): void;
  close(): Promise<void>;
}

/** After a failure it looks less often, so that a dead Redis is not asked four times a second for ever. */
const AFTER_FAILURE_MS = 1_000;

export function startRelay(relayOutbox: ReturnType<typeof makeRelayOutbox>, pollMs: number, log: Log): Relay {
  let closed = false;
  let poked = false;
  let troubled = false;
  let wake: () => void = () => undefined;
  const look = async (): Promise<number> => {
    try {
      const published = await Promise.all(TOPICS.map((topic) => relayOutbox(topic)));
      if (troubled) log.info({}, 'the relay publishes again');
      troubled = false;
      return published.some((count) => count === RELAY_BATCH_MAX) ? 0 : pollMs;
    } catch (error) {
      // Said once: an outage of an hour would otherwise be said four thousand times.
      if (!troubled) {
        const reason = error instanceof Error ? error.message : 'unknown';
        log.warn({ reason }, 'the relay could not publish; it goes on trying, and its rows stay due');
      }
      troubled = true;
      return AFTER_FAILURE_MS;
    }
  };
  const loop = async (): Promise<void> => {
    while (!closed) {
      poked = false;
      const pauseMs = await look();
      if (poked || closed || pauseMs === 0) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    poke() {
      poked = true;
      wake();
    },
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}
