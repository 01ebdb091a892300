/** What the API says when something is wrong: RFC 9457 with a stable code, the field, and what to do. */
import type { FastifyReply } from 'fastify';
import type { ApiProblem } from './route.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  402: 'Not covered',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  414: 'Too long',
  415: 'Unsupported media type',
  422: 'Refused',
  429: 'Too many requests',
  500: 'Something of ours is wrong',
  503: 'Not available',
};

export function problem(reply: FastifyReply, { status, code, detail, field, more }: ApiProblem): FastifyReply {
  const body = {
    ...more,
    type: `urn:creditd:problem:${code}`,
    title: TITLES[status] ?? 'Something went wrong',
    status,
    detail,
    code,
    ...(field === undefined ? {} : { field }),
  };
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}

const BY_STATUS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['invalid', 'The request could not be read: its body must be JSON.'],
  404: ['not_found', 'There is nothing at this address. /docs lists what there is.'],
  413: ['too_large', 'The body of the request is too large. Send less at once.'],
  414: ['too_long', 'The address of the request is too long.'],
  415: ['unsupported_media_type', 'The body must be sent as application/json.'],
};

/** What went wrong before or beside a route. Whatever an adapter throws is a stranger that is down, or a fault of ours. */
export function problemOfError(error: unknown): ApiProblem {
  const given = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  const status = typeof given === 'number' && given >= 400 && given < 500 ? given : 503;
  const [code, detail] = BY_STATUS[status] ?? ['unavailable', 'This could not be answered. Send it again in a moment.'];
  return { status, code, detail };
}

export const NOT_FOUND: ApiProblem = { status: 404, code: 'not_found', detail: BY_STATUS[404]?.[1] ?? '' };
