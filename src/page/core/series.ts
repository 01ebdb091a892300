/** What a chart of usage tells apart. */
import { isNothing, sum } from './amounts.js';

interface Sum {
  readonly meter: string | null;
  readonly credits: string;
}

export const NAMED = 5;

/** The largest actions have a colour each; what is left is one more. What costs nothing has no height to show. */
export function seriesOf(sums: readonly Sum[]): readonly (readonly (string | null)[])[] {
  const totals = new Map<string | null, string>();
  for (const one of sums) totals.set(one.meter, sum([totals.get(one.meter) ?? '0', one.credits]));
  const largest = [...totals]
    .filter(([, credits]) => !isNothing(credits))
    .sort((a, b) => Number(b[1]) - Number(a[1]))
    .map(([meter]) => meter);
  const rest = largest.slice(NAMED);
  return [...largest.slice(0, NAMED).map((meter) => [meter]), ...(rest.length === 0 ? [] : [rest])];
}
