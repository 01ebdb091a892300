/** The results that the documents show: kept in the repository as the run wrote them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
import type { Result } from './measure.js';
import type { Options } from './options.js';

export interface Run {
  /** When it ended. */
  readonly at: string;
  readonly machine: Machine;
  readonly options: Options;
  readonly results: readonly Result[];
}

/** The repository: two folders above the compiled file. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const RESULTS_FILE = 'bench/results.json';
const file = path.join(ROOT, RESULTS_FILE);

export const readResults = (): Run | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Run) : null;

/** A run of some scenarios replaces those and leaves the others, so that growth, which takes long, need not be run again. */
export function keepResults(run: Run): void {
  const measured = new Set(run.results.map(({ id }) => id));
  const others = readResults()?.results.filter(({ id }) => !measured.has(id)) ?? [];
  const results = [...others, ...run.results].sort((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...run, results }, null, 2)}\n`);
}
