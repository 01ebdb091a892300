/** The API as one part of the server: its routes behind keys and sessions, and what it says of itself. */
import type { FastifyInstance } from 'fastify';
import type { Doors } from './deps.js';
import { serveDocs } from './docs.js';
import { openApiOf } from './openapi.js';
import { allRoutes } from './routes.js';
import { type ApiDeps, serveRoutes } from './serve.js';

export interface ApiOptions {
  readonly doors: Doors;
  readonly deps: ApiDeps;
}

/** `origins`: whose pages may hold the elements, and read for them. */
export async function serveApi(
  app: FastifyInstance,
  { doors, deps }: ApiOptions,
  origins: readonly string[] = [],
): Promise<void> {
  const routes = allRoutes(doors);
  serveDocs(app, () => openApiOf(routes, doors.publicUrl()));
  await serveRoutes(app, routes, deps, origins);
}
