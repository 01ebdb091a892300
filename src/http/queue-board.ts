/**
 * bull-board over every queue. It looks and does nothing else, but for one thing: failed usage jobs may be tried again,
 * because a replayed event gets its first answer. A job of another queue is a shadow of its outbox row, and is sent again there.
 */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { BoardHooks } from '@bull-board/api/typings/app';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { USAGE_QUEUE } from '../messages.js';
import { withLinks } from './board-links.js';
import { BOARD_PATH } from './layout.js';

type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  usage: 'Usage events on their way into the ledger.',
  charge: 'Charges whose next step is due. Each job stands for an outbox row.',
  notice: 'Mails to be sent. Each job stands for an outbox row.',
  clock: 'Ticks that ask Postgres what is due by time.',
};

/** The board brings its own inline styles; scripts come from its own files only. Its web font is left out. */
const BOARD_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

export async function serveQueueBoard(
  app: FastifyInstance,
  queues: readonly { readonly name: string }[],
): Promise<void> {
  const server = new FastifyAdapter();
  server.setBasePath(BOARD_PATH);
  createBullBoard({
    // Typed for a connection of BullMQ's own making; ours are made elsewhere, and the board never asks for them.
    queues: queues.map((queue) => adapterOf(queue as BoardQueue)),
    serverAdapter: server,
    options: {
      handlerHooks: onlyRetries,
      uiConfig: {
        boardTitle: 'creditd',
        hideDocsLink: true,
        pollingInterval: { forceInterval: 3 },
        favIcon: { default: 'data:,', alternative: 'data:,' },
      },
    },
  });
  server.setErrorHandler(() => ({ status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } } }));
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (_request, reply) => {
        reply.header('content-security-policy', BOARD_POLICY);
      });
      scope.addHook('onSend', async (request, reply, payload) => {
        const page = String(reply.getHeader('content-type') ?? '').startsWith('text/html');
        if (request.url.startsWith(`${BOARD_PATH}/static/`)) reply.header('cache-control', 'private, max-age=3600');
        return page && typeof payload === 'string' ? withLinks(payload) : payload;
      });
      await scope.register(server.registerPlugin());
    },
    { prefix: BOARD_PATH },
  );
}

const adapterOf = (queue: BoardQueue): BullMQAdapter =>
  new BullMQAdapter(queue, {
    readOnlyMode: queue.name !== USAGE_QUEUE,
    description: DESCRIPTIONS[queue.name] ?? '',
  });

const RETRY_ONE = '/api/queues/:queueName/:jobId/retry';
const RETRY_ALL = '/api/queues/:queueName/retry/:queueStatus';

const onlyRetries: BoardHooks = {
  async before({ method, route, request }) {
    if (method === 'get') return { allow: true };
    const { queueName, jobId, queueStatus } = request.params as Readonly<Record<string, string | undefined>>;
    const refused = { allow: false, status: 405, errorKey: 'ERRORS.QUEUE_READ_ONLY' } as const;
    if (queueName !== USAGE_QUEUE) return refused;
    if (route === RETRY_ALL && queueStatus === 'failed') return { allow: true };
    if (route !== RETRY_ONE) return refused;
    const job = await request.queues.get(USAGE_QUEUE)?.getJob(jobId ?? '');
    return (await job?.getState()) === 'failed' ? { allow: true } : refused;
  },
  /** Buttons are shown only where pressing one of them can do something: beside failed usage jobs. */
  async after({ method, route }, result) {
    const body = result.body as { readonly queues?: unknown } | undefined;
    if (method !== 'get' || route !== '/api/queues' || !Array.isArray(body?.queues)) return result;
    const queues = body.queues.map((queue) => ({
      ...queue,
      readOnlyMode: !hasFailedUsage(queue),
      allowCompletedRetries: false,
    }));
    return { ...result, body: { ...body, queues } };
  },
};

const hasFailedUsage = (queue: { readonly name: string; readonly counts: Readonly<Record<string, number>> }): boolean =>
  queue.name === USAGE_QUEUE && (queue.counts.failed ?? 0) > 0;
