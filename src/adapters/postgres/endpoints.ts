/** Products' endpoints. A secret has to be kept as it is, because each event is signed with it; it is shown once. */
import { randomBytes } from 'node:crypto';
import { accountId } from '../../domain/ids.js';
import type { Prisma as Client, WebhookEndpoint } from '../../generated/prisma/client.js';
import type { Clock, EndpointAsker, EventEndpoints, EventEndpointView, MissedEvent } from '../../ports.js';
import { noteDeed } from './deeds.js';
import { requestId } from './first-outcomes.js';
import type { Prisma } from './prisma.js';
import { instantOf, instantOrNull } from './views-operator.js';

const SECRET_BYTES = 32;
/** As Standard Webhooks write them. */
const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** A hash in the shape of a UUID, as what it is: one of the maker's own making. */
const asVersion8 = (hash: string): string => `${hash.slice(0, 14)}8${hash.slice(15, 19)}a${hash.slice(20)}`;

type Tx = Client.TransactionClient;

interface Done<Result> {
  readonly result: Result;
  readonly before?: object;
  readonly after: object;
}

/**
 * Does it with its line in the log, in one transaction; where the line of this very wish stands, it has been done, and
 * `work` is told so. Null changes nothing and leaves no line.
 */
const makeDoing =
  (prisma: Prisma, clock: Clock, newId: () => string) =>
  async <Result>(
    action: string,
    asker: EndpointAsker | undefined,
    work: (tx: Tx, isDone: boolean, at: Date) => Promise<Done<Result> | null>,
  ): Promise<Result | null> => {
    const at = new Date(await clock.now());
    const id = asker?.request === undefined ? newId() : requestId(asker.request, action);
    return prisma.$transaction(async (tx) => {
      const isDone = asker?.request !== undefined && (await tx.auditEntry.findUnique({ where: { id } })) !== null;
      const done = await work(tx, isDone, at);
      if (done === null) return null;
      const { result, before, after } = done;
      if (asker !== undefined && !isDone)
        await noteDeed(tx, { id, at, who: asker.by, action, after, ...(before === undefined ? {} : { before }) });
      return result;
    });
  };

export function makeEndpoints(prisma: Prisma, clock: Clock, newId: () => string): EventEndpoints {
  const doing = makeDoing(prisma, clock, newId);
  return {
    async add({ catalog, url, types }, asker) {
      const id = asker?.request === undefined ? newId() : asVersion8(requestId(asker.request, 'endpoint'));
      const made = await doing('add_endpoint', asker, async (tx, isDone, createdAt) => {
        const row = isDone
          ? await tx.webhookEndpoint.findUniqueOrThrow({ where: { id } })
          : await tx.webhookEndpoint.create({
              data: { id, catalog, url, secret: newSecret(), types: [...types], createdAt },
            });
        return { result: { endpoint: viewOf(row), secret: row.secret }, after: { endpoint: id, catalog, url, types } };
      });
      if (made === null) throw new Error('an endpoint that was made is not there');
      return made;
    },
    async list(catalog) {
      const where = catalog === undefined ? {} : { catalog };
      return (await prisma.webhookEndpoint.findMany({ where, orderBy: { id: 'asc' } })).map(viewOf);
    },
    async find(id) {
      const row = await prisma.webhookEndpoint.findUnique({ where: { id } });
      return row === null ? null : viewOf(row);
    },
    update: (id, { url, types, enabled }, asker) =>
      doing('update_endpoint', asker, async (tx, _isDone, at) => {
        const old = await tx.webhookEndpoint.findUnique({ where: { id } });
        if (old === null) return null;
        const disabledAt = enabled === undefined ? old.disabledAt : enabled ? null : (old.disabledAt ?? at);
        const change = { url: url ?? old.url, types: [...(types ?? old.types)], disabledAt };
        const row = await tx.webhookEndpoint.update({ where: { id }, data: change });
        const before = { url: old.url, types: old.types, disabledAt: old.disabledAt };
        return { result: viewOf(row), before, after: { endpoint: id, ...change } };
      }),
    rotate: (id, graceMs, asker) =>
      doing('rotate_endpoint', asker, async (tx, isDone, at) => {
        const old = await tx.webhookEndpoint.findUnique({ where: { id } });
        if (old === null) return null;
        const after = { endpoint: id };
        if (isDone) return { result: { endpoint: viewOf(old), secret: old.secret }, after };
        const data = { secret: newSecret(), oldSecret: old.secret, oldSecretUntil: new Date(at.getTime() + graceMs) };
        // The secret that was read stands in the condition: of two rotations at once the second finds nothing to rotate.
        const { count } = await tx.webhookEndpoint.updateMany({ where: { id, secret: old.secret }, data });
        return count === 0 ? null : { result: { endpoint: viewOf(old), secret: data.secret }, after };
      }),
    async remove(id, asker) {
      const done = await doing('remove_endpoint', asker, async (tx, isDone) => {
        const old = await tx.webhookEndpoint.findUnique({ where: { id } });
        const { count } = await tx.webhookEndpoint.deleteMany({ where: { id } });
        if (count === 0 && !isDone) return null;
        const before = old === null ? {} : { before: { catalog: old.catalog, url: old.url, types: old.types } };
        return { result: true, ...before, after: { endpoint: id } };
      });
      return done === true;
    },
    missed: (id, limit) => missedBy(prisma, id, limit),
  };
}

async function missedBy(prisma: Prisma, id: string, limit: number): Promise<readonly MissedEvent[]> {
  const row = await prisma.webhookEndpoint.findUnique({ where: { id } });
  if (row === null) return [];
  const events = await prisma.event.findMany({
    where: {
      ...{ state: { in: ['waiting', 'undelivered'] }, account: { catalog: row.catalog } },
      ...(row.types.length === 0 ? {} : { type: { in: row.types } }),
      ...{ createdAt: { gte: row.createdAt }, NOT: { accepted: { has: id } } },
    },
    orderBy: [{ createdAt: 'desc' }, { sequence: 'desc' }],
    take: limit,
    include: { account: { select: { id: true } } },
  });
  return events.map(
    (one): MissedEvent => ({
      ...{ account: accountId(one.account.id), sequence: Number(one.sequence), id: one.id, type: one.type },
      ...{ createdAt: instantOf(one.createdAt), attempts: one.attempts, reason: one.result },
      state: one.state === 'waiting' ? 'waiting' : 'undelivered',
    }),
  );
}

const viewOf = (row: WebhookEndpoint): EventEndpointView => ({
  id: row.id,
  catalog: row.catalog,
  url: row.url,
  types: row.types,
  createdAt: instantOf(row.createdAt),
  disabledAt: instantOrNull(row.disabledAt),
  lastDeliveredAt: instantOrNull(row.lastDeliveredAt),
  failingSince: instantOrNull(row.failingSince),
  lastFailure: row.lastFailure,
});
