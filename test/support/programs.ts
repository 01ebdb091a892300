/** Programs of the machine that some suites need and npm does not bring. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { searchPath } from './environment.js';

/** Debian keeps Postgres's programs beside the path. */
const BESIDE_THE_PATH = [18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`);

/** The full path of the first of these names that can be run, or null. */
export function findProgram(...names: readonly string[]): string | null {
  const folders = [...searchPath.split(path.delimiter).filter(path.isAbsolute), ...BESIDE_THE_PATH];
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

export const redisServer = findProgram('redis-server', 'valkey-server');
export const dockerCompose = findProgram('docker-compose');
export const bubblewrap = findProgram('bwrap');
export const systemInitdb = findProgram('initdb');
export const pgDump = findProgram('pg_dump');
export const pgRestore = findProgram('pg_restore');
export const promtool = findProgram('promtool');
export const chromiumBinary = findProgram('chromium', 'chromium-browser', 'google-chrome');

interface Optional {
  readonly found: boolean;
  readonly skipped: string;
  readonly get: string;
}

const OPTIONAL: readonly Optional[] = [
  {
    found: redisServer !== null,
    skipped: 'the queues on Redis (they were tested on Postgres)',
    get: 'install redis-server (apt-get install redis-server, brew install redis)',
  },
  {
    found: systemInitdb !== null,
    skipped: 'the migrations on an older Postgres than the embedded one',
    get: 'install Postgres 14 to 17 (apt-get install postgresql)',
  },
  {
    found: promtool !== null,
    skipped: 'the alert rules as Prometheus reads them',
    get: 'install promtool (apt-get install prometheus, brew install prometheus)',
  },
  {
    found: dockerCompose !== null,
    skipped: 'docker-compose.yml as docker-compose reads it',
    get: 'install docker-compose (apt-get install docker-compose)',
  },
  {
    found: bubblewrap !== null,
    skipped: "the image's command on a read-only root",
    get: 'install bubblewrap (apt-get install bubblewrap)',
  },
  {
    found: chromiumBinary !== null,
    skipped: 'the billing page in a browser',
    get: 'install Chromium (apt-get install chromium)',
  },
];

/** One line for each thing this machine cannot test: what was skipped and how to get it. */
export const missingPrograms: readonly string[] = OPTIONAL.filter((program) => !program.found).map(
  ({ skipped, get }) => `${skipped}: ${get}`,
);
