/** Chance with a seed: the same walk every time. */

export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** Whole, from 0 to below `most`. */
  below(most: number): number;
  /** True in so many of a hundred. */
  in100(share: number): boolean;
  pick<One>(from: readonly One[]): One;
  shuffled<One>(from: readonly One[]): One[];
}

export function makeChance(seed: number): Chance {
  // Mulberry32: small, and good in its high bits as well as in its low ones.
  let state = (seed * 2_654_435_761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(next() * most);
  return {
    next,
    below,
    in100: (share) => next() * 100 < share,
    pick: (from) => {
      const one = from[below(from.length)];
      if (one === undefined) throw new Error('there is nothing to pick from');
      return one;
    },
    shuffled: (from) => {
      const all = [...from];
      for (let place = all.length - 1; place > 0; place -= 1) {
        const other = below(place + 1);
        const [a, b] = [all[place], all[other]];
        if (a !== undefined && b !== undefined) [all[place], all[other]] = [b, a];
      }
      return all;
    },
  };
}

/** A UUIDv7-like id made of the seed's own counter, so that ids stand in the order in which they were made. */
export function makeIds(seed: number): () => string {
  const chance = makeChance(seed + 77);
  let count = 0;
  const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0').slice(-length);
  return () => {
    count += 1;
    const head = hex(count, 12);
    return `${head.slice(0, 8)}-${head.slice(8)}-7${hex(seed, 3)}-8${hex(chance.below(4096), 3)}-${hex(chance.below(2 ** 24), 6)}${hex(count, 6)}`;
  };
}

/** "1-3,9" as 1, 2, 3, 9. */
export function seedsOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    if (!Number.isInteger(first) || !Number.isInteger(last) || last < first) {
      throw new Error(`Seeds are written as "7", "1-50" or "3,9", not as "${text}".`);
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
