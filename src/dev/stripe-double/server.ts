/** The Stripe double as a process of its own or part of one: Stripe's HTTP API on this machine, with a memory. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Api, type ApiAnswer, makeApi } from './api.js';
import { answerControl, makeControl, type StripeDoubleControl } from './control.js';
import { type CourierOptions, makeCourier } from './courier.js';
import { makeFaults } from './faults.js';
import { answerHosted } from './hosted.js';
import { makeKeys } from './idempotency.js';
import { type Journal, makeJournal } from './journal.js';
import { overviewPage, receiptPage } from './page.js';
import { openStore, type Store } from './state.js';
import { giveEndpoint } from './webhook-endpoints.js';
import type { World } from './world.js';

export interface StripeDoubleOptions {
  /** Left out or 0: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Where money and answers are kept across restarts; left out, they end with the double. */
  readonly stateFile?: string;
  /** Real time in milliseconds. */
  readonly now?: () => number;
  readonly log?: (line: string) => void;
  /** How many requests the journal remembers. */
  readonly journalLength?: number;
  /** An endpoint that gets every event from the start, besides those that requests make. */
  readonly webhooks?: { readonly url: string; readonly secret: string };
  readonly delivery?: CourierOptions;
  /** How long after a request that which follows it by itself happens, such as a dispute; 50 ms unless said. */
  readonly aftermathMs?: number;
}

export interface StripeDouble {
  readonly url: string;
  readonly port: number;
  readonly control: StripeDoubleControl;
  /** Drops every connection, writes the state a last time. Safe to call twice. */
  stop(): Promise<void>;
}

const JOURNAL_LENGTH = 500;
const AFTERMATH_MS = 50;
/** How often it is looked whether a session has expired or a subscription renews. */
const TICK_MS = 5_000;
const LONGEST_BODY_BYTES = 1_000_000;

interface Parts {
  readonly world: World;
  readonly store: Store;
  readonly api: Api;
  readonly control: StripeDoubleControl;
  readonly journal: Journal;
  readonly log: (line: string) => void;
}

/** Rejects where the port is taken or the state file is not one. */
export async function startStripeDouble(options: StripeDoubleOptions = {}): Promise<StripeDouble> {
  const { port = 0, host = '127.0.0.1', log = () => {} } = options;
  const store = await openStore(options.stateFile);
  const address = { url: '' };
  const timers = new Set<() => void>();
  const running = new Set<Promise<void>>();
  const pause = pausing(timers);
  const track = (work: Promise<void>): void => {
    running.add(work);
    work.finally(() => running.delete(work));
  };
  const later = (work: () => void): void => {
    const followed = pause(options.aftermathMs ?? AFTERMATH_MS).then(() => {
      work();
      return store.persist();
    });
    track(followed.catch((error: unknown) => log(`What was to follow did not: ${said(error)}`)));
  };
  const world = makeWorld(options, store, () => address.url, later);
  const journal = makeJournal(options.journalLength ?? JOURNAL_LENGTH);
  const control = makeControl(world, store, journal);
  const api = makeApi({ world, store, keys: makeKeys(world), journal, pause, log });
  const parts: Parts = { world, store, api, control, journal, log };
  const server = createServer((request, response) => {
    const work = handle(parts, request, response).catch((error: unknown) => {
      log(`The Stripe double failed at ${request.method} ${request.url}: ${said(error)}`);
      response.destroy();
    });
    track(work);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The Stripe double has no port.');
  address.url = `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`;

  const ticking = setInterval(() => {
    control.tick().catch((error: unknown) => log(`What was due did not happen: ${error}`));
  }, TICK_MS).unref();

  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    clearInterval(ticking);
    server.closeAllConnections();
    for (const end of timers) end();
    await closed;
    await world.courier.stop();
    // What is still at work would otherwise write into the file of the double that is started next.
    await Promise.all(running);
    await store.persist();
  };
  return {
    url: address.url,
    port: bound.port,
    control,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function makeWorld(
  options: StripeDoubleOptions,
  { state, persist }: Store,
  baseUrl: World['baseUrl'],
  later: World['later'],
): World {
  const { now = Date.now, log = () => {}, delivery = {} } = options;
  const nowMs = (): number => now() + state.clockOffsetMs;
  const courier = makeCourier({ state, persist, nowMs, log, options: delivery });
  const world = { state, faults: makeFaults(), nowMs, baseUrl, cause: { current: null }, courier, later };
  giveEndpoint(world, options.webhooks);
  return world;
}

/** Delays that end early when the double stops, so that nothing keeps the process alive. */
function pausing(timers: Set<() => void>): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        timers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timers.add(end);
    });
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://double.invalid');
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  if (body === null)
    return sendJson(response, 413, { error: { type: 'invalid_request_error', message: 'The body is too large.' } });
  if (url.pathname.startsWith('/_double/')) {
    const json = jsonOf(request, body);
    const answer = json.ok ? await answerControl(parts.control, method, url.pathname, json.value) : null;
    if (!json.ok) return sendJson(response, 400, { problem: 'Send JSON with the content type application/json.' });
    return sendJson(response, answer?.status ?? 404, answer?.value ?? { problem: 'The double has no such door.' });
  }
  const form = method === 'POST' ? new URLSearchParams(body) : null;
  const hosted = url.pathname.startsWith('/v1/') ? null : answerHosted(parts.world, url.pathname, form);
  if (hosted !== null) {
    if (form !== null) await parts.store.persist();
    return hosted.kind === 'page' ? sendHtml(response, hosted.html) : sendWayOn(response, hosted.address);
  }
  if (method === 'GET' && !url.pathname.startsWith('/v1/') && !url.pathname.startsWith('/v2/')) {
    const receipt = /^\/receipts\/(\w+)$/.exec(url.pathname)?.[1];
    if (receipt !== undefined) return sendHtml(response, receiptPage(parts.world, receipt));
    return sendHtml(response, url.pathname === '/' ? overviewPage(parts.world, parts.journal.entries()) : null);
  }
  const answer = await parts.api.answer({ method, url, headers: request.headers, body });
  parts.log(`${method} ${url.pathname} ${answer.status}${answer.delivery === 'whole' ? '' : ` (${answer.delivery})`}`);
  send(response, answer);
}

/** A page elsewhere cannot post JSON here without asking first, and is never allowed to: no answer says it may. */
function jsonOf(
  request: IncomingMessage,
  body: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  if (request.method !== 'POST') return { ok: true, value: undefined };
  if (request.headers['content-type']?.split(';')[0]?.trim() !== 'application/json') return { ok: false };
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch {
    return { ok: false };
  }
}

/** Null where there is more than the double takes. The rest is read and dropped, so that the answer can be sent. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= LONGEST_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > LONGEST_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  // A form's answer leads on to the address that the session names, at whatever place the product under test runs.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** 303: the browser looks at the next page instead of posting there too. */
function sendWayOn(response: ServerResponse, address: string): void {
  response.writeHead(303, { ...PAGE_HEADERS, Location: address }).end();
}

function sendHtml(response: ServerResponse, page: string | null): void {
  response
    .writeHead(page === null ? 404 : 200, PAGE_HEADERS)
    .end(page ?? '<!doctype html><p>There is no such page.</p>');
}

function send(response: ServerResponse, { status, headers, body, delivery }: ApiAnswer): void {
  switch (delivery) {
    case 'never':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut': {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) });
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.socket?.destroy());
      return;
    }
    case 'whole':
      response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }).end(body);
      return;
  }
}
