/** Rounds and what they say. */

/** A figure of one round each, in the order in which they were measured. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly number[];
}

/** What was to be reached. */
export interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** `least`: at least this much; `most`: at most. */
  readonly kind: 'least' | 'most';
  readonly target: number;
}

export interface Integrity {
  readonly sent: number;
  readonly distinct: number;
  readonly accepted: number;
  readonly refused: number;
  /** Sentences; none: everything holds. */
  readonly problems: readonly string[];
}

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly series: readonly Series[];
  readonly goals: readonly Goal[];
  readonly integrity: Integrity | null;
}

export const isReached = ({ kind, measured, target }: Goal): boolean =>
  kind === 'least' ? measured >= target : measured <= target;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export interface Contestant {
  readonly name: string;
  readonly unit: string;
  readonly run: (round: number) => Promise<number>;
}

/**
 * Everybody once a round, then everybody again: what the machine does besides falls on all of them, and the ratio of two
 * medians says more than either.
 */
export async function interleave(rounds: number, contestants: readonly Contestant[]): Promise<Series[]> {
  const found = contestants.map(({ name, unit }) => ({ name, unit, rounds: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [place, contestant] of contestants.entries()) {
      found[place]?.rounds.push(await contestant.run(round));
    }
  }
  return found;
}

/** How many times the one is the other, by their medians. */
export function ratioOf(all: readonly Series[], name: string, other: string): number {
  const of = (wanted: string): number => median(all.find((one) => one.name === wanted)?.rounds ?? []);
  return of(name) / of(other);
}
