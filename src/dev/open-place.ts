/**
 * Folders that another user of this machine may enter but nobody else may change. Postgres refuses to run as root, so under
 * root it runs as an ordinary user, who can enter neither root's home nor a project that lies in a closed folder.
 */
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

const OTHERS_MAY_ENTER = 0o001;
const OTHERS_MAY_WRITE = 0o022;

/** Our numeric user id; 0 is root. Systems without user ids (Windows) have one user to speak of. */
export const userId = (): number => process.getuid?.() ?? -1;
export const isRoot = (): boolean => userId() === 0;

/** Whether every folder on the way down, this one too, lets strangers pass. A folder that does not exist yet is skipped. */
export function othersMayEnter(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const status = statSync(at, { throwIfNoEntry: false });
    if (status && (status.mode & OTHERS_MAY_ENTER) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/**
 * Makes a folder of ours in a place where others may have been before. Throws a sentence when what stands there is not a
 * plain folder of ours that only we can write to: a folder prepared by somebody else could swap what we run.
 */
export function ensureOwnFolder(folder: string, mode: number): string {
  mkdirSync(path.dirname(folder), { recursive: true });
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const status = lstatSync(folder);
  const ours = status.isDirectory() && (userId() < 0 || status.uid === userId());
  if (!ours) throw new Error(`${folder} is not a folder of this user. Remove it, or have its owner remove it.`);
  if ((status.mode & OTHERS_MAY_WRITE) !== 0) {
    throw new Error(`${folder} can be written by other users. Run "chmod go-w ${folder}" if you trust what is in it.`);
  }
  // The mode that mkdir was given has been narrowed by the umask.
  if ((status.mode & 0o777) !== mode) chmodSync(folder, mode);
  return folder;
}

/** One folder a user, outside every home: survives a restart where the system keeps its /var/tmp. */
export const openPlace = (): string => ensureOwnFolder(path.join('/var/tmp', `creditd-${userId()}`), 0o755);
