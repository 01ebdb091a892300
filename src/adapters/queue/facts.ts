/** What metrics and the health page say of a queue. */
import type { QueueName } from '../../messages.js';
import type { BillingQueue } from './backend.js';
import { placesOf, type Queues } from './queues.js';

export interface QueueFacts {
  readonly queue: QueueName;
  /** Jobs by state, the waiting ones also while the queue is paused. */
  readonly depth: {
    readonly waiting: number;
    readonly prioritized: number;
    readonly active: number;
    readonly delayed: number;
    readonly failed: number;
  };
  /** Age of the oldest waiting job in milliseconds, by its producer’s clock; null when none waits. */
  readonly oldestWaitingMs: number | null;
}

/** Rejects when the queue cannot be reached. */
export async function queueFacts(queues: Queues, name: QueueName, now: number = Date.now()): Promise<QueueFacts> {
  const parts = await Promise.all(
    Array.from({ length: placesOf(queues, name) }, (_, place) => factsAt(queues, name, place, now)),
  );
  const sum = (state: keyof QueueFacts['depth']): number => parts.reduce((all, { depth }) => all + depth[state], 0);
  const ages = parts.flatMap(({ oldestWaitingMs }) => (oldestWaitingMs === null ? [] : [oldestWaitingMs]));
  return {
    queue: name,
    depth: {
      ...{ waiting: sum('waiting'), prioritized: sum('prioritized'), active: sum('active') },
      ...{ delayed: sum('delayed'), failed: sum('failed') },
    },
    oldestWaitingMs: ages.length === 0 ? null : Math.max(...ages),
  };
}

function factsAt(queues: Queues, name: QueueName, place: number, now: number): Promise<QueueFacts> {
  const question = async (queue: BillingQueue): Promise<QueueFacts> => {
    // Postgres counts the waiting jobs of a paused queue as none; asked by priority both backends count alike.
    const [byPriority, counts, added] = await Promise.all([
      queue.getCountsPerPriority([0]),
      queue.getJobCounts('prioritized', 'active', 'delayed', 'failed'),
      oldestAddedAt(queue),
    ]);
    return {
      queue: name,
      depth: {
        waiting: byPriority[0] ?? 0,
        prioritized: counts.prioritized ?? 0,
        active: counts.active ?? 0,
        delayed: counts.delayed ?? 0,
        failed: counts.failed ?? 0,
      },
      oldestWaitingMs: added === null ? null : Math.max(0, now - added),
    };
  };
  return queues.ask(name, question, place);
}

/** Workers take from the end that is asked about, so the place found may be empty by the time it is read. */
const LOOKS = 3;

/**
 * Lists run from the newest to the oldest on both backends, and only Redis can be asked for the other direction: so the
 * last place is asked for by its number.
 */
async function oldestAddedAt(queue: BillingQueue): Promise<number | null> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const waiting = (await queue.getCountsPerPriority([0]))[0] ?? 0;
    if (waiting === 0) return null;
    const [oldest] = await queue.getJobs(['waiting'], waiting - 1, waiting - 1, false);
    if (oldest) return oldest.timestamp;
  }
  return null;
}
