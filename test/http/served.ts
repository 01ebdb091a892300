/** A server over a database and queues of its own, as a process would wire it. */
import { request } from 'node:http';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import { pendingMigrations } from '../../src/adapters/postgres/migrate.js';
import { makePrisma, type Prisma } from '../../src/adapters/postgres/prisma.js';
import { makeViews } from '../../src/adapters/postgres/views.js';
import type { QueueConfig } from '../../src/adapters/queue/backend.js';
import { queueFacts } from '../../src/adapters/queue/facts.js';
import { makeQueues, type Queues } from '../../src/adapters/queue/queues.js';
import { instant } from '../../src/domain/instant.js';
import { type Metrics, makeMetrics } from '../../src/http/metrics.js';
import { type HttpServer, type HttpServerOptions, makeHttpServer } from '../../src/http/server.js';
import { CLOCK_QUEUE, QUEUE_NAMES } from '../../src/messages.js';
import type { Clock } from '../../src/ports.js';
import { type ListeningLog, listeningLog } from '../contract/queue-servers.js';

/** Pages of these suites are read at this instant. */
export const NOW = instant(Date.parse('2026-11-20T14:30:00.000Z'));
export const PASSWORD = 'correct horse battery';
export const SIGNED_IN = { authorization: `Basic ${Buffer.from(`operator:${PASSWORD}`).toString('base64')}` };

const clock: Clock = { now: async () => NOW, roughly: async () => NOW, reading: () => NOW };

export interface Served {
  readonly server: HttpServer;
  readonly prisma: Prisma;
  readonly queues: Queues;
  readonly metrics: Metrics;
  readonly log: ListeningLog;
  readonly options: HttpServerOptions;
  /** GET with the operator's password unless other headers are given. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export interface ServeWish {
  readonly databaseUrl: string;
  readonly queueConfig: QueueConfig;
  readonly options?: Partial<HttpServerOptions>;
}

export async function serve({ databaseUrl, queueConfig, options = {} }: ServeWish): Promise<Served> {
  const log = listeningLog();
  const prisma = makePrisma(databaseUrl, 4);
  const queues = await makeQueues(queueConfig, log);
  const metrics = makeMetrics();
  const views = makeViews(prisma, clock);
  const read = readCatalogs(['receptionist']);
  if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
  const whole: HttpServerOptions = {
    host: '127.0.0.1',
    port: 0,
    operatorPassword: PASSWORD,
    queues: { all: queues.all, states: () => Promise.all(QUEUE_NAMES.map((name) => queueFacts(queues, name))) },
    catalogs: makeCatalogs(read.files),
    ready: {
      postgres: async () => {
        await views.ping();
        return null;
      },
      migrations: async () => ((await pendingMigrations(databaseUrl)).length === 0 ? null : 'lacks migrations'),
      queue: async () => {
        await queueFacts(queues, CLOCK_QUEUE);
        return null;
      },
    },
    ...{ views, metrics, clock, log },
    ...options,
  };
  const server = await makeHttpServer(whole);
  return {
    ...{ server, prisma, queues, metrics, log, options: whole },
    get: (path, headers = SIGNED_IN) => fetch(`${server.url}${path}`, { headers, redirect: 'manual' }),
    async stop() {
      await server.close();
      await queues.close();
      await prisma.$disconnect();
    },
  };
}

/** For another server over the same parts. */
export const optionsOf = ({ options }: Served): HttpServerOptions => ({ ...options, port: 0 });

/** What a browser asks when some other name has been pointed at this machine; `fetch` cannot lie about the name. */
export function statusUnderName(port: number, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/activity', headers: { host: name } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}
