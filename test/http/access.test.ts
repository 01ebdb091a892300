import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHttpServer } from '../../src/http/server.js';
import { WRONG_TRIES_MAX } from '../../src/http/wrong-tries.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { optionsOf, PASSWORD, type Served, SIGNED_IN, serve, statusUnderName } from './served.js';

const PAGES = [
  '/',
  '/metrics',
  '/activity',
  '/ops',
  '/ops/outbox',
  '/ops/refusals',
  '/ops/queues',
  '/ops/queues/api/queues',
];
const as = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

let database: FreshDatabase;
let served: Served;

beforeAll(async () => {
  database = await freshDatabase();
  served = await serve({ databaseUrl: database.url, queueConfig: { kind: 'postgres', url: database.url } });
});

afterAll(async () => {
  await served?.stop();
  await database?.drop();
});

describe('outside the demo', () => {
  it.each(PAGES)('%s answers nobody without the password, and the operator with it', async (path) => {
    const stranger = await served.get(path, {});
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect((await served.get(path)).status).toBeLessThan(400);
  });

  it.each([
    ['another user', as('admin', PASSWORD)],
    ['a beginning of the password', as('operator', PASSWORD.slice(0, -1))],
    ['no password', as('operator', '')],
    ['another scheme', { authorization: `Bearer ${PASSWORD}` }],
    ['no base64', { authorization: 'Basic %%%' }],
  ])('%s is not the operator', async (_what, headers) => {
    expect((await served.get('/activity', headers)).status).toBe(401);
  });

  it('guessing ends after a few tries from one address, for the right password too', async () => {
    const own = await serve({ databaseUrl: database.url, queueConfig: { kind: 'postgres', url: database.url } });
    try {
      for (let tries = 0; tries < WRONG_TRIES_MAX; tries += 1) {
        expect((await own.get('/metrics', as('operator', `guess ${tries}`))).status).toBe(401);
      }
      const refused = await own.get('/metrics');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await own.get('/healthz', {})).status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  it('a request that another site makes a browser send is refused before anything is done', async () => {
    const url = `${served.server.url}/ops/queues/api/queues/pause`;
    const from = (headers: Record<string, string>) =>
      fetch(url, { method: 'PUT', headers: { ...SIGNED_IN, ...headers } }).then(({ status }) => status);
    expect(await from({ origin: 'https://elsewhere.example' })).toBe(403);
    expect(await from({ origin: 'null' })).toBe(403);
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await from({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await from({ origin: served.server.url })).not.toBe(403);
  });
});

describe('every answer', () => {
  it.each(['/healthz', '/metrics', '/activity', '/ops/queues', '/assets/page.css', '/nowhere'])(
    '%s forbids framing, sniffing and everything from elsewhere',
    async (path) => {
      const { headers } = await served.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
    },
  );

  it('our own pages hold no inline script, no inline style and nothing from another host', async () => {
    for (const path of ['/activity', '/ops/outbox', '/ops/refusals']) {
      const page = await (await served.get(path)).text();
      expect(page).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc="\/)|\son\w+=|(?:src|href)="(?:https?:)?\/\//);
    }
  });

  it('what is not there is told as a problem to programs and as a page to people', async () => {
    const program = await served.get('/nowhere');
    expect(program.status).toBe(404);
    expect(program.headers.get('content-type')).toContain('application/problem+json');
    expect(await program.json()).toMatchObject({ status: 404, title: 'Not found' });
    const person = await served.get('/nowhere', { ...SIGNED_IN, accept: 'text/html,*/*' });
    expect(person.headers.get('content-type')).toContain('text/html');
  });

  it('a body that is too large is refused in words', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(100_000) });
    const headers = { ...SIGNED_IN, 'content-type': 'application/json' };
    const url = `${served.server.url}/ops/queues/api/queues/pause`;
    const answer = await fetch(url, { method: 'PUT', headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toMatch(/node_modules|\bat \w/);
  });
});

describe('the demo', () => {
  it('needs no password, and answers only to this machine under its own name', async () => {
    const demo = await serve({
      databaseUrl: database.url,
      queueConfig: { kind: 'postgres', url: database.url },
      options: { operatorPassword: null },
    });
    try {
      expect((await demo.get('/activity', {})).status).toBe(200);
      const { port } = demo.server;
      expect(await statusUnderName(port, `localhost:${port}`)).toBe(200);
      expect(await statusUnderName(port, 'rebound.example')).toBe(421);
    } finally {
      await demo.stop();
    }
  });

  it('is refused, in a sentence, on an address that others can reach', async () => {
    await expect(makeHttpServer({ ...optionsOf(served), host: '0.0.0.0', operatorPassword: null })).rejects.toThrow(
      /Set OPERATOR_PASSWORD, or HOST to 127\.0\.0\.1/,
    );
  });
});

describe('a taken port', () => {
  it('is passed over where any will do, and told in a sentence where it will not', async () => {
    const { port } = served.server;
    await expect(makeHttpServer({ ...optionsOf(served), port })).rejects.toThrow(
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken`),
    );
    const other = await makeHttpServer({ ...optionsOf(served), port, anyPort: true });
    expect(other.port).not.toBe(port);
    expect((await fetch(`${other.url}/healthz`)).status).toBe(200);
    await other.close();
  });
});
