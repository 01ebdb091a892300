/** Every promise of the five pages has a test that names it, or a written reason why not. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NOT_YET } from './not-yet.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const tests = path.dirname(here);

const promised = [...readFileSync(path.join(here, 'SENTENCES.md'), 'utf8').matchAll(/^\| ([ARWCT]\d+) *\|/gm)].map(
  (row) => row[1] ?? '',
);

/** Ids in the titles of tests: the words after a test's opening, up to its quote. */
function named(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts') || name.endsWith('promises.test.ts')) continue;
    const text = readFileSync(path.join(tests, name), 'utf8');
    for (const [title] of text.matchAll(/(?:\b(?:test|it)(?:\.\w+)*|\]\))\(\s*['"`][^'"`]*/g)) {
      for (const [id] of title.matchAll(/\b[ARWCT]\d+\b/g)) found.add(id);
    }
  }
  return found;
}

describe('what the five products promise', () => {
  test('is numbered once', () => {
    expect(promised).toHaveLength(120);
    expect(new Set(promised).size).toBe(120);
  });

  test('has a test or a written reason, and not both', () => {
    const kept = named();
    expect(promised.filter((id) => !kept.has(id) && NOT_YET[id] === undefined)).toEqual([]);
    expect(Object.keys(NOT_YET).filter((id) => kept.has(id) || !promised.includes(id))).toEqual([]);
  });
});
