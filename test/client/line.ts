/** The line between a product and creditd, and everything that can happen on it. */
import { type ClientError, type ClientOptions, type Creditd, creditd } from '../../src/client.js';
import type { Api } from '../http/api/support.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: string;
}

/** `dead`: nothing gets there. `lost`: it gets there, and the answer does not come back. `busy`: a 503 without a word. */
export type Fault = 'fine' | 'dead' | 'lost' | 'busy' | 'stranger';

export interface Line {
  readonly fetch: typeof fetch;
  readonly asked: Asked[];
  /** For a path that holds this text, so many times; then it is fine again. */
  fail(fault: Exclude<Fault, 'fine'>, path?: string, times?: number): void;
  mend(): void;
}

export function makeLine(): Line {
  const asked: Asked[] = [];
  let faults: { fault: Fault; path: string; times: number }[] = [];
  return {
    asked,
    fail(fault, path = '', times = Number.POSITIVE_INFINITY) {
      faults.push({ fault, path, times });
    },
    mend() {
      faults = [];
    },
    async fetch(url, init) {
      const path = new URL(String(url)).pathname;
      const key = new Headers(init?.headers).get('idempotency-key');
      asked.push({ method: init?.method ?? 'GET', path, key, body: String(init?.body ?? '') });
      const found = faults.find((one) => one.times > 0 && path.includes(one.path));
      if (found !== undefined) found.times -= 1;
      switch (found?.fault ?? 'fine') {
        case 'fine':
          return fetch(url, init);
        case 'dead':
          throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
        case 'lost':
          await (await fetch(url, init)).text();
          throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
        case 'busy':
          return new Response('<h1>Service unavailable</h1>', { status: 503 });
        case 'stranger':
          return new Response('{"hello":"world"}', { status: 200 });
      }
    },
  };
}

/** A client on a line of its own, with everything that its listener was told. */
export async function clientOf(api: Api, wish: Partial<ClientOptions> = {}) {
  const line = makeLine();
  const told: ClientError[] = [];
  const options: ClientOptions = {
    ...{ url: api.server.url, key: wish.key ?? (await api.key()), onTrouble: 'open', fetch: line.fetch },
    onError: (error) => told.push(error),
    ...wish,
  };
  const client: Creditd = creditd(options);
  return { client, line, told };
}
