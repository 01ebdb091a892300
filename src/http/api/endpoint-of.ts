/** What every route about one endpoint begins with. */
import { z } from 'zod';
import type { EventEndpointView } from '../../ports.js';
import type { Doors } from './deps.js';
import { type Answer, trouble, type Who } from './route.js';
import { uuid } from './shapes.js';

/** Their heading in the description. */
export const ENDPOINTS = 'Events';

export const endpointParams = z.strictObject({ endpoint: uuid('Id of the endpoint.') });
export const unknownEndpoint = (): Answer<never> =>
  trouble(404, 'unknown_endpoint', 'There is no such endpoint. List them to see which there are.');

/** One of another catalog looks unknown to a key that is confined to its own. */
export async function ownEndpoint({ endpoints }: Doors, who: Who, id: string): Promise<EventEndpointView | null> {
  const found = await endpoints.rows.find(id);
  return found === null || (who.kind === 'key' && who.catalog !== null && found.catalog !== who.catalog) ? null : found;
}
