/** What a peer's process is told. */
export interface PeerSettings {
  readonly name: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Where a peer that serves listens. */
  readonly port?: number;
}

/** Queues of BullMQ whose jobs are not creditd's. */
export const PEER_PREFIX = 'peers';
export const EMPTY_QUEUE = 'empty';
export const PRISMA_QUEUE = 'prisma';
export const GRAPHILE_SCHEMA = 'graphile_worker';
export const BOSS_SCHEMA = 'pgboss';
export const QUEUE_TASK = 'nothing';
/** As many as creditd's own worker has in hand. */
export const CONCURRENCY = 1_000;
