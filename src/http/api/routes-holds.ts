/** Holds around work that is about to run, and giving back what turned out not to have. */
import { z } from 'zod';
import type { Command } from '../../domain/commands.js';
import { accountId, memberId } from '../../domain/ids.js';
import type { Outcome } from '../../domain/outcomes.js';
import type { UsageDoor } from './deps.js';
import { askedBy, posted } from './posting.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import { USAGE_GROUP as GROUP, usedOut } from './routes-usage.js';
import {
  accountParams,
  creditsIn,
  creditsOut,
  instantIn,
  instantOut,
  present,
  priceable,
  shownCredits,
  shownInstant,
  text,
} from './shapes.js';

export function holdRoutes(door: UsageDoor): readonly Route[] {
  return [hold(door), extend(door), capture(door), release(door), reverse(door)];
}

const used = z.object({ credits: creditsOut, balance: creditsOut, replayed: z.boolean() });
const held = z.object({
  hold: z.string(),
  credits: creditsOut,
  expiresAt: instantOut,
  replayed: z.boolean(),
});
const holdState = z.object({ hold: z.string(), state: z.enum(['open', 'released', 'expired']), expiresAt: instantOut });

const holdParams = accountParams.extend({ key: text('The key the hold was placed under.') });

/** What a body says is priced, as the domain reads it. */
export function priceableOf(
  body: {
    readonly [Name in keyof typeof priceable]?: z.output<(typeof priceable)[Name]>;
  },
) {
  const { member, ...rest } = body;
  return present({ ...rest, member: member === undefined ? undefined : memberId(member) });
}

const hold = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/holds',
    name: 'placeHold',
    group: GROUP,
    summary: 'Hold credits for work that is about to run',
    description:
      'Lowers what is available until it is captured, released or expires. Refused whole where it is not covered.',
    action: 'record_usage',
    idempotency: 'ledger',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({ ...priceable, expiresAt: instantIn.optional() }),
    answer: held,
    run({ params, body, key }) {
      const { expiresAt, ...what } = body;
      const command: Command = {
        kind: 'hold',
        account: accountId(params.account),
        key,
        ...priceableOf(what),
        ...present({ expiresAt }),
      };
      return posted(door.poster, command, ['held'], (one) =>
        ok({
          hold: one.hold,
          credits: shownCredits(one.credits),
          expiresAt: shownInstant(one.expiresAt),
          replayed: one.replayed,
        }),
      );
    },
  });

const extend = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/holds/:key/extend',
    name: 'extendHold',
    group: GROUP,
    summary: 'Let a hold last longer',
    action: 'record_usage',
    idempotency: 'stored',
    params: holdParams,
    query: NO_FIELDS,
    body: z.strictObject({ expiresAt: instantIn }),
    answer: holdState,
    run: ({ params, body }) =>
      posted(
        door.poster,
        { kind: 'extend', account: accountId(params.account), hold: params.key, expiresAt: body.expiresAt },
        ['hold_changed'],
        changedOut,
      ),
  });

const changedOut = (one: Extract<Outcome, { kind: 'hold_changed' }>) =>
  ok({ hold: one.hold as string, state: one.state, expiresAt: shownInstant(one.expiresAt) });

const capture = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/holds/:key/capture',
    name: 'captureHold',
    group: GROUP,
    summary: 'Use what was held, or what it really came to',
    description:
      'Without a word all that is held. More than was held becomes debt where nothing covers it: the work ran.',
    action: 'record_usage',
    idempotency: 'ledger',
    params: holdParams,
    query: NO_FIELDS,
    body: z.strictObject({
      ...priceable,
      last: z.boolean().optional().meta({ description: 'False: more parts may follow, and the rest stays held.' }),
    }),
    answer: used,
    run({ params, body, key }) {
      const { last, ...what } = body;
      const command: Command = {
        kind: 'capture',
        account: accountId(params.account),
        key,
        hold: params.key,
        ...priceableOf(what),
        ...present({ last }),
      };
      return posted(door.poster, command, ['used'], (one) => ok(usedOut(one)));
    },
  });

const release = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/holds/:key/release',
    name: 'releaseHold',
    group: GROUP,
    summary: 'Let go of a hold: the work did not run',
    action: 'record_usage',
    idempotency: 'stored',
    params: holdParams,
    query: NO_FIELDS,
    body: null,
    answer: holdState,
    run: ({ params }) =>
      posted(
        door.poster,
        { kind: 'release', account: accountId(params.account), hold: params.key },
        ['hold_changed'],
        changedOut,
      ),
  });

const givenBack = z.object({
  state: z
    .enum(['given_back', 'kept'])
    .meta({ description: 'kept: its use has not come yet; it is applied when it comes.' }),
  credits: creditsOut.nullable(),
  balance: creditsOut.nullable(),
});

const reverse = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/reversals',
    name: 'reverseUsage',
    group: GROUP,
    summary: 'Give back a use, whole or in part, by its key',
    action: 'record_usage',
    idempotency: 'ledger',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      of: text('The key of the use.'),
      credits: creditsIn.optional(),
      reason: text('Why, for the ledger.', 500).optional(),
    }),
    answer: givenBack,
    run: ({ who, params, body, key }) =>
      posted<'given_back' | 'kept', z.input<typeof givenBack>>(
        door.poster,
        {
          kind: 'reverse',
          ...askedBy(who, params.account),
          key,
          of: body.of,
          ...present({ credits: body.credits, reason: body.reason }),
        },
        ['given_back', 'kept'],
        (one) =>
          one.kind === 'kept'
            ? ok({ state: 'kept', credits: null, balance: null })
            : ok({
                state: 'given_back',
                credits: shownCredits(one.credits),
                balance: shownCredits(one.balance),
              }),
      ),
  });
