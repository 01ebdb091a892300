/** The Postgres that this machine has installed, usually older than the embedded one, on a folder of its own. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../src/dev/free-port.js';
import { spawnLeashed } from '../../src/dev/leash.js';
import { postgresUser } from '../../src/dev/postgres-files.js';
import { systemInitdb } from './programs.js';
import { removeScratch, scratchFolder } from './scratch.js';

export const systemPostgresAvailable: boolean = systemInitdb !== null;

export interface SystemPostgres {
  /** Superuser, without a password: the server listens on the loopback for the seconds that a suite takes. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSystemPostgres(): Promise<SystemPostgres> {
  if (systemInitdb === null)
    throw new Error('initdb was not found: guard the suite with describe.skipIf(!systemPostgresAvailable).');
  const folder = scratchFolder();
  const data = path.join(folder, 'data');
  const user = postgresUser();
  mkdirSync(data, { mode: 0o700 });
  if (user) chownSync(data, user.uid, user.gid);
  const surroundings = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, cwd: data, ...user };
  const flags = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(systemInitdb, flags, { ...surroundings, stdio: 'ignore' });
  const port = await freePort();
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C'];
  const program = path.join(path.dirname(systemInitdb), 'postgres');
  const server = await spawnLeashed(
    [program, '-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
    {
      ...surroundings,
      user,
      signal: 'INT',
      graceMs: 10_000,
      onLine: (line) => line.includes('ready to accept connections') && ready(),
    },
  );
  if ((await Promise.race([isReady, server.ended])) !== 'ready')
    throw new Error("The machine's Postgres did not start.");
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      removeScratch(folder);
    },
  };
}
