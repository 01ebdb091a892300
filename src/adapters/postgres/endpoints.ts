/** Products' endpoints. A secret has to be kept as it is, because each event is signed with it; it is shown once. */
import { randomBytes } from 'node:crypto';
import type { WebhookEndpoint } from '../../generated/prisma/client.js';
import type { Clock, EventEndpoints, EventEndpointView } from '../../ports.js';
import type { Prisma } from './prisma.js';
import { instantOf, instantOrNull } from './views-operator.js';

const SECRET_BYTES = 32;
/** As Standard Webhooks write them. */
const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

export function makeEndpoints(prisma: Prisma, clock: Clock, newId: () => string): EventEndpoints {
  return {
    async add({ catalog, url, types }) {
      const secret = newSecret();
      const createdAt = new Date(await clock.now());
      const row = await prisma.webhookEndpoint.create({
        data: { id: newId(), catalog, url, secret, types: [...types], createdAt },
      });
      return { endpoint: viewOf(row), secret };
    },
    async list(catalog) {
      const where = { disabledAt: null, ...(catalog === undefined ? {} : { catalog }) };
      return (await prisma.webhookEndpoint.findMany({ where, orderBy: { id: 'asc' } })).map(viewOf);
    },
    async rotate(id, graceMs) {
      const secret = newSecret();
      const now = await clock.now();
      const old = await prisma.webhookEndpoint.findFirst({ where: { id, disabledAt: null } });
      if (old === null) return null;
      const oldSecretUntil = new Date(now + graceMs);
      // The secret that was read stands in the condition: of two rotations at once the second finds nothing to rotate.
      const { count } = await prisma.webhookEndpoint.updateMany({
        where: { id, secret: old.secret, disabledAt: null },
        data: { secret, oldSecret: old.secret, oldSecretUntil },
      });
      return count === 0 ? null : { endpoint: viewOf(old), secret };
    },
    async remove(id) {
      const disabledAt = new Date(await clock.now());
      const { count } = await prisma.webhookEndpoint.updateMany({
        where: { id, disabledAt: null },
        data: { disabledAt },
      });
      return count > 0;
    },
  };
}

const viewOf = (row: WebhookEndpoint): EventEndpointView => ({
  id: row.id,
  catalog: row.catalog,
  url: row.url,
  types: row.types,
  createdAt: instantOf(row.createdAt),
  lastDeliveredAt: instantOrNull(row.lastDeliveredAt),
  failingSince: instantOrNull(row.failingSince),
  lastFailure: row.lastFailure,
});
