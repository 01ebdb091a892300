/** What every answer carries, and the wall against other sites' forms. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from './problems.js';

/** Our own pages: our own style sheet and script, nothing inline, nothing from elsewhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'cache-control': 'no-store',
} as const;

export function secure(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (isSafe(request.method) || isSameOrigin(request) || isApi(request)) return;
    return problem(request, reply, 403, 'This can only be asked for from its own pages.');
  });
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/**
 * The API believes nothing that a browser sends by itself: only the Authorization header, and only "Bearer". A page of
 * another site cannot make a browser send that.
 */
const isApi = ({ url }: FastifyRequest): boolean => url.startsWith('/v1/');

/**
 * A browser sends the operator's password with any form that any site makes it post. It also says which site that was:
 * `Sec-Fetch-Site` where the address is secure or local, `Origin` everywhere. A request with neither comes from no browser.
 */
function isSameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
