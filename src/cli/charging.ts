/** `creditd charging`: the operator's switch. */
import { parseArgs } from 'node:util';
import { readCharging, setCharging } from '../adapters/postgres/switch.js';
import type { Charging } from '../domain/book.js';
import { agrees, jsonOf, type Out, operatorName, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const CHARGING_USAGE = `Usage: creditd charging [on|stop|dry-run] [--yes] [--json]

Without a word it says how the switch stands. It acts with the next transaction of every process.
  on        charges open and are made; what waits is charged at once, so it asks first unless --yes
  stop      nothing opens, and nothing that could move money is sent; charges that wait keep their place
  dry-run   as stop, and what would be charged is written to the log (info: account, amount, card)
Cancellations and looks at Stripe go on in every position. Who turned it stands in the audit log.`;

const POSITIONS: Readonly<Record<string, Charging>> = { on: 'on', stop: 'stopped', 'dry-run': 'dry_run' };
const SAID: Readonly<Record<Charging, string>> = {
  on: 'Charging is on.',
  stopped: 'Charging is stopped: nothing opens, nothing is sent, and charges that wait keep their place.',
  dry_run: 'Charging is at dry run: what would be charged is written to the log, and nothing is opened or sent.',
};

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export async function chargingCommand(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) {
    out(CHARGING_USAGE);
    return 0;
  }
  const [word, ...more] = positionals;
  const wanted = word === undefined ? null : POSITIONS[word];
  if (wanted === undefined || more.length > 0) throw new Plain(`Say on, stop or dry-run.\n\n${CHARGING_USAGE}`);
  return withStore(async ({ store }) => {
    const stood = await readCharging(store.prisma);
    if (stood === null) throw new Plain(UNUSED);
    // Stopping never asks: whoever stops is in a hurry, and nothing is lost by it.
    if (wanted === 'on' && stood !== 'on' && !(await agrees(ON, values.yes))) {
      out('Nothing was done.');
      return 1;
    }
    if (wanted !== null) {
      const turned = { id: store.newId(), at: new Date(await store.clock.now()), who: operatorName() };
      if (!(await setCharging(store.prisma, wanted, turned))) throw new Plain(UNUSED);
    }
    const stands = wanted ?? stood;
    out(values.json ? jsonOf({ charging: stands, before: stood }) : SAID[stands]);
    return 0;
  });
}

const ON = 'Let charging go on? What waits is charged at once, in every process.';
const UNUSED = 'This database has not been used yet: start a worker on it first.';
