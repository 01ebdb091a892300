/** The verbs. */
import { withoutSecrets } from './adapters/log/pino.js';
import { accountCommand } from './cli/account.js';
import { catalogCommand } from './cli/catalog.js';
import { initCommand } from './cli/init.js';
import { periodsCommand } from './cli/periods.js';
import { replayCommand } from './cli/replay.js';
import { apiCommand, migrateCommand, workerCommand } from './cli/serve.js';
import { simulateCommand } from './cli/simulate.js';
import { USAGE } from './cli/usage.js';

const out = (line: string): void => console.log(line);

/** An exit code, or null for a part that goes on until a signal. */
async function run([verb, ...args]: string[]): Promise<number | null> {
  switch (verb) {
    case 'dev':
      // Loaded here alone: the stand-ins are no part of a worker or an api.
      return (await import('./cli/dev.js')).devCommand(args, out);
    case 'worker':
      return workerCommand();
    case 'api':
      return apiCommand();
    case 'migrate':
      return migrateCommand(out);
    case 'account':
      return accountCommand(args, out);
    case 'replay':
      return replayCommand(args, out);
    case 'catalog':
      return catalogCommand(args, out);
    case 'simulate':
      return simulateCommand(args, out);
    case 'init':
      return initCommand(args, out);
    case 'periods':
      return periodsCommand(args, out);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      out(USAGE);
      return 0;
    default:
      console.error(`creditd has no verb "${verb}".\n\n${USAGE}`);
      return 2;
  }
}

run(process.argv.slice(2)).then(
  (code) => {
    if (code !== null) process.exitCode = code;
  },
  (error: unknown) => {
    console.error(withoutSecrets(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  },
);
