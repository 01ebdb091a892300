/** The schema's way into a database: what is pending, and bringing it up to date. */
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { migrationList } from './migration-folder.js';
import { onlyDatabase, withPool, withSchemaEngine } from './schema-engine.js';

/** Ours alone, and not the engine's own lock: held from before the first look to after the last step. */
const MIGRATION_LOCK = 7_273_680_112_354n;
/** How long a second `migrate` waits for the first one. */
const LOCK_TIMEOUT_MS = 120_000;

const filters = { externalTables: [], externalEnums: [] };

/**
 * Applies what is pending, in order, each migration in one transaction, and answers with the names. Several at once are safe:
 * the later ones wait, then find nothing to do. Throws in words when an earlier migration was left failed.
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  return alone(databaseUrl, () =>
    onDatabase(databaseUrl, async (engine) => {
      const applied = engine.applyMigrations({ migrationsList: migrationList(), filters });
      return (await applied.catch(explain)).appliedMigrationNames;
    }),
  );
}

/**
 * The names of the migrations that this database still lacks; it changes nothing. Empty also for a database that is ahead of
 * this release: an older worker keeps running beside a newer one.
 */
export async function pendingMigrations(databaseUrl: string): Promise<readonly string[]> {
  return onDatabase(databaseUrl, async (engine) => {
    const migrationsList = migrationList();
    const found = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
    if (found.failedMigrationNames.length > 0) return found.failedMigrationNames;
    if (!found.hasMigrationsTable) return migrationsList.migrationDirectories.map((directory) => directory.path);
    const { history } = found;
    if (history === null || history.diagnostic === 'migrationsDirectoryIsBehind') return [];
    return history.unappliedMigrationNames;
  });
}

const onDatabase = <T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> =>
  withPool(databaseUrl, (pool) => withSchemaEngine(onlyDatabase(pool), work));

/** The engine's own advice is about taking over somebody's tables, which is never what is wanted here. */
function explain(error: unknown): never {
  if (error instanceof Error && error.message.includes('schema is not empty')) {
    throw new Error('This database holds tables that are not creditd’s. Give creditd a database of its own.');
  }
  throw error;
}

/** The lock belongs to a session of its own, so that a killed migration frees it and nobody has to. */
async function alone<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A broken session shows itself in the work's own connection; unheard, the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK.toString()]);
    return await work();
  } finally {
    await client.end();
  }
}

/** Whether nothing at all lies in the database yet: what is found there belongs to somebody. */
export async function isEmptyDatabase(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ tables: number }>(
      `select count(*)::int as tables from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema')`,
    );
    return rows[0]?.tables === 0;
  } finally {
    await client.end();
  }
}
