/** Asking before something runs: may it, and what will it cost. Nothing is written. */
import { z } from 'zod';
import type { Priceable } from '../../domain/commands.js';
import { formatCredits } from '../../domain/credits.js';
import { check, type GateAnswer, type GateWish } from '../../domain/gate.js';
import { type MemberId, memberId } from '../../domain/ids.js';
import { quoteUse } from '../../domain/versions.js';
import type { Doors } from './deps.js';
import { problemOf } from './posting.js';
import { isProblem, viewerOf } from './reading.js';
import { type Answer, NO_FIELDS, ok, type Route, route, trouble, type Who } from './route.js';
import { priceableOf } from './routes-holds.js';
import {
  accountParams,
  creditsOut,
  instantOrNothing,
  instantOut,
  priceable,
  shownCredits,
  shownInstant,
  text,
} from './shapes.js';

const GROUP = 'Gate';
const ACTIONS_AT_ONCE = 100;

export const remedyOut = z.object({
  code: z.string().meta({ description: 'Stable, for programs.' }),
  sentence: z.string(),
  who: z.enum(['owner', 'anybody']),
  url: z.string().nullable(),
});

export const firedOut = z.object({
  limit: z.enum(['feature', 'level', 'window', 'budget', 'pool', 'balance', 'overage_cap']),
  key: z.string().nullable(),
  sentence: z.string(),
  resetsAt: instantOut.nullable(),
});

const gateOut = z.object({
  allowed: z.boolean(),
  cost: creditsOut,
  available: creditsOut,
  spendable: creditsOut.meta({ description: 'Available, and what is left of the pay-as-you-go cap.' }),
  times: z.number().nullable().meta({ description: 'For how many times all of it there is enough; null: no bound.' }),
  grace: z.boolean().meta({ description: 'Nothing is left, and a top-off on its way lets it run.' }),
  fired: z
    .array(firedOut)
    .meta({ description: 'Every limit that stands against it, the first being the one to name.' }),
  remedies: z.array(remedyOut).meta({ description: 'What this account can do now, the best first.' }),
});

export const gateRoutes = (door: Doors): readonly Route[] => [checkRoute(door), quoteRoute(door)];

/** One of the three; several actions are one workflow that is to run as a whole. */
const checkBody = z
  .strictObject({
    run: z.array(z.strictObject(priceable)).min(1).max(ACTIONS_AT_ONCE).optional().meta({
      description: 'Actions that are to run together: what they cost together, and for how many times it is enough.',
    }),
    feature: text('Key of a feature that a plan may include.').optional(),
    level: z
      .strictObject({
        limit: text('Key of a level, such as stores or seats.'),
        by: z.int().min(-1_000_000).max(1_000_000).meta({ description: 'How many more; below zero: fewer.' }),
      })
      .optional(),
    member: text('The member who wants it.').optional(),
  })
  .refine(({ run, feature, level }) => [run, feature, level].filter((one) => one !== undefined).length === 1, {
    error: 'must hold exactly one of run, feature and level',
  });

const checkRoute = ({ read }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/check',
    name: 'check',
    group: GROUP,
    summary: 'May this run now?',
    description: 'Exactly one of `run`, `feature` and `level`. It only reads: to be sure of the credits, place a hold.',
    action: 'check',
    idempotency: 'none',
    confined: 'allowed',
    embedded: true,
    params: accountParams,
    query: NO_FIELDS,
    body: checkBody,
    answer: gateOut,
    async run({ who, params, body }) {
      const asker = askerOf(who, body.member, body.run?.map((one) => one.member) ?? []);
      if ('kind' in asker) return asker;
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const { reading, context } = found;
      const limit = context.catalog.limits.get(body.level?.limit ?? '');
      // A level of the account is nobody's own: a person who asks for it asks for the account.
      const isOwn =
        who.kind === 'key' || body.level === undefined || (limit?.kind === 'level' && limit.of === 'member');
      const wish = wishOf(body, isOwn ? asker.member : undefined);
      const answer = check(reading.state, wish, reading.now, context, reading.slug, asker.member);
      const asked = body.run !== undefined ? 'run' : body.level !== undefined ? 'level' : 'feature';
      return answer.kind === 'refused' ? problemOf(answer, asked) : ok(shownGate(answer));
    },
  });

/** A person asks for themselves alone: the answer to somebody else's question would tell what they may use. */
function askerOf(
  who: Who,
  member: string | undefined,
  members: readonly (string | undefined)[],
): { readonly member: MemberId | undefined } | Answer<never> {
  if (who.kind === 'key') return { member: member === undefined ? undefined : memberId(member) };
  const others = [member, ...members].filter((one) => one !== undefined && one !== who.member);
  if (others.length > 0)
    return trouble(403, 'another_member', 'You can ask for yourself alone. Leave the member out.', { field: 'member' });
  return { member: viewerOf(who) };
}

function wishOf(body: z.output<typeof checkBody>, member: MemberId | undefined): GateWish {
  const whose = member === undefined ? {} : { member };
  if (body.feature !== undefined) return { kind: 'feature', feature: body.feature, ...whose };
  if (body.level !== undefined) return { kind: 'level', ...body.level, ...whose };
  return { kind: 'run', list: (body.run ?? []).map((one): Priceable => ({ ...whose, ...priceableOf(one) })) };
}

export const shownFired = (fired: GateAnswer['fired']) =>
  fired.map((one) => ({ ...one, resetsAt: instantOrNothing(one.resetsAt) }));

const shownGate = (answer: GateAnswer): z.input<typeof gateOut> => ({
  allowed: answer.allowed,
  cost: shownCredits(answer.cost),
  available: shownCredits(answer.available),
  spendable: shownCredits(answer.spendable),
  times: answer.times,
  grace: answer.grace,
  fired: shownFired(answer.fired),
  remedies: [...answer.remedies],
});

const quoteOut = z.object({
  credits: creditsOut,
  catalogVersion: z.string().meta({ description: 'Send it with the use: it is then priced by this version.' }),
  until: instantOut,
});

const quoteRoute = ({ read }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/quote',
    name: 'quote',
    group: GROUP,
    summary: 'What one use costs exactly',
    action: 'check',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      meter: text('Key of the billable action, as the catalog names it.'),
      quantity: priceable.quantity,
      properties: priceable.properties,
    }),
    answer: quoteOut,
    async run({ params, body }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const quote = quoteUse(found.context, priceableOf(body), found.reading.now);
      if (quote.kind === 'refused') return problemOf(quote);
      return ok({
        credits: formatCredits(quote.credits),
        catalogVersion: quote.version,
        until: shownInstant(quote.until),
      });
    },
  });
