/**
 * A random walk over everything that moves money: usage, purchases, cards, declines, silences, crashes, frozen workers,
 * webhooks in any order and number, refunds, disputes, and time. However it went, when nothing goes wrong any more the
 * processor's money, the charges and the ledger agree.
 *
 * More and longer walks: CREDITD_WALK_SEEDS=1-100 CREDITD_WALK_STEPS=3000 npx vitest run test/pipeline/walk.test.ts
 */
import { describe, expect, test } from 'vitest';
import { walkSeeds, walkSteps } from '../support/environment.js';
import { walk } from '../support/walk.js';
import { seedsOf } from '../support/walk-random.js';

const SEEDS = seedsOf(walkSeeds ?? '1-3');
const STEPS = walkSteps ?? 250;
/** Real time for one step, generously. */
const STEP_MS = 200;

describe('a random walk over payments', () => {
  test.each(SEEDS)(
    'with the seed %i ends with money, charges and ledger in agreement to the cent and the micro-credit',
    { timeout: 60_000 + STEPS * STEP_MS },
    async (seed) => {
      const walked = await walk(seed, STEPS);
      expect(walked.steps).toBe(STEPS);
      // A walk in which nobody paid anything would prove nothing.
      expect(walked.paidMinor).toBeGreaterThan(0);
    },
  );
});
