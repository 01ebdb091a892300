/** Products' keys. A secret is shown once; what is kept is a hash, which is enough because a secret holds 192 random bits. */
import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from '../../domain/permissions.js';
import type { ApiKey } from '../../generated/prisma/client.js';
import type { ApiKeys, ApiKeyView, Clock } from '../../ports.js';
import type { Prisma } from './prisma.js';
import { instantOf, instantOrNull } from './views-operator.js';

const PREFIX = 'ck_';
const SECRET_BYTES = 24;
const SHOWN_CHARACTERS = 9;
/** "Last used" is for people: once a minute is often enough, and spares a write a request. */
const NOTED_EVERY_MS = 60_000;
/** How long a process may go on with what it knows of a key: a revoked one stops within this. */
const KNOWN_MS = 5_000;
const KNOWN_KEYS = 1_000;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export function makeApiKeys(prisma: Prisma, clock: Clock, newId: () => string): ApiKeys {
  const known = new Map<string, { readonly key: ApiKeyView | null; readonly untilMs: number }>();
  const made = async (wish: { name: string; scopes: readonly Scope[]; catalog: string | null }) => {
    const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const row = await prisma.apiKey.create({
      data: {
        id: newId(),
        name: wish.name,
        prefix: secret.slice(0, SHOWN_CHARACTERS),
        hash: hashOf(secret),
        scopes: [...wish.scopes],
        catalog: wish.catalog,
        createdAt: new Date(await clock.now()),
      },
    });
    return { key: viewOf(row), secret };
  };
  const load = async (hash: string): Promise<ApiKeyView | null> => {
    const row = await prisma.apiKey.findUnique({ where: { hash } });
    const now = await clock.now();
    if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt.getTime() <= now))
      return null;
    if (row.lastUsedAt === null || now - row.lastUsedAt.getTime() > NOTED_EVERY_MS)
      await prisma.apiKey.update({ where: { id: row.id }, data: { lastUsedAt: new Date(now) } });
    return viewOf(row);
  };
  return {
    create: made,
    async find(secret) {
      const hash = hashOf(secret);
      const seen = known.get(hash);
      if (seen !== undefined && seen.untilMs > performance.now()) return seen.key;
      const key = await load(hash);
      if (known.size >= KNOWN_KEYS) known.clear();
      known.set(hash, { key, untilMs: performance.now() + KNOWN_MS });
      return key;
    },
    list: async () => (await prisma.apiKey.findMany({ orderBy: { createdAt: 'asc' } })).map(viewOf),
    async rotate(id, graceMs) {
      const now = await clock.now();
      const { count } = await prisma.apiKey.updateMany({
        where: { id, revokedAt: null, expiresAt: null },
        data: { expiresAt: new Date(now + graceMs) },
      });
      const row = count === 0 ? null : await prisma.apiKey.findUnique({ where: { id } });
      return row === null ? null : made({ name: row.name, scopes: row.scopes as Scope[], catalog: row.catalog });
    },
    async revoke(id) {
      const revokedAt = new Date(await clock.now());
      return (await prisma.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } })).count > 0;
    },
  };
}

const viewOf = (row: ApiKey): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes as Scope[],
  catalog: row.catalog,
  createdAt: instantOf(row.createdAt),
  lastUsedAt: instantOrNull(row.lastUsedAt),
  revokedAt: instantOrNull(row.revokedAt),
  expiresAt: instantOrNull(row.expiresAt),
});
