/** S1: jobs of one event, over many accounts, from Redis to the commit. */
import { type Bench, least, type Measured } from '../bench.js';
import { type EventSource, uniform, zipf } from '../events.js';
import { type Line, loadFor, openBullLine, openUsageLine } from '../load.js';
import { type Contestant, interleave, ratioOf } from '../measure.js';
import { openBossLine, openGraphileLine } from '../peers/lines.js';
import { EMPTY_QUEUE, PEER_PREFIX, PRISMA_QUEUE } from '../peers/settings.js';

/** Enough that nobody ever waits for work, and soon empty again. */
export const SINGLE_BACKLOG = 4_000;
export const SINGLE_BULK = 250;
const SLOW_BACKLOG = 600;
const SLOW_BULK = 50;

const US = 'creditd, uniform';
const US_ZIPF = 'creditd, zipf';
const PRISMA = 'one Prisma transaction a job';
const EMPTY = 'BullMQ, empty jobs';

export async function single(bench: Bench): Promise<Measured> {
  const { servers, options } = bench;
  await Promise.all([bench.worker(), ...['empty', 'prisma', 'graphile', 'boss'].map((name) => bench.peer(name))]);
  let source: EventSource;
  const usage = openUsageLine(servers.redisUrl, () => source, 1);
  const prisma = openBullLine(servers.redisUrl, PRISMA_QUEUE, PEER_PREFIX, () => ({ event: source.next() }));
  const empty = openBullLine(servers.redisUrl, EMPTY_QUEUE, PEER_PREFIX, () => ({}));
  const graphile = openGraphileLine(servers.databaseUrl);
  const boss = openBossLine(servers.databaseUrl);
  const lines: Line[] = [usage, prisma, empty, graphile, boss];
  const fast = bench.window(SINGLE_BACKLOG, SINGLE_BULK);
  const slow = bench.window(SLOW_BACKLOG, SLOW_BULK);
  const contestant = (name: string, unit: string, run: () => Promise<number>): Contestant => ({ name, unit, run });
  const ours = (name: string, pick = uniform(options.accounts)) =>
    contestant(name, 'events/s', () => {
      source = bench.source('s1', pick);
      return loadFor(usage, fast);
    });
  try {
    const series = await interleave(options.rounds, [
      ours(US),
      contestant(PRISMA, 'events/s', () => {
        source = bench.source('s1-prisma', uniform(options.accounts));
        return loadFor(prisma, slow);
      }),
      contestant(EMPTY, 'jobs/s', () => loadFor(empty, fast)),
      ours(US_ZIPF, zipf(options.accounts)),
      contestant('graphile-worker, empty jobs', 'jobs/s', () => loadFor(graphile, fast)),
      contestant('pg-boss, empty jobs', 'jobs/s', () => loadFor(boss, fast)),
    ]);
    return {
      title: 'Jobs of one event',
      series,
      goals: [
        least('of one Prisma transaction a job', ratioOf(series, US, PRISMA), 12),
        least('of BullMQ with empty jobs', ratioOf(series, US, EMPTY), 0.7),
        least('of BullMQ with empty jobs, zipf', ratioOf(series, US_ZIPF, EMPTY), 0.7),
      ],
    };
  } finally {
    for (const line of lines) await line.close();
  }
}
