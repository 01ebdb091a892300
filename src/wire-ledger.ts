/** The door to the ledger and what gathers commands before it: the part of `wire.ts` that knows these classes. */
import { makePostgresLedger } from './adapters/postgres/ledger.js';
import type { Stamp } from './adapters/postgres/stamp.js';
import { type Batcher, type BatcherOptions, makeBatcher } from './flow/batcher.js';
import { makeReplay } from './flow/replay.js';
import { makeShardBatcher, splitByShard } from './flow/shard-batcher.js';
import type { Ledger } from './ports.js';
import type { Store } from './wire.js';

const REPLAY_BATCH = { lanes: 1, batchMax: 1_000, waitMs: 4 };

/** The ledger of one deployment. `onAsked` pokes this process's relay, where there is one. */
export function openLedger(store: Store, stamp: Stamp, onAsked: () => void = () => undefined): Ledger {
  const ledger = makePostgresLedger({ ...store, deployment: stamp.deployment, onAsked });
  return store.shards === null ? ledger : splitByShard(ledger, store.shards);
}

/** A lane is a part of all accounts, or, where the database is spread over machines, a shard. */
export const openBatcher = ({ shards }: Store, ledger: Ledger, options: BatcherOptions): Batcher =>
  shards === null ? makeBatcher(ledger, options) : makeShardBatcher(ledger, options, shards);

export function openReplay(store: Store, stamp: Stamp) {
  return makeReplay({ ...store, batcher: openBatcher(store, openLedger(store, stamp), REPLAY_BATCH) });
}
