/**
 * Serves routes: who asks, whether they may, what they ask, whether it was asked before, and only then the route. Every
 * answer is of the route's schema or a problem; nothing of one account is ever answered to another, whose ids look unknown.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { mayRole, mayScope, PERMISSIONS } from '../../domain/permissions.js';
import type { Answers, Log } from '../../ports.js';
import { allowing, servePreflight } from './cross-origin.js';
import { NOT_FOUND, problem, problemOfError } from './problem.js';
import type { RateLimit } from './rate-limit.js';
import { remembered } from './remembered.js';
import type { Answer, ApiProblem, Route, Who } from './route.js';
import { type Identity, nameOf, whoAsks } from './who.js';

export interface ApiDeps {
  readonly identity: Identity;
  readonly answers: Answers;
  /** The catalog of an account, or null where there is no such account. */
  readonly catalogOf: (account: string) => Promise<string | null>;
  /** The pools that a member must keep to; null for whoever may use what lies outside as well. */
  readonly confinedTo: (account: string, member: string) => Promise<readonly string[] | null>;
  readonly limits: Readonly<Record<Who['kind'], RateLimit>>;
  readonly log: Log;
}

const KEY_CHARACTERS = 200;
const PREFIX = '/v1';

/** All routes begin with /v1. Everything below it that is not a route is answered as a problem too. */
export async function serveRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  deps: ApiDeps,
  origins: readonly string[] = [],
): Promise<void> {
  await app.register(
    async (scope) => {
      readBodies(scope);
      scope.setNotFoundHandler((_request, reply) => problem(reply, NOT_FOUND));
      scope.setErrorHandler((error, request, reply) => {
        const found = problemOfError(error);
        // Without its query: there stand names that people chose.
        if (found.status >= 500)
          deps.log.warn({ err: error, method: request.method, path: request.url.split('?')[0] }, 'a call failed');
        return problem(reply, found);
      });
      for (const one of routes) {
        if (one.embedded === true) servePreflight(scope, one, PREFIX, origins);
        scope.route({
          method: one.method,
          url: one.path.slice(PREFIX.length),
          ...(one.bodyBytes === undefined ? {} : { bodyLimit: one.bodyBytes }),
          ...(one.embedded === true ? { onRequest: allowing(origins) } : {}),
          handler: (request, reply) => serveOne(deps, one, request, reply),
        });
      }
    },
    { prefix: PREFIX },
  );
}

/** JSON alone, and an empty body is none: clients name the type of what they do not send. */
function readBodies(scope: FastifyInstance): void {
  const json = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined);
    else json(request, String(text), done);
  });
}

async function serveOne(
  deps: ApiDeps,
  one: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const who = await whoAsks(deps.identity, request);
  if (who === null) {
    reply.header('www-authenticate', 'Bearer realm="creditd"');
    return problem(reply, NOT_SIGNED_IN);
  }
  const waitMs = deps.limits[who.kind].take(nameOf(who));
  if (waitMs > 0) {
    reply.header('retry-after', Math.ceil(waitMs / 1_000));
    return problem(reply, { status: 429, code: 'too_many_requests', detail: 'Too many requests. Wait, then go on.' });
  }
  const asked = await askedOf(deps, one, who, request);
  if (!asked.ok) return problem(reply, asked.problem);
  const { key, params, query, body } = asked.value;
  const give = (given: Answer<unknown>) => answer(reply, one, given);
  if (one.idempotency !== 'stored') return give(await one.run(asked.value as never));
  const run = (name: string) => one.run({ ...asked.value, who: { ...who, request: name } } as never);
  return remembered(deps.answers, one, { who, key, asked: { params, query, body } }, run, reply, give);
}

const NOT_SIGNED_IN: ApiProblem = {
  status: 401,
  code: 'not_signed_in',
  detail: 'Send "Authorization: Bearer …" with a living key or session. Keys are made by: creditd key create.',
};

interface Given {
  readonly who: Who;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly key: string;
  readonly confinedTo: readonly string[] | null;
}

/** Everything that is asked before the route itself, or the first problem with it. */
async function askedOf(deps: ApiDeps, one: Route, who: Who, request: FastifyRequest): Promise<Read<Given>> {
  const refusal = refusalOf(who, one);
  if (refusal !== null) return no(refusal);
  const params = read(one.params, request.params, 'path');
  if (!params.ok) return params;
  if (await isForeign(deps, who, params.value)) return no(UNKNOWN_ACCOUNT);
  const confinedTo = who.kind === 'person' ? await deps.confinedTo(who.account, who.member) : null;
  if (confinedTo !== null && one.confined !== 'allowed') return no(CONFINED);
  const query = read(one.query, request.query ?? {}, 'query');
  if (!query.ok) return query;
  const body = bodyOf(one, request.body);
  if (!body.ok) return body;
  const key = keyOf(one, request);
  if (typeof key !== 'string') return no(key);
  return { ok: true, value: { who, params: params.value, query: query.value, body: body.value, key, confinedTo } };
}

const UNKNOWN_ACCOUNT: ApiProblem = { status: 404, code: 'unknown_account', detail: 'There is no such account.' };
const CONFINED: ApiProblem = {
  status: 403,
  code: 'confined_to_pools',
  detail: 'You use credits of pools, and see those alone. An owner can change that.',
};

/** What a key or a role may not, it is told; nobody is told of anything that is another account's. */
function refusalOf(who: Who, { action }: Route): ApiProblem | null {
  if (action === null) return null;
  if (who.kind === 'key') {
    if (mayScope(who.scopes, action)) return null;
    const { scope } = PERMISSIONS[action];
    return { status: 403, code: 'scope_missing', detail: `This key lacks the scope "${scope}".`, more: { scope } };
  }
  if (mayRole(who.role, action)) return null;
  const { roles, label } = PERMISSIONS[action];
  const by = roles.length === 0 ? 'the product itself' : roles.join(' or ');
  return { status: 403, code: 'role_may_not', detail: `${label}: only ${by} may.`, more: { roles } };
}

/** A person's session is of one account; a key may be confined to one catalog and its accounts. */
async function isForeign(deps: ApiDeps, who: Who, params: unknown): Promise<boolean> {
  const { account, catalog } = params as { readonly account?: unknown; readonly catalog?: unknown };
  if (typeof catalog === 'string' && who.kind === 'key' && who.catalog !== null && catalog !== who.catalog) return true;
  if (typeof account !== 'string') return false;
  if (who.kind === 'person') return account !== who.account;
  if (who.catalog === null) return false;
  const found = await deps.catalogOf(account);
  return found !== null && found !== who.catalog;
}

type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: ApiProblem };

const no = (found: ApiProblem): { readonly ok: false; readonly problem: ApiProblem } => ({ ok: false, problem: found });

function bodyOf(one: Route, given: unknown): Read<unknown> {
  if (one.body !== null) return read(one.body, given ?? {}, 'body');
  const isEmpty = given === undefined || given === null || JSON.stringify(given) === '{}';
  return isEmpty ? { ok: true, value: undefined } : no({ status: 400, code: 'invalid', detail: 'This takes no body.' });
}

function read<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): Read<z.output<Schema>> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue === undefined ? '' : fieldOf(issue);
  const named = field === '' ? `The ${where}` : `"${field}"`;
  const detail =
    issue?.code === 'unrecognized_keys'
      ? `${issue.keys.map((name) => `"${name}"`).join(', ')} ${issue.keys.length === 1 ? 'is' : 'are'} not known here. Leave ${issue.keys.length === 1 ? 'it' : 'them'} out.`
      : `${named}: ${issue?.message ?? 'is not as described'}.`;
  const all = parsed.error.issues.slice(0, 20).map((one) => ({ field: fieldOf(one), message: one.message }));
  return no({
    status: 400,
    code: 'invalid',
    detail: detail.slice(0, 1_000),
    ...(field === '' ? {} : { field }),
    more: { problems: all },
  });
}

/** A field that is not known lies in the issue and not in its path: the first of them is the one to leave out. */
const fieldOf = (issue: z.core.$ZodIssue): string =>
  [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.').slice(0, 200);

function keyOf(one: Route, request: FastifyRequest): string | ApiProblem {
  if (one.idempotency === 'none' || one.idempotency === 'in_body') return '';
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && key.length >= 1 && key.length <= KEY_CHARACTERS && /^[\x21-\x7e]+$/.test(key))
    return key;
  return {
    status: 400,
    code: 'idempotency_key_missing',
    detail: `Send an Idempotency-Key of 1 to ${KEY_CHARACTERS} visible characters: the same key for the same wish, so that it is done once.`,
    field: 'Idempotency-Key',
  };
}

/** Through the schema on the way out as well: what is not described is not answered. */
function answer(reply: FastifyReply, one: Route, given: Answer<unknown>): FastifyReply {
  switch (given.kind) {
    case 'problem':
      return problem(reply, given);
    case 'stream':
      if (given.fileName !== undefined) reply.header('content-disposition', `attachment; filename="${given.fileName}"`);
      return reply.type(`${one.produces}; charset=utf-8`).send(given.body);
    case 'ok':
      return reply
        .code(given.status ?? 200)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(one.answer.parse(given.body)));
  }
}
