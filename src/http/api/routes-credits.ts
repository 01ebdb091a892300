/** Lots and holds as they are, and what operators grant and take. */
import { z } from 'zod';
import type { Hold } from '../../domain/account.js';
import type { GrantCredits } from '../../domain/commands.js';
import { lotId } from '../../domain/ids.js';
import { isSpendable, type Lot } from '../../domain/lots.js';
import type { Doors } from './deps.js';
import { askedBy, posted } from './posting.js';
import { isProblem } from './reading.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import {
  accountParams,
  creditsIn,
  creditsOut,
  instantIn,
  instantOrNothing,
  instantOut,
  present,
  shownCredits,
  shownInstant,
  text,
  uuid,
} from './shapes.js';

const GROUP = 'Credits';

export const lotOut = z.object({
  id: z.string(),
  kind: z.enum(['allotment', 'purchase', 'top_off', 'promotion', 'adjustment', 'returned']),
  amount: creditsOut,
  remaining: creditsOut,
  paid: z.boolean(),
  priority: z.int().meta({ description: '0 is used first, 50 where nothing is said.' }),
  begun: z.boolean(),
  effectiveAt: instantOut,
  expiresAt: instantOut.nullable(),
  reason: z.string().nullable(),
});

/** What is owed stands in the balance, and is no lot to anybody outside. */
export const shownLots = (lots: readonly Lot[]): z.input<typeof lotOut>[] =>
  lots.flatMap((lot) => {
    if (!isSpendable(lot) || lot.closed || (lot.begun && lot.remaining <= 0n)) return [];
    const { kind, paid, priority, begun, reason } = lot;
    if (kind === 'overage' || kind === 'debt') return [];
    return {
      ...{ id: lot.id, kind, paid, priority, begun, reason },
      amount: shownCredits(lot.amount),
      remaining: shownCredits(lot.remaining),
      effectiveAt: shownInstant(lot.effectiveAt),
      expiresAt: instantOrNothing(lot.expiresAt),
    };
  });

const holdOut = z.object({
  id: z.string(),
  meter: z.string().nullable(),
  credits: creditsOut,
  open: creditsOut,
  member: z.string().nullable(),
  pool: z.string().nullable(),
  createdAt: instantOut,
  expiresAt: instantOut,
});

const shownHold = (hold: Hold): z.input<typeof holdOut> => ({
  ...{ id: hold.id, meter: hold.meter, member: hold.member, pool: hold.pool },
  credits: shownCredits(hold.amount),
  open: shownCredits(hold.open),
  createdAt: shownInstant(hold.createdAt),
  expiresAt: shownInstant(hold.expiresAt),
});

export const creditRoutes = (door: Doors): readonly Route[] => [
  lotsRoute(door),
  holdsRoute(door),
  grantRoute(door),
  voidRoute(door),
];

const lotsRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/lots',
    name: 'listLots',
    group: GROUP,
    summary: 'Every lot of credits that is not used up, in the order in which they are used',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ lots: z.array(lotOut) }),
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok({ lots: shownLots(found.book.lots) });
    },
  });

const holdsRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/holds',
    name: 'listHolds',
    group: GROUP,
    summary: 'Holds in flight',
    description: 'To a member who is confined to pools, those of their pools.',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ holds: z.array(holdOut) }),
    async run({ params, confinedTo }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const open = found.book.holds.filter(
        (hold) => hold.state === 'open' && (confinedTo === null || confinedTo.includes(hold.pool ?? '')),
      );
      return ok({ holds: open.map(shownHold) });
    },
  });

const granted = z.object({ lot: z.string().nullable(), balance: creditsOut, replayed: z.boolean() });

const grantRoute = ({ poster }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/grants',
    name: 'grantCredits',
    group: GROUP,
    summary: 'Give credits',
    action: 'grant',
    idempotency: 'ledger',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      credits: creditsIn,
      origin: z.enum(['promotion', 'adjustment', 'purchase']).optional().meta({
        description: 'promotion where nothing is said. purchase: paid for outside of creditd.',
      }),
      reason: text('Why, for the ledger.', 500),
      priority: z
        .int()
        .min(0)
        .max(1_000)
        .optional()
        .meta({ description: '0 is used first, 50 where nothing is said.' }),
      paid: z
        .boolean()
        .optional()
        .meta({ description: 'Used after free ones; what is given back of it never lapses.' }),
      effectiveAt: instantIn.optional(),
      expiresAt: instantIn.optional(),
    }),
    answer: granted,
    run({ who, params, body, key }) {
      const { origin = 'promotion', credits, ...more } = body;
      const command: GrantCredits = {
        kind: 'grant',
        ...askedBy(who, params.account),
        key,
        origin,
        credits,
        ...present(more),
      };
      return posted(poster, command, ['granted'], (one) =>
        ok({ lot: one.lot, balance: shownCredits(one.balance), replayed: one.replayed }, one.replayed ? 200 : 201),
      );
    },
  });

const voidRoute = ({ poster }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/lots/:lot/void',
    name: 'voidLot',
    group: GROUP,
    summary: 'Take what is left of a lot',
    action: 'grant',
    idempotency: 'ledger',
    params: accountParams.extend({ lot: uuid('Id of the lot.') }),
    query: NO_FIELDS,
    body: z.strictObject({ reason: text('Why, for the ledger.', 500) }),
    answer: z.object({ credits: creditsOut, balance: creditsOut, replayed: z.boolean() }),
    run: ({ who, params, body, key }) =>
      posted(
        poster,
        { kind: 'void', ...askedBy(who, params.account), key, lot: lotId(params.lot), reason: body.reason },
        ['voided'],
        (one) => ok({ credits: shownCredits(one.credits), balance: shownCredits(one.balance), replayed: one.replayed }),
      ),
  });
