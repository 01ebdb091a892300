/**
 * One request to the API, from its head to its answer, in Stripe's order: the key that was shown, the limits, the
 * idempotency key, the parameters, the operation. Faults strike at the place where the real thing would break.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { readArgs } from './args.js';
import type { RequestFault } from './faults.js';
import { decodeForm, type Params } from './form.js';
import { askedHash, type Keys } from './idempotency.js';
import type { Journal } from './journal.js';
import { notPartOfTheDouble, Problem } from './problem.js';
import { findRoute } from './routes.js';
import { newId, type Store } from './state.js';
import { SPOKEN_VERSION, type World } from './world.js';

export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery: 'whole' | 'cut' | 'reset' | 'never';
}

export interface Api {
  answer(request: ApiRequest): Promise<ApiAnswer>;
}

interface Result {
  readonly status: number;
  readonly body: string;
  readonly replayOf?: string;
  readonly retryAfterSeconds?: number;
  readonly shouldRetry?: boolean;
}

export interface ApiParts {
  readonly world: World;
  readonly store: Store;
  readonly keys: Keys;
  readonly journal: Journal;
  /** Resolves after so many real milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: (line: string) => void;
}

export function makeApi(parts: ApiParts): Api {
  return {
    answer: async (request) => {
      const requestId = newId('req_', 14);
      const method = request.method;
      const path = request.url.pathname;
      const key = headerOf(request.headers, 'idempotency-key');
      let failure: RequestFault | null = null;
      let params: Params = {};
      let result: Result;
      try {
        checkKey(request.headers);
        const faults = parts.world.faults.take(method, path);
        failure = faults.failure;
        params = decodeForm(method === 'POST' ? request.body : request.url.search.slice(1));
        refuseBefore(failure);
        result = lostBefore(failure)
          ? { status: 200, body: '{"id":"pi_000000000000000000000000","object":"payment_intent","amount":0}' }
          : await perform(parts, { method, path, params, key, failure, requestId }, faults.delayMs);
      } catch (error) {
        if (!(error instanceof Problem)) parts.log(`The double itself failed at ${method} ${path}: ${error}`);
        result = resultOf(error);
      }
      const { status, body, replayOf } = result;
      const replayed = replayOf !== undefined;
      parts.journal.add({
        atMs: parts.world.nowMs(),
        requestId,
        method,
        path,
        params,
        idempotencyKey: key,
        status,
        replayed,
        fault: failure?.kind ?? null,
        body,
      });
      return deliver(result, failure, { 'Request-Id': requestId, ...echoed(request.headers) });
    },
  };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly params: Params;
  readonly key: string | null;
  readonly failure: RequestFault | null;
  readonly requestId: string;
}

async function perform(parts: ApiParts, asked: Asked, delayMs: number): Promise<Result> {
  const { method, path, params, requestId } = asked;
  const key = method === 'POST' ? asked.key : null;
  const hash = askedHash(method, path, params);
  const saved = key === null ? null : parts.keys.begin(key, hash);
  if (saved !== null) return { status: saved.status, body: saved.body, replayOf: saved.requestId };
  try {
    if (delayMs > 0) await parts.pause(delayMs);
    const { result, save } = execute(parts.world, asked);
    if (save && key !== null) {
      parts.keys.save({ key, asked: hash, status: result.status, body: result.body, requestId });
    }
    if (method !== 'GET') await parts.store.persist();
    return result;
  } finally {
    if (key !== null) parts.keys.release(key);
  }
}

/** Runs the operation, or fails on its way with the fault that is due. `save` is whether the key keeps the answer. */
function execute(
  world: World,
  { method, path, params, failure, key, requestId }: Asked,
): { result: Result; save: boolean } {
  const broken = { result: { ...resultOf(serverError()), shouldRetry: false }, save: true };
  if (failure?.kind === 'server_error' && failure.moment === 'rolled_back') return broken;
  try {
    const found = findRoute(method, path);
    if (found === null) throw notPartOfTheDouble(`${method} ${path}`);
    world.cause.current = { requestId, idempotencyKey: key };
    const body = found.route.run({ world, path: found.path, args: readArgs(found.route.spec, params) });
    if (failure?.kind === 'server_error') return broken;
    return { result: { status: 200, body: JSON.stringify(body) }, save: true };
  } catch (error) {
    if (failure?.kind === 'server_error') return broken;
    if (!(error instanceof Problem)) throw error;
    return { result: resultOf(error), save: error.saved };
  } finally {
    world.cause.current = null;
  }
}

/** The faults that answer before the idempotency layer is reached. */
function refuseBefore(failure: RequestFault | null): void {
  if (failure === null) return;
  switch (failure.kind) {
    case 'rate_limit':
      throw new Problem(
        429,
        { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
        false,
      );
    case 'conflict':
      throw new Problem(
        409,
        { type: 'invalid_request_error', code: failure.code, message: 'Another request is at it.' },
        false,
      );
    case 'unavailable':
      throw new Problem(503, { type: 'api_error', message: 'Stripe is not available.' }, false);
    case 'server_error':
      if (failure.moment === 'before') throw serverError();
      return;
    case 'timeout':
    case 'cut':
    case 'reset':
    case 'html':
      return;
  }
}

const serverError = (): Problem =>
  new Problem(500, { type: 'api_error', message: 'An unknown error occurred.' }, false);

const lostBefore = (failure: RequestFault | null): boolean =>
  failure !== null && 'moment' in failure && failure.kind !== 'server_error' && failure.moment === 'before';

function resultOf(error: unknown): Result {
  const problem = error instanceof Problem ? error : serverError();
  const result = { status: problem.status, body: JSON.stringify({ error: problem.fields }) };
  if (!(error instanceof Problem)) return { ...result, shouldRetry: false };
  return problem.status === 402 || problem.status === 400 ? { ...result, shouldRetry: false } : result;
}

function deliver(result: Result, failure: RequestFault | null, headers: Record<string, string>): ApiAnswer {
  const more: Record<string, string> = { ...headers, 'Content-Type': 'application/json' };
  if (result.replayOf !== undefined)
    Object.assign(more, { 'Idempotent-Replayed': 'true', 'Original-Request': result.replayOf });
  if (result.shouldRetry !== undefined) more['Stripe-Should-Retry'] = String(result.shouldRetry);
  if (failure?.kind === 'rate_limit' && failure.retryAfterSeconds !== undefined) {
    more['Retry-After'] = String(failure.retryAfterSeconds);
  }
  const { status, body } = result;
  switch (failure?.kind) {
    case 'timeout':
      return { status, headers: more, body, delivery: 'never' };
    case 'cut':
      return { status, headers: more, body, delivery: 'cut' };
    case 'reset':
      return { status, headers: more, body, delivery: 'reset' };
    case 'html': {
      const page = '<!doctype html><title>Proxy</title><p>Not the answer you are looking for.</p>';
      return { status: 200, headers: { 'Content-Type': 'text/html' }, body: page, delivery: 'whole' };
    }
    default:
      return { status, headers: more, body, delivery: 'whole' };
  }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function echoed(headers: IncomingHttpHeaders): Record<string, string> {
  const key = headerOf(headers, 'idempotency-key');
  return {
    'Stripe-Version': headerOf(headers, 'stripe-version') ?? SPOKEN_VERSION,
    ...(key === null ? {} : { 'Idempotency-Key': key }),
  };
}

/** Only test keys are taken. A live key that arrives here was aimed at the wrong place, and its owner must hear of it. */
function checkKey(headers: IncomingHttpHeaders): void {
  const [scheme = '', value = ''] = (headerOf(headers, 'authorization') ?? '').split(' ');
  const secret = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':')[0] : value;
  const refuse = (message: string) => new Problem(401, { type: 'invalid_request_error', message }, false);
  if (!secret) throw refuse('You did not provide an API key. The double takes any key that begins with sk_test_.');
  if (/^(?:sk|rk)_live_/.test(secret)) {
    throw refuse(
      'This is the Stripe double, and this is a live key: it must never be sent here. Use a key that begins with sk_test_.',
    );
  }
  if (!/^(?:sk|rk)_test_\w+$/.test(secret))
    throw refuse(
      `Invalid API Key provided: ${secret.slice(0, 40)}. The double takes any key that begins with sk_test_.`,
    );
  const version = headerOf(headers, 'stripe-version');
  if (version !== null && version !== SPOKEN_VERSION) {
    const message = `The double speaks ${SPOKEN_VERSION} only.`;
    throw new Problem(400, { type: 'invalid_request_error', code: 'api_version_invalid', message }, false);
  }
}
