/** Levels, windows, pools and budgets: what there is against what is allowed, and what owners set aside for members. */
import { z } from 'zod';
import { memberId } from '../../domain/ids.js';
import type { ChangeLevel, ConfigurePool, SetLevel } from '../../domain/limit-commands.js';
import type { Doors } from './deps.js';
import { limitsOf } from './overview-limits.js';
import { limitsOut } from './overview-shape.js';
import { askedBy, posted } from './posting.js';
import { isProblem, viewerOf } from './reading.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import { configured } from './routes-settings.js';
import { accountParams, creditsIn, present, text } from './shapes.js';

const GROUP = 'Limits';

export const limitRoutes = (door: Doors): readonly Route[] => [
  limitsRoute(door),
  setLevel(door),
  changeLevel(door),
  setPool(door),
  removePool(door),
  setBudget(door),
];

const limitsRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/limits',
    name: 'readLimits',
    group: GROUP,
    summary: 'Levels, windows, pools and budgets against what is allowed',
    description: 'A member who is confined to pools sees those and their own budget.',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: limitsOut,
    async run({ who, params }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      return ok(limitsOf(found.reading.state, found.reading.now, found.context, viewerOf(who)));
    },
  });

const levelParams = accountParams.extend({ limit: text('Key of the level, such as stores or seats.') });
const levelOut = z.object({
  limit: z.string(),
  value: z.int(),
  most: z.int().nullable().meta({ description: 'What the plan allows; null: no limit.' }),
  replayed: z.boolean(),
});
const whose = text('Whose, where it is counted for each member.').optional();
const LARGEST_LEVEL = 2_000_000_000;

const setLevel = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/levels/:limit',
    name: 'setLevel',
    group: GROUP,
    summary: 'Say how many there are',
    description: 'Always recorded, whatever the plan allows: over it nothing is taken away, and adding is refused.',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: levelParams,
    query: NO_FIELDS,
    body: z.strictObject({ value: z.int().min(0).max(LARGEST_LEVEL), member: whose }),
    answer: levelOut,
    run({ who, params, body }) {
      const command: SetLevel = {
        kind: 'set_level',
        ...askedBy(who, params.account),
        limit: params.limit,
        value: body.value,
        ...present({ member: body.member === undefined ? undefined : memberId(body.member) }),
      };
      return posted(poster, command, ['level'], shownLevel);
    },
  });

const changeLevel = ({ poster }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/levels/:limit/changes',
    name: 'changeLevel',
    group: GROUP,
    summary: 'Add to a level or take from it, refused where the plan does not allow it',
    action: 'manage_accounts',
    idempotency: 'ledger',
    params: levelParams,
    query: NO_FIELDS,
    body: z.strictObject({ add: z.int().min(-LARGEST_LEVEL).max(LARGEST_LEVEL), member: whose }),
    answer: levelOut,
    run({ who, params, body, key }) {
      const command: ChangeLevel = {
        kind: 'change_level',
        ...askedBy(who, params.account),
        ...{ key, limit: params.limit, add: body.add },
        ...present({ member: body.member === undefined ? undefined : memberId(body.member) }),
      };
      return posted(poster, command, ['level'], shownLevel);
    },
  });

const shownLevel = ({ limit, value, most, replayed }: z.input<typeof levelOut>) => ok({ limit, value, most, replayed });

const poolParams = accountParams.extend({ pool: text('Key of the pool.') });
const members = z.array(text('The product’s own id of the person.')).max(1_000);

const setPool = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/pools/:pool',
    name: 'setPool',
    group: GROUP,
    summary: 'Set credits of each period aside for some members',
    description: 'Nothing moves. What the pool was used in this period is not forgotten by changing it.',
    action: 'set_pools',
    idempotency: 'stored',
    confined: 'allowed',
    params: poolParams,
    query: NO_FIELDS,
    body: z.strictObject({
      label: text('How people call it.').optional(),
      credits: creditsIn,
      members: members.meta({ description: 'They use credits of pools only, and see nothing else.' }),
      unconfined: members.optional().meta({ description: 'Members who may also use what lies outside of pools.' }),
      whenUsed: z.enum(['stop', 'use_rest']).meta({ description: 'What happens when it is used up.' }),
    }),
    answer: configured,
    run({ who, params, body }) {
      const { label, unconfined } = body;
      const command: ConfigurePool = {
        kind: 'configure_pool',
        ...askedBy(who, params.account),
        ...{ pool: params.pool, credits: body.credits, whenUsed: body.whenUsed },
        members: body.members.map(memberId),
        ...present({ label, unconfined: unconfined?.map(memberId) }),
      };
      return posted(poster, command, ['configured'], (one) => ok({ note: one.note ?? null }));
    },
  });

const removePool = ({ poster }: Doors): Route =>
  route({
    method: 'DELETE',
    path: '/v1/accounts/:account/pools/:pool',
    name: 'removePool',
    group: GROUP,
    summary: 'Set nothing aside any more',
    action: 'set_pools',
    idempotency: 'stored',
    confined: 'allowed',
    params: poolParams,
    query: NO_FIELDS,
    body: null,
    answer: configured,
    run: ({ who, params }) =>
      posted(
        poster,
        { kind: 'remove_pool', ...askedBy(who, params.account), pool: params.pool },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      ),
  });

const setBudget = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/budgets/:member',
    name: 'setBudget',
    group: GROUP,
    summary: 'The most that a member may use in a period',
    action: 'set_pools',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams.extend({ member: text('The product’s own id of the person.') }),
    query: NO_FIELDS,
    body: z.strictObject({ credits: creditsIn.nullable().meta({ description: 'Null: no budget any more.' }) }),
    answer: configured,
    run: ({ who, params, body }) =>
      posted(
        poster,
        {
          kind: 'set_budget',
          ...askedBy(who, params.account),
          member: memberId(params.member),
          credits: body.credits,
        },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      ),
  });
