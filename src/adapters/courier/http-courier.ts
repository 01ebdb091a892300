/** Carries events by HTTP, signed as Standard Webhooks say. */
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Courier, CourierOutcome, Delivery } from '../../ports.js';
import { type Address, type Look, resolveTarget } from './addresses.js';

export interface CourierOptions {
  /** From the look-up to the answer's first line. */
  readonly timeoutMs: number;
  /** Endpoints in private networks and without TLS: for a network that is the operator's own. */
  readonly allowPrivate: boolean;
  /** How names are looked up; left out, as this machine does. */
  readonly look?: Look;
}

const RETRY_AFTER_MAX_MS = 6 * 3_600_000;

export function makeHttpCourier(options: CourierOptions): Courier {
  return {
    async deliver(delivery) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), options.timeoutMs);
      try {
        return await Promise.race([send(delivery, options, abort.signal), silence(abort.signal, options.timeoutMs)]);
      } catch (error) {
        return refused(saying(error));
      } finally {
        clearTimeout(timer);
        // Also ends a request whose answer came: its body is nobody's business.
        abort.abort();
      }
    },
  };
}

const refused = (reason: string, retryAfterMs: number | null = null): CourierOutcome => ({
  kind: 'refused',
  reason: reason.slice(0, 300),
  retryAfterMs,
});

/** A name that is looked up for ever does not hear the signal: this does. */
const silence = (signal: AbortSignal, timeoutMs: number): Promise<CourierOutcome> =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(refused(`no answer within ${timeoutMs} ms`)), { once: true }),
  );

async function send(delivery: Delivery, options: CourierOptions, signal: AbortSignal): Promise<CourierOutcome> {
  const url = new URL(delivery.url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && options.allowPrivate))
    return refused(`${url.protocol} addresses are not sent to; use https`);
  const target = await resolveTarget(url.hostname, options.allowPrivate, options.look);
  if (target.kind === 'refused') return refused(target.reason);
  const { status, retryAfter } = await post(url, target, headersOf(delivery), delivery.body, signal);
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  return refused(`it answered ${status}`, retryAfterOf(retryAfter));
}

/** Connects to the address that was checked, whatever the name would say now; the name stays what TLS and Host go by. */
function post(
  url: URL,
  target: Address,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly retryAfter: string | undefined }> {
  const checked: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [target]);
    else done(null, target.address, target.family);
  };
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const request = client.request(
      url,
      { method: 'POST', headers, lookup: checked, agent: false, signal },
      (response) => {
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
        response.on('error', () => undefined);
        response.destroy();
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Several signatures stand in one header, so that a receiver may still know only the older secret. */
function headersOf({ id, sentAt, body, secrets }: Delivery): Record<string, string> {
  const at = new Date(sentAt);
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'creditd',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

/** In seconds; a date would trust the endpoint's clock. */
function retryAfterOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return null;
  return Math.min(RETRY_AFTER_MAX_MS, Number(text) * 1_000);
}

function saying(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `it could not be reached (${code})` : `it could not be reached: ${error.message}`;
}
