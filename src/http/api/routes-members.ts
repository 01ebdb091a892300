/** Members: who acts on an account, in which role, and where owners are written to. */
import { z } from 'zod';
import { ROLES } from '../../domain/permissions.js';
import type { Doors } from './deps.js';
import { unknownAccount } from './reading.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { accountParams, instantOut, shownInstant, text } from './shapes.js';
import { nameOf } from './who.js';

const GROUP = 'Members';

const memberParams = accountParams.extend({ member: text('The product’s own id of the person.') });

const memberOut = z.object({
  id: z.string(),
  role: z.enum(ROLES),
  email: z.string().nullable(),
  createdAt: instantOut,
});

export const memberRoutes = ({ reads, profiles }: Doors): readonly Route[] => [
  route({
    method: 'GET',
    path: '/v1/accounts/:account/members',
    name: 'listMembers',
    group: GROUP,
    summary: 'Everybody who acts on it',
    action: 'read_members',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ members: z.array(memberOut) }),
    async run({ params }) {
      const members = await reads.members(params.account);
      if (members.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      return ok({ members: members.map((one) => ({ ...one, createdAt: shownInstant(one.createdAt) })) });
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/members/:member',
    name: 'setMember',
    group: GROUP,
    summary: 'Add somebody, or change their role or address',
    description: 'Money mails go to the addresses of owners, and to the billing address.',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: memberParams,
    query: NO_FIELDS,
    body: z.strictObject({ role: z.enum(ROLES), email: z.email().max(254).nullable().optional() }),
    answer: z.object({ id: z.string(), role: z.enum(ROLES), email: z.string().nullable() }),
    async run({ who, params, body }) {
      const member = { id: params.member, role: body.role, email: body.email ?? null };
      const done = await profiles.setMember(params.account, member, nameOf(who), who.request);
      return done === 'done' ? ok(member) : unknownAccount();
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/accounts/:account/members/:member',
    name: 'removeMember',
    group: GROUP,
    summary: 'Take somebody off',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: memberParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ removed: z.boolean() }),
    async run({ who, params }) {
      const done = await profiles.removeMember(params.account, params.member, nameOf(who), who.request);
      if (done === 'done') return ok({ removed: true });
      return done === 'unknown_account' ? unknownAccount() : trouble(404, 'unknown_member', 'There is no such member.');
    },
  }),
];
