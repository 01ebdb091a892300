/** `creditd charging`: the operator's switch. */
import { readCharging, setCharging } from '../adapters/postgres/switch.js';
import type { Charging } from '../domain/book.js';
import { openStore } from '../wire.js';
import { Plain, required, setUp } from './setting-up.js';

export const CHARGING_USAGE = `Usage: creditd charging [on|stop|dry-run]

Without a word it says how the switch stands. It acts with the next transaction of every process.
  on        charges open and are made
  stop      nothing opens, and nothing that could move money is sent; charges that wait keep their place
  dry-run   as stop, and what would be charged is written to the log (info: account, amount, card)
Cancellations and looks at Stripe go on in every position.`;

const POSITIONS: Readonly<Record<string, Charging>> = { on: 'on', stop: 'stopped', 'dry-run': 'dry_run' };
const SAID: Readonly<Record<Charging, string>> = {
  on: 'Charging is on.',
  stopped: 'Charging is stopped: nothing opens, nothing is sent, and charges that wait keep their place.',
  dry_run: 'Charging is at dry run: what would be charged is written to the log, and nothing is opened or sent.',
};

export async function chargingCommand(args: string[], out: (line: string) => void): Promise<number> {
  const [word, ...more] = args;
  if (word === '--help' || word === '-h') {
    out(CHARGING_USAGE);
    return 0;
  }
  const wanted = word === undefined ? null : POSITIONS[word];
  if (wanted === undefined || more.length > 0) throw new Plain(`Say on, stop or dry-run.\n\n${CHARGING_USAGE}`);
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    if (wanted !== null && !(await setCharging(store.prisma, wanted))) throw new Plain(UNUSED);
    const stands = await readCharging(store.prisma);
    if (stands === null) throw new Plain(UNUSED);
    out(SAID[stands]);
    return 0;
  } finally {
    await lifecycle.close();
  }
}

const UNUSED = 'This database has not been used yet: start a worker on it first.';
