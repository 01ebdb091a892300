/** Pages of the product's own origins may read what the elements show, in a person's session; everybody else's may not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingFor, readConfig } from '../../../src/config.js';
import { ELEMENTS_PATH } from '../../../src/http/elements.js';
import { type Api, openApi } from './support.js';

const PRODUCT = 'https://app.example.com';
const SECOND = 'https://shop.example.com:8443';
const STRANGER = 'https://app.example.com.evil.example';
const EMBEDDED = [
  'GET /v1/accounts/:account/overview',
  'GET /v1/accounts/:account/live',
  'POST /v1/accounts/:account/check',
  'POST /v1/accounts/:account/incidents/:incident/dismiss',
];

let api: Api;
let session: string;
beforeAll(async () => {
  api = await openApi({ billingOrigins: [PRODUCT, SECOND], checkout: true });
  await api.account('acme');
  session = await api.session('acme', 'owner');
});
afterAll(() => api?.close());

const asked = (origin: string, method: string, path: string) =>
  api.call('OPTIONS', path.replace(/:\w+/g, 'acme'), {
    headers: {
      ...{ origin, 'access-control-request-method': method },
      'access-control-request-headers': 'authorization,content-type',
    },
  });
const overview = (origin?: string, token = session) =>
  api.call('GET', '/v1/accounts/acme/overview', { token, headers: origin === undefined ? {} : { origin } });

describe('the product’s own pages', () => {
  it('may ask exactly what the elements need, and nothing that moves money or settings', async () => {
    const open: string[] = [];
    for (const { method, path } of api.routes) {
      const answer = await asked(PRODUCT, method, path);
      const allowed = answer.headers.get('access-control-allow-origin');
      if (answer.status === 204) open.push(`${method} ${path}`);
      expect(allowed === null, path).toBe(answer.status !== 204);
    }
    expect(open.sort()).toEqual([...EMBEDDED].sort());
  });

  it('are told by name, without cookies, and that the answer is another for another origin', async () => {
    for (const origin of [PRODUCT, SECOND]) {
      const before = await asked(origin, 'GET', '/v1/accounts/:account/overview');
      expect(before.headers.get('access-control-allow-origin')).toBe(origin);
      expect(before.headers.get('access-control-allow-methods')).toBe('GET');
      expect(before.headers.get('access-control-allow-headers')).toContain('authorization');
      const answer = await overview(origin);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      for (const one of [before, answer]) {
        expect(one.headers.get('vary')).toBe('Origin');
        expect(one.headers.get('access-control-allow-credentials')).toBeNull();
      }
    }
  });

  it('can read a refusal as well: that is how they know that a session has ended', async () => {
    const answer = await overview(PRODUCT, 'cs_over.over');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PRODUCT);
  });
});

describe('pages of other origins', () => {
  it.each([STRANGER, 'http://app.example.com', 'null', 'https://APP.example.com', `${PRODUCT}/`])(
    'of %s are allowed nothing, before and with the request',
    async (origin) => {
      for (const answer of [await asked(origin, 'GET', '/v1/accounts/:account/overview'), await overview(origin)]) {
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.headers.get('vary')).toBe('Origin');
      }
    },
  );

  it('have no say where no origin is named at all', async () => {
    const closed = await openApi();
    try {
      const answer = await closed.call('OPTIONS', '/v1/accounts/acme/overview', {
        headers: { origin: PRODUCT, 'access-control-request-method': 'GET' },
      });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await closed.close();
    }
  });
});

describe('the module of the elements', () => {
  it('may be loaded from anywhere, is kept for ever under its digest alone, and is sent once', async () => {
    const first = await api.call('GET', ELEMENTS_PATH);
    expect(first.status).toBe(200);
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    const tag = first.headers.get('etag') ?? '';
    const digest = /^W\/"([0-9a-f]{16})"$/.exec(tag)?.[1];
    const named = await api.call('GET', `${ELEMENTS_PATH}?v=${digest}`);
    expect(named.headers.get('cache-control')).toContain('immutable');
    expect(named.text).toBe(first.text);
    const other = await api.call('GET', `${ELEMENTS_PATH}?v=0000000000000000`);
    expect(other.headers.get('cache-control')).toBe('public, max-age=300');
    const again = await api.call('GET', ELEMENTS_PATH, { headers: { 'if-none-match': tag } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('BILLING_ORIGINS', () => {
  const read = (BILLING_ORIGINS: string) => readConfig({ BILLING_ORIGINS });

  it('is a list of origins, each as browsers write it', () => {
    const { kind, config } = read(' https://App.Example.com, https://shop.example.com:8443/ ,https://app.example.com,');
    expect(kind).toBe('read');
    expect(config.billingOrigins).toEqual([PRODUCT, SECOND]);
    expect(read('').config.billingOrigins).toEqual([]);
    expect(read('http://localhost:3000,http://127.0.0.1:5173').config.billingOrigins).toEqual([
      'http://localhost:3000',
      'http://127.0.0.1:5173',
    ]);
  });

  it('takes origins of this very machine for trying it out alone', () => {
    const said = (text: string) => missingFor(read(text).config, 'api').filter((one) => one.startsWith('BILLING'));
    expect(said('http://localhost:3000')).toEqual([
      'BILLING_ORIGINS holds an origin without https: only npm start takes those of this machine. Name https origins.',
    ]);
    expect(said(`${PRODUCT},https://localhost:3000`)).toEqual([]);
  });

  it.each(['*', 'https://*.example.com', `${PRODUCT},*`])('refuses %s: any site could then frame it', (text) => {
    const answer = read(text);
    expect(answer.kind === 'invalid' && answer.problems).toEqual([
      'BILLING_ORIGINS must not hold "*": any site could then show the billing page in a frame. Name each origin in full.',
    ]);
  });

  it.each([
    ...['app.example.com', 'http://app.example.com', 'ftp://app.example.com', 'https://', 'null', "'self'"],
    ...['https://app.example.com/billing', 'https://app.example.com?a', 'https://user@app.example.com', 'https://a b'],
    ...["https://a;script-src'unsafe-inline'", 'https://a.example https://b.example', 'https://a.example\nhttps://b'],
    ...['data:text/html,x', 'javascript:alert(1)', 'http://localhost.evil.example', 'https://a..example'],
  ])('refuses %j in one sentence', (text) => {
    const answer = read(text);
    expect(answer.kind === 'invalid' && answer.problems).toEqual([
      'BILLING_ORIGINS must hold origins such as https://app.example.com, with commas between: https, a host, a port where one is needed, and nothing after it.',
    ]);
    expect(answer.config.billingOrigins).toEqual([]);
  });
});
