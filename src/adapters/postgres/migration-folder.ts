/** The migrations on disk, as the schema engine wants them. Found from the sources and from dist/ alike. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm';

const FILE = 'migration.sql';
const LOCKFILE = 'migration_lock.toml';

/** The nearest folder upwards that holds prisma/migrations: the project in a clone, the package where it is installed. */
export function prismaFolder(from: string = import.meta.dirname): string {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'prisma');
    if (existsSync(path.join(folder, 'migrations'))) return folder;
    if (at === path.dirname(at))
      throw new Error(`creditd's migrations are missing: no prisma/migrations above ${from}.`);
  }
}

export function migrationList(): MigrationList {
  const baseDir = path.join(prismaFolder(), 'migrations');
  const lockfile = path.join(baseDir, LOCKFILE);
  const names = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: { path: LOCKFILE, content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => migrationDirectory(baseDir, name)),
  };
}

const migrationDirectory = (baseDir: string, name: string): MigrationDirectory => ({
  path: name,
  migrationFile: { path: FILE, content: { tag: 'ok', value: readFileSync(path.join(baseDir, name, FILE), 'utf8') } },
});
