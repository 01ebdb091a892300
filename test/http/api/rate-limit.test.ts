/** Who asks too often: told so as a problem, each by itself, before anything is done. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRateLimit } from '../../../src/http/api/rate-limit.js';
import { type Api, openApi } from './support.js';

let api: Api;
let nowMs = 0;
beforeAll(async () => {
  const one = () => makeRateLimit(1, 2, () => nowMs);
  api = await openApi({ limits: { key: one(), person: one() } });
  await api.account('often');
});
afterAll(() => api?.close());

it('a key that asks too often is answered 429 with how long to wait, and nothing is done for it', async () => {
  const token = await api.key();
  const grant = (key: string) =>
    api.call('POST', '/v1/accounts/often/grants', { token, key, body: { credits: '1', reason: 'often' } });
  expect([(await grant('g1')).status, (await grant('g2')).status]).toEqual([201, 201]);
  const refused = await grant('g3');
  expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
    429,
    'too_many_requests',
    '1',
  ]);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  const other = await api.key();
  const balance = await api.call('GET', '/v1/accounts/often/balance', { token: other });
  expect([balance.status, balance.json.remaining]).toEqual([200, '102']);
  nowMs += 1_000;
  expect((await grant('g3')).status).toBe(201);
});

it('a person has a limit of their own, whatever other members ask', async () => {
  const ask = (token: string) => api.call('GET', '/v1/accounts/often/balance', { token });
  const ann = await api.session('often', 'owner', 'ann');
  await ask(ann);
  await ask(ann);
  expect((await ask(ann)).status).toBe(429);
  // Another session of the same person is the same person.
  expect((await ask(await api.session('often', 'owner', 'ann', 700_000))).status).toBe(429);
  expect((await ask(await api.session('often', 'viewer', 'bob'))).status).toBe(200);
});
