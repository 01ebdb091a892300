/** How much there is: once, and as it changes. */
import { z } from 'zod';
import { availableOf, balanceOf } from '../../domain/book.js';
import { minus, plus } from '../../domain/credits.js';
import { headroomOf } from '../../domain/overage.js';
import type { Pulse } from '../../ports.js';
import type { Doors } from './deps.js';
import { isProblem } from './reading.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { accountParams, creditsOut, instantOut, shownCredits, shownInstant } from './shapes.js';

const GROUP = 'Balance';

export const balanceOut = z.object({
  remaining: creditsOut.meta({ description: 'What is left of all lots, less what is owed.' }),
  available: creditsOut.meta({ description: 'Remaining less open holds.' }),
  held: creditsOut,
  spendable: creditsOut.meta({ description: 'Available, and what is left of the pay-as-you-go cap.' }),
  debt: creditsOut,
});

const balanceAt = balanceOut.extend({
  sequence: z.int().meta({ description: 'Grows with every line of the ledger.' }),
  at: instantOut,
});

const change = z.object({
  sequence: z.int(),
  balance: z
    .object({ remaining: creditsOut, available: creditsOut, held: creditsOut })
    .nullable()
    .meta({ description: 'Null to a member who is confined to pools.' }),
  incidents: z.array(z.object({ id: z.string(), kind: z.string() })),
});

export const shownBalance = (book: Parameters<typeof balanceOf>[0]): z.input<typeof balanceOut> => ({
  remaining: shownCredits(balanceOf(book)),
  available: shownCredits(availableOf(book)),
  held: shownCredits(book.held),
  spendable: shownCredits(plus(availableOf(book), headroomOf(book))),
  debt: shownCredits(book.debt),
});

export const balanceRoutes = (door: Doors): readonly Route[] => [balanceRoute(door), liveRoute(door)];

const balanceRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/balance',
    name: 'readBalance',
    group: GROUP,
    summary: 'What there is now',
    description: 'As if everything that is due had been done: lapses, renewals and ends of holds are counted.',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: balanceAt,
    async run({ params }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const { book, reading } = found;
      return ok({ ...shownBalance(book), sequence: reading.state.hot.sequence, at: shownInstant(book.at) });
    },
  });

const liveRoute = ({ live, reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/live',
    name: 'followBalance',
    group: GROUP,
    summary: 'The balance and open incidents as they change',
    description:
      'Server-sent events named `account`, the present state first, each with JSON as described here. Ask with `fetch`, so that the session travels in a header. The connection ends with the session, or after a quarter of an hour; ask again.',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    embedded: true,
    produces: 'text/event-stream',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: change,
    async run({ who, params, confinedTo }) {
      if ((await reads.catalogOf(params.account)) === null)
        return trouble(404, 'unknown_account', 'There is no such account.');
      const tell = confinedTo === null ? shownPulse : ({ sequence }: Pulse) => ({ sequence, ...NOTHING });
      const until = who.kind === 'person' ? who.until : null;
      const body = live.listen({ account: params.account, until, tell });
      if (body === null)
        return trouble(503, 'too_many_listeners', 'Too many pages are open at once. Ask for the balance instead.');
      return { kind: 'stream', body };
    },
  });

const NOTHING = { balance: null, incidents: [] } as const;

const shownPulse = ({ sequence, remaining, held, incidents }: Pulse): z.input<typeof change> => ({
  sequence,
  balance: {
    remaining: shownCredits(remaining),
    available: shownCredits(minus(remaining, held)),
    held: shownCredits(held),
  },
  incidents: [...incidents],
});
