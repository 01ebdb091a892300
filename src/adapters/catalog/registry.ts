/** The catalogs a process works with, by key. */
import { existsSync, readFileSync } from 'node:fs';
import type { Catalog } from '../../domain/catalog.js';
import type { Instant } from '../../domain/instant.js';
import type { CatalogVersions, ReplacedCatalog } from '../../domain/versions.js';
import type { Catalogs } from '../../ports.js';
import { BUILT_IN, builtInText, isBuiltIn } from './built-in.js';
import { loadCatalog, writtenProblem } from './load.js';

export interface LoadedFile {
  readonly catalog: Catalog;
  readonly text: string;
}

export type RegistryResult =
  | { readonly kind: 'loaded'; readonly files: readonly LoadedFile[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Reads every named catalog, a built-in key or a path, and answers with all problems of all of them at once. */
export function readCatalogs(names: readonly string[]): RegistryResult {
  const files: LoadedFile[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const text = isBuiltIn(name) ? builtInText(name) : existsSync(name) ? readFileSync(name, 'utf8') : null;
    if (text === null) {
      problems.push(`There is no catalog file "${name}", and it is not one of ${BUILT_IN.join(', ')}.`);
      continue;
    }
    const loaded = loadCatalog(text, name);
    if (loaded.kind === 'invalid')
      problems.push(...loaded.problems.map((problem) => writtenProblem(loaded.source, problem)));
    else if (files.some((file) => file.catalog.key === loaded.catalog.key))
      problems.push(`Two catalogs have the key "${loaded.catalog.key}".`);
    else files.push({ catalog: loaded.catalog, text });
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'loaded', files };
}

/** A version of a catalog that was in force before, as it was stored. */
export interface StoredVersion {
  readonly catalog: string;
  readonly version: string;
  readonly text: string;
  readonly replacedAt: Instant;
}

/** An older version that this release can no longer read prices nothing any more: its quotes are as unknown ones. */
export function makeCatalogs(files: readonly LoadedFile[], older: readonly StoredVersion[] = []): Catalogs {
  const byKey = new Map(files.map((file) => [file.catalog.key, file.catalog]));
  const versions = new Map<string, Map<string, ReplacedCatalog>>();
  for (const { catalog: key, version, text, replacedAt } of older) {
    const loaded = loadCatalog(text, `${key} ${version}`);
    if (loaded.kind === 'invalid') continue;
    const ofKey = versions.get(key) ?? new Map<string, ReplacedCatalog>();
    versions.set(key, ofKey.set(version, { catalog: loaded.catalog, replacedAt }));
  }
  const none: CatalogVersions = new Map();
  return {
    find: (key) => byKey.get(key),
    versions: (key) => versions.get(key) ?? none,
    keys: () => [...byKey.keys()],
  };
}
