/** Who may see the operator's pages: whoever knows the password, or in the demo whoever sits at this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problems.js';
import { makeWrongTries } from './wrong-tries.js';

export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

const USER = 'operator';

/** Null is the demo: open, and only to this machine under its own name. */
export const guardOf = (password: string | null): Guard => (password === null ? onlyHere : withPassword(password));

export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);

/** A page of another site whose name was pointed at this machine must not read what is here: it asks under its own name. */
const onlyHere: Guard = async (request, reply) => {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isLoopback(request.ip) && isLoopback(name)) return undefined;
  return problem(request, reply, 421, 'The demo answers only to this machine, as localhost.');
};

function withPassword(password: string): Guard {
  const expected = digest(`${USER}:${password}`);
  const tries = makeWrongTries();
  return async (request, reply) => {
    const waitMs = tries.waitMs(request.ip);
    if (waitMs > 0) {
      reply.header('retry-after', Math.ceil(waitMs / 1_000));
      return problem(request, reply, 429, 'Too many wrong passwords came from this address. Try again in a minute.');
    }
    const given = credentials(request.headers.authorization);
    if (given !== null && timingSafeEqual(digest(given), expected)) return undefined;
    // A browser asks once without a password to learn that one is needed: that was no try.
    if (given !== null) tries.count(request.ip);
    reply.header('www-authenticate', 'Basic realm="creditd", charset="UTF-8"');
    return problem(request, reply, 401, `Sign in as "${USER}" with the operator's password.`);
  };
}

/** Digests are of one length, which comparing in constant time needs. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** "user:password", or null where none was given. */
function credentials(header: string | undefined): string | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '') ?? [];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}
