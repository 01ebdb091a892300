/** S2: jobs of a hundred events, against what Postgres takes of the same rows when nobody asks any questions. */
import { type Bench, least, type Measured } from '../bench.js';
import { type EventSource, uniform } from '../events.js';
import { loadFor, openUsageLine } from '../load.js';
import { interleave, ratioOf } from '../measure.js';
import { openDirect, PREPARE_DIRECT } from '../peers/direct.js';

export const EVENTS_A_JOB = 100;
export const BATCH_BACKLOG = 120;
export const BATCH_BULK = 10;

const US = 'creditd, 100 events a job';
const BARE = 'bare set-based inserts';
const FUNCTION = 'an SQL function an event';

export async function batches(bench: Bench): Promise<Measured> {
  const { servers, options, client } = bench;
  await bench.worker();
  for (const text of PREPARE_DIRECT) await client.query(text);
  const direct = openDirect(servers.databaseUrl);
  let source: EventSource;
  const usage = openUsageLine(servers.redisUrl, () => source, EVENTS_A_JOB);
  const window = bench.window(BATCH_BACKLOG, BATCH_BULK);
  const checkpoint = () => client.query('checkpoint');
  try {
    const series = await interleave(options.rounds, [
      {
        name: US,
        unit: 'events/s',
        run: async () => {
          source = bench.source('s2', uniform(options.accounts));
          return (await loadFor(usage, window)) * EVENTS_A_JOB;
        },
      },
      { name: BARE, unit: 'rows/s', run: () => direct.bare(options.seconds, options.accounts, checkpoint) },
      {
        name: FUNCTION,
        unit: 'events/s',
        run: () => direct.perEvent(options.seconds, bench.source('s2-function', uniform(options.accounts)), checkpoint),
      },
    ]);
    return {
      title: 'Jobs of 100 events',
      series,
      goals: [
        least('of bare set-based inserts', ratioOf(series, US, BARE), 0.35),
        least('of an SQL function an event', ratioOf(series, US, FUNCTION), 8),
      ],
    };
  } finally {
    await usage.close();
    await direct.close();
    await client.query('drop table if exists bench_lines');
  }
}
