/** A migrated database of one's own, in the time of a file copy. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { databaseUrl, execute } from './admin.js';

export interface FreshDatabase {
  /** With the rights of the server's administrator. */
  readonly url: string;
  /** Ends every connection to it. Safe to call twice. */
  drop(): Promise<void>;
}

/** Cloned from the run's migrated template. */
export const freshDatabase = (): Promise<FreshDatabase> => create((template) => ` template ${template}`);

/** Without a single table: for tests of migrating. */
export const emptyDatabase = (): Promise<FreshDatabase> => create(() => '');

async function create(from: (template: string) => string): Promise<FreshDatabase> {
  const { adminUrl, prefix } = inject('postgres');
  const name = `${prefix}_${randomUUID().replaceAll('-', '')}`;
  await execute(adminUrl, `create database ${name}${from(prefix)}`);
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => execute(adminUrl, `drop database if exists ${name} with (force)`),
  };
}
