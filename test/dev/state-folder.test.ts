import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureOwnFolder, isRoot, othersMayEnter } from '../../src/dev/open-place.js';
import { claimStateFolder } from '../../src/dev/state-folder.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';

let home: string;
beforeEach(() => {
  home = scratchFolder();
});
afterEach(() => removeScratch(home));

describe('the state folder', () => {
  it('lies under XDG_STATE_HOME, else under the home folder', () => {
    const own = claimStateFolder({ home, fresh: false });
    expect(own.path).toBe(path.join(home, '.local', 'state', 'creditd'));
    const xdgStateHome = path.join(home, 'elsewhere');
    expect(claimStateFolder({ home, xdgStateHome, fresh: false }).path).toBe(path.join(xdgStateHome, 'creditd'));
  });

  it('belongs to one running demo at a time', () => {
    const first = claimStateFolder({ home, fresh: false });
    expect(() => claimStateFolder({ home, fresh: false })).toThrow(/already running/);
    expect(() => claimStateFolder({ home, fresh: true })).toThrow(/already running/);
    first.release();
    claimStateFolder({ home, fresh: false }).release();
  });

  it('is free again after a demo that died, even when its process number was given to another program', () => {
    const first = claimStateFolder({ home, fresh: false });
    writeFileSync(path.join(first.path, 'running.json'), JSON.stringify({ pid: process.ppid, startedAt: 'long ago' }));
    claimStateFolder({ home, fresh: false }).release();
  });

  it('is emptied by --fresh, and only then', () => {
    const first = claimStateFolder({ home, fresh: false });
    const kept = path.join(first.path, 'data', 'file');
    mkdirSync(path.dirname(kept));
    writeFileSync(kept, 'x');
    first.release();
    claimStateFolder({ home, fresh: false }).release();
    expect(existsSync(kept)).toBe(true);
    claimStateFolder({ home, fresh: true }).release();
    expect(existsSync(kept)).toBe(false);
  });

  it('never empties a folder that it did not make', () => {
    const strangers = path.join(home, '.local', 'state', 'creditd', 'thesis.txt');
    mkdirSync(path.dirname(strangers), { recursive: true });
    writeFileSync(strangers, 'x');
    expect(() => claimStateFolder({ home, fresh: true })).toThrow(/not creditd's/);
    expect(existsSync(strangers)).toBe(true);
  });

  it.skipIf(!isRoot())('lies in the open when root has a closed home, so that Postgres can enter it', () => {
    chmodSync(home, 0o700);
    const claimed = claimStateFolder({ home: path.join(home, 'root'), fresh: false });
    expect(othersMayEnter(claimed.path)).toBe(true);
    claimed.release();
  });

  it('refuses a folder that other users can write to', () => {
    const folder = path.join(home, 'shared');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(() => ensureOwnFolder(folder, 0o755)).toThrow(/can be written by other users/);
    expect(statSync(folder).mode & 0o777).toBe(0o777);
  });
});
