/** Steps that move credits or set some aside: grants, uses, holds, and what takes them back. */
import type { z } from 'zod';
import { formatCredits } from '../domain/credits.js';
import { lotId } from '../domain/ids.js';
import { type Instant, later } from '../domain/instant.js';
import { oneOfBoth, PRICED, priceable, priceWords } from './priced.js';
import { creditsAmount, duration, flag, label, type Moment, moment, oneOf, sentence, wholeNumber } from './scalars.js';
import { command, defineStep, type Stage } from './step.js';

const KEY = {
  key: label.optional().meta({ description: 'The idempotency key; made from the step’s number unless said.' }),
};
const REASON = { reason: sentence.optional() };

const EXPIRES = {
  expires: moment.optional().meta({ description: 'An instant, or a time from the start such as "+3d 2h".' }),
  for: duration
    .optional()
    .meta({ description: 'How long from the step on, such as "20m" or "3d 2h"; instead of `expires`.' }),
};

function expiry(step: z.output<z.ZodObject<typeof EXPIRES>>, stage: Stage): Instant | undefined {
  if (step.expires !== undefined) return stage.when(step.expires);
  return step.for === undefined ? undefined : later(stage.at, step.for);
}

const at = (stage: Stage, written: Moment | undefined): Instant | undefined =>
  written === undefined ? undefined : stage.when(written);

const notBoth = (step: z.output<z.ZodObject<typeof EXPIRES>>) =>
  step.expires !== undefined && step.for !== undefined
    ? { field: 'for', message: 'cannot stand beside expires: say one of them' }
    : null;

const grant = defineStep('grant', {
  says: 'Adds a lot of credits.',
  rank: 'grants',
  fields: {
    ...KEY,
    id: label.optional().meta({ description: 'The lot’s id, under which the result shows it; made unless said.' }),
    credits: creditsAmount,
    kind: oneOf(['promotion', 'adjustment', 'purchase', 'top_off', 'allotment', 'returned'])
      .optional()
      .meta({ description: 'Where it comes from; a promotion unless said.' }),
    priority: wholeNumber(0, 1_000).optional().meta({ description: '0 burns first; 50 unless said.' }),
    paid: flag.optional().meta({ description: 'Whether money was paid for it; purchases and top-offs are paid.' }),
    created: moment.optional(),
    effective: moment.optional().meta({ description: 'When it begins; at the step unless said.' }),
    ...EXPIRES,
    ...REASON,
  },
  problem: notBoth,
  summary: (step) => `${formatCredits(step.credits)} ${(step.kind ?? 'promotion').replace('_', '-')}`,
  move(step, stage) {
    const [createdAt, effectiveAt] = [at(stage, step.created), at(stage, step.effective)];
    const expiresAt = expiry(step, stage);
    return command({
      kind: 'grant',
      key: stage.key,
      origin: step.kind ?? 'promotion',
      credits: step.credits,
      ...(step.id === undefined ? {} : { id: lotId(stage.named(step.id)) }),
      ...(step.priority === undefined ? {} : { priority: step.priority }),
      ...(step.paid === undefined ? {} : { paid: step.paid }),
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(effectiveAt === undefined ? {} : { effectiveAt }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
    });
  },
});

const voidLot = defineStep('void', {
  says: 'Ends what is left of a lot, with a reason.',
  fields: { ...KEY, lot: label, ...REASON },
  summary: (step) => step.lot,
  move: (step, stage) =>
    command({ kind: 'void', key: stage.key, lot: lotId(stage.named(step.lot)), reason: step.reason ?? 'voided' }),
});

const use = defineStep('use', {
  says: 'Uses credits: by a meter of the catalog, or plain credits.',
  fields: {
    ...KEY,
    ...PRICED,
    mode: oneOf(['happened', 'if_covered']).optional().meta({
      description: 'happened: always recorded. if_covered: whole or not at all. The meter’s own unless said.',
    }),
    lot: label.optional().meta({ description: 'Takes from this lot alone.' }),
    occurred: moment.optional().meta({ description: 'When the work happened; at the step unless said.' }),
  },
  problem: oneOfBoth,
  summary: (step) =>
    `${priceWords(step)}${step.mode === 'if_covered' ? ', if covered' : ''}${step.lot === undefined ? '' : ` from ${step.lot}`}`,
  move(step, stage) {
    const occurredAt = at(stage, step.occurred);
    return command({
      kind: 'use',
      key: stage.key,
      ...priceable(step),
      ...(step.mode === undefined ? {} : { mode: step.mode }),
      ...(step.lot === undefined ? {} : { lot: lotId(step.lot) }),
      ...(occurredAt === undefined ? {} : { occurredAt }),
    });
  },
});

const hold = defineStep('hold', {
  says: 'Sets credits aside for work that has begun.',
  fields: { ...KEY, ...PRICED, ...EXPIRES },
  problem: (step) => oneOfBoth(step) ?? notBoth(step),
  summary: priceWords,
  move(step, stage) {
    const expiresAt = expiry(step, stage);
    return command({
      kind: 'hold',
      key: stage.key,
      ...priceable(step),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
  },
});

const HOLD = { hold: label.meta({ description: 'The key the hold was placed under.' }) };

const extend = defineStep('extend', {
  says: 'Gives a hold another end.',
  fields: { ...HOLD, ...EXPIRES },
  problem: (step) =>
    step.expires === undefined && step.for === undefined
      ? { field: 'for', message: 'is missing: say how long from now, or expires' }
      : notBoth(step),
  summary: (step) => step.hold,
  move: (step, stage) =>
    command({ kind: 'extend', hold: stage.named(step.hold), expiresAt: expiry(step, stage) ?? stage.at }),
});

const capture = defineStep('capture', {
  says: 'Uses what was held: all of it, or what is said here.',
  fields: {
    ...KEY,
    ...HOLD,
    ...PRICED,
    last: flag.optional().meta({ description: 'false: more parts follow, and the rest stays held.' }),
  },
  problem: (step) => (step.meter !== undefined && step.credits !== undefined ? oneOfBoth(step) : null),
  summary: (step) => `${step.hold}${priceWords(step) === '' ? '' : `: ${priceWords(step)}`}`,
  move: (step, stage) =>
    command({
      kind: 'capture',
      key: stage.key,
      hold: stage.named(step.hold),
      ...priceable(step),
      ...(step.last === undefined ? {} : { last: step.last }),
    }),
});

const release = defineStep('release', {
  says: 'Lets a hold go: the work did not happen.',
  fields: HOLD,
  summary: (step) => step.hold,
  move: (step, stage) => command({ kind: 'release', hold: stage.named(step.hold) }),
});

const reverse = defineStep('reverse', {
  says: 'Gives back a use by its key, whole or in part.',
  fields: {
    ...KEY,
    of: label.meta({ description: 'The key of the use.' }),
    credits: creditsAmount.optional().meta({ description: 'All that is left of it unless said.' }),
    ...REASON,
  },
  summary: (step) => `${step.of}${step.credits === undefined ? '' : `: ${formatCredits(step.credits)}`}`,
  move: (step, stage) =>
    command({
      kind: 'reverse',
      key: stage.key,
      of: stage.named(step.of),
      ...(step.credits === undefined ? {} : { credits: step.credits }),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
    }),
});

const advance = defineStep('advance', {
  says: 'Lets time pass to this instant, and shows the balance.',
  fields: {},
  summary: () => '',
  move: () => command({ kind: 'settle' }),
});

export const CREDIT_STEPS = [grant, voidLot, use, hold, extend, capture, release, reverse, advance] as const;
