/** What is known of another process: enough to tell a live one from a stranger that was given the same number. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ps = (pid: number, column: string): string | null => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
};

const proc = (pid: number, file: string): string | null => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
};

/** The fields of Linux's process status after the name, which may itself hold spaces and brackets. */
const statusFields = (pid: number): string[] | undefined =>
  proc(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ');

/** A process that has ended and waits for its parent to notice is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const state = process.platform === 'linux' ? statusFields(pid)?.[0] : ps(pid, 'state');
  return !state?.startsWith('Z');
}

/** The whole command line, arguments apart by spaces; null when there is no such process. */
export function commandLine(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'command');
  return proc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? null;
}

export function parentOf(pid: number): number | null {
  const parent = process.platform === 'linux' ? statusFields(pid)?.[1] : ps(pid, 'ppid');
  return parent ? Number(parent) : null;
}

/** When it started, in the system's own words: a number that was used again has another. */
export function startedAt(pid: number): string | null {
  return (process.platform === 'linux' ? statusFields(pid)?.[19] : ps(pid, 'lstart')) ?? null;
}
