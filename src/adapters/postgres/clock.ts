/** The database's clock, so that all processes share one; with an offset for the demo and for tests. */
import type { Pool } from 'pg';
import { type Instant, instant, later } from '../../domain/instant.js';
import type { Clock } from '../../ports.js';
import { run } from './pool.js';
import type { Row } from './rows.js';
import { READ_CLOCK } from './statements.js';

/** How long an instant that was read is carried on by this machine's own counter before the database is asked again. */
const CARRIED_MS = 5_000;

export function makeDatabaseClock(pool: Pool, offsetMs: () => number = () => 0): Clock {
  let read: { readonly database: Instant; readonly counter: number } | null = null;
  const reading = (database: Instant): Instant => {
    read = { database, counter: performance.now() };
    return later(database, offsetMs());
  };
  const now = async (): Promise<Instant> => {
    const [row] = await run<Row>(pool, READ_CLOCK, []);
    return reading(instant(Number(row.ms)));
  };
  return {
    reading,
    now,
    async roughly() {
      const passed = read === null ? Number.POSITIVE_INFINITY : performance.now() - read.counter;
      return read === null || passed > CARRIED_MS ? now() : instant(read.database + passed + offsetMs());
    },
  };
}
