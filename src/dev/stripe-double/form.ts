/**
 * Form bodies and queries as Stripe reads them: `metadata[account]=a`, `expand[0]=x`, `expand[]=x`. Names come from
 * strangers, so the objects have no prototype and the names that could reach one are refused.
 */
import { badParameter } from './problem.js';

export type Param = string | readonly Param[] | Params;
export interface Params {
  readonly [name: string]: Param;
}
interface Branch {
  [name: string]: string | Branch;
}

const DEEPEST = 6;
const MOST_PAIRS = 500;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Throws a 400 where the form cannot mean one thing only. */
export function decodeForm(text: string): Params {
  const root: Branch = Object.create(null);
  let pairs = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    pairs += 1;
    if (pairs > MOST_PAIRS) throw badParameter(name, 'parameter_invalid', `More than ${MOST_PAIRS} parameters.`);
    put(root, name, value);
  }
  return arrayed(root, '') as Params;
}

function put(root: Branch, name: string, value: string): void {
  const path = segmentsOf(name);
  const last = path.pop() ?? '';
  let branch = root;
  for (const segment of path) {
    const next = branch[segment] ?? (Object.create(null) as Branch);
    if (typeof next === 'string') throw ambiguous(name);
    branch[segment] = next;
    branch = next;
  }
  const key = last === '' ? String(Object.keys(branch).length) : last;
  if (branch[key] !== undefined) throw ambiguous(name);
  branch[key] = value;
}

const ambiguous = (name: string) =>
  badParameter(name, 'parameter_invalid', `The parameter ${name} is given more than once, or as a value and a group.`);

/** "a[b][]" → ["a", "b", ""]. Only the last segment may be empty: it stands for the next place in a list. */
function segmentsOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  const segments = match
    ? [match[1] ?? '', ...[...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((m) => m[1] ?? '')]
    : [];
  const bad = segments.length === 0 || segments.length > DEEPEST || segments.slice(0, -1).includes('');
  if (bad || segments.some((segment) => FORBIDDEN.has(segment))) {
    throw badParameter(name.slice(0, 100), 'parameter_unknown', `Received unknown parameter: ${name.slice(0, 100)}`);
  }
  return segments;
}

/** A group whose names are 0, 1, 2 … is a list, except under metadata, where a name may well be a number. */
function arrayed(value: string | Branch, name: string): Param {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value);
  if (name !== 'metadata' && entries.length > 0 && entries.every(([key], index) => key === String(index))) {
    return entries.map(([key, item]) => arrayed(item, key));
  }
  const group: Record<string, Param> = Object.create(null);
  for (const [key, item] of entries) group[key] = arrayed(item, key);
  return group;
}

/** One text for one meaning: names sorted at every level, so that the order in which they were sent does not count. */
export function canonical(value: Param): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
