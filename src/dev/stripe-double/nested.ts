/** Parameters inside parameters, such as `line_items[0][price_data]`, read by the same rules as those at the top. */
import { type Args, readArgs, type Spec } from './args.js';
import type { Param, Params } from './form.js';
import { badParameter, Problem } from './problem.js';

const isGroup = (value: Param): value is Params => typeof value === 'object' && !Array.isArray(value);

/** Undefined where it was not sent or was sent empty. */
export function nested(args: Args, name: string, spec: Spec): Args | undefined {
  const value = args.tree(name);
  if (value === undefined || value === '') return undefined;
  return read(name, value, spec);
}

export function nestedList(args: Args, name: string, spec: Spec): readonly Args[] {
  const value = args.tree(name);
  if (value === undefined || value === '') return [];
  if (!Array.isArray(value)) throw badParameter(name, 'parameter_invalid', `Invalid array for ${name}.`);
  return value.map((one: Param, at) => read(`${name}[${at}]`, one, spec));
}

function read(name: string, value: Param, spec: Spec): Args {
  if (!isGroup(value)) throw badParameter(name, 'parameter_invalid', `Invalid object for ${name}.`);
  try {
    return readArgs(spec, value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { param = '', code = 'parameter_invalid', message } = error.fields;
    throw badParameter(`${name}[${param}]`, code, message);
  }
}

/** One of the words that Stripe knows here; undefined where absent. */
export function oneOf<const T extends string>(args: Args, name: string, words: readonly T[]): T | undefined {
  const value = args.text(name);
  if (value === undefined || value === null) return undefined;
  const found = words.find((one) => one === value);
  if (found === undefined) {
    throw badParameter(name, 'parameter_invalid', `Invalid ${name}: must be one of ${words.join(', ')}.`);
  }
  return found;
}
