/** What owners set of money that is charged by itself: automatic purchases and pay-as-you-go, each with its cap. */
import { z } from 'zod';
import { paymentMethodId } from '../../domain/ids.js';
import type { Doors } from './deps.js';
import { overageView } from './overview-overage.js';
import { overageOut, topOffOut } from './overview-shape.js';
import { topOffView } from './overview-top-off.js';
import { askedBy, posted } from './posting.js';
import { isProblem } from './reading.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import { accountParams, creditsIn, minorIn, uuid } from './shapes.js';

const GROUP = 'Settings';

/** What it waits for, where it does not act at once, such as a trial's end. */
export const configured = z.object({ note: z.string().nullable() });

export const settingRoutes = (door: Doors): readonly Route[] => [
  readTopOff(door),
  setTopOff(door),
  chooseCard(door),
  resume(door),
  readOverage(door),
  setOverage(door),
];

const readTopOff = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/top-off',
    name: 'readTopOff',
    group: GROUP,
    summary: 'Automatic purchases: what is set, what is offered, and how it stands',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: topOffOut,
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok(topOffView(found.book));
    },
  });

const setTopOff = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/top-off',
    name: 'setTopOff',
    group: GROUP,
    summary: 'Set automatic purchases, as a whole',
    description: 'Switched on while the balance is below the threshold, it charges at once.',
    action: 'set_top_off',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      enabled: z.boolean(),
      threshold: creditsIn.meta({ description: 'Below this balance it buys.' }),
      amount: creditsIn.meta({ description: 'How much it adds at once.' }),
      card: uuid('The card it charges; null: the account’s first.').nullable().optional(),
      capDayMinor: minorIn.nullable().optional().meta({ description: 'The most a local day may cost; null: no cap.' }),
      capMonthMinor: minorIn
        .nullable()
        .optional()
        .meta({ description: 'The most a local month may cost; null: no cap.' }),
    }),
    answer: configured,
    run({ who, params, body }) {
      const { card = null, capDayMinor = null, capMonthMinor = null, ...wish } = body;
      const settings = { ...wish, card: card === null ? null : paymentMethodId(card), capDayMinor, capMonthMinor };
      return posted(
        poster,
        { kind: 'configure_top_off', ...askedBy(who, params.account), settings },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      );
    },
  });

const chooseCard = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/top-off/card',
    name: 'chooseTopOffCard',
    group: GROUP,
    summary: 'Which card automatic purchases charge',
    action: 'manage_cards',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({ card: uuid('Null: the account’s first.').nullable() }),
    answer: configured,
    run({ who, params, body }) {
      const card = body.card === null ? null : paymentMethodId(body.card);
      return posted(
        poster,
        { kind: 'choose_top_off_card', ...askedBy(who, params.account), card },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      );
    },
  });

const resume = ({ poster }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/top-off/resume',
    name: 'resumeTopOff',
    group: GROUP,
    summary: 'Go on buying after unusual use, or after a suspension',
    action: 'resume',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: configured,
    run: ({ who, params }) =>
      posted(poster, { kind: 'resume_top_off', ...askedBy(who, params.account) }, ['configured'], (one) =>
        ok({ note: one.note ?? null }),
      ),
  });

const readOverage = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/overage',
    name: 'readOverage',
    group: GROUP,
    summary: 'Pay-as-you-go: what is set, its cap, and how much of it is used',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: overageOut,
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok(overageView(found.book));
    },
  });

const setOverage = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/overage',
    name: 'setOverage',
    group: GROUP,
    summary: 'Turn pay-as-you-go on or off, and set its cap',
    description: 'Off stops further use at once and takes nothing back: what was used is billed.',
    action: 'set_overage',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      enabled: z.boolean(),
      capMinor: minorIn
        .nullable()
        .optional()
        .meta({ description: 'The most a period may cost; null: the plan’s cap.' }),
    }),
    answer: configured,
    run({ who, params, body }) {
      const settings = { enabled: body.enabled, capMinor: body.capMinor ?? null };
      return posted(
        poster,
        { kind: 'configure_overage', ...askedBy(who, params.account), settings },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      );
    },
  });
