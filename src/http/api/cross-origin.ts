/**
 * Which pages of other origins may ask: those of the product itself, for what its elements show, and nothing else. A browser
 * asks first, because the session travels in a header; no cookie is ever read or allowed. Pages of strangers are answered as
 * before, and their browsers keep the answer from them.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.js';
import type { Route } from './route.js';

/** Two hours, the longest that every browser keeps such an answer for. */
const KEPT_S = 7_200;
const HEADERS = 'authorization, content-type, idempotency-key';

/** Before anything else of the route, so that a refusal can be read as well. */
export const allowing =
  (origins: readonly string[]) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // Whatever keeps answers must not give one origin's to another.
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', 'retry-after');
  };

/** What a browser asks before the request itself. Where no origin is named there is nothing here, as ever. */
export function servePreflight(
  scope: FastifyInstance,
  { method, path }: Route,
  prefix: string,
  origins: readonly string[],
): void {
  if (origins.length === 0) return;
  scope.route({
    method: 'OPTIONS',
    url: path.slice(prefix.length),
    onRequest: allowing(origins),
    handler: async (request, reply) => {
      if (!origins.includes(request.headers.origin ?? '')) return problem(reply, STRANGER);
      reply.header('access-control-allow-methods', method);
      reply.header('access-control-allow-headers', HEADERS);
      reply.header('access-control-max-age', KEPT_S);
      return reply.code(204).send();
    },
  });
}

const STRANGER = {
  status: 403,
  code: 'origin_not_allowed',
  detail:
    'Pages of this origin may not ask. Name it in BILLING_ORIGINS where creditd runs, if it is the product’s own.',
};
