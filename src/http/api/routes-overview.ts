/** What the billing page reads, periods, and for how long the balance lasts. */
import { z } from 'zod';
import { balanceOf, cold, settingsOf } from '../../domain/book.js';
import { runway } from '../../domain/runway.js';
import type { Doors } from './deps.js';
import { overviewOf, runwayView } from './overview.js';
import { incidentView } from './overview-incidents.js';
import { incidentOut, overviewOut, runwayOut } from './overview-shape.js';
import { isProblem, type ReadAccount, unknownAccount } from './reading.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { accountParams, creditsOut, instantOut, shownCredits, shownInstant, text, uuid } from './shapes.js';
import { nameOf } from './who.js';

const GROUP = 'Overview';
const INCIDENTS_SHOWN = 20;
const INCIDENTS_LISTED = 100;
const PERIODS_LISTED = 120;

export const overviewRoutes = (door: Doors): readonly Route[] => [
  overviewRoute(door),
  runwayRoute(door),
  periodsRoute(door),
  incidentsRoute(door),
  dismissRoute(door),
];

const runwayOf = ({ book }: ReadAccount) =>
  runway(balanceOf(book), cold(book).recentUse, book.at, settingsOf(book).zone);

const overviewRoute = ({ read, reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/overview',
    name: 'readOverview',
    group: GROUP,
    summary: 'Everything the billing page shows, in one read',
    description: 'What a member who is confined to pools may not see is null or empty.',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    embedded: true,
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: overviewOut,
    async run({ who, params }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const member = who.kind === 'person' ? who.member : null;
      const incidents = await reads.incidents(params.account, member, INCIDENTS_SHOWN);
      const open = incidents.filter((one) => one.resolvedAt === null);
      return ok(overviewOf(found, who, { incidents: open, runway: runwayOf(found) }));
    },
  });

const runwayRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/runway',
    name: 'readRunway',
    group: GROUP,
    summary: 'For how long the balance lasts at the recent use',
    description: 'Null where nothing is being used. Allotments still to come are not counted.',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ runway: runwayOut }),
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok({ runway: runwayView(runwayOf(found)) });
    },
  });

const periodOut = z.object({
  ordinal: z.int().meta({ description: 'Counted from the anchor of its run.' }),
  run: z.int(),
  startsAt: instantOut,
  endsAt: instantOut,
  plan: z.string(),
  allotment: creditsOut,
});

const periodsRoute = ({ reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/periods',
    name: 'listPeriods',
    group: GROUP,
    summary: 'Periods that were granted, the newest first',
    action: 'read_activity',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ periods: z.array(periodOut) }),
    async run({ params }) {
      const periods = await reads.periods(params.account, PERIODS_LISTED);
      if (periods.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      return ok({
        periods: periods.map((one) => ({
          ...one,
          startsAt: shownInstant(one.startsAt),
          endsAt: shownInstant(one.endsAt),
          allotment: shownCredits(one.allotment),
        })),
      });
    },
  });

const incidentsRoute = ({ read, reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/incidents',
    name: 'listIncidents',
    group: GROUP,
    summary: 'Failures an owner must know of: open ones first, then those that are over',
    action: 'read_billing',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ incidents: z.array(incidentOut) }),
    async run({ who, params }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const member = who.kind === 'person' ? who.member : null;
      const incidents = await reads.incidents(params.account, member, INCIDENTS_LISTED);
      const { book, context, reading } = found;
      return ok({
        incidents: incidents.map((one) => incidentView(one, context.catalog, reading.slug, book.charges)),
      });
    },
  });

const dismissRoute = ({ profiles }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/incidents/:incident/dismiss',
    name: 'dismissIncident',
    group: GROUP,
    summary: 'Hide one banner from one member',
    description: 'A person dismisses for themselves; a key names the member. A fresh failure is a fresh incident.',
    action: 'dismiss_incident',
    idempotency: 'stored',
    embedded: true,
    params: accountParams.extend({ incident: uuid('Id of the incident.') }),
    query: NO_FIELDS,
    body: z.strictObject({ member: text('Whose banner, where a key asks.').optional() }),
    answer: z.object({ dismissed: z.boolean() }),
    async run({ who, params, body }) {
      const own = who.kind === 'person' ? who.member : undefined;
      const member = own ?? body.member;
      if (member === undefined || (own !== undefined && body.member !== undefined && body.member !== own))
        return trouble(400, 'invalid', 'Say whose banner it is; a person’s own session dismisses for itself alone.', {
          field: 'member',
        });
      const done = await profiles.dismiss(params.account, params.incident, member, nameOf(who));
      if (done === 'done') return ok({ dismissed: true });
      return done === 'unknown_account'
        ? unknownAccount()
        : trouble(404, 'unknown_incident', 'There is no such incident.');
    },
  });
