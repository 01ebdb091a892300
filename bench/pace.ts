/** Usage that arrives at a rate of its own, whether or not anybody keeps up: what latencies are measured beside. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BullLine } from './load.js';

const EVERY_MS = 10;

export interface Pace {
  stop(): Promise<void>;
}

/** So many jobs a second, added in small bulks. */
export function keepPace(line: BullLine, perSecond: number): Pace {
  const began = performance.now();
  let added = 0;
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) - added;
      // After a pause of this process it does not catch up all at once: that would be a burst nobody asked for.
      const jobs = Math.min(due, Math.ceil(perSecond / 20));
      if (jobs > 0) await line.add(jobs);
      added += due;
      await delay(EVERY_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await running;
    },
  };
}
