/** One at a time among the processes of a machine: a file that holds its owner's pid and is touched while it lives. */
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const TOUCH_MS = 2_000;
/** An owner that has not touched its lock for this long is gone, whatever a process of its number says. */
const STALE_MS = 20_000;
const POLL_MS = 100;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The file appears with its content or not at all: link(2) refuses when there is one. */
function take(file, mine) {
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function clearIfDead(file, mine) {
  try {
    const owner = readFileSync(file, 'utf8');
    if (alive(Number(owner)) && Date.now() - statSync(file).mtimeMs < STALE_MS) return;
    // Two may find it dead at once: whoever moves a newer owner's lock away by mistake puts it back.
    renameSync(file, mine);
    if (readFileSync(mine, 'utf8') !== owner) linkSync(mine, file);
    rmSync(mine, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

/** Waits for the lock, runs the work, gives the lock back. A process that dies in between leaves a lock that others clear. */
export async function holdingLock(file, work) {
  const mine = `${file}.${process.pid}`;
  let waited = false;
  while (!take(file, mine)) {
    if (!waited) process.stderr.write('creditd: another process is installing or building here; waiting for it …\n');
    waited = true;
    clearIfDead(file, mine);
    await pause(POLL_MS);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  const touching = setInterval(() => {
    const now = new Date();
    utimesSync(file, now, now);
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    process.removeListener('exit', release);
    release();
  }
}
