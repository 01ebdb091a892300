/** BullMQ's own speed: a worker whose jobs hold nothing and do nothing, with creditd's concurrency and retention. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { CONCURRENCY, EMPTY_QUEUE, PEER_PREFIX, type PeerSettings } from './settings.js';

export async function startEmpty({ redisUrl }: PeerSettings): Promise<() => Promise<void>> {
  const worker = new Worker(EMPTY_QUEUE, async () => null, {
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    prefix: PEER_PREFIX,
    concurrency: CONCURRENCY,
    removeOnComplete: { count: 100 },
  });
  await worker.waitUntilReady();
  return () => worker.close();
}
