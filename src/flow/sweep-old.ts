/** Forgets what has been kept for long enough: refusals, events, notices, what Stripe said, answers given under a key. */
import { DAY_MS } from '../domain/instant.js';
import type { KeptDays } from '../domain/retention.js';
import { KEPT_TABLES, type Retention } from '../ports.js';

/** Batches of one table in one tick; the next tick goes on. */
const BATCHES_MAX = 20;

export function makeSweepOld(retention: Retention, days: KeptDays, onSwept: (table: string, count: number) => void) {
  return async (): Promise<number> => {
    let all = 0;
    for (const table of KEPT_TABLES) {
      for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
        const swept = await retention.sweep(table, days[table] * DAY_MS);
        if (swept === 0) break;
        onSwept(table, swept);
        all += swept;
      }
    }
    return all;
  };
}
