/**
 * The flows that move money over ports in memory, on virtual time, with a scheduler that goes on at each await with whichever
 * task chance says, and lets some of them stand still or die there. A seed is printed with what it broke.
 */
import { describe, expect, test } from 'vitest';
import { simulationSeeds } from '../support/environment.js';
import { seedsOf } from '../support/walk-random.js';
import { play } from './play.js';

const SEEDS = seedsOf(simulationSeeds ?? '1-200');
const MOVES = 400;

describe('the simulation', () => {
  test('of every seed keeps each invariant after each move, and everything begun ends', {
    timeout: 600_000,
  }, async () => {
    const broken: Record<number, string | undefined> = {};
    for (const seed of SEEDS) {
      const found = await play(seed, MOVES);
      if (found.length > 0) broken[seed] = found[0];
    }
    expect(broken).toEqual({});
  });
});
