/**
 * A column of a set-based statement, written as Postgres reads arrays. The driver's own way looks at each element several
 * times and quotes all of them, which was a tenth of what a debit cost this process.
 */
import { type Instant, isoOf } from '../../domain/instant.js';

/** Of values that hold none of the signs that an array is written with: numbers, flags, ids of ours, hashes, instants. */
export function plain(values: readonly (string | number | bigint | boolean | null)[]): string {
  let text = '';
  for (const value of values) text += value === null ? ',NULL' : `,${value}`;
  return `{${text.slice(1)}}`;
}

/** Of whatever somebody outside wrote: each is quoted, so that none of it can be taken for the array's own signs. */
export function quoted(values: readonly (string | null)[]): string {
  let text = '';
  for (const value of values) text += value === null ? ',NULL' : `,"${escaped(value)}"`;
  return `{${text.slice(1)}}`;
}

const escaped = (value: string): string =>
  value.includes('"') || value.includes('\\') ? value.replace(/["\\]/g, '\\$&') : value;

/** Instants as text, each written once: most lines of a batch were posted at the same one. */
export function makeInstants(): (at: Instant | null) => string | null {
  const written = new Map<Instant, string>();
  return (at) => {
    if (at === null) return null;
    const known = written.get(at);
    if (known !== undefined) return known;
    const text = isoOf(at);
    written.set(at, text);
    return text;
  };
}
