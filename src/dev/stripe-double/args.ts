/** The parameters of one operation, checked against what it takes. An unknown one is refused, as Stripe does. */
import type { Param, Params } from './form.js';
import { badParameter } from './problem.js';

/** A tree is any nesting, which the operation checks itself; a range is one integer or its bounds by gt, gte, lt, lte. */
export type Kind = 'text' | 'integer' | 'flag' | 'list' | 'group' | 'tree' | 'range';
export type Spec = Readonly<Record<string, Kind>>;

/** Read-only access by name. A text that was sent empty is `null`: the wish to unset it. Absent is `undefined`. */
export interface Args {
  text(name: string): string | null | undefined;
  integer(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  list(name: string): readonly string[];
  /** Names with their texts; an empty text unsets the name. `null` unsets all. */
  group(name: string): Readonly<Record<string, string>> | null | undefined;
  /** As it was sent, names with what is under them; undefined where absent. */
  tree(name: string): Param | undefined;
  /** Throws Stripe's 400 where it is absent or empty. */
  required(name: string): string;
}

export function readArgs(spec: Spec, params: Params): Args {
  for (const name of Object.keys(params)) {
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (kind === undefined) throw badParameter(name, 'parameter_unknown', `Received unknown parameter: ${name}`);
    checkKind(name, kind, params[name] ?? '');
  }
  const textOf = (name: string): string | undefined => {
    const value = params[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text: (name) => (textOf(name) === '' ? null : textOf(name)),
    integer: (name) => (textOf(name) === undefined ? undefined : Number(textOf(name))),
    flag: (name) => (textOf(name) === undefined ? undefined : textOf(name) === 'true'),
    list: (name) => (Array.isArray(params[name]) ? params[name].filter((item) => typeof item === 'string') : []),
    group: (name) => {
      const value = params[name];
      if (value === undefined || typeof value === 'string') return value === undefined ? undefined : null;
      return Object.fromEntries(
        Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      );
    },
    tree: (name) => params[name],
    required: (name) => {
      const value = textOf(name);
      if (value) return value;
      const code = value === undefined ? 'parameter_missing' : 'parameter_invalid_empty';
      throw badParameter(name, code, value === undefined ? `Missing required param: ${name}.` : emptied(name));
    },
  };
}

const emptied = (name: string): string => `You passed an empty string for '${name}', which cannot be unset.`;

const LONGEST_TEXT = 5_000;
const WHOLE = /^-?\d{1,15}$/;
const BOUNDS: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte']);

function checkBounds(name: string, value: Param): void {
  for (const [bound, limit] of Object.entries(value)) {
    if (!BOUNDS.has(bound))
      throw badParameter(name, 'parameter_unknown', `Received unknown parameter: ${name}[${bound}]`);
    if (typeof limit !== 'string' || !WHOLE.test(limit))
      throw badParameter(name, 'parameter_invalid_integer', `Invalid integer for ${name}[${bound}].`);
  }
}

function checkKind(name: string, kind: Kind, value: Param): void {
  const wrong = (code: string, what: string) => badParameter(name, code, `Invalid ${what} for ${name}.`);
  if (kind === 'tree') return;
  if (kind === 'range' && typeof value !== 'string') {
    checkBounds(name, value);
    return;
  }
  if (kind === 'list') {
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
      throw wrong('parameter_invalid', 'array');
    return;
  }
  if (kind === 'group') {
    if (value === '') return;
    const texts = typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : null;
    if (texts?.every((text) => typeof text === 'string') !== true) throw wrong('parameter_invalid', 'object');
    return;
  }
  if (typeof value !== 'string') throw wrong('parameter_invalid', 'string');
  if (value.length > LONGEST_TEXT) throw wrong('parameter_invalid_string', `length (over ${LONGEST_TEXT} characters)`);
  if (value === '' && kind !== 'text') throw badParameter(name, 'parameter_invalid_empty', emptied(name));
  if ((kind === 'integer' || kind === 'range') && !WHOLE.test(value))
    throw wrong('parameter_invalid_integer', 'integer');
  if (kind === 'flag' && value !== 'true' && value !== 'false') throw wrong('parameter_invalid', 'boolean');
}

const MOST_METADATA = 50;
const LONGEST_METADATA_NAME = 40;
const LONGEST_METADATA_VALUE = 500;

/** Metadata as it is after a request: names that were sent empty are gone, all are gone where the whole was sent empty. */
export function metadataAfter(
  before: Readonly<Record<string, string>>,
  sent: ReturnType<Args['group']>,
): Record<string, string> {
  if (sent === null) return {};
  const after = Object.entries({ ...before, ...sent }).filter(([, value]) => value !== '');
  for (const [name, value] of after) {
    if (name.length > LONGEST_METADATA_NAME || value.length > LONGEST_METADATA_VALUE) {
      throw badParameter(
        `metadata[${name.slice(0, LONGEST_METADATA_NAME)}]`,
        'parameter_invalid_string',
        'A metadata name may have 40 characters and a value 500.',
      );
    }
  }
  if (after.length > MOST_METADATA) throw badParameter('metadata', 'parameter_invalid', 'Metadata may have 50 names.');
  return Object.fromEntries(after);
}
