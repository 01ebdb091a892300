/** Products' keys. A secret is shown once; what is kept is a hash, which is enough because a secret holds 192 random bits. */
import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from '../../domain/permissions.js';
import type { ApiKey, Prisma as Client } from '../../generated/prisma/client.js';
import type { ApiKeys, ApiKeyView, Clock } from '../../ports.js';
import { type Deed, noteDeed } from './deeds.js';
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

type Tx = Client.TransactionClient;
type KeyWish = { readonly name: string; readonly scopes: readonly Scope[]; readonly catalog: string | null };

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export function makeApiKeys(prisma: Prisma, clock: Clock, newId: () => string): ApiKeys {
  const known = new Map<string, { readonly key: ApiKeyView | null; readonly untilMs: number }>();
  const made = async (tx: Tx, { name, scopes, catalog }: KeyWish, createdAt: Date) => {
    const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const shown = { prefix: secret.slice(0, SHOWN_CHARACTERS), hash: hashOf(secret) };
    const row = await tx.apiKey.create({
      data: { id: newId(), name, ...shown, scopes: [...scopes], catalog, createdAt },
    });
    return { key: viewOf(row), secret };
  };
  /** Who gave or took which rights, in the transaction that did. Never a secret, nor a hash of one. */
  const note = async (tx: Tx, by: string | undefined, at: Date, deed: Pick<Deed, 'action' | 'before' | 'after'>) => {
    if (by !== undefined) await noteDeed(tx, { id: newId(), at, who: by, ...deed });
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
    async create(wish, by) {
      const at = new Date(await clock.now());
      return prisma.$transaction(async (tx) => {
        const created = await made(tx, wish, at);
        await note(tx, by, at, { action: 'create_key', after: rightsOf(created.key) });
        return created;
      });
    },
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
    async rotate(id, graceMs, by) {
      const at = new Date(await clock.now());
      const expiresAt = new Date(at.getTime() + graceMs);
      return prisma.$transaction(async (tx) => {
        const where = { id, revokedAt: null, expiresAt: null };
        const { count } = await tx.apiKey.updateMany({ where, data: { expiresAt } });
        const row = count === 0 ? null : await tx.apiKey.findUnique({ where: { id } });
        if (row === null) return null;
        const rotated = await made(tx, { ...row, scopes: row.scopes as Scope[] }, at);
        const after = { ...rightsOf(rotated.key), oldEndsAt: expiresAt.toISOString() };
        await note(tx, by, at, { action: 'rotate_key', before: rightsOf(viewOf(row)), after });
        return rotated;
      });
    },
    async revoke(id, by) {
      const revokedAt = new Date(await clock.now());
      return prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } });
        if (count === 0) return false;
        const row = await tx.apiKey.findUniqueOrThrow({ where: { id } });
        await note(tx, by, revokedAt, { action: 'revoke_key', before: rightsOf(viewOf(row)) });
        return true;
      });
    },
  };
}

const rightsOf = ({ id, name, scopes, catalog }: ApiKeyView) => ({ key: id, name, scopes, catalog });

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
