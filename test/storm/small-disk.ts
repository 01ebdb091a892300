/** A disk of a few megabytes under the ledger's lines, which can be filled and emptied. Only root can have one. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { postgresUser } from '../../src/dev/postgres-files.js';
import { execute } from '../support/admin.js';

export interface SmallDisk {
  /** Leaves not a byte. */
  fill(): void;
  free(): void;
  /** After Postgres has stopped. */
  remove(): void;
}

const SIZE = '96m';
const CHUNK_BYTES = 1_000_000;

/** Null where this user may not mount. The tables of lines and lots stand on it from then on. */
export async function openSmallDisk(folder: string, databaseUrl: string): Promise<SmallDisk | null> {
  const place = path.join(folder, 'small-disk');
  mkdirSync(place, { recursive: true });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'tmpfs', place]).status !== 0) return null;
  const unmount = (): void => void spawnSync('umount', ['-l', place]);
  process.once('exit', unmount);
  const table = path.join(place, 'tables');
  const filler = path.join(place, 'filler');
  mkdirSync(table, { mode: 0o700 });
  const user = postgresUser();
  if (user !== undefined) chownSync(table, user.uid, user.gid);
  await execute(databaseUrl, `create tablespace small_disk location '${table}'`);
  await execute(databaseUrl, 'alter table ledger_entries set tablespace small_disk');
  await execute(databaseUrl, 'alter index ledger_entries_pkey set tablespace small_disk');
  return {
    fill() {
      const { bavail, bsize } = statfsSync(place);
      const left = bavail * bsize;
      for (let at = 0; at <= left; at += CHUNK_BYTES) {
        try {
          writeFileSync(filler, Buffer.alloc(Math.max(1, Math.min(CHUNK_BYTES, left - at))), { flag: 'a' });
        } catch {
          return;
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      process.removeListener('exit', unmount);
      unmount();
    },
  };
}
