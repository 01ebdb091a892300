/** graphile-worker with jobs that do nothing, tuned as its documentation advises for many small jobs. */
import { Logger, run } from 'graphile-worker';
import { GRAPHILE_SCHEMA, type PeerSettings, QUEUE_TASK } from './settings.js';

const JOBS_AT_ONCE = 24;

export async function startGraphile({ databaseUrl }: PeerSettings): Promise<() => Promise<void>> {
  const runner = await run({
    logger: new Logger(() => () => undefined),
    taskList: { [QUEUE_TASK]: async () => undefined },
    preset: {
      worker: {
        connectionString: databaseUrl,
        schema: GRAPHILE_SCHEMA,
        concurrentJobs: JOBS_AT_ONCE,
        maxPoolSize: 10,
        pollInterval: 200,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  return () => runner.stop();
}
