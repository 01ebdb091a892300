/** Whatever the processor, the owner and time do to a top-off: while something stops it, a banner says so. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach, grant, use } from './support-commands.js';
import { MOODS, runDueCharges } from './support-processor.js';
import { opened, type Scene } from './support-scene.js';

type Move =
  | { readonly do: 'run'; readonly mood: (typeof MOODS)[number]; readonly ms: number }
  | { readonly do: 'attach'; readonly card: number }
  | { readonly do: 'detach' | 'retry' | 'resume' | 'grant' | 'use' | 'order' };

/** Often enough of what goes together: a decline, its card taken off, and the same card or another brought back. */
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      mood: fc.oneof(
        fc.constantFrom(...MOODS),
        fc.constantFrom('pays', 'declines', 'declines_hard', 'wants_authentication', 'card_is_gone'),
      ),
      ms: fc.constantFrom(0, 0, MINUTE_MS, 20 * MINUTE_MS, 2 * HOUR_MS, 30 * HOUR_MS, 80 * HOUR_MS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('attach' as const), card: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('detach' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('retry', 'resume', 'grant', 'use', 'order') }) },
);

const living = (account: TestAccount) => account.rows.cards.filter((row) => row.detachedAt === null);
const lastTopOff = (account: TestAccount) => [...account.rows.charges.values()].at(-1);

/** Null where there is nothing to ask. */
function asked(account: TestAccount, move: Exclude<Move, { do: 'run' }>, place: number): Asked | null {
  const [first, second] = living(account);
  switch (move.do) {
    case 'attach':
      return attach(`c${place}`, move.card === 0 ? 'fp_one' : 'fp_two');
    case 'detach':
      return first === undefined ? null : { kind: 'detach_card', card: first.card.id };
    case 'order':
      return first === undefined || second === undefined ? null : { kind: 'choose_top_off_card', card: second.card.id };
    case 'retry': {
      const charge = lastTopOff(account);
      return charge === undefined ? null : { kind: 'retry_charge', charge: charge.id };
    }
    case 'resume':
      return { kind: 'resume_top_off' };
    case 'grant':
      return grant(`g${place}`, 70);
    case 'use':
      return use(`u${place}`, 30);
  }
}

const KEEPS_OFF = ['card_declined', 'authentication_required', 'no_payment_method', 'internal_error'];

function isSilent({ account, open }: Scene): boolean {
  const { topOff } = account.rows.settings;
  const stops = topOff.suspendedAt !== null || living(account).length === 0;
  return topOff.enabled && stops && !open().some((kind) => KEEPS_OFF.includes(kind));
}

test('an automatic purchase that is stopped has its banner, after every move', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moves, { minLength: 4, maxLength: 30 }), async (all) => {
      const scene = opened();
      for (const [place, move] of all.entries()) {
        if (move.do === 'run') await scene.run(move.mood, move.ms);
        else {
          const command = asked(scene.account, move, place);
          if (command !== null) scene.account.post(command);
        }
        expect(isSilent(scene), `after move ${place}`).toBe(false);
      }
      // And everything ends once the processor answers: nothing goes round for ever.
      scene.processor.state.mood = 'pays';
      let steps = 0;
      while ((await runDueCharges(scene.account, scene.processor)) > 0 && steps < 50) steps += 1;
      expect(steps).toBeLessThan(50);
    }),
    { numRuns: 400, seed: 20_261_120 },
  );
}, 120_000);
