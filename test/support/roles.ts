/** Users in the roles that are shipped, each with a password of its own, on a migrated database. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute } from './admin.js';

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../prisma/roles.sql');

export const ROLES = ['creditd_worker', 'creditd_api', 'creditd_auditor'] as const;
export type DatabaseRole = (typeof ROLES)[number];

export interface RoleUsers {
  readonly urls: Readonly<Record<DatabaseRole, string>>;
  /** After the database has gone. */
  drop(adminUrl: string): Promise<void>;
}

/** As the migrator, `url`. May be asked again of the same database. */
export async function prepareRoles(url: string, password: string = randomUUID()): Promise<RoleUsers> {
  await execute(url, readFileSync(file, 'utf8'));
  const suffix = randomUUID().slice(0, 8);
  const urls = {} as Record<DatabaseRole, string>;
  for (const role of ROLES) {
    const user = `${role}_${suffix}`;
    await execute(url, `create role "${user}" login password '${password}' in role ${role}`);
    const own = new URL(url);
    own.username = user;
    own.password = password;
    urls[role] = own.href;
  }
  return {
    urls,
    async drop(adminUrl) {
      for (const role of ROLES) await execute(adminUrl, `drop role if exists "${role}_${suffix}"`);
    },
  };
}
