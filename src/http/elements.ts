/**
 * The elements that a product puts into its own pages, as one module. Anybody may load it, from anywhere: it holds nothing of
 * anybody, and what it asks for is asked in a person's session, from origins that are named.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export const ELEMENTS_PATH = '/elements.js';

/** Under its own digest it never changes; without, a page that names no digest has a new one soon. */
const FOREVER = 'public, max-age=31536000, immutable';
const SOON = 'public, max-age=300';
const DIGEST_CHARACTERS = 16;

interface Script {
  readonly plain: Buffer;
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
  readonly digest: string;
}

export function serveElements(app: FastifyInstance, file: string = ownFile()): void {
  const script = readScript(file);
  app.get<{ Querystring: { v?: unknown } }>(ELEMENTS_PATH, (request, reply) => {
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
    if (script === null) {
      reply.code(503).type('text/plain; charset=utf-8');
      return reply.send('The elements are not built here. Run: npm run build');
    }
    return give(request, reply, script, request.query.v === script.digest);
  });
}

/** Compiled, the program lies in dist/src/http and the module in dist/elements; under a test runner the program is its source. */
function ownFile(): string {
  const here = import.meta.dirname;
  const beside = path.resolve(here, '../../elements/elements.js');
  return existsSync(beside) ? beside : path.resolve(here, '../../dist/elements/elements.js');
}

function readScript(file: string): Script | null {
  if (!existsSync(file)) return null;
  const plain = readFileSync(file);
  const perhaps = (name: string): Buffer | null => (existsSync(name) ? readFileSync(name) : null);
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, DIGEST_CHARACTERS);
  return { plain, br: perhaps(`${file}.br`), gzip: perhaps(`${file}.gz`), digest };
}

function give(request: FastifyRequest, reply: FastifyReply, script: Script, isNamed: boolean) {
  const tag = `W/"${script.digest}"`;
  reply
    .header('cache-control', isNamed ? FOREVER : SOON)
    .header('vary', 'accept-encoding')
    .header('etag', tag);
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  reply.type('text/javascript; charset=utf-8');
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (script.br !== null && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(script.br);
  if (script.gzip !== null && /\bgzip\b/.test(accepted))
    return reply.header('content-encoding', 'gzip').send(script.gzip);
  return reply.send(script.plain);
}
