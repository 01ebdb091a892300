/** The database's clock, so that all processes share one; with an offset for the demo and a still hand for tests. */
import type { Pool } from 'pg';
import { type Instant, instant, later } from '../../domain/instant.js';
import type { Clock } from '../../ports.js';
import { run } from './pool.js';
import type { Row } from './rows.js';
import { READ_CLOCK } from './statements.js';

export function makeDatabaseClock(pool: Pool, offsetMs: () => number = () => 0): Clock {
  const reading = (database: Instant): Instant => later(database, offsetMs());
  return {
    reading,
    async now() {
      const [row] = await run<Row>(pool as never, READ_CLOCK, []);
      return reading(instant(Number(row.ms)));
    },
  };
}
