/** Whether anything that costs may run now, in the product's own words for its users. */
import type { z } from 'zod';
import type { Words } from '../../domain/catalog.js';
import { microCredits } from '../../domain/credits.js';
import { check, type FiredLimit, type GateAnswer } from '../../domain/gate.js';
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
      viewer,
    ),
  );
  const answers = asked.filter((one): one is GateAnswer => one.kind === 'answered');
  const [first] = answers;
  if (first === undefined || answers.some((one) => one.allowed)) return { open: true, sentence: null, remedies: [] };
  const [fired] = first.fired;
  const sentence = fired === undefined ? null : sentenceOf(fired, context.catalog.words);
  if (pools !== null || fired === undefined) return { open: false, sentence, remedies: [] };
  return { open: false, sentence, limit: fired.limit, remedies: [...first.remedies] };
}

/** Without figures: how much of a millionth is missing says nothing to anybody, and some may not know what there is. */
function sentenceOf({ limit, resetsAt, sentence }: FiredLimit, { outOfCredits }: Words): string {
  const when = resetsAt === null ? '' : ' It starts anew with the next period.';
  switch (limit) {
    case 'balance':
    case 'overage_cap':
      return outOfCredits;
    case 'budget':
      return `Your budget of this period is used up.${when}`;
    case 'pool':
      return `Your pool is used up.${when}`;
    case 'feature':
    case 'level':
    case 'window':
      return sentence;
  }
}
