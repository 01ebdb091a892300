/** Who asks: a product's backend by its key, or a person by a session. Everything else is told what to send. */
import type { FastifyRequest } from 'fastify';
import { instant } from '../../domain/instant.js';
import type { ApiKeys, Clock } from '../../ports.js';
import type { Who } from './route.js';
import type { Sessions } from './session-token.js';

export interface Identity {
  readonly keys: ApiKeys;
  /** Null: no SESSION_SECRET is set, and no person can come in. */
  readonly sessions: Sessions | null;
  readonly clock: Clock;
}

export async function whoAsks(identity: Identity, request: FastifyRequest): Promise<Who | null> {
  const [, token] = /^Bearer +([\x21-\x7e]{1,4096})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) return null;
  if (token.startsWith('cs_')) {
    const session = identity.sessions?.read(token, await identity.clock.roughly()) ?? null;
    if (session === null) return null;
    const { account, member, role, until } = session;
    return { kind: 'person', account, member, role, until: instant(until) };
  }
  if (!token.startsWith('ck_')) return null;
  const key = await identity.keys.find(token);
  if (key === null) return null;
  return { kind: 'key', id: key.id, name: key.name, scopes: key.scopes, catalog: key.catalog };
}

/** For the audit log and for the scope of remembered answers. */
export const nameOf = (who: Who): string =>
  who.kind === 'key' ? `key:${who.id}` : `member:${who.account}/${who.member}`;
