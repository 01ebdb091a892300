/** pg-boss with jobs that do nothing, taken in batches, by several workers. */
import PgBoss from 'pg-boss';
import { BOSS_SCHEMA, type PeerSettings, QUEUE_TASK } from './settings.js';

const WORKERS = 4;
const BATCH = 500;

export async function startBoss({ databaseUrl }: PeerSettings): Promise<() => Promise<void>> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: BOSS_SCHEMA, max: WORKERS + 4, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE_TASK);
  for (let n = 0; n < WORKERS; n += 1) {
    // Half a second between two looks is the shortest that it allows.
    await boss.work(QUEUE_TASK, { batchSize: BATCH, pollingIntervalSeconds: 0.5 }, async () => undefined);
  }
  return () => boss.stop({ graceful: false });
}
