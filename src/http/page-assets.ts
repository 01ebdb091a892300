/** The style sheet and the script of our own pages, served from our own origin so that no page needs anything inline. */
import type { FastifyInstance } from 'fastify';
import { BOARD_STYLE, BOARD_STYLE_PATH } from './board-style.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

export const PAGE_STYLE_PATH = '/assets/page.css';
export const PAGE_SCRIPT_PATH = '/assets/page.js';

/** Open to everybody: the page that asks for the password is dressed by it too. */
export function servePageAssets(app: FastifyInstance): void {
  app.get(PAGE_STYLE_PATH, async (_request, reply) => reply.type('text/css; charset=utf-8').send(PAGE_STYLE));
  app.get(BOARD_STYLE_PATH, async (_request, reply) => reply.type('text/css; charset=utf-8').send(BOARD_STYLE));
  app.get(PAGE_SCRIPT_PATH, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(PAGE_SCRIPT));
}
