/** An endpoint with what signs what it is sent. Never for a page or an answer. */
import type { Instant } from '../../domain/instant.js';
import type { WebhookEndpoint } from '../../generated/prisma/client.js';
import type { EventEndpoint } from '../../ports.js';
import type { Prisma } from './prisma.js';

export function endpointOf(row: WebhookEndpoint, at: Instant): EventEndpoint {
  const old = row.oldSecret !== null && row.oldSecretUntil !== null && row.oldSecretUntil.getTime() > at;
  const secrets = [row.secret, ...(old ? [row.oldSecret ?? ''] : [])];
  return { id: row.id, url: row.url, types: row.types, secrets };
}

export async function findEndpointToSend(prisma: Prisma, id: string, at: Instant): Promise<EventEndpoint | null> {
  const row = await prisma.webhookEndpoint.findUnique({ where: { id } });
  return row === null ? null : endpointOf(row, at);
}
