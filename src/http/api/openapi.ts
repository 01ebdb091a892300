/** The API's description, OpenAPI 3.1, made from the routes themselves: what is served is what is described. */
import { z } from 'zod';
import { PERMISSIONS } from '../../domain/permissions.js';
import { usageJobJsonSchema } from '../../messages.js';
import type { Route } from './route.js';

type Json = Record<string, unknown>;

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What was wrong and what to do.' },
    code: { type: 'string', description: 'Stable, for programs.' },
    field: { type: 'string', description: 'The field that was wrong.' },
  },
};

/** Of what is below /v1: a change that breaks a client would be another prefix. */
const API_VERSION = '1.0.0';

export function openApiOf(routes: readonly Route[], url: string): Json {
  const paths: Record<string, Json> = {};
  for (const one of routes) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operationOf(one) };
  }
  const groups = [...new Set(routes.map((one) => one.group))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'creditd',
      version: API_VERSION,
      summary: 'Credits: usage, balances, holds, top-offs and plans.',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    security: [{ bearer: [] }],
    tags: groups.map((name) => ({ name, description: GROUPS[name] ?? name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A product’s key (ck_…) or a person’s session (cs_…).' },
      },
      schemas: { Problem: PROBLEM, UsageEvent: usageEventSchema() },
      responses: PROBLEM_ANSWERS,
    },
  };
}

/** The event as the usage job's published schema has it. */
function usageEventSchema(): Json {
  const { $defs } = usageJobJsonSchema() as { readonly $defs: Readonly<Record<string, Json>> };
  const { id: _, ...schema } = $defs.UsageEvent ?? {};
  return schema;
}

const GROUPS: Readonly<Record<string, string>> = {
  Usage: 'Recording what was used, holding credits for what is about to be, and giving back.',
  Gate: 'Asking before something runs.',
  Overview: 'What the billing page shows.',
  Balance: 'How much there is, once and as it changes.',
  Credits: 'Lots, holds and what operators grant.',
  Activity: 'The ledger and usage, for people.',
  Plans: 'Plans and moving between them.',
  Limits: 'Levels, windows, pools and budgets.',
  Settings: 'What is charged by itself, and its caps.',
  Purchases: 'Credits bought by hand.',
  Checkout: 'What owners pay, enter or approve on the processor’s own pages.',
  'Payment methods': 'Stored cards.',
  Payments: 'Charges, receipts and months.',
  Accounts: 'Opening, changing and closing accounts.',
  Members: 'Who acts on an account.',
  Sessions: 'People, and who one is.',
  Events: 'Where a product is told of what happens.',
};

const INTRODUCTION = [
  'Credits are decimal strings ("12.5"); money is whole minor units in fields that end in AmountMinor or Minor; instants are ISO 8601 in UTC.',
  'Every mutation takes an Idempotency-Key: the same key with the same request gets the first answer, with another request a conflict.',
  'Unknown fields are refused. Errors are problem details with a stable code.',
].join(' ');

function operationOf(one: Route): Json {
  const { action } = one;
  const may = action === null ? null : PERMISSIONS[action];
  const who =
    may === null
      ? 'Any key or session.'
      : `Keys with the scope \`${may.scope}\`; ${may.roles.length === 0 ? 'no person' : `sessions of ${may.roles.join(', ')}`}.`;
  const needsKey = one.idempotency === 'ledger' || one.idempotency === 'stored';
  return {
    operationId: one.name,
    summary: one.summary,
    description: [one.description, who].filter(Boolean).join('\n\n'),
    tags: [one.group],
    parameters: [
      ...parametersOf(one.params, 'path'),
      ...parametersOf(one.query, 'query'),
      ...(needsKey
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: true,
              schema: { type: 'string', minLength: 1, maxLength: 200 },
              description: 'The same key for the same wish.',
            },
          ]
        : []),
    ],
    ...(one.body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonOf(one.body, 'input') } } } }),
    responses: {
      ...Object.fromEntries(statusesOf(one).map((status) => [status, answered(one)])),
      ...Object.fromEntries(
        Object.keys(PROBLEM_ANSWERS).map((name) => [
          STATUS_OF[name] ?? 'default',
          { $ref: `#/components/responses/${name}` },
        ]),
      ),
    },
  };
}

/** What a route may answer when all is well: something new is 201, something for later 202. */
const statusesOf = ({ method, idempotency }: Route): readonly string[] =>
  idempotency === 'in_body' ? ['200', '202'] : method === 'POST' ? ['200', '201'] : ['200'];

const answered = (one: Route): Json => ({
  description: 'Done.',
  content: { [one.produces ?? 'application/json']: { schema: jsonOf(one.answer, 'output') } },
});

const problemAnswer = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const PROBLEM_ANSWERS: Readonly<Record<string, Json>> = {
  NotAsDescribed: problemAnswer('What was sent is not as described.'),
  NotSignedIn: problemAnswer('No living key or session was sent.'),
  NotAllowed: problemAnswer('The key or the role may not.'),
  NotFound: problemAnswer('There is no such thing in this account.'),
  TooMany: problemAnswer('Too many requests.'),
  Refused: problemAnswer('Refused, with a stable code; or not available at the moment.'),
};

const STATUS_OF: Readonly<Record<string, string>> = {
  NotAsDescribed: '400',
  NotSignedIn: '401',
  NotAllowed: '403',
  NotFound: '404',
  TooMany: '429',
};

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = jsonOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
}
