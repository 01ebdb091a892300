/** S4: one event in five comes twice, and every second a worker is killed as by a power cut. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, least, type Measured } from '../bench.js';
import { type EventSource, uniform } from '../events.js';
import { type BullLine, drained, loadFor, openUsageLine } from '../load.js';
import { ratioOf, type Series } from '../measure.js';
import { type Program, startWorker } from '../processes.js';
import { SINGLE_BACKLOG, SINGLE_BULK } from './single.js';

const DUPLICATES = 0.2;
const KILL_EVERY_MS = 1_000;
/** One that works, one that begins, and the one that is killed next. */
const WORKERS = 3;
/** A window long enough for several kills. */
const LONGER = 2;

const CALM = 'nobody killed, no duplicates';
const KILLED = 'a worker killed each second, 20 % twice';

export async function killed(bench: Bench): Promise<Measured> {
  const { servers, options } = bench;
  let source: EventSource;
  const line = openUsageLine(servers.redisUrl, () => source, 1);
  const calm = async (): Promise<number> => {
    await bench.worker();
    source = bench.source('s4-calm', uniform(options.accounts));
    return loadFor(line, bench.window(SINGLE_BACKLOG, SINGLE_BULK));
  };
  try {
    const first = await calm();
    const second = await calm();
    await bench.stopWorker();
    source = bench.source('s4', uniform(options.accounts), { duplicates: DUPLICATES });
    const killings = { count: 0 };
    const disturbed = await whileKilling(bench, killings, () => posting(bench, line));
    // What the dead had in hand comes back when their locks have run out.
    await bench.worker();
    await drained(line);
    const series: Series[] = [
      { name: CALM, unit: 'events/s', rounds: [first, second] },
      { name: KILLED, unit: 'events/s', rounds: [disturbed / (1 - DUPLICATES)] },
      { name: 'workers killed', unit: 'workers', rounds: [killings.count] },
    ];
    return {
      title: 'Duplicates, and workers that are killed',
      series,
      goals: [least('of the same without', ratioOf(series, KILLED, CALM), 0.8)],
    };
  } finally {
    await line.close();
  }
}

/** The oldest of several workers is killed each second, and another started in its place. */
async function whileKilling<Result>(
  bench: Bench,
  killings: { count: number },
  work: () => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const starting = Array.from({ length: WORKERS }, () => startWorker(bench.servers));
  const alive: Promise<Program>[] = [...starting];
  await Promise.all(starting);
  const killing = (async () => {
    while (!isOver) {
      await delay(KILL_EVERY_MS);
      const oldest = alive.shift();
      alive.push(startWorker(bench.servers));
      await (await oldest)?.kill();
      killings.count += 1;
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await killing;
    for (const worker of alive) await (await worker).kill();
  }
}

/**
 * Events posted a second, each once, as the ledger has them: jobs that a dead worker had in hand are neither waiting nor
 * done, so that the queue cannot be asked.
 */
async function posting(bench: Bench, line: BullLine): Promise<number> {
  const { client, options } = bench;
  const posted = async (): Promise<{ lines: number; at: number }> => {
    const { rows } = await client.query<{ lines: string }>('select sum(sequence) as lines from balances');
    return { lines: Number(rows[0]?.lines), at: performance.now() };
  };
  let isOver = false;
  const fed = (async () => {
    while (!isOver) {
      if ((await line.queue.getWaitingCount()) > SINGLE_BACKLOG) await delay(2);
      else await line.add(SINGLE_BULK);
    }
  })();
  try {
    await delay(KILL_EVERY_MS);
    const first = await posted();
    await client.query('checkpoint');
    await delay(options.seconds * LONGER * 1_000);
    const last = await posted();
    return ((last.lines - first.lines) / (last.at - first.at)) * 1_000;
  } finally {
    isOver = true;
    await fed;
  }
}
