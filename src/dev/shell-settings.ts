/** What a second terminal needs so that creditd's commands, and a product that is tried out, act on the running demo. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = 'shell.env';

/**
 * Written anew at each start and removed at its end: the demo's ports and passwords are its own. Only we may read it. Gives
 * the file's path; a terminal takes it in with `. FILE`.
 */
export function writeShellSettings(folder: string, settings: Readonly<Record<string, string>>): string {
  const file = path.join(folder, FILE);
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  // A file that stands there keeps its mode when it is written over.
  rmSync(file, { force: true });
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}

export const removeShellSettings = (folder: string): void => rmSync(path.join(folder, FILE), { force: true });

/** One word to a POSIX shell, whatever stands in it. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;
