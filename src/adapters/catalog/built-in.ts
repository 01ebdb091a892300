/** The catalogs that come with creditd: five products, each written from what it tells its own customers. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../../domain/catalog.js';
import { loadCatalog, writtenProblem } from './load.js';

export const BUILT_IN = ['receptionist', 'atlios', 'rheos', 'storewriter', 'toolbench'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

export const isBuiltIn = (key: string): key is BuiltIn => BUILT_IN.some((one) => one === key);

/** The template as it is written, comments included: what a new project starts from. */
export const builtInText = (key: BuiltIn): string => readFileSync(join(folder(), `${key}.yaml`), 'utf8');

/** Null for a key that is none of ours. A template of ours that does not load is a broken build, and throws. */
export function builtInCatalog(key: string): Catalog | null {
  if (!isBuiltIn(key)) return null;
  const loaded = loadCatalog(builtInText(key), `${key}.yaml`);
  if (loaded.kind === 'loaded') return loaded.catalog;
  const problems = loaded.problems.map((one) => writtenProblem(loaded.source, one)).join('\n');
  throw new Error(`The built-in catalog "${key}" is not valid:\n${problems}`);
}

/** Upward from this file, because compiled code lies deeper than its source and the templates are not compiled. */
function folder(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    const here = join(at, 'src', 'catalogs');
    if (existsSync(here)) return here;
  }
  throw new Error('The folder src/catalogs is missing from this installation of creditd; install it again.');
}
