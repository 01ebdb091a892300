/** Whether anything that costs may run now, in the product's own words for its users. */
import type { z } from 'zod';
import { microCredits } from '../../domain/credits.js';
import { check, type GateAnswer } from '../../domain/gate.js';
import type { MemberId } from '../../domain/ids.js';
import { poolsConfining } from '../../domain/pools.js';
import type { gatePart } from './overview-shape.js';
import type { ReadAccount } from './reading.js';

/** The least that can be asked for: a millionth. */
const LEAST = microCredits(1n);

/** To a member who is confined to pools: whether one of theirs lets anything run. */
export function gateOf(
  { reading, context, book }: ReadAccount,
  viewer: MemberId | undefined,
): z.input<typeof gatePart> {
  const pools = poolsConfining(book.limits.pools.values(), viewer ?? null);
  const asked = (pools ?? [null]).map((pool) =>
    check(
      reading.state,
      {
        kind: 'run',
        list: [
          {
            credits: LEAST,
            ...(viewer === undefined ? {} : { member: viewer }),
            ...(pool === null ? {} : { pool: pool.key }),
          },
        ],
      },
      reading.now,
      context,
      reading.slug,
    ),
  );
  const answers = asked.filter((one): one is GateAnswer => one.kind === 'answered');
  const [first] = answers;
  if (first === undefined || answers.some((one) => one.allowed)) return { open: true, sentence: null, remedies: [] };
  const [fired] = first.fired;
  // How much of a millionth is missing says nothing to anybody.
  const sentence = fired?.limit === 'balance' ? context.catalog.words.outOfCredits : (fired?.sentence ?? null);
  return { open: false, sentence, remedies: pools === null ? [...first.remedies] : [] };
}
