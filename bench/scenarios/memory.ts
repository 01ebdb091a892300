/** S8: how soon a worker is ready, and whether it grows. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, type Measured, most } from '../bench.js';
import { uniform } from '../events.js';
import { drained, openUsageLine } from '../load.js';
import { median } from '../measure.js';
import { residentBytes, startWorker } from '../processes.js';
import { BATCH_BACKLOG, BATCH_BULK, EVENTS_A_JOB } from './batches.js';

const STARTS = 3;
const MEGABYTE = 2 ** 20;
/** How often memory is looked at over the events. */
const SAMPLES = 40;

export async function memory(bench: Bench): Promise<Measured> {
  const { servers, options } = bench;
  await bench.stopWorker();
  const starts: number[] = [];
  for (let n = 0; n < Math.min(STARTS, options.rounds); n += 1) {
    const worker = await startWorker(servers);
    starts.push(worker.readyMs);
    await worker.stop();
  }
  const samples = await watched(bench);
  // Until it has met every account and the compilers have settled it grows; afterwards it must not.
  const part = (from: number, to: number): number[] =>
    samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
  const early = median(part(0.4, 0.7));
  const late = median(part(0.7, 1));
  return {
    title: `Memory over ${options.events} events, and the start`,
    series: [
      { name: 'resident, after two fifths', unit: 'MB', rounds: [early] },
      { name: 'resident, at the end', unit: 'MB', rounds: [late] },
      { name: 'ready after its start', unit: 'ms', rounds: starts },
    ],
    goals: [
      most('of what it had before, at the end', late / early, 1.1, '×'),
      most('until a worker is ready', median(starts), 1_000, 'ms'),
    ],
  };
}

async function watched(bench: Bench): Promise<number[]> {
  const { servers, options } = bench;
  const worker = await bench.worker();
  const source = bench.source('s8', uniform(options.accounts));
  const line = openUsageLine(servers.redisUrl, () => source, EVENTS_A_JOB);
  const samples: number[] = [];
  try {
    const jobs = Math.ceil(options.events / EVENTS_A_JOB);
    let added = 0;
    while (added < jobs) {
      if ((await line.outstanding()) + BATCH_BULK > BATCH_BACKLOG) {
        await delay(2);
        continue;
      }
      const bulk = Math.min(BATCH_BULK, jobs - added);
      await line.add(bulk);
      added += bulk;
      if (added / jobs >= samples.length / SAMPLES) samples.push((residentBytes(worker.pid) ?? 0) / MEGABYTE);
    }
    await drained(line);
    return samples;
  } finally {
    await line.close();
  }
}
