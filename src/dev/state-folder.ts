/** Where the demo keeps its data between runs: one folder a user, claimed by one running demo at a time. */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureOwnFolder, isRoot, openPlace, othersMayEnter } from './open-place.js';
import { isAlive, startedAt } from './process-table.js';

/** Only a folder that carries this file is ever emptied. */
const MARKER = 'creditd-state.txt';
const MARKER_TEXT = 'The data of creditd on this machine, made by "npm start". "npm start -- --fresh" begins anew.\n';
const CLAIM = 'running.json';

export interface StateFolderOptions {
  /** The user's home folder. */
  readonly home: string;
  /** XDG_STATE_HOME, where it is set. */
  readonly xdgStateHome?: string | undefined;
  /** Begins anew: everything in the folder is removed first. */
  readonly fresh: boolean;
}

export interface StateFolder {
  readonly path: string;
  /** Lets the next demo in. A process that dies without it is found dead by the next one. */
  release(): void;
}

/**
 * Makes or finds the folder and claims it. Throws a sentence when another running demo has it, when it holds files that are
 * not ours, or when it cannot be written.
 */
export function claimStateFolder(options: StateFolderOptions): StateFolder {
  const folder = makeFolder(options);
  const marker = path.join(folder, MARKER);
  if (!existsSync(marker)) {
    if (readdirSync(folder).length > 0) {
      throw new Error(
        `${folder} holds files that are not creditd's. Move them, or set XDG_STATE_HOME to another folder.`,
      );
    }
    writeFileSync(marker, MARKER_TEXT);
  }
  const claim = path.join(folder, CLAIM);
  takeClaim(folder, claim);
  if (options.fresh) empty(folder);
  return { path: folder, release: () => rmSync(claim, { force: true }) };
}

/**
 * $XDG_STATE_HOME/creditd, else ~/.local/state/creditd. Under root the data must lie where Postgres's user can reach it,
 * which root's home usually is not; and a user may have no home at all. Then it is the open place.
 */
function makeFolder({ home, xdgStateHome }: StateFolderOptions): string {
  const base = xdgStateHome && path.isAbsolute(xdgStateHome) ? xdgStateHome : path.join(home, '.local', 'state');
  const mode = isRoot() ? 0o711 : 0o700;
  if (existsSync(home) && !(isRoot() && !othersMayEnter(base))) {
    try {
      mkdirSync(base, { recursive: true, mode });
      if (!isRoot() || othersMayEnter(base)) return ensureOwnFolder(path.join(base, 'creditd'), mode);
    } catch (error) {
      if (!isUnwritable(error)) throw error;
    }
  }
  return ensureOwnFolder(path.join(openPlace(), 'state'), mode);
}

const isUnwritable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR'].includes(String(error.code));

interface Claim {
  readonly pid: number;
  readonly startedAt: string | null;
}

function takeClaim(folder: string, claim: string): void {
  const mine = path.join(folder, `.${CLAIM}.${process.pid}`);
  const content: Claim = { pid: process.pid, startedAt: startedAt(process.pid) };
  writeFileSync(mine, JSON.stringify(content));
  try {
    const holder = readClaim(claim);
    if (holder && isAlive(holder.pid) && startedAt(holder.pid) === holder.startedAt) {
      throw new Error(`creditd is already running on ${folder} (process ${holder.pid}). Stop it first.`);
    }
    rmSync(claim, { force: true });
    linkSync(mine, claim);
  } finally {
    rmSync(mine, { force: true });
  }
}

function readClaim(claim: string): Claim | null {
  try {
    return JSON.parse(readFileSync(claim, 'utf8')) as Claim;
  } catch {
    return null;
  }
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== MARKER && name !== CLAIM) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
