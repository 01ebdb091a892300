/** What operators' commands share: opening the store, asking before money moves, printing, and who it was. */
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { readStamp, type Stamp } from '../adapters/postgres/stamp.js';
import type { Config } from '../config.js';
import type { Command } from '../domain/commands.js';
import { type Credits, parseCredits } from '../domain/credits.js';
import { type AccountId, accountId } from '../domain/ids.js';
import { type Instant, parseInstant } from '../domain/instant.js';
import type { Outcome } from '../domain/outcomes.js';
import { openLedger, openStore, type Store } from '../wire.js';
import { Plain, required, setUp } from './setting-up.js';

export type Out = (line: string) => void;

export interface Opened {
  readonly store: Store;
  readonly config: Config;
}

/** Opens the database for one command and closes it however the command ends. */
export async function withStore<Result>(
  work: (opened: Opened) => Promise<Result>,
  { catalogs: wanted = true }: { readonly catalogs?: boolean } = {},
): Promise<Result> {
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const opening = { databaseUrl: required(config.databaseUrl), catalogs: wanted ? catalogs : [], log };
    const store = await openStore(opening, lifecycle);
    return await work({ store, config });
  } finally {
    await lifecycle.close();
  }
}

/** Options that every command has that changes something. */
export const ACTING = {
  help: { type: 'boolean', short: 'h' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  reason: { type: 'string' },
} as const;

/** Whoever is logged in at this machine: the audit log keeps it. */
export const operatorName = (): string => `operator:${userInfo().username}`;

/** True where the operator says so. Without a terminal nobody can be asked, and then nothing is done without --yes. */
export async function agrees(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  if (!process.stdin.isTTY) throw new Plain(`${question}\nThere is no terminal to ask at: say --yes.`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

export function reasonOf(text: string | undefined): string {
  if (text !== undefined && text.trim() !== '') return text.trim();
  throw new Plain('Say why, with --reason: it stands beside what is done for as long as the ledger is kept.');
}

export function accountOf(text: string | undefined, usage: string): AccountId {
  if (text === undefined) throw new Plain(usage);
  return accountId(text);
}

export function creditsOf(text: string | undefined): Credits {
  const amount = text === undefined ? null : parseCredits(text.replace(/^[+-]/, ''));
  if (amount === null || amount <= 0n)
    throw new Plain('Say an amount of credits, such as 100 or 12.5, with at most six decimals.');
  return amount;
}

/** An instant, or a day as its first instant in UTC. */
export function whenOf(text: string, option: string): Instant {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? parseInstant(`${text}T00:00:00Z`) : parseInstant(text);
  if (at === null)
    throw new Plain(`${option} must be a day or an instant, such as 2026-11-01 or 2026-11-01T12:00:00Z.`);
  return at;
}

/** Posts one command in the operator's name. A refusal is a sentence, and nothing was done. */
export async function postAsOperator(store: Store, command: Command): Promise<Exclude<Outcome, { kind: 'refused' }>> {
  const ledger = openLedger(store, await stampOf(store));
  const result = await ledger.post([{ ...command, by: operatorName() }]);
  if (result.kind === 'unavailable') {
    const fate =
      result.fate === 'unknown' ? 'It may have been done: ask with the same --key again.' : 'Nothing was done.';
    throw new Plain(`The ledger does not answer: ${result.reason}. ${fate}`);
  }
  const [outcome] = result.outcomes;
  if (outcome === undefined) throw new Plain('The ledger gave no answer.');
  if (outcome.kind === 'refused') throw new Plain(`${outcome.message} (${outcome.reason})`);
  return outcome;
}

async function stampOf(store: Store): Promise<Stamp> {
  const stamp = await readStamp(store.prisma);
  if (stamp === null) throw new Plain('This database has not been used yet: start a worker on it first.');
  return stamp;
}

/** One object on one line; amounts beyond what a number can hold are strings. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));

/** Columns as wide as their widest cell, without trailing blanks. */
export function tableOf(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ');
  return rows.map((row) => lineOf(row).trimEnd());
}
