/** Lists as Stripe gives them: the newest first, at most a hundred, continued from an id. */
import type { Args, Spec } from './args.js';
import { checkExpand, expanded } from './expand.js';
import { badParameter, type JsonObject, missing } from './problem.js';
import type { World } from './world.js';

export const LIST_SPEC = {
  limit: 'integer',
  starting_after: 'text',
  ending_before: 'text',
  expand: 'list',
} as const satisfies Spec;
const DEFAULT_LIMIT = 10;
const MOST = 100;

interface Listed {
  readonly id: string;
}

/** `items` in the order they were made. */
export function listJson<T extends Listed>(
  world: World,
  args: Args,
  list: {
    readonly url: string;
    readonly object: string;
    readonly items: readonly T[];
    readonly write: (one: T) => JsonObject;
  },
): JsonObject {
  const limit = limitOf(args);
  const expand = args.list('expand');
  checkExpand(list.object, expand, 'data.');
  const newest = [...list.items].reverse();
  const after = args.text('starting_after');
  const before = args.text('ending_before');
  const window = before
    ? newest.slice(0, positionOf(newest, before, 'ending_before')).slice(-limit)
    : newest.slice(after ? positionOf(newest, after, 'starting_after') + 1 : 0).slice(0, limit);
  const edge = before ? window[0] : window.at(-1);
  const rest = edge === undefined ? 0 : before ? newest.indexOf(edge) : newest.length - 1 - newest.indexOf(edge);
  return {
    object: 'list',
    data: window.map((one) => expanded(world, list.write(one), expand, 'data.')),
    has_more: rest > 0,
    url: list.url,
  };
}

export function limitOf(args: Args): number {
  const limit = args.integer('limit') ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MOST)
    throw badParameter('limit', 'parameter_invalid_integer', `limit must be from 1 to ${MOST}.`);
  return limit;
}

/** Whether an instant in epoch seconds lies in the `created` that was asked for; everything does where none was. */
export function createdFits(args: Args): (created: number) => boolean {
  const asked = args.tree('created');
  if (asked === undefined) return () => true;
  if (typeof asked === 'string') return (created) => created === Number(asked);
  const bounds = Object.entries(asked).map(([name, limit]) => [name, Number(limit)] as const);
  return (created) => bounds.every(([name, limit]) => within(name, created, limit));
}

function within(bound: string, created: number, limit: number): boolean {
  if (bound === 'gt') return created > limit;
  if (bound === 'gte') return created >= limit;
  return bound === 'lt' ? created < limit : created <= limit;
}

function positionOf(items: readonly Listed[], id: string, param: string): number {
  const position = items.findIndex((one) => one.id === id);
  if (position < 0) throw missing('object', id, param, 400);
  return position;
}
