/** `/ops/outbox` and `/ops/refusals`, beside the queues: what waits in Postgres, and what was not posted. They only read. */
import type { FastifyInstance } from 'fastify';
import type { Clock, Views } from '../ports.js';
import { BOARD_PATH, layout, type PageLink } from './layout.js';
import { outboxMain } from './outbox-page.js';
import { refusalsMain } from './refusals-page.js';

export interface OpsDeps {
  readonly views: Views;
  readonly clock: Clock;
  readonly more: readonly PageLink[];
}

export const ROWS_SHOWN = 200;

export function serveOps(app: FastifyInstance, { views, clock, more }: OpsDeps): void {
  app.get('/ops', async (_request, reply) => reply.redirect(BOARD_PATH));
  app.get('/ops/outbox', async (_request, reply) => {
    const [rows, tallies, now] = await Promise.all([views.outbox(ROWS_SHOWN), views.tallies(), clock.now()]);
    reply.type('text/html; charset=utf-8');
    return layout({ title: 'Outbox', here: '/ops/outbox', more, main: outboxMain(rows, tallies, now) });
  });
  app.get('/ops/refusals', async (_request, reply) => {
    const [rows, tallies, now] = await Promise.all([views.refusals(ROWS_SHOWN), views.tallies(), clock.now()]);
    reply.type('text/html; charset=utf-8');
    return layout({ title: 'Refusals', here: '/ops/refusals', more, main: refusalsMain(rows, tallies, now) });
  });
}
