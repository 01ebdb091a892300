/** Whether the migrations still make the tables that schema.prisma describes: a change to one without the other is a defect. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { migrationList, prismaFolder } from './migration-folder.js';
import { type Connection, connectionOf, onlyDatabase, withPool, withSchemaEngine } from './schema-engine.js';

const filters = { externalTables: [], externalEnums: [] };

/**
 * What would have to be run after the migrations for the tables to be those of schema.prisma, as SQL; null when nothing would.
 * CHECK constraints, triggers, privileges and partial indexes are not Prisma's and are not compared. Needs a user that may
 * create databases: the migrations are replayed on an empty one.
 */
export async function schemaDrift(databaseUrl: string, schema = currentSchema()): Promise<string | null> {
  return withPool(databaseUrl, (pool) => {
    const factory = { ...onlyDatabase(pool), connectToShadowDb: () => shadowDatabase(databaseUrl) };
    return withSchemaEngine(factory, async (engine) => {
      const { exitCode, stdout } = await engine.diff({
        from: { tag: 'migrations', ...migrationList() },
        to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
        script: true,
        exitCode: true,
        filters,
      });
      return exitCode === 0 ? null : (stdout ?? '');
    });
  });
}

export const currentSchema = (): string => readFileSync(path.join(prismaFolder(), 'schema.prisma'), 'utf8');

/** An empty database, gone when the engine lets go of it. */
async function shadowDatabase(databaseUrl: string): Promise<Connection> {
  const name = `creditd_shadow_${randomUUID().replaceAll('-', '')}`;
  await withPool(databaseUrl, (pool) => pool.query(`create database ${name}`));
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  pool.on('error', () => undefined);
  const connection = await readingCatalogs(pool);
  connection.dispose = async () => {
    await pool.end();
    await withPool(databaseUrl, (ours) => ours.query(`drop database if exists ${name} with (force)`));
  };
  return connection;
}

/** Postgres's own one-letter type, in which its catalogs keep the kinds of constraints. */
const CATALOG_CHAR = 18;
const TEXT = 25;

/**
 * The adapter refuses columns of that type, and the engine insists on them: they are announced to the adapter as text and to
 * the engine as what they are.
 */
async function readingCatalogs(pool: pg.Pool): Promise<Connection> {
  const letters = new WeakMap<readonly unknown[], readonly number[]>();
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult | pg.QueryResult[]>;
  const read = async (config: pg.QueryConfig) => {
    const result = await query(config);
    // A script of several statements answers with as many results.
    for (const { fields, rows } of [result].flat()) {
      letters.set(
        rows,
        fields.flatMap((field, index) => (field.dataTypeID === CATALOG_CHAR ? [index] : [])),
      );
      for (const field of fields) if (field.dataTypeID === CATALOG_CHAR) field.dataTypeID = TEXT;
    }
    return result;
  };
  const connection = await connectionOf(Object.assign(pool, { query: read }));
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (asked) => {
    const answer = await queryRaw(asked);
    for (const index of letters.get(answer.rows) ?? []) answer.columnTypes[index] = ColumnTypeEnum.Character;
    return answer;
  };
  return connection;
}
