/** Steps about limits: how many there are of something, pools and budgets. */
import { z } from 'zod';
import { formatCredits } from '../domain/credits.js';
import { memberId } from '../domain/ids.js';
import { creditsAmount, label, oneOf, signedNumber, wholeNumber } from './scalars.js';
import { command, defineStep } from './step.js';

const LEVEL = {
  limit: label.meta({ description: 'A limit of the catalog that is a level.' }),
  member: label.optional().meta({ description: 'Whose, where the level is counted for each member.' }),
};

const ofMember = (member: string | undefined) => (member === undefined ? {} : { member: memberId(member) });
const whose = (member: string | undefined): string => (member === undefined ? '' : ` of ${member}`);

const setLevel = defineStep('set_level', {
  says: 'Says how many there are of something: always recorded, whatever the plan allows.',
  fields: { ...LEVEL, value: wholeNumber(0, 2_000_000_000) },
  summary: ({ limit, member, value }) => `${limit}${whose(member)} ${value}`,
  move: ({ limit, member, value }) => command({ kind: 'set_level', limit, ...ofMember(member), value }),
});

const changeLevel = defineStep('change_level', {
  says: 'Adds to a level, or with a number below zero takes from it. Adding over what the plan allows is refused.',
  fields: {
    ...LEVEL,
    by: signedNumber.optional().meta({ description: '1 unless said; below zero: fewer.' }),
    key: label.optional().meta({ description: 'The idempotency key; made from the step’s number unless said.' }),
  },
  summary: ({ limit, member, by = 1 }) => `${limit}${whose(member)} ${by < 0 ? '' : '+'}${by}`,
  move: ({ limit, member, by }, { key }) =>
    command({ kind: 'change_level', key, limit, ...ofMember(member), add: by ?? 1 }),
});

const members = z.array(label, { error: () => 'must be a list of members' });

const configurePool = defineStep('configure_pool', {
  says: 'Sets credits of each period aside for some members. In a scenario no plan has to offer it.',
  fields: {
    pool: label.meta({ description: 'Its key, which uses name.' }),
    label: label.optional(),
    credits: creditsAmount,
    members: members.optional().meta({ description: 'They use credits of pools only.' }),
    unconfined: members.optional().meta({ description: 'Members who may also use what lies outside of pools.' }),
    when_used: oneOf(['stop', 'use_rest'])
      .optional()
      .meta({ description: 'When it is used up: stop (unless said), or use what is left beside all pools.' }),
  },
  summary: ({ pool, credits }) => `${pool} ${formatCredits(credits)}`,
  move: (step) =>
    command({
      kind: 'configure_pool',
      pool: step.pool,
      ...(step.label === undefined ? {} : { label: step.label }),
      credits: step.credits,
      members: (step.members ?? []).map(memberId),
      unconfined: (step.unconfined ?? []).map(memberId),
      whenUsed: step.when_used ?? 'stop',
    }),
});

const removePool = defineStep('remove_pool', {
  says: 'Takes a pool away.',
  fields: { pool: label },
  summary: ({ pool }) => pool,
  move: ({ pool }) => command({ kind: 'remove_pool', pool }),
});

const setBudget = defineStep('set_budget', {
  says: 'The most that a member may use within a period.',
  fields: {
    member: label,
    credits: z.union([z.literal('none'), creditsAmount], { error: () => 'must be an amount of credits, or none' }),
  },
  summary: ({ member, credits }) => `${member} ${credits === 'none' ? credits : formatCredits(credits)}`,
  move: ({ member, credits }) =>
    command({ kind: 'set_budget', member: memberId(member), credits: credits === 'none' ? null : credits }),
});

export const LIMIT_STEPS = [setLevel, changeLevel, configurePool, removePool, setBudget] as const;
