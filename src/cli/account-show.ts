/** `creditd account show`. */
import { parseArgs } from 'node:util';
import { readAccountScreen } from '../adapters/postgres/account-screen.js';
import { screenOf } from './account-screen.js';
import { jsonOf, type Out, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const SHOW_USAGE = `Usage: creditd account show ID [--last N] [--json]

One screen: balance, plan and period, lots, holds, top-off, limits, the last entries, charges, incidents, events and
notices, what is still to be done, and what was asked by hand. --last says how many of each (10 where nothing is said).`;

const SHOWN = 10;
const SHOWN_MAX = 1_000;

export async function accountShow(args: string[], out: Out): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    last: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [id] = positionals;
  if (values.help || id === undefined) {
    out(SHOW_USAGE);
    return values.help ? 0 : 2;
  }
  const shown = Number(values.last ?? SHOWN);
  if (!Number.isInteger(shown) || shown < 1 || shown > SHOWN_MAX)
    throw new Plain(`--last is a whole number from 1 to ${SHOWN_MAX}.`);
  return withStore(async ({ store }) => {
    const screen = await readAccountScreen(store.prisma, id, shown);
    if (screen === null) throw new Plain(`There is no account "${id}".`);
    for (const line of values.json ? [jsonOf(screen)] : screenOf(screen)) out(line);
    return 0;
  });
}
