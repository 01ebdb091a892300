import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/domain/instant.js';
import { makeRateLimit } from '../../../src/http/api/rate-limit.js';
import { makeSessions } from '../../../src/http/api/session-token.js';
import { type Api, openApi, SECRET } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
  await api.account('acme');
});
afterAll(() => api?.close());

const open = (body: object) => api.call('POST', '/v1/sessions', { token, body });

describe('a session', () => {
  it('opens as a link with the token behind the #, in the role that was signed, and says who one is', async () => {
    const opened = await open({
      account: 'acme',
      member: 'ann',
      role: 'admin',
      returnUrl: 'https://product.example/a?b=c',
    });
    expect(opened.status).toBe(201);
    const { url, expiresAt } = opened.json;
    expect(url).toBe(
      `https://billing.example/billing?return=https%3A%2F%2Fproduct.example%2Fa%3Fb%3Dc#${opened.json.token}`,
    );
    expect(Date.parse(expiresAt)).toBeGreaterThan(await api.store.clock.now());
    const me = (await api.call('GET', '/v1/session', { token: opened.json.token })).json;
    expect(me).toMatchObject({ kind: 'person', account: 'acme', member: 'ann', role: 'admin', expiresAt });
    expect(me.may).toMatchObject({ read_billing: true, change_plan: false });
    const [noted] = await api.store.prisma.auditEntry.findMany({ where: { action: 'open_session' } });
    expect(noted?.after).toEqual({ member: 'ann', role: 'admin' });
    expect(JSON.stringify(noted, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      opened.json.token,
    );
  });

  it('ends by itself', async () => {
    const session = (await open({ account: 'acme', member: 'ann', role: 'owner' })).json.token;
    expect((await api.call('GET', '/v1/session', { token: session })).status).toBe(200);
    api.time.offsetMs += 61 * MINUTE_MS;
    await api.store.clock.now();
    expect((await api.call('GET', '/v1/session', { token: session })).status).toBe(401);
  });

  it('with a changed claim, a changed signature or another secret is none', async () => {
    const until = (await api.store.clock.now()) + MINUTE_MS;
    const claims = { account: 'acme', member: 'ann', role: 'viewer', until } as const;
    const good = api.sessions.mint(claims);
    const [body = '', signature = ''] = good.slice(3).split('.');
    const raised = Buffer.from(JSON.stringify({ v: 1, ...claims, role: 'owner' })).toString('base64url');
    const foreign = makeSessions(['another secret that is just as long as it']).mint(claims);
    const forged = [
      `cs_${raised}.${signature}`,
      `cs_${body}.${signature.slice(1)}`,
      `cs_${body}.`,
      `cs_.${signature}`,
      `cs_${body}`,
      foreign,
    ];
    for (const one of [...forged, good.replace('cs_', 'ck_')])
      expect([one, (await api.call('GET', '/v1/session', { token: one })).status]).toEqual([one, 401]);
    expect((await api.call('GET', '/v1/session', { token: good })).status).toBe(200);
  });

  it('signed by a secret that is being exchanged is read until that secret is gone', () => {
    const old = makeSessions([SECRET]).mint({ account: 'a', member: 'm', role: 'owner', until: 10 });
    const both = makeSessions(['the new secret of this deployment here', SECRET]);
    expect(both.read(old, 5)?.member).toBe('m');
    expect(makeSessions(['the new secret of this deployment here']).read(old, 5)).toBeNull();
  });

  it('is not opened for a page that is no web address, for a role there is not, or for an account nobody has', async () => {
    const good = { account: 'acme', member: 'ann', role: 'owner' };
    for (const [more, code] of [
      [{ returnUrl: 'javascript:alert(1)' }, 'invalid'],
      [{ returnUrl: 'https://user:pass@product.example' }, 'invalid'],
      [{ role: 'root' }, 'invalid'],
      [{ account: 'nobody' }, 'unknown_account'],
    ] as const)
      expect((await open({ ...good, ...more })).json.code).toBe(code);
  });
});

describe('a key', () => {
  it('is found by its secret, goes on for a while after it was rotated, and ends when it is revoked', async () => {
    const { makeApiKeys } = await import('../../../src/adapters/postgres/api-keys.js');
    const fresh = () => makeApiKeys(api.store.prisma, api.store.clock, api.store.newId);
    const made = await fresh().create({ name: 'backend', scopes: ['read'], catalog: null });
    expect((await api.store.prisma.apiKey.findUnique({ where: { id: made.key.id } }))?.hash).not.toContain(made.secret);
    const rotated = await fresh().rotate(made.key.id, MINUTE_MS);
    expect((await fresh().find(made.secret))?.name).toBe('backend');
    expect((await fresh().find(rotated?.secret ?? ''))?.scopes).toEqual(['read']);
    api.time.offsetMs += 2 * MINUTE_MS;
    expect(await fresh().find(made.secret)).toBeNull();
    expect((await fresh().find(rotated?.secret ?? ''))?.lastUsedAt).not.toBeNull();
    await fresh().revoke(rotated?.key.id ?? '');
    expect(await fresh().find(rotated?.secret ?? '')).toBeNull();
  });
});

describe('a page of another site', () => {
  const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

  it('can make a browser send nothing that the API believes, and a call with a session is answered wherever it comes from', async () => {
    const body = { run: [{ credits: '1' }] };
    const path = '/v1/accounts/acme/check';
    const stranger = await api.call('POST', path, {
      body,
      headers: { ...from('https://evil.example'), cookie: `session=${token}` },
    });
    expect(stranger.status).toBe(401);
    const basic = {
      ...from('https://evil.example'),
      authorization: `Basic ${Buffer.from(`operator:${token}`).toString('base64')}`,
    };
    expect((await api.call('POST', path, { body, headers: basic })).status).toBe(401);
    const embedded = await api.session('acme', 'owner');
    expect(
      (await api.call('POST', path, { token: embedded, body, headers: from('https://product.example') })).status,
    ).toBe(200);
  });

  it('and whoever sends what cannot be read is told so as a problem', async () => {
    for (const [method, path, sent, status] of [
      ['GET', '/v1/accounts/%zz/balance', {}, 400],
      ['GET', '/v1/nothing/here', { token }, 404],
      ['POST', '/v1/sessions', { token, body: '{"account": ' }, 400],
      ['POST', '/v1/sessions', { token, body: '{"__proto__": {"role": "owner"}}' }, 400],
      ['POST', '/v1/sessions', { token, body: 'a=1', headers: { 'content-type': 'text/plain' } }, 415],
    ] as const) {
      const answer = await api.call(method, path, sent);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.json.detail).not.toMatch(/JSON at position|FST_|node_modules/);
    }
  });
});

describe('the rate limit', () => {
  it('lets a burst through, then so many a second, for each asker alone', () => {
    let now = 0;
    const limit = makeRateLimit(10, 3, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 0]);
    expect(limit.take('a')).toBeCloseTo(100);
    expect(limit.take('b')).toBe(0);
    now += 100;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBeGreaterThan(0);
  });
});
