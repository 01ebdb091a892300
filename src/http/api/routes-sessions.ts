/** Sessions of people, minted for a product's backend in the manner of a billing portal; and who one is. */
import { z } from 'zod';
import { isoOf, later, MINUTE_MS } from '../../domain/instant.js';
import { type Action, mayRole, mayScope, PERMISSIONS, ROLES, SCOPES } from '../../domain/permissions.js';
import type { Doors } from './deps.js';
import { NO_FIELDS, ok, type Route, route, trouble, type Who } from './route.js';
import { SESSION_MINUTES } from './session-token.js';
import { instantOut, text } from './shapes.js';
import { nameOf } from './who.js';

const GROUP = 'Sessions';

const sessionOut = z.object({
  token: z.string().meta({ description: 'For "Authorization: Bearer …". It cannot be asked for again.' }),
  url: z.string().meta({ description: 'A link to the billing page. Send the person there; do not store or log it.' }),
  expiresAt: instantOut,
});

export const mayOut = z
  .record(z.string(), z.boolean())
  .meta({ description: 'Each action of /docs/permissions, and whether it is allowed.' });

const whoOut = z.object({
  kind: z.enum(['key', 'person']),
  name: z.string(),
  account: z.string().nullable(),
  member: z.string().nullable(),
  role: z.enum(ROLES).nullable(),
  scopes: z.array(z.enum(SCOPES)),
  catalog: z.string().nullable().meta({ description: 'The one catalog that a key is confined to.' }),
  expiresAt: instantOut.nullable(),
  may: mayOut,
});

export const actionsOf = (who: Who): Record<string, boolean> =>
  Object.fromEntries(
    (Object.keys(PERMISSIONS) as Action[]).map((action) => [
      action,
      who.kind === 'key' ? mayScope(who.scopes, action) : mayRole(who.role, action),
    ]),
  );

export const sessionRoutes = (door: Doors): readonly Route[] => [openSession(door), whoAmI()];

/** A page of the product to come back to: a web address, without a login in it. */
const returnUrl = text('Where the page leads back to.', 2_000).refine(
  (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).username === '',
  { error: 'must be a web address (https://…)' },
);

const openSession = ({ sessions, clock, profiles, publicUrl, foreignAccounts, reads }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/sessions',
    name: 'openSession',
    group: GROUP,
    summary: 'A link to the billing page for one person',
    description: `Works for ${SESSION_MINUTES} minutes, on one account and in one role. Nothing is stored, so that asking twice gives two.`,
    action: 'open_session',
    idempotency: 'none',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: z.strictObject({
      account: text('The product’s own id of the account.'),
      member: text('The product’s own id of the person.'),
      role: z.enum(ROLES),
      returnUrl: returnUrl.optional(),
    }),
    answer: sessionOut,
    async run({ who, body }) {
      const { account, member, role } = body;
      if (sessions === null)
        return trouble(503, 'sessions_off', 'No session can be opened: SESSION_SECRET is not set where creditd runs.');
      const foreign = await foreignAccounts(who, [account]);
      if (foreign.has(account) || (await reads.catalogOf(account)) === null)
        return trouble(404, 'unknown_account', 'There is no such account.', { field: 'account' });
      const until = later(await clock.now(), SESSION_MINUTES * MINUTE_MS);
      const token = sessions.mint({ account, member, role, until });
      await profiles.note({ who: nameOf(who), action: 'open_session', account, after: { member, role } });
      const back = body.returnUrl === undefined ? '' : `?return=${encodeURIComponent(body.returnUrl)}`;
      return ok({ token, url: `${publicUrl()}/billing${back}#${token}`, expiresAt: isoOf(until) }, 201);
    },
  });

const whoAmI = (): Route =>
  route({
    method: 'GET',
    path: '/v1/session',
    name: 'readSession',
    group: GROUP,
    summary: 'Who I am and what I may',
    action: null,
    idempotency: 'none',
    confined: 'allowed',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: null,
    answer: whoOut,
    async run({ who }) {
      const nobody = { account: null, member: null, role: null, scopes: [], catalog: null, expiresAt: null };
      if (who.kind === 'key') {
        const { name, scopes, catalog } = who;
        return ok({ ...nobody, kind: 'key', name, scopes: [...scopes], catalog, may: actionsOf(who) });
      }
      const { account, member, role, until } = who;
      const me = { ...nobody, kind: 'person', name: member, account, member, role } as const;
      return ok({ ...me, expiresAt: isoOf(until), may: actionsOf(who) });
    },
  });
