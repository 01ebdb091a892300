/**
 * A scenario as it was parsed, before it is read: null says what leaving a field out says. The result writes what is absent
 * as null, and so do other systems' exports of their grants and prices.
 */

/** Deeper than any rate, and far from what a stack holds. */
const DEEPEST = 100;

/** The value without its null fields, itself where it has none; elements of lists stay. Null: it nests too deeply. */
export function withoutNulls(value: unknown): { readonly value: unknown } | null {
  return isWithin(value, DEEPEST) ? { value: stripped(value) } : null;
}

/** Depth first, so that what refers to itself is found within as many steps as it may be deep. */
function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isWithin(one, levels - 1));
}

function stripped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const all = value.map(stripped);
    return all.some((one, at) => one !== value[at]) ? all : value;
  }
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [name, one] of Object.entries(value)) {
    const said = stripped(one);
    changed ||= one === null || said !== one;
    if (one !== null) kept.push([name, said]);
  }
  return changed ? Object.fromEntries(kept) : value;
}
