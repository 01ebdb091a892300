/** Steps that ask and change nothing: what a use would cost, and whether it may run. */
import { z } from 'zod';
import type { GateWish } from '../domain/gate.js';
import { memberId } from '../domain/ids.js';
import { quoteUse } from '../domain/versions.js';
import { oneOfBoth, PRICED, priceable, priceWords } from './priced.js';
import { label, signedNumber, strict } from './scalars.js';
import { answer, defineStep } from './step.js';

const quote = defineStep('quote', {
  says: 'Says what a use would cost, and changes nothing.',
  fields: PRICED,
  problem: oneOfBoth,
  summary: priceWords,
  move: (step, { catalog, at }) => answer(quoteUse({ catalog }, priceable(step), at)),
});

interface CheckStep extends Partial<Parameters<typeof priceable>[0]> {
  readonly list?: readonly Parameters<typeof priceable>[0][] | undefined;
  readonly feature?: string | undefined;
  readonly level?: string | undefined;
  readonly by?: number | undefined;
}

function wishOf(step: CheckStep): GateWish {
  const member = step.member === undefined ? {} : { member: memberId(step.member) };
  if (step.feature !== undefined) return { kind: 'feature', feature: step.feature };
  if (step.level !== undefined) return { kind: 'level', limit: step.level, by: step.by ?? 1, ...member };
  return { kind: 'run', list: (step.list ?? [step]).map(priceable) };
}

const check = defineStep('check', {
  says: 'Asks the gate whether a use, a list of them, a feature or a change of a level may be now, and changes nothing.',
  fields: {
    ...PRICED,
    list: z
      .array(strict(PRICED), { error: () => 'must be a list of uses' })
      .min(1, { error: () => 'must name at least one use' })
      .optional()
      .meta({ description: 'Uses that run together, instead of one.' }),
    feature: label.optional().meta({ description: 'A feature of the catalog, instead of a use.' }),
    level: label.optional().meta({ description: 'A limit of the catalog that is a level, instead of a use.' }),
    by: signedNumber.optional().meta({ description: 'How many more of the level (below zero: fewer); 1 unless said.' }),
  },
  problem(step) {
    const ways = [step.list, step.feature, step.level, step.meter ?? step.credits];
    if (ways.filter((one) => one !== undefined).length !== 1)
      return { field: 'meter', message: 'is missing: say one use, a list of them, a feature or a level' };
    if (step.by !== undefined && step.level === undefined)
      return { field: 'by', message: 'stands beside a level only' };
    return step.meter !== undefined && step.credits !== undefined ? oneOfBoth(step) : null;
  },
  summary: (step) => step.feature ?? step.level ?? step.list?.map(priceWords).join(' + ') ?? priceWords(step),
  move(step, { account, at: now }) {
    const viewer = step.member === undefined ? undefined : memberId(step.member);
    const answered = account.check(now, wishOf(step), viewer);
    return answer(answered.kind === 'refused' ? answered : { ...answered, kind: 'checked' });
  },
});

export const ASKING_STEPS = [quote, check] as const;
