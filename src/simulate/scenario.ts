/** How a scenario is written: the published schema is made of these. */
import { z } from 'zod';
import { orDidYouMean } from '../domain/catalog-suggest.js';
import { label, moment, oneOf, sentence, startInstant, strict, zone } from './scalars.js';
import { ASKING_STEPS } from './steps-asking.js';
import { CHARGE_STEPS } from './steps-charges.js';
import { CREDIT_STEPS } from './steps-credits.js';
import { FUNDS_STEPS } from './steps-funds.js';
import { LIMIT_STEPS } from './steps-limits.js';
import { CARD, OWNER_STEPS, PAY_AS_YOU_GO, TOP_OFF } from './steps-owner.js';
import { PLAN_STEPS } from './steps-plans.js';

/** A year of daily steps of a thousand accounts. */
export const MOST_STEPS = 400_000;
export const MOST_ACCOUNTS = 10_000;

/** The table of steps. A new kind of step is one more row in one of its parts. */
const STEPS = [
  ...CREDIT_STEPS,
  ...ASKING_STEPS,
  ...OWNER_STEPS,
  ...CHARGE_STEPS,
  ...FUNDS_STEPS,
  ...LIMIT_STEPS,
  ...PLAN_STEPS,
] as const;
export const STEP_NAMES: readonly string[] = STEPS.map((one) => one.in.shape.do.value);

const step = z.discriminatedUnion('do', STEPS, {
  error: ({ code, input }) => {
    if (code !== 'invalid_union') return 'must be a map such as { at: +1d, do: use, credits: 5 }';
    const said = (input as { readonly do?: unknown }).do;
    const hint = typeof said === 'string' ? orDidYouMean(said, STEP_NAMES) : '.';
    return `must be one of ${STEP_NAMES.join(', ')}${hint}`;
  },
});

const account = strict({
  id: label,
  plan: label.optional().meta({ description: 'A plan of the catalog; its lowest unless said.' }),
  zone: zone.optional().meta({ description: 'UTC unless said.' }),
  anchor: z
    .union([z.literal('none'), moment], { error: () => 'must be an instant, a time from the start, or none' })
    .optional()
    .meta({ description: 'Where its periods are counted from; the start unless said. none: nothing is ever renewed.' }),
  auto_top_off: TOP_OFF.optional(),
  pay_as_you_go: PAY_AS_YOU_GO.optional(),
  cards: z
    .array(z.union([label, strict(CARD)], { error: () => 'must be the name of a card' }), {
      error: () => 'must be a list of cards',
    })
    .optional(),
  processor: oneOf(['waits', 'succeeds', 'declines'])
    .optional()
    .meta({ description: 'How charges are answered when no step says it; waits unless said.' }),
});

const SAMPLE = 'must be a built-in catalog, a file, or a catalog written here as a map';

export const scenarioFile = strict({
  format: z.literal(1, { error: () => 'must be 1, the format this release reads' }).optional(),
  name: sentence.optional(),
  start: startInstant.optional().meta({
    description:
      'The first instant, such as 2026-01-31T09:00:00Z; the earliest of the steps’ own unless said, else 2026-01-01T00:00:00Z.',
  }),
  until: moment.optional().meta({
    description: 'How far time goes on after the last step: an instant, or a time from the start such as "+90d".',
  }),
  catalog: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())], { error: () => SAMPLE })
    .optional()
    .meta({
      description:
        'A built-in catalog by its key, a file by its path, or a catalog. Written here it may leave out what only people read; without one there are plain credits.',
    }),
  accounts: z
    .array(account, { error: () => 'must be a list of accounts' })
    .min(1, { error: () => 'must name at least one account' })
    .max(MOST_ACCOUNTS, { error: () => `must name at most ${MOST_ACCOUNTS} accounts` })
    .optional()
    .meta({ description: 'One account named "account" unless said.' }),
  steps: z
    .array(step, { error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a list of steps') })
    .max(MOST_STEPS, { error: () => `must hold at most ${MOST_STEPS} steps` }),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
export type AccountFile = z.output<typeof account>;

/** The published JSON Schema (draft 2020-12): what can be said of a scenario without its catalog. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(scenarioFile, { io: 'input' }), title: 'A creditd scenario' };
}
