/** S3: every event is of one and the same account, whose row is a lock that everybody wants. */
import { type Bench, least, type Measured } from '../bench.js';
import { always, type EventSource, type Pick, uniform } from '../events.js';
import { type BullLine, loadFor, openUsageLine } from '../load.js';
import { type Contestant, interleave, ratioOf } from '../measure.js';
import { BATCH_BACKLOG, BATCH_BULK, EVENTS_A_JOB } from './batches.js';
import { SINGLE_BACKLOG, SINGLE_BULK } from './single.js';

const ONE = 'one account, single events';
const MANY = 'many accounts, single events';
const ONE_OF_HUNDREDS = 'one account, 100 events a job';
const MANY_OF_HUNDREDS = 'many accounts, 100 events a job';

export async function oneAccount(bench: Bench): Promise<Measured> {
  const { servers, options } = bench;
  await bench.worker();
  let source: EventSource;
  const singles = openUsageLine(servers.redisUrl, () => source, 1);
  const hundreds = openUsageLine(servers.redisUrl, () => source, EVENTS_A_JOB);
  const turn = (name: string, pick: Pick, line: BullLine, eventsAJob: number): Contestant => ({
    name,
    unit: 'events/s',
    run: async () => {
      source = bench.source('s3', pick);
      const window =
        eventsAJob === 1 ? bench.window(SINGLE_BACKLOG, SINGLE_BULK) : bench.window(BATCH_BACKLOG, BATCH_BULK);
      return (await loadFor(line, window)) * eventsAJob;
    },
  });
  try {
    const series = await interleave(options.rounds, [
      turn(ONE, always(1), singles, 1),
      turn(MANY, uniform(options.accounts), singles, 1),
      turn(ONE_OF_HUNDREDS, always(1), hundreds, EVENTS_A_JOB),
      turn(MANY_OF_HUNDREDS, uniform(options.accounts), hundreds, EVENTS_A_JOB),
    ]);
    return {
      title: 'All events on one account',
      series,
      goals: [
        least('of many accounts, single events', ratioOf(series, ONE, MANY), 0.85),
        least('of many accounts, 100 events a job', ratioOf(series, ONE_OF_HUNDREDS, MANY_OF_HUNDREDS), 0.85),
      ],
    };
  } finally {
    await singles.close();
    await hundreds.close();
  }
}
