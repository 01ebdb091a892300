/** Of Stripe's search language only equal texts joined by AND, and the pages of what was found. */
import type { Args } from './args.js';
import { checkExpand, expanded } from './expand.js';
import { limitOf } from './lists.js';
import { badParameter, type JsonObject, notPartOfTheDouble } from './problem.js';
import type { World } from './world.js';

export const SEARCH_SPEC = { query: 'text', limit: 'integer', page: 'text', expand: 'list' } as const;

export interface Searched<T> {
  readonly url: string;
  readonly object: string;
  /** In the order they were made; found are shown newest first. */
  readonly items: readonly T[];
  readonly write: (one: T) => JsonObject;
  /** The fields besides metadata that can be asked for. */
  readonly fields: Readonly<Record<string, (one: T) => string | null>>;
}

export function searchJson<T extends { readonly metadata: Readonly<Record<string, string>> }>(
  world: World,
  args: Args,
  searched: Searched<T>,
): JsonObject {
  const expand = args.list('expand');
  checkExpand(searched.object, expand, 'data.');
  const wanted = clausesOf(args.required('query'));
  const unknown = wanted.find((one) => !one.metadata && !Object.hasOwn(searched.fields, one.name));
  if (unknown !== undefined) throw notPartOfTheDouble(`Searching by ${unknown.name}`);
  const sought = (one: T, { metadata, name }: Clause) => (metadata ? one.metadata[name] : searched.fields[name]?.(one));
  const found = searched.items
    .filter((one) => wanted.every((clause) => sought(one, clause) === clause.value))
    .reverse();
  const from = pageOf(args);
  const data = found.slice(from, from + limitOf(args));
  const until = from + data.length;
  return {
    object: 'search_result',
    data: data.map((one) => expanded(world, searched.write(one), expand, 'data.')),
    has_more: found.length > until,
    next_page: found.length > until ? String(until) : null,
    url: searched.url,
  };
}

/** The mark of a page is how many came before it. */
function pageOf(args: Args): number {
  const page = args.text('page') ?? '0';
  if (/^\d{1,9}$/.test(page)) return Number(page);
  throw badParameter('page', 'parameter_invalid', 'Invalid page: give the next_page of an earlier answer.');
}

interface Clause {
  readonly metadata: boolean;
  readonly name: string;
  readonly value: string;
}

function clausesOf(query: string): Clause[] {
  const clause = /(?:metadata\[(['"])([^'"\]]+)\1\]|([a-z_]+)):(['"])((?:\\.|(?!\4)[^\\])*)\4/y;
  const wanted: Clause[] = [];
  let at = 0;
  while (at < query.length) {
    clause.lastIndex = at;
    const match = clause.exec(query);
    if (match === null) throw notPartOfTheDouble('This search query');
    const value = (match[5] ?? '').replace(/\\(.)/g, '$1');
    wanted.push({ metadata: match[2] !== undefined, name: match[2] ?? match[3] ?? '', value });
    at = clause.lastIndex;
    if (query.startsWith(' AND ', at)) at += ' AND '.length;
    else if (at < query.length) throw notPartOfTheDouble('This search query');
  }
  return wanted;
}
