/** Folders of one run under the system's temporary folder. What a killed run left is swept by the next one. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../../src/dev/process-table.js';

const PREFIX = 'creditd-test-';

/** Enterable by the user whom Postgres runs as under root; readable by nobody else. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o711);
  return folder;
}

export const removeScratch = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export function sweepScratch(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      removeScratch(path.join(tmpdir(), name));
    } catch {
      // Another user's. Theirs to sweep.
    }
  }
}
