/** `creditd simulate`: plays a scenario through the very decisions the worker makes, in virtual time, without a database. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { BUILT_IN, builtInCatalog, isBuiltIn } from '../adapters/catalog/built-in.js';
import { type LoadedCatalog, loadCatalog, loadCatalogValue } from '../adapters/catalog/load.js';
import type { Catalogs, FoundCatalog } from '../simulate/inline-catalog.js';
import type { Problem } from '../simulate/problems.js';
import { scenarioJsonSchema } from '../simulate/scenario.js';
import { type Simulated, simulate } from '../simulate/simulate.js';
import { textOf } from '../simulate/text.js';

const USAGE = `Usage: creditd simulate FILE [--json]
       creditd simulate -            JSON Lines of scenarios on standard input, JSON Lines of results
       creditd simulate --jsonl [FILE]
       creditd simulate --schema     prints the JSON Schema of scenarios

Plays a scenario (YAML or JSON: a catalog, accounts, timed steps) through the same decisions that a worker makes, in
virtual time and without a database. Prints each step with its outcome and how every account stands at the end.

  --json    one JSON object instead of text
  --jsonl   one scenario a line in, one result a line out; a line that is no scenario gives { line, problems }
Exit code 0 where everything was played, refusals included; 1 where something was no scenario.`;

const OK = 0;
const INVALID = 1;
const MISUSED = 2;

type Out = (line: string) => void;
export type ReadLines = () => AsyncIterable<string>;

const standardInput: ReadLines = () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });

/** Exit code 0, 1 for what is no scenario or cannot be read, 2 for a misuse. `readStdin` gives standard input's lines. */
export async function simulateCommand(args: string[], out: Out, readStdin: ReadLines = standardInput): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === 'string') {
    out(`${asked}\n\n${USAGE}`);
    return MISUSED;
  }
  if (asked.help) {
    out(USAGE);
    return OK;
  }
  if (asked.schema) {
    out(JSON.stringify(scenarioJsonSchema(), null, 2));
    return OK;
  }
  const { file, json, jsonl } = asked;
  if (file !== null) return fromFile(file, { json, jsonl }, out);
  return jsonl ? eachLine(readStdin(), makeCatalogs(process.cwd()), out) : fromInput(readStdin(), json, out);
}

interface Asked {
  readonly help: boolean;
  readonly schema: boolean;
  readonly json: boolean;
  readonly jsonl: boolean;
  /** Null: standard input. */
  readonly file: string | null;
}

function readArguments(args: string[]): Asked | string {
  try {
    const flag = { type: 'boolean' } as const;
    const options = { help: { ...flag, short: 'h' }, schema: flag, json: flag, jsonl: flag } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { help = false, schema = false, json = false, jsonl = false } = values;
    const [file = null, ...more] = positionals;
    if (more.length > 0) return 'Say one file. Several scenarios go into one file with --jsonl, one a line.';
    if (file === null && !jsonl && !help && !schema) return 'Say a file, or - for standard input.';
    return { help, schema, json, jsonl, file: file === '-' ? null : file };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function fromFile(file: string, { json, jsonl }: { json: boolean; jsonl: boolean }, out: Out): Promise<number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    out(`The file ${file} cannot be read (${reason}). Check its name and who may read it.`);
    return INVALID;
  }
  const catalogs = makeCatalogs(dirname(resolve(file)));
  return jsonl ? eachLine(text.split(/\r?\n/), catalogs, out) : whole(text, file, catalogs, json, out);
}

/** Standard input is JSON Lines where its first line is a JSON object by itself, and else one YAML or JSON document. */
async function fromInput(lines: AsyncIterable<string>, json: boolean, out: Out): Promise<number> {
  const catalogs = makeCatalogs(process.cwd());
  const iterator = lines[Symbol.asyncIterator]();
  let next = await iterator.next();
  let blank = 0;
  for (; !next.done && next.value.trim() === ''; next = await iterator.next()) blank += 1;
  const first = next.done ? '' : unmarked(next.value);
  const rest = { [Symbol.asyncIterator]: () => iterator };
  if (isJsonObject(first))
    return eachLine(startingWith([...Array<string>(blank).fill(''), first], rest), catalogs, out);
  const text = ['\n'.repeat(blank) + first];
  for await (const line of rest) text.push(line);
  return whole(text.join('\n'), 'standard input', catalogs, json, out);
}

async function* startingWith(first: readonly string[], rest: AsyncIterable<string>): AsyncIterable<string> {
  yield* first;
  yield* rest;
}

/** Some editors begin a file with a mark of its encoding, which is no part of what it says. */
const unmarked = (text: string): string => text.replace(/^\uFEFF/, '');

function isJsonObject(line: string): boolean {
  if (!line.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function whole(text: string, source: string, catalogs: Catalogs, json: boolean, out: Out): number {
  const result = played(text, parseYaml, catalogs);
  if (result.kind === 'invalid') {
    if (json) out(JSON.stringify({ problems: result.problems }, null, 2));
    else for (const { path, message } of result.problems) out(`${source}  ${path ? `${path}: ` : ''}${message}`);
    return INVALID;
  }
  if (json) out(JSON.stringify(result.report, null, 2));
  else for (const line of textOf(result.report, result.events)) out(line);
  return OK;
}

/** A line that is no scenario is answered in its place, and the next one is played. */
async function eachLine(
  lines: AsyncIterable<string> | Iterable<string>,
  catalogs: Catalogs,
  out: Out,
): Promise<number> {
  let line = 0;
  let invalid = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const result = played(unmarked(text), JSON.parse, catalogs);
    if (result.kind === 'invalid') invalid += 1;
    out(JSON.stringify(result.kind === 'invalid' ? { line, problems: result.problems } : result.report));
  }
  return invalid === 0 ? OK : INVALID;
}

const parseYaml = (text: string): unknown => parse(text, { maxAliasCount: 100 });

function played(text: string, parsed: (text: string) => unknown, catalogs: Catalogs): Simulated {
  let value: unknown;
  try {
    value = parsed(text);
  } catch (error) {
    // A parser shows the lines beside its reason; the reason is the first.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
    return {
      kind: 'invalid',
      problems: [{ path: '', message: `This cannot be read: ${why.replace(/[.:]?$/, '.')}` }],
    };
  }
  try {
    return simulate(value, catalogs);
  } catch (error) {
    // A scenario that breaks our own rules ends alone: those on the lines after it are still played.
    const why = error instanceof Error ? error.message : String(error);
    return {
      kind: 'invalid',
      problems: [{ path: '', message: `This is a defect of creditd, please report it: ${why}.` }],
    };
  }
}

/** Each catalog is read once: by its key, by its file's path and by its text. */
function makeCatalogs(folder: string): Catalogs {
  const known = new Map<string, FoundCatalog>();
  const once = (key: string, find: () => FoundCatalog): FoundCatalog => {
    const found = known.get(key) ?? find();
    // Thousands of catalogs that differ would otherwise all be kept.
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, found);
    return found;
  };
  return {
    named: (name) => once(`named ${name}`, () => named(name, folder)),
    written: (value) => once(JSON.stringify(value), () => foundIn(loadCatalogValue(value, 'catalog'))),
  };
}

const MOST_KEPT = 1_000;

function named(name: string, folder: string): FoundCatalog {
  const builtIn = isBuiltIn(name) ? builtInCatalog(name) : null;
  if (builtIn !== null) return { kind: 'found', catalog: builtIn };
  const file = resolve(folder, name);
  const invalid = (message: string): FoundCatalog => ({ kind: 'invalid', problems: [{ path: 'catalog', message }] });
  if (!existsSync(file))
    return invalid(`There is no catalog file "${name}", and it is not one of ${BUILT_IN.join(', ')}.`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return invalid(`The catalog file "${name}" cannot be read (${reason}). Check its name and who may read it.`);
  }
  return foundIn(loadCatalog(text, name));
}

function foundIn(loaded: LoadedCatalog): FoundCatalog {
  if (loaded.kind === 'loaded') return { kind: 'found', catalog: loaded.catalog };
  const problems = loaded.problems.map(
    ({ path, line, message }): Problem => ({
      path: path === '' ? 'catalog' : `catalog.${path}`,
      message: line === null ? message : `${loaded.source}:${line}  ${message}`,
    }),
  );
  return { kind: 'invalid', problems };
}
