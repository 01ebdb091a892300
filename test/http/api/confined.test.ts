import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../../src/domain/credits.js';
import { accountId, memberId } from '../../../src/domain/ids.js';
import { type Api, attach, openApi } from './support.js';

const ACCOUNT = 'lab';
let api: Api;
let owner: string;
let worker: string;
let secrets: string[];

/** A balance whose every figure is found nowhere else, so that a leak is seen wherever it is. */
beforeAll(async () => {
  api = await openApi();
  const plan = api.store.catalogs.find('toolbench')?.plans.find((one) => one.pools)?.key ?? '';
  await api.account(ACCOUNT, { catalog: 'toolbench', plan });
  const account = accountId(ACCOUNT);
  const token = await api.key();
  owner = await api.session(ACCOUNT, 'owner', 'boss');
  worker = await api.session(ACCOUNT, 'viewer', 'worker');
  const team = { credits: '12', members: ['worker'], whenUsed: 'stop' };
  await api.call('PUT', `/v1/accounts/${ACCOUNT}/pools/team`, { token: owner, key: 'team', body: team });
  await api.call('PUT', `/v1/accounts/${ACCOUNT}/pools/others`, {
    token: owner,
    key: 'others',
    body: { ...team, credits: '7351', members: ['x'] },
  });
  await api.post(
    attach(ACCOUNT),
    { kind: 'grant', account, key: 'g', origin: 'promotion', credits: credits(86_429), paid: true },
    { kind: 'use', account, key: 'u1', credits: credits(3_917) },
    { kind: 'use', account, key: 'u2', credits: credits(2), member: memberId('worker'), pool: 'team' },
    { kind: 'use', account, key: 'u3', credits: credits(613), member: memberId('x'), pool: 'others' },
    { kind: 'hold', account, key: 'h1', credits: credits(5_557) },
  );
  const seen = (await api.call('GET', `/v1/accounts/${ACCOUNT}/overview`, { token })).json;
  secrets = [
    '86429',
    '3917',
    '613',
    '7351',
    '5557',
    seen.balance.remaining,
    seen.balance.available,
    seen.balance.spendable,
  ];
});
afterAll(() => api?.close());

const leaks = (text: string): string[] => secrets.filter((secret) => text.includes(secret));

describe('a member who is confined to pools', () => {
  it('is told in every other read that they are, and meets the balance in no read they may ask', async () => {
    expect(secrets.every((secret) => secret.length >= 3)).toBe(true);
    const asked: string[] = [];
    for (const one of api.routes) {
      if (one.method !== 'GET' || !one.path.includes(':account') || one.produces === 'text/event-stream') continue;
      const path = one.path.replace(':account', ACCOUNT).replace(/:\w+/g, '0190a0a0-0000-7000-8000-000000000000');
      const query = one.name === 'readDailyUsage' ? '?from=2026-01-01&to=2026-12-31' : '';
      const answer = await api.call('GET', path + query, { token: worker });
      if (one.confined !== 'allowed')
        expect([one.name, answer.json.code]).toEqual([
          one.name,
          one.name === 'listMembers' ? 'role_may_not' : 'confined_to_pools',
        ]);
      else asked.push(one.name);
      expect([one.name, leaks(answer.text)]).toEqual([one.name, []]);
    }
    expect(asked).toContain('readOverview');
    expect(asked).toContain('listActivity');
  });

  it('sees their pools, their own budget, what happened in those, and whether anything may run', async () => {
    const { json } = await api.call('GET', `/v1/accounts/${ACCOUNT}/overview`, { token: worker });
    expect(json).toMatchObject({
      ...{
        balance: null,
        included: null,
        lots: null,
        overage: null,
        topOff: null,
        cards: [],
        incidents: [],
        runway: null,
      },
      viewer: { role: 'viewer', member: 'worker', confined: true },
      gate: { open: true },
    });
    expect(json.limits.pools).toEqual([
      expect.objectContaining({ pool: 'team', credits: '12', used: '2', worth: '10' }),
    ]);
    const { entries } = (await api.call('GET', `/v1/accounts/${ACCOUNT}/activity`, { token: worker })).json;
    expect(entries).toEqual([
      expect.objectContaining({ kind: 'use', pool: 'team', credits: '-2', balanceAfter: null }),
    ]);
    const table = await api.call('GET', `/v1/accounts/${ACCOUNT}/activity.csv`, { token: worker });
    expect(table.text.trim().split('\r\n')).toHaveLength(2);
  });

  it('cannot ask for another pool, another member or the account by naming them', async () => {
    const get = (path: string) => api.call('GET', `/v1/accounts/${ACCOUNT}/${path}`, { token: worker });
    expect((await get('activity?pool=others')).json.entries).toEqual([]);
    expect((await get('usage/period?member=x')).status).toBe(403);
    const check = (body: object) => api.call('POST', `/v1/accounts/${ACCOUNT}/check`, { token: worker, body });
    expect((await check({ run: [{ credits: '1', member: 'x', pool: 'others' }] })).json.code).toBe('another_member');
    const own = (await check({ run: [{ credits: '1', pool: 'team' }] })).json;
    expect(own).toMatchObject({ allowed: true, available: '10', spendable: '10', times: 10 });
    const outside = await check({ run: [{ credits: '1' }] });
    expect(outside.json.allowed).toBe(false);
    expect(leaks(outside.text)).toEqual([]);
  });

  it('learns no figure of the account by asking for a feature, a level, free work, or with a budget that is spent', async () => {
    const check = (body: object) => api.call('POST', `/v1/accounts/${ACCOUNT}/check`, { token: worker, body });
    const level = [...(api.store.catalogs.find('toolbench')?.limits.values() ?? [])].find(
      (one) => one.kind === 'level',
    );
    const bodies: readonly object[] = [
      { feature: 'none-such' },
      ...(level === undefined ? [] : [{ level: { limit: level.key, by: 1_000_000 } }]),
      { run: [{ credits: '0' }] },
      { run: [{ credits: '9999999', pool: 'team' }] },
    ];
    for (const body of bodies) {
      const answer = await check(body);
      expect([body, answer.status, leaks(answer.text)]).toEqual([body, 200, []]);
      expect(answer.json).toMatchObject({ available: '10', spendable: '10' });
      expect(answer.json.remedies.filter((one: { who: string }) => one.who !== 'anybody')).toEqual([]);
    }
    const budget = { token: owner, key: 'budget', body: { credits: '2' } };
    await api.call('PUT', `/v1/accounts/${ACCOUNT}/budgets/worker`, budget);
    await api.post({
      ...{ kind: 'use', account: accountId(ACCOUNT), key: 'u4', credits: credits(2) },
      ...{ member: memberId('worker'), pool: 'team' },
    });
    const { gate } = (await api.call('GET', `/v1/accounts/${ACCOUNT}/overview`, { token: worker })).json;
    expect(gate).toEqual({
      ...{ open: false, remedies: [] },
      sentence: 'Your budget of this period is used up. It starts anew with the next period.',
    });
  });

  it('is told by the live flow that something changed, and nothing of what', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${api.server.url}/v1/accounts/${ACCOUNT}/live`, {
      headers: { authorization: `Bearer ${worker}` },
      signal: stop.signal,
    });
    const reader = answer.body?.getReader();
    let text = '';
    while (!text.includes('data:')) text += new TextDecoder().decode((await reader?.read())?.value);
    stop.abort();
    expect(JSON.parse(text.match(/data: (.*)\n/)?.[1] ?? '')).toMatchObject({ balance: null, incidents: [] });
    expect(leaks(text)).toEqual([]);
  });
});
