/** Steps that ask and change nothing: what a use would cost, and whether it may run. */
import { z } from 'zod';
import { NO_CREDITS } from '../domain/credits.js';
import type { GateWish } from '../domain/gate.js';
import { price } from '../domain/pricing.js';
import { oneOfBoth, PRICED, priceable, priceWords } from './priced.js';
import { label, strict } from './scalars.js';
import { answer, defineStep } from './step.js';

const quote = defineStep('quote', {
  says: 'Says what a use would cost, and changes nothing.',
  fields: PRICED,
  problem: oneOfBoth,
  summary: priceWords,
  move(step, { catalog }) {
    if (step.meter === undefined) {
      return answer({ kind: 'quoted', credits: step.credits ?? NO_CREDITS, version: catalog.version });
    }
    const meter = catalog.meters.get(step.meter);
    if (meter === undefined) {
      const message = `The catalog has no meter "${step.meter}". It has: ${[...catalog.meters.keys()].join(', ')}.`;
      return answer({ kind: 'refused', reason: 'unknown_meter', message });
    }
    const priced = price(catalog, meter, step.quantity ?? 1, step.properties ?? {});
    return answer(
      priced.kind === 'priced'
        ? { kind: 'quoted', credits: priced.credits, version: priced.version }
        : { kind: 'refused', reason: priced.reason, message: priced.message },
    );
  },
});

const check = defineStep('check', {
  says: 'Asks the gate whether a use, a list of them or a feature may run now, and changes nothing.',
  fields: {
    ...PRICED,
    list: z
      .array(strict(PRICED), { error: () => 'must be a list of uses' })
      .min(1, { error: () => 'must name at least one use' })
      .optional()
      .meta({ description: 'Uses that run together, instead of one.' }),
    feature: label.optional().meta({ description: 'A feature of the catalog, instead of a use.' }),
  },
  problem(step) {
    const said = [step.list, step.feature, step.meter ?? step.credits].filter((one) => one !== undefined).length;
    if (said !== 1) return { field: 'meter', message: 'is missing: say one use, a list of them, or a feature' };
    return step.meter !== undefined && step.credits !== undefined ? oneOfBoth(step) : null;
  },
  summary: (step) => step.feature ?? step.list?.map(priceWords).join(' + ') ?? priceWords(step),
  move(step, { account, at: now }) {
    const wish: GateWish =
      step.feature === undefined
        ? { kind: 'run', list: (step.list ?? [step]).map(priceable) }
        : { kind: 'feature', feature: step.feature };
    const answered = account.check(now, wish);
    return answer(answered.kind === 'refused' ? answered : { ...answered, kind: 'checked' });
  },
});

export const ASKING_STEPS = [quote, check] as const;
