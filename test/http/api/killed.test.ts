/** A process that dies after it has done what it was asked, and before the answer was kept: asked again, it was done once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/domain/instant.js';
import { execute, query } from '../../support/admin.js';
import { brokenSums } from '../../support/sums.js';
import { type Api, attach, openApi } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
  await api.account('k', { catalog: 'toolbench', plan: 'business' });
  await api.account('k-free', { catalog: 'atlios' });
  await api.post(attach('k'), attach('k', '5556'), attach('k-free', '7777'));
  await api.call('PUT', '/v1/accounts/k/members/leaver', { token, key: 'm', body: { role: 'viewer' } });
  await api.call('PUT', '/v1/accounts/k/pools/gone', {
    token,
    key: 'p',
    body: { credits: '5', members: ['a'], whenUsed: 'stop' },
  });
});
afterAll(() => api?.close());

const cards = async (): Promise<string[]> =>
  (await api.call('GET', '/v1/accounts/k/payment-methods', { token })).json.cards.map((one: { id: string }) => one.id);

const endpoint = async (): Promise<string> => (await api.call('GET', '/v1/endpoints', { token })).json.endpoints[0].id;

/** Everything but the stored answers and the totals that a clock counts. */
const rows = async () => {
  const tables = [
    'accounts',
    'account_settings',
    'members',
    'pools',
    'pool_members',
    'budgets',
    'levels',
    'payment_methods',
  ];
  const found = [];
  for (const table of [...tables, 'audit_log', 'ledger_entries', 'periods', 'charges', 'webhook_endpoints'])
    found.push(
      await query(
        api.store.pool.options.connectionString ?? '',
        `select to_jsonb(t) as row from ${table} t order by 1`,
      ),
    );
  return found;
};

interface Wish {
  readonly method: string;
  readonly path: () => string | Promise<string>;
  readonly body?: () => object | Promise<object>;
}

const wish = (method: string, path: Wish['path'], body?: Wish['body']): Wish => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
});

const WISHES: Readonly<Record<string, Wish>> = {
  createAccount: wish(
    'POST',
    () => '',
    () => ({ id: 'k-new', catalog: 'receptionist', owners: [{ id: 'o' }] }),
  ),
  updateAccount: wish(
    'PATCH',
    () => '/k',
    () => ({ name: 'Other', zone: 'Asia/Tokyo' }),
  ),
  setMember: wish(
    'PUT',
    () => '/k/members/new',
    () => ({ role: 'admin' }),
  ),
  removeMember: wish('DELETE', () => '/k/members/leaver'),
  setPool: wish(
    'PUT',
    () => '/k/pools/new',
    () => ({ credits: '9', members: ['a'], whenUsed: 'stop' }),
  ),
  removePool: wish('DELETE', () => '/k/pools/gone'),
  setBudget: wish(
    'PUT',
    () => '/k/budgets/a',
    () => ({ credits: '3' }),
  ),
  setLevel: wish(
    'PUT',
    () => '/k/levels/projects',
    () => ({ value: 4 }),
  ),
  setTopOff: wish(
    'PUT',
    () => '/k/top-off',
    () => ({ enabled: false, threshold: '50', amount: '200' }),
  ),
  resumeTopOff: wish('POST', () => '/k/top-off/resume'),
  orderPaymentMethods: wish(
    'PUT',
    () => '/k/payment-methods/order',
    async () => ({ cards: (await cards()).reverse() }),
  ),
  removePaymentMethod: wish('DELETE', async () => `/k/payment-methods/${(await cards())[0]}`),
  changePlan: wish(
    'PUT',
    () => '/k/plan',
    () => ({ plan: 'team' }),
  ),
  startTrial: wish(
    'POST',
    () => '/k-free/trial',
    () => ({ plan: 'growth' }),
  ),
  addEndpoint: wish(
    'POST',
    () => '../endpoints',
    () => ({ url: 'https://a.example/e', catalog: 'rheos' }),
  ),
  rotateEndpointSecret: wish(
    'POST',
    async () => `../endpoints/${await endpoint()}/rotate`,
    () => ({}),
  ),
  updateEndpoint: wish(
    'PATCH',
    async () => `../endpoints/${await endpoint()}`,
    () => ({ enabled: false }),
  ),
  removeEndpoint: wish('DELETE', async () => `../endpoints/${await endpoint()}`),
  closeAccount: wish(
    'POST',
    () => '/k/close',
    () => ({ reason: 'over' }),
  ),
};

describe('a process that dies between doing and keeping the answer', () => {
  it.each(Object.entries(WISHES))(
    '%s: the second try finds it done, answers the same and changes nothing',
    async (name, one) => {
      const path = `/v1/accounts${await one.path()}`.replace('accounts../', '');
      const body = await one.body?.();
      const send = () =>
        api.call(one.method, path, { token, key: `kill-${name}`, ...(body === undefined ? {} : { body }) });
      const first = await send();
      expect([name, first.status < 300, first.json]).toEqual([name, true, expect.anything()]);
      const before = await rows();
      const url = api.store.pool.options.connectionString ?? '';
      await execute(
        url,
        `update idempotent_answers set status = null, body = null, answered_at = null where key = 'kill-${name}'`,
      );
      expect((await send()).json.code).toBe('in_progress');
      api.time.offsetMs += 2 * MINUTE_MS;
      const again = await send();
      expect([name, again.status, again.json]).toEqual([name, first.status, first.json]);
      expect(await rows()).toEqual(before);
      expect((await send()).headers.get('idempotent-replayed')).toBe('true');
    },
  );

  it('leaves the sums as they always are', async () => {
    expect(await brokenSums(api.store.pool.options.connectionString ?? '')).toEqual([]);
  });
});
