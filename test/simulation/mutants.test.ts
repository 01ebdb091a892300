/**
 * A defect planted in each law's place, one at a time. A simulation that does not find one of them proves nothing about it:
 * each test says in which seeds its defect is found, and what gave it away.
 */
import { describe, expect, test, vi } from 'vitest';
import type { Book } from '../../src/domain/book.js';
import type { Credits } from '../../src/domain/credits.js';
import { MUTANTS, type Mutant } from './mutants.js';
import { gate, play } from './play.js';

const planted = vi.hoisted(() => ({
  mutant: null as string | null,
  headroomOf: null as ((book: never) => bigint) | null,
}));

/** Decisions that no port can break are broken where the rule stands, and only while their mutant is planted. */
vi.mock('../../src/domain/top-off.js', async (original) => {
  const real = await original<typeof import('../../src/domain/top-off.js')>();
  const isTopOffNeeded: typeof real.isTopOffNeeded = (...asked) =>
    planted.mutant === 'need_not_decided_again' || real.isTopOffNeeded(...asked);
  const topOffVerdict: typeof real.topOffVerdict = (book) => {
    const wish = book.settings?.topOff;
    if (planted.mutant !== 'grace_without_the_function' || !gate.isAsked || wish === undefined)
      return real.topOffVerdict(book);
    return { kind: 'due', credits: wish.amount } as ReturnType<typeof real.topOffVerdict>;
  };
  return { ...real, isTopOffNeeded, topOffVerdict };
});
vi.mock('../../src/domain/overage.js', async (original) => {
  const real = await original<typeof import('../../src/domain/overage.js')>();
  planted.headroomOf = real.headroomOf as (book: never) => bigint;
  return real;
});
vi.mock('../../src/domain/book.js', async (original) => {
  const real = await original<typeof import('../../src/domain/book.js')>();
  const availableOf = (book: Book): Credits => {
    const available = real.availableOf(book);
    const isPlanted = planted.mutant === 'headroom_counted_as_available' && book.coldRows !== null;
    return isPlanted ? ((available + (planted.headroomOf?.(book as never) ?? 0n)) as Credits) : available;
  };
  return { ...real, availableOf };
});

const SEEDS_MOST = 400;
const MOVES = 400;
/** Found in so many seeds, the search is over. */
const ENOUGH = 2;

async function found(mutant: Mutant): Promise<readonly { readonly seed: number; readonly what: string }[]> {
  planted.mutant = mutant;
  const finds: { readonly seed: number; readonly what: string }[] = [];
  try {
    for (let seed = 1; seed <= SEEDS_MOST && finds.length < ENOUGH; seed += 1) {
      const [what] = await play(seed, MOVES, mutant);
      if (what !== undefined) finds.push({ seed, what });
    }
  } finally {
    planted.mutant = null;
  }
  return finds;
}

/** What gives each away. A find for another reason would be luck. */
const GIVEN_AWAY: Readonly<Record<Mutant, RegExp>> = {
  confirm_in_create: /no attempt of that name is written down/,
  job_id_with_a_counter: /more jobs wait than there are steps/,
  no_held_until: /two steps are at/,
  view_without_version: /closed as|went back here|an attempt is answered once|is still|was paid/,
  failure_webhook_closes_attempt: /closed as|an attempt is answered once/,
  obligations_per_command: /which is enough/,
  clock_behind: /time never runs back/,
  refusal_claims_its_key: /a covered use was refused beside/,
  headroom_counted_as_available: /brought debt|refused beside|low and nothing holds|the gate lends/,
  grace_without_the_function: /the gate lends/,
  no_unique_index_on_open_top_off: /two top-offs are open/,
  need_not_decided_again: /was asked again though/,
  checkout_attempted_by_us: /beside the one of its Checkout/,
  expired_link_left_payable: /can still be approved|can still be paid/,
};

describe('a simulation finds', () => {
  test.for(MUTANTS)('%s', { timeout: 240_000 }, async (mutant, { annotate }) => {
    const finds = await found(mutant);
    await annotate(finds.map(({ seed, what }) => `seed ${seed}: ${what}`).join('; '));
    expect(finds.length, `not found in ${SEEDS_MOST} seeds`).toBeGreaterThan(0);
    for (const { seed, what } of finds) expect(what, `in seed ${seed}`).toMatch(GIVEN_AWAY[mutant]);
  });
});
