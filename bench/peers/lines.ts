/** The queues on Postgres, as their producers load them. */
import pg from 'pg';
import type { Line } from '../load.js';
import { BOSS_SCHEMA, GRAPHILE_SCHEMA, QUEUE_TASK } from './settings.js';

function lineOf(databaseUrl: string, add: string, valuesOf: (jobs: number) => unknown[], outstanding: string): Line {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  return {
    async add(jobs) {
      await pool.query({ name: 'add', text: add, values: valuesOf(jobs) });
    },
    async outstanding() {
      const { rows } = await pool.query<{ jobs: string }>({ name: 'outstanding', text: outstanding });
      return Number(rows[0]?.jobs ?? 0);
    },
    close: () => pool.end(),
  };
}

/** In bulk, as its own `addJobs` does; it deletes what is done. */
export const openGraphileLine = (databaseUrl: string): Line =>
  lineOf(
    databaseUrl,
    `select count(*) from ${GRAPHILE_SCHEMA}.add_jobs(array(
      select json_populate_record(null::${GRAPHILE_SCHEMA}.job_spec, json_build_object('identifier', $1::text, 'payload', json_build_object()))
      from generate_series(1, $2::int)))`,
    (jobs) => [QUEUE_TASK, jobs],
    `select count(*) as jobs from ${GRAPHILE_SCHEMA}._private_jobs`,
  );

/** In bulk, as its own `insert` does; what is done stays until its maintenance moves it. */
export const openBossLine = (databaseUrl: string): Line =>
  lineOf(
    databaseUrl,
    `insert into ${BOSS_SCHEMA}.job (name, policy) select $1, 'standard' from generate_series(1, $2::int)`,
    (jobs) => [QUEUE_TASK, jobs],
    `select count(*) as jobs from ${BOSS_SCHEMA}.job where name = '${QUEUE_TASK}' and state < 'completed'`,
  );
