/** What an update changed, as `previous_attributes` tells it: the former values of what is different now. */
import type { Json, JsonObject } from './problem.js';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Inside objects too; a name that is new is told as null. */
export function differing(before: JsonObject, after: JsonObject): JsonObject {
  const former: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    former[name] = isObject(was) && isObject(is) ? differing(was, is) : (was ?? null);
  }
  return former;
}
