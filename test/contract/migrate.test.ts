import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isEmptyDatabase, migrate, pendingMigrations } from '../../src/adapters/postgres/migrate.js';
import { migrationList } from '../../src/adapters/postgres/migration-folder.js';
import { currentSchema, schemaDrift } from '../../src/adapters/postgres/schema-drift.js';
import { onlyDatabase, withPool, withSchemaEngine } from '../../src/adapters/postgres/schema-engine.js';
import { execute, query } from '../support/admin.js';
import { emptyDatabase, type FreshDatabase, freshDatabase } from '../support/database.js';
import { type SystemPostgres, startSystemPostgres, systemPostgresAvailable } from '../support/system-postgres.js';

const names = () => migrationList().migrationDirectories.map((directory) => directory.path);
const filters = { externalTables: [], externalEnums: [] };

describe('migrating', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database.drop());

  it('is all still to be done on an empty database', async () => {
    expect(names().length).toBeGreaterThan(0);
    expect(await pendingMigrations(database.url)).toEqual(names());
  });

  it('applies each migration once when several processes migrate at once', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.flat()).toEqual(names());
    const rows = await query<{ name: string }>(database.url, 'select migration_name as name from _prisma_migrations');
    expect(rows.map((row) => row.name)).toEqual(names());
  });

  it('has nothing left to do afterwards', async () => {
    expect(await pendingMigrations(database.url)).toEqual([]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('lets an older release run on a database that a newer one has migrated', async () => {
    await query(
      database.url,
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       select 'later', checksum, '29990101000000_later', started_at, finished_at, 1 from _prisma_migrations limit 1`,
    );
    expect(await pendingMigrations(database.url)).toEqual([]);
  });
});

describe('a migration', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database.drop());

  const apply = (sql: string) => {
    const migrationFile = { path: 'migration.sql', content: { tag: 'ok', value: sql } } as const;
    const migrationsList = {
      ...migrationList(),
      migrationDirectories: [{ path: '20260101000000_one', migrationFile }],
    };
    return withPool(database.url, (pool) =>
      withSchemaEngine(onlyDatabase(pool), (engine) => engine.applyMigrations({ migrationsList, filters })),
    );
  };

  it('that fails half-way leaves nothing behind but the record of its failure, and says what the server said', async () => {
    await expect(apply('create table half (a int); select 1 / 0;')).rejects.toThrow(/division by zero/);
    const tables = await query<{ name: string }>(
      database.url,
      "select tablename as name from pg_tables where schemaname = 'public'",
    );
    expect(tables.map((row) => row.name)).toEqual(['_prisma_migrations']);
  });

  it('may hold a function whose body has semicolons', async () => {
    await query(database.url, 'delete from _prisma_migrations');
    const sql =
      'create function two() returns int language plpgsql as $$ declare n int; begin n := 2; return n; end; $$;';
    await apply(sql);
    expect(await query(database.url, 'select two() as n')).toEqual([{ n: 2 }]);
  });
});

describe('the schema file', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it('describes exactly the tables that the migrations make', async () => {
    expect(await schemaDrift(database.url)).toBeNull();
  });

  it('is caught when it names a column that no migration makes', async () => {
    const changed = currentSchema().replace('model Account {', 'model Account {\n  planted String?');
    expect(await schemaDrift(database.url, changed)).toContain('planted');
  });

  it('leaves no database behind after a comparison', async () => {
    expect(
      await query(database.url, "select datname from pg_database where starts_with(datname, 'creditd_shadow')"),
    ).toEqual([]);
  });
});

describe.skipIf(!systemPostgresAvailable)("the machine's own Postgres", () => {
  let server: SystemPostgres;
  beforeAll(async () => {
    server = await startSystemPostgres();
  });
  afterAll(() => server.stop());

  it('takes every migration, so nothing in them is newer than it', async () => {
    expect(await migrate(server.url)).toEqual(names());
    expect(await schemaDrift(server.url)).toBeNull();
  });
});

describe('the ledger under an ordinary role', () => {
  it('may be added to and read, and by privilege never changed, not even by its owner', async () => {
    const database = await emptyDatabase();
    const role = `plain_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const name = new URL(database.url).pathname.slice(1);
    await query(database.url, `create role ${role} login password 'plain'`);
    try {
      await query(database.url, `alter database ${name} owner to ${role}`);
      await query(database.url, `alter schema public owner to ${role}`);
      const owner = new URL(database.url);
      owner.username = role;
      owner.password = 'plain';
      await migrate(owner.href);
      expect(await query(owner.href, 'select count(*)::int as lines from ledger_entries')).toEqual([{ lines: 0 }]);
      for (const change of [
        'update ledger_entries set amount = 0',
        'delete from ledger_entries',
        'truncate ledger_entries',
      ]) {
        await expect(query(owner.href, change)).rejects.toThrow('permission denied');
      }
    } finally {
      await database.drop();
      await execute(inject('postgres').adminUrl, `drop role ${role}`);
    }
  });
});

describe('a database that is somebody else’s', () => {
  it('is told from an empty one, refused in a sentence, and left as it was', async () => {
    const database = await emptyDatabase();
    try {
      expect(await isEmptyDatabase(database.url)).toBe(true);
      await query(database.url, 'create table orders (id int)');
      expect(await isEmptyDatabase(database.url)).toBe(false);
      await expect(migrate(database.url)).rejects.toThrow('Give creditd a database of its own.');
      expect(await query(database.url, `select tablename from pg_tables where schemaname = 'public'`)).toEqual([
        { tablename: 'orders' },
      ]);
    } finally {
      await database.drop();
    }
  });
});
