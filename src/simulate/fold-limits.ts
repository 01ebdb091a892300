/** Writes what was decided of limits into the rows, as the schema's statements do. */
import type { LimitBook, LimitEffects, LimitRows } from '../domain/limits-state.js';

export function foldLimits(rows: LimitBook, effects: LimitEffects): void {
  for (const [id, level] of effects.levels) rows.levels.set(id, level);
  for (const change of effects.levelChanges) {
    if (rows.levelChanges.has(change.keyHash))
      throw new Error('the wall "level_changes_pkey" refused what was decided');
    rows.levelChanges.set(change.keyHash, change);
  }
  for (const [key, pool] of effects.pools) {
    if (pool === null) rows.pools.delete(key);
    else rows.pools.set(key, pool);
  }
  for (const [member, budget] of effects.budgets) {
    if (budget === null) rows.budgets.delete(member);
    else rows.budgets.set(member, budget);
  }
  for (const [id, added] of effects.counts) {
    const before = rows.counters.get(id);
    const count = (before?.count ?? 0n) + added.count;
    if (before !== undefined || added.count > 0n) rows.counters.set(id, { ...added, count: count < 0n ? 0n : count });
  }
  const { sweepBefore } = effects;
  if (sweepBefore === null) return;
  for (const [id, { endsAt }] of rows.counters) {
    if (endsAt !== null && endsAt < sweepBefore) rows.counters.delete(id);
  }
}

export const limitRowsOf = (rows: LimitBook): LimitRows => ({
  levels: [...rows.levels.values()],
  levelChanges: [...rows.levelChanges.values()],
  counters: [...rows.counters.values()],
  pools: [...rows.pools.values()],
  budgets: [...rows.budgets.values()],
});
