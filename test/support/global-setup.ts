/** One Postgres for the whole run with one migrated template; each test file clones the template. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { databaseUrl, execute, query } from './admin.js';
import { requireAll, testDatabaseUrl } from './environment.js';
import { missingPrograms } from './programs.js';
import { removeScratch, scratchFolder, sweepScratch } from './scratch.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's administrator URL and the prefix of this run's databases; the template is the prefix itself. */
    readonly postgres: { readonly adminUrl: string; readonly prefix: string };
  }
}

interface Server {
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (requireAll && missingPrograms.length > 0) {
    throw new Error(`CREDITD_TEST_REQUIRE_ALL is set and these would be skipped:\n${missingPrograms.join('\n')}`);
  }
  sweepScratch();
  const server = testDatabaseUrl === undefined ? await ownServer() : givenServer(testDatabaseUrl);
  const prefix = `creditd_test_${randomUUID().slice(0, 8)}`;
  try {
    await execute(server.adminUrl, `create database ${prefix}`);
    await migrate(databaseUrl(server.adminUrl, prefix));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', { adminUrl: server.adminUrl, prefix });
  return async () => {
    if (testDatabaseUrl !== undefined) await dropAll(server.adminUrl, prefix);
    await server.stop();
  };
}

async function ownServer(): Promise<Server> {
  const folder = scratchFolder();
  const trouble: string[] = [];
  const log = (line: string) => {
    if (/\b(FATAL|PANIC):/.test(line)) trouble.push(line);
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), fast: true, log });
    return {
      adminUrl: server.url,
      async stop() {
        await server.stop();
        removeScratch(folder);
      },
    };
  } catch (error) {
    removeScratch(folder);
    throw new Error(`The tests' Postgres did not start. ${trouble.join('\n')}`, { cause: error });
  }
}

const givenServer = (adminUrl: string): Server => ({ adminUrl, stop: () => Promise.resolve() });

/** A server that is not ours is left as it was found. */
async function dropAll(adminUrl: string, prefix: string): Promise<void> {
  const names = await query<{ datname: string }>(
    adminUrl,
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of names) await execute(adminUrl, `drop database if exists ${datname} with (force)`);
}
