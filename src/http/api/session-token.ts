/**
 * Short-lived signed sessions for people, minted for a product's backend. The token is the whole session: nothing is stored,
 * nothing can be changed without the secret, and it ends by itself. It travels behind the # of a link, which no browser sends
 * to a server or writes into a log.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ROLES } from '../../domain/permissions.js';

export const SESSION_MINUTES = 60;
const PREFIX = 'cs_';

const claims = z.strictObject({
  v: z.literal(1),
  account: z.string(),
  member: z.string(),
  role: z.enum(ROLES),
  /** Milliseconds since 1970. */
  until: z.int(),
});
export type SessionClaims = z.output<typeof claims>;

export interface Sessions {
  mint(session: Omit<SessionClaims, 'v'>): string;
  /** Null where it is none of ours, was changed, or has ended. */
  read(token: string, now: number): SessionClaims | null;
}

/** The first secret signs; all of them are read, so that one can be exchanged without ending every session. */
export function makeSessions(secrets: readonly [string, ...string[]]): Sessions {
  const sign = (secret: string, body: string): Buffer =>
    createHmac('sha256', secret).update(`session.${body}`).digest();
  return {
    mint(session) {
      const body = Buffer.from(JSON.stringify({ v: 1, ...session })).toString('base64url');
      return `${PREFIX}${body}.${sign(secrets[0], body).toString('base64url')}`;
    },
    read(token, now) {
      if (!token.startsWith(PREFIX)) return null;
      const [body = '', signature = '', ...more] = token.slice(PREFIX.length).split('.');
      const given = Buffer.from(signature, 'base64url');
      const isOurs = secrets.some((secret) => {
        const right = sign(secret, body);
        return given.length === right.length && timingSafeEqual(given, right);
      });
      if (!isOurs || more.length > 0) return null;
      const session = claims.safeParse(jsonOf(body));
      return session.success && session.data.until > now ? session.data : null;
    },
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
