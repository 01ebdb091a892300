/** Where accounts lie in a database that is spread over several machines. */
import type { AccountId } from '../domain/ids.js';

export interface Shards {
  /**
   * The shard of each of these accounts, in their order; the same number for all that nothing is known of. Rejects when the
   * database does not answer.
   */
  of(accounts: readonly AccountId[]): Promise<readonly number[]>;
}
