/** The verbs. */
import { withoutSecrets } from './adapters/log/pino.js';
import { accountCommand } from './cli/account.js';
import { auditCommand } from './cli/audit.js';
import { catalogCommand } from './cli/catalog.js';
import { chargingCommand } from './cli/charging.js';
import { eraseCommand, exportCommand } from './cli/data.js';
import { endpointCommand } from './cli/endpoint.js';
import { eventsCommand } from './cli/events.js';
import { initCommand } from './cli/init.js';
import { keyCommand } from './cli/key.js';
import { moveCommand } from './cli/moves.js';
import { periodsCommand } from './cli/periods.js';
import { reconcileCommand } from './cli/reconcile.js';
import { replayCommand } from './cli/replay.js';
import { apiCommand, migrateCommand, workerCommand } from './cli/serve.js';
import { setupCommand } from './cli/setup.js';
import { simulateCommand } from './cli/simulate.js';
import { topOffsCommand } from './cli/top-offs.js';
import { traceCommand } from './cli/trace.js';
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
    case 'setup':
      return setupCommand(args, out);
    case 'account':
      return accountCommand(args, out);
    case 'key':
      return keyCommand(args, out);
    case 'replay':
      return replayCommand(args, out);
    case 'grant':
    case 'adjust':
    case 'void':
    case 'reverse':
      return moveCommand(verb, args, out);
    case 'pause':
    case 'resume':
      return topOffsCommand(verb, args, out);
    case 'trace':
      return traceCommand(args, out);
    case 'export':
      return exportCommand(args, out);
    case 'erase':
      return eraseCommand(args, out);
    case 'endpoint':
      return endpointCommand(args, out);
    case 'events':
      return eventsCommand(args, out);
    case 'audit':
      return auditCommand(args, out);
    case 'reconcile':
      return reconcileCommand(args, out);
    case 'charging':
      return chargingCommand(args, out);
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
