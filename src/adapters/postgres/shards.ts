/**
 * Where accounts lie on Citus. A transaction that locks accounts of two shards is refused there, so that a batch never holds
 * two: its lane is the shard. An account's number never changes, and neither does its shard until somebody splits it; one
 * that moves to another machine keeps its shard's number.
 */
import type { Pool } from 'pg';
import type { AccountId } from '../../domain/ids.js';
import type { Shards } from '../../ports.js';
import { run, type Statement } from './pool.js';
import type { Row } from './rows.js';

/** `accounts` is on every machine, and the shard is reckoned, so that this asks one of them alone. */
export const SHARDS: Statement = {
  name: 'accounts_shards',
  text: `select a.id, get_shard_id_for_distribution_column('balances', a.no) as shard
    from accounts a where a.id = any($1::text[])`,
};

const REMEMBERED_MAX = 500_000;
/** The lane of what no account is known for: it locks nothing. */
const NOWHERE = 0;

export function makeShards(pool: Pool): Shards {
  const known = new Map<AccountId, number>();
  const remember = (id: AccountId, shard: number): void => {
    known.set(id, shard);
    if (known.size <= REMEMBERED_MAX) return;
    const oldest = known.keys().next();
    if (!oldest.done) known.delete(oldest.value);
  };
  return {
    async of(accounts) {
      const missing = [...new Set(accounts)].filter((account) => !known.has(account));
      if (missing.length > 0) {
        for (const row of await run<Row>(pool, SHARDS, [missing])) remember(row.id, Number(row.shard));
      }
      return accounts.map((account) => known.get(account) ?? NOWHERE);
    },
  };
}
