/** What the last owner of a data folder may have left: a stale pid file after a SIGKILL, or a server that lost its keeper. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { keepingOf } from './leash.js';
import { commandLine } from './process-table.js';

/** A server whose owner has just died writes a last checkpoint, for which a slow disk may need a while. */
const PATIENCE_MS = 30_000;
const POLL_MS = 50;

/**
 * Returns when nothing runs on the folder. Throws a sentence when a server runs there whose owner lives: two programs on one
 * folder would each believe the other's data its own.
 */
export async function clearLeftover(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  const pid = pidIn(file);
  if (pid === null) return;
  const serves = () => commandLine(pid)?.includes(dataDir) ?? false;
  if (serves()) {
    const keeping = keepingOf(pid);
    if (keeping === 'owned') {
      throw new Error(`Another creditd is using ${dataDir} (its Postgres is process ${pid}). Stop it first.`);
    }
    if (keeping === 'stray') process.kill(pid, 'SIGINT');
  }
  for (let waitedMs = 0; serves(); waitedMs += POLL_MS) {
    if (waitedMs >= PATIENCE_MS) {
      throw new Error(
        `A Postgres that was left on ${dataDir} does not stop (process ${pid}). Stop it, then start again.`,
      );
    }
    await pause(POLL_MS);
  }
  // A number used again by another program would make Postgres believe that it already runs.
  rmSync(file, { force: true });
}

function pidIn(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
