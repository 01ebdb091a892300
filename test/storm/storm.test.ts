/**
 * Real servers and real processes under every fault there is; at the end the producers' books, the ledger, the processor's
 * money and the mailbox agree exactly.
 *
 * Longer ones: npm run storm -- --seed 7 --minutes 5
 */
import { describe, expect, test } from 'vitest';
import { faultSchema } from '../../src/dev/stripe-double/faults.js';
import { stormMinutes, stormSeeds } from '../support/environment.js';
import { redisAvailable } from '../support/redis.js';
import { seedsOf } from '../support/walk-random.js';
import { INVARIANTS } from './invariants.js';
import { runStorm } from './storm.js';
import { STRIPE_FAULTS } from './trouble.js';

const SHORT_SECONDS = 14;
const SEEDS = seedsOf(stormSeeds ?? '1');
const SECONDS = stormMinutes === null ? SHORT_SECONDS : stormMinutes * 60;
/** Starting, coming to rest and asking, generously. */
const AROUND_MS = 600_000;

test('the storm knows every kind of fault that the double knows', () => {
  const kinds = faultSchema.options.map((option) => option.shape.kind.value);
  expect(Object.keys(STRIPE_FAULTS).sort()).toEqual(kinds.sort());
});

test('the storm asks after all nine invariants', () => {
  expect(INVARIANTS.map(({ id }) => id)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9']);
});

describe.skipIf(!redisAvailable)('a storm', () => {
  test.each(SEEDS)(
    'with the seed %i ends with books, ledger, money and mail in agreement, and every fault was raised',
    { timeout: AROUND_MS + SECONDS * 1_000 },
    async (seed) => {
      const report = await runStorm(seed, SECONDS);
      if (stormSeeds !== null) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
      expect(report.counts.payments).toBeGreaterThan(0);
      expect(report.raised.filter((name) => !report.counts[name])).toEqual([]);
    },
  );
});
