/** What the command line may say. */
import { parseArgs } from 'node:util';

export const SCENARIOS = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8'] as const;
export type ScenarioId = (typeof SCENARIOS)[number] | 'S9';

export interface Options {
  readonly only: readonly ScenarioId[];
  readonly rounds: number;
  /** Of one contestant in one round. */
  readonly seconds: number;
  readonly accounts: number;
  /** Ledger lines before the first measurement. */
  readonly rows: number;
  /** Accounts that fall due at once. */
  readonly due: number;
  /** Events over which memory is watched. */
  readonly events: number;
  readonly json: string | null;
  /** Fill the tables of bench/README.md and draw docs/bench.svg. */
  readonly write: boolean;
  /** Pairs of accounts and ledger lines, for the scenario of growth alone. */
  readonly sizes: readonly { readonly accounts: number; readonly rows: number }[];
  /** Where a CPU profile of the worker is written. */
  readonly profile: string | null;
}

export const USAGE = `Usage: npm run bench -- [options]            S1 to S8, about a quarter of an hour
       npm run bench -- growth [--sizes 1000:1000000,…] [options]

  --quick           small and short: about two minutes, to see that everything works
  --only S1,S2      these alone
  --rounds N        how often each contestant has its turn (3)
  --seconds N       how long a turn takes (6)
  --accounts N      accounts that are debited (100000)
  --rows N          ledger lines that are there before (3000000)
  --due N           accounts that fall due at once (100000)
  --events N        events over which memory is watched (1000000)
  --json FILE       write the results there as well
  --write           fill in bench/README.md and docs/bench.svg
  --profile FOLDER  write a CPU profile of the worker there when it ends

Everything runs on this machine: a Postgres and a redis-server of its own on the loopback, gone when it ends.`;

const FULL = { rounds: 3, seconds: 6, accounts: 100_000, rows: 3_000_000, due: 100_000, events: 1_000_000 };
const QUICK = { rounds: 1, seconds: 3, accounts: 10_000, rows: 200_000, due: 5_000, events: 100_000 };
const SIZES = '1000:1000000,100000:10000000,1000000:30000000';

const FLAGS = {
  quick: { type: 'boolean' },
  only: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  accounts: { type: 'string' },
  rows: { type: 'string' },
  due: { type: 'string' },
  events: { type: 'string' },
  json: { type: 'string' },
  sizes: { type: 'string' },
  profile: { type: 'string' },
  write: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A sentence where it cannot be read; null where help was asked for. */
export function readOptions(args: readonly string[]): Options | string | null {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
    if (values.help) return null;
    const [verb, ...more] = positionals;
    if (more.length > 0 || (verb !== undefined && verb !== 'growth'))
      return `"${positionals.join(' ')}" is no part of the bench.`;
    const usual = values.quick ? QUICK : FULL;
    const all: readonly ScenarioId[] = verb === 'growth' ? ['S9'] : SCENARIOS;
    const wanted = values.only?.split(',').map((one) => one.trim().toUpperCase()) ?? all;
    const unknown = wanted.find((one) => !(SCENARIOS as readonly string[]).includes(one) && one !== 'S9');
    if (unknown !== undefined) return `There is no scenario "${unknown}". There are: ${SCENARIOS.join(', ')}.`;
    const number = (name: keyof typeof usual): number => whole(name, values[name], usual[name]);
    return {
      only: verb === 'growth' ? ['S9'] : (wanted as ScenarioId[]),
      ...{ rounds: number('rounds'), seconds: number('seconds'), accounts: number('accounts'), rows: number('rows') },
      ...{ due: number('due'), events: number('events') },
      json: values.json ?? null,
      profile: values.profile ?? null,
      write: values.write === true,
      sizes: (values.sizes ?? SIZES).split(',').map((pair) => {
        const [accounts, rows] = pair.split(':');
        return { accounts: whole('sizes', accounts, 0), rows: whole('sizes', rows, 0) };
      }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'The arguments cannot be read.';
  }
}

function whole(name: string, text: string | undefined, usual: number): number {
  const number = text === undefined ? usual : Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1.`);
  return number;
}
