import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLES, type Role, SCOPES, type Scope } from '../../../src/domain/permissions.js';
import type { Route } from '../../../src/http/api/route.js';
import { type Answered, type Api, openApi } from './support.js';

let api: Api;
beforeAll(async () => {
  api = await openApi({ checkout: true });
  await api.account('own');
  await api.account('other');
  await api.account('elsewhere', { catalog: 'atlios' });
});
afterAll(() => api?.close());

const ID = '0190a0a0-0000-7000-8000-000000000000';
const OTHERS: Readonly<Record<string, string>> = {
  ...{ key: 'k', lot: ID, incident: ID, charge: ID, card: ID, limit: 'seats', pool: 'p', member: 'm', endpoint: ID },
  catalog: 'receptionist',
};
const pathOf = (one: Route, account: string): string =>
  one.path.replace(/:(\w+)/g, (_, name: string) => (name === 'account' ? account : (OTHERS[name] ?? 'x')));
/** Without a body and a key: what may be asked ends in 400 at the latest, and nothing is changed by asking. */
const ask = (one: Route, token: string, account = 'own'): Promise<Answered> =>
  one.produces === 'text/event-stream'
    ? follow(one, token, account)
    : api.call(one.method, pathOf(one, account), { token });

/** Only whether it begins: a flow of events does not end by itself. */
async function follow(one: Route, token: string, account: string): Promise<Answered> {
  const stop = new AbortController();
  const answer = await fetch(`${api.server.url}${pathOf(one, account)}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  const text = answer.ok ? '' : await answer.text();
  stop.abort();
  return { status: answer.status, headers: answer.headers, text, json: text === '' ? null : JSON.parse(text) };
}

/** "role_may_not", "scope_missing", "unknown_account", "not_signed_in", or "through" for whatever comes after these. */
function verdict({ status, json }: Answered): string {
  const code = json?.code ?? '';
  const isDoor = ['role_may_not', 'scope_missing', 'unknown_account', 'not_signed_in', 'confined_to_pools'].includes(
    code,
  );
  expect(status).toBeLessThan(500);
  return isDoor ? code : 'through';
}

const table = async (expected: (one: Route) => string, asked: (one: Route) => Promise<Answered>) => {
  const found = await abreast(api.routes, async (one) => `${one.name}: ${verdict(await asked(one))}`);
  expect(found).toEqual(api.routes.map((one) => `${one.name}: ${expected(one)}`));
};

/** Several at once, answered in order: each waits for the database far longer than it is worked on. */
async function abreast<One, Result>(all: readonly One[], ask: (one: One) => Promise<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for (let from = 0; from < all.length; from += IN_FLIGHT)
    found.push(...(await Promise.all(all.slice(from, from + IN_FLIGHT).map(ask))));
  return found;
}
const IN_FLIGHT = 16;

const mayRole = (one: Route, role: Role): boolean =>
  one.action === null || (PERMISSIONS[one.action].roles as readonly Role[]).includes(role);
const mayScope = (one: Route, scopes: readonly Scope[]): boolean =>
  one.action === null || scopes.includes(PERMISSIONS[one.action].scope);
const names = (one: Route): boolean => one.path.includes(':account');

describe('every route', { timeout: 90_000 }, () => {
  it('is closed to whoever brings nothing, a changed session, an ended one, or a key nobody made', async () => {
    const session = await api.session('own', 'owner');
    const ended = await api.session('own', 'owner', 'owner-1', -1);
    const strangers = [undefined, `${session.slice(0, -2)}xx`, `${session}.x`, ended, 'ck_unknown', 'nonsense'];
    for (const token of strangers) {
      await abreast(api.routes, async (one) => {
        const answer = await api.call(one.method, pathOf(one, 'own'), token === undefined ? {} : { token });
        expect([one.name, token, answer.status]).toEqual([one.name, token, 401]);
      });
    }
  });

  it.each(ROLES)('by a session of one’s own account as %s opens as the permission table says', async (role) => {
    const token = await api.session('own', role);
    await table(
      (one) => (mayRole(one, role) ? 'through' : 'role_may_not'),
      (one) => ask(one, token),
    );
  });

  it.each(ROLES)('by a session as %s shows nothing of another account', async (role) => {
    const token = await api.session('own', role);
    for (const account of ['other', 'elsewhere', 'nobody']) {
      await table(
        (one) => (!mayRole(one, role) ? 'role_may_not' : names(one) ? 'unknown_account' : 'through'),
        (one) => ask(one, token, account),
      );
    }
  });

  it.each(SCOPES)('by a key with the scope %s alone opens as the permission table says', async (scope) => {
    const token = await api.key([scope]);
    await table(
      (one) => (mayScope(one, [scope]) ? 'through' : 'scope_missing'),
      (one) => ask(one, token),
    );
  });

  it('by a key that is confined to a catalog opens on that catalog’s accounts and is blind to all others', async () => {
    const token = await api.key(SCOPES, 'receptionist');
    await table(
      () => 'through',
      (one) => ask(one, token, 'own'),
    );
    await table(
      (one) => (names(one) ? 'unknown_account' : 'through'),
      (one) => ask(one, token, 'elsewhere'),
    );
  });

  it('a person who is confined to pools may ask only what is marked as showing nothing of the balance', async () => {
    const pools = await api.account('pooled', {
      catalog: 'toolbench',
      plan: api.store.catalogs.find('toolbench')?.plans.find((plan) => plan.pools)?.key ?? '',
    });
    const owner = await api.session(pools, 'owner', 'boss');
    const set = { credits: '5', members: ['worker'], whenUsed: 'stop' };
    expect((await api.call('PUT', `/v1/accounts/${pools}/pools/a`, { token: owner, key: 'p', body: set })).status).toBe(
      200,
    );
    const token = await api.session(pools, 'owner', 'worker');
    await table(
      (one) => (!mayRole(one, 'owner') ? 'role_may_not' : one.confined === 'allowed' ? 'through' : 'confined_to_pools'),
      (one) => ask(one, token, pools),
    );
  });
});

describe('what names an account beside the path', () => {
  it('looks unknown to a key of another catalog', async () => {
    const token = await api.key(SCOPES, 'atlios');
    const session = { account: 'own', member: 'm', role: 'owner' };
    const opened = await api.call('POST', '/v1/sessions', { token, body: session });
    expect([opened.status, opened.json.code]).toEqual([404, 'unknown_account']);
    const prices = await api.call('GET', '/v1/catalogs/receptionist/prices', { token });
    expect([prices.status, prices.json.code]).toEqual([404, 'unknown_account']);
    const body = { id: 'new', catalog: 'receptionist' };
    expect((await api.call('POST', '/v1/accounts', { token, key: 'new', body })).json.code).toBe('unknown_catalog');
    const taken = await api.call('POST', '/v1/accounts', { token, key: 'taken', body: { id: 'own' } });
    expect([taken.status, taken.json.code]).toEqual([409, 'id_taken']);
  });

  it('an endpoint of another catalog looks unknown to a key that is confined to its own, and is not listed to it', async () => {
    const token = await api.key();
    const body = { url: 'https://product.example/events', catalog: 'receptionist' };
    const { json: made } = await api.call('POST', '/v1/endpoints', { token, key: 'foreign', body });
    const foreign = await api.key(SCOPES, 'atlios');
    const wishes: readonly (readonly [string, string, object?])[] = [
      ...([
        ['GET', ''],
        ['PATCH', '', { enabled: false }],
        ['DELETE', ''],
        ['POST', '/rotate', {}],
      ] as const),
      ...([
        ['GET', '/failures'],
        ['POST', '/test'],
        ['POST', '/replay', { undelivered: true }],
      ] as const),
    ];
    for (const [method, path, sent] of wishes) {
      const wish = { token: foreign, key: `f${method}${path}`, ...(sent === undefined ? {} : { body: sent }) };
      const answer = await api.call(method, `/v1/endpoints/${made.id}${path}`, wish);
      expect([method, path, answer.status, answer.json.code]).toEqual([method, path, 404, 'unknown_endpoint']);
    }
    expect((await api.call('GET', '/v1/endpoints', { token: foreign })).json.endpoints).toEqual([]);
    const added = await api.call('POST', '/v1/endpoints', { token: foreign, key: 'to-foreign', body });
    expect(added.json.code).toBe('unknown_catalog');
  });

  it('a charge, a card or a lot of another account is not found under one’s own', async () => {
    const token = await api.key();
    const { lots } = (await api.call('GET', '/v1/accounts/other/lots', { token })).json;
    const foreign = await api.call('POST', `/v1/accounts/own/lots/${lots[0].id}/void`, {
      token,
      key: 'v',
      body: { reason: 'x' },
    });
    expect([foreign.status, foreign.json.code]).toEqual([404, 'lot_unknown']);
    expect((await api.call('GET', `/v1/accounts/own/charges/${ID}`, { token })).json.code).toBe('charge_unknown');
  });
});
