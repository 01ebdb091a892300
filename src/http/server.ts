/** The HTTP side of a process: probes for everybody, and behind the operator's password metrics, queues, outbox and activity. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Catalogs, Clock, Log, Views } from '../ports.js';
import { serveActivity } from './activity.js';
import { type ApiOptions, serveApi } from './api/api.js';
import { serveBilling } from './billing.js';
import { type DemoOptions, serveDemo } from './demo-page.js';
import { serveElements } from './elements.js';
import type { QueueState } from './gauges.js';
import type { PageLink } from './layout.js';
import { listen } from './listen.js';
import type { Metrics } from './metrics.js';
import { guardOf, isLoopback } from './operator.js';
import { serveOps } from './ops.js';
import { servePageAssets } from './page-assets.js';
import { type PayPageOptions, servePayPage } from './pay-page.js';
import { type Checks, serveProbes } from './probes.js';
import { answerProblems, problem } from './problems.js';
import { serveQueueBoard } from './queue-board.js';
import { secure } from './security.js';
import { type StripeWebhookOptions, serveStripeWebhook } from './stripe-webhook.js';

/** Queues as the dashboard and the metrics see them. */
export interface QueueSource {
  /** BullMQ queues. */
  readonly all: readonly { readonly name: string }[];
  /** Rejects when they cannot be asked. */
  states(): Promise<readonly QueueState[]>;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Passes over a taken port instead of refusing. */
  readonly anyPort?: boolean;
  /** Null is the demo: everything is open, to this machine alone. */
  readonly operatorPassword: string | null;
  /** False serves probes and metrics only: what a process that only works needs. */
  readonly pages?: boolean;
  /** Shown beside our own links, such as the demo's inbox. */
  readonly links?: readonly PageLink[];
  readonly queues: QueueSource;
  readonly views: Views;
  readonly catalogs: Catalogs;
  readonly metrics: Metrics;
  readonly ready: Checks;
  /** Left out: Stripe's webhooks are not heard here. */
  readonly stripeWebhook?: StripeWebhookOptions;
  /** Left out: links to approve a payment are not served here. */
  readonly payPage?: PayPageOptions;
  /** Origins whose pages may show the billing page in a frame and hold its elements; none where it is left out. */
  readonly billingOrigins?: readonly string[];
  /** Left out: no API is served here. */
  readonly api?: ApiOptions;
  /** The demo's alone: a page whose links open sessions for anybody at this machine. */
  readonly demo?: DemoOptions;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HttpServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Ends open connections: a page that polls would keep the process alive. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1_024;
const REQUEST_MS = 30_000;
/** Ids of jobs are the producers' and may be long. */
const PARAM_LENGTH_MAX = 500;

/** Throws a plain sentence when the port cannot be had, or when the demo's open doors would face a network. */
export async function makeHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, log } = options;
  if (options.operatorPassword === null && !isLoopback(host)) {
    throw new Error(
      `Without OPERATOR_PASSWORD the pages are open, and ${host} can be reached from elsewhere. Set OPERATOR_PASSWORD, or HOST to 127.0.0.1.`,
    );
  }
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    logger: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    // What the router itself cannot read, such as half an escape in the address.
    frameworkErrors: (_error, request, reply) => {
      void problem(request, reply, 400, 'The address of the request could not be read.');
    },
  });
  secure(app);
  answerProblems(app, log);
  servePageAssets(app);
  serveProbes(app, options.ready);
  const { stripeWebhook } = options;
  if (stripeWebhook !== undefined) await app.register((scope) => serveStripeWebhook(scope, stripeWebhook));
  if (options.payPage !== undefined) servePayPage(app, options.payPage);
  if (options.api !== undefined) {
    const { billingOrigins = [] } = options;
    await serveApi(app, options.api, billingOrigins);
    serveElements(app);
    serveBilling(app, { frameOrigins: billingOrigins, logos: logosOf(options.catalogs) });
  }
  await app.register((scope) => serveOperator(scope, options));
  const port = await listen(app, { host, port: options.port, anyPort: options.anyPort ?? false });
  return { url: `http://${nameOf(host)}:${port}`, port, close: () => app.close() };
}

const logosOf = (catalogs: Catalogs): readonly string[] =>
  catalogs.keys().flatMap((key) => catalogs.find(key)?.brand.logoUrl ?? []);

async function serveOperator(scope: FastifyInstance, options: HttpServerOptions): Promise<void> {
  const { views, queues, metrics, catalogs, clock } = options;
  scope.addHook('onRequest', guardOf(options.operatorPassword));
  const sources = { tallies: () => views.tallies(), queues: () => queues.states() };
  scope.get('/metrics', async (_request, reply) => {
    const { type, body } = await metrics.scrape(sources);
    return reply.type(type).send(body);
  });
  if (options.pages === false) return;
  const more = options.links ?? [];
  scope.get('/', async (_request, reply) => reply.redirect('/activity'));
  serveActivity(scope, { views, catalogs, more, linksToBilling: options.demo !== undefined });
  if (options.demo !== undefined) serveDemo(scope, { ...options.demo, clock, more });
  serveOps(scope, { views, clock, more });
  await serveQueueBoard(scope, queues.all);
}

/** What to write into an address bar: a name for every address, and brackets around IPv6. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
