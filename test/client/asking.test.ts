/** What a product asks and records through the client, on the real API and ledger. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditd, InvalidEventError, RefusedError, UnreachableError, type UsageEvent } from '../../src/client.js';
import { type Api, openApi } from '../http/api/support.js';
import { clientOf } from './line.js';

const CALL = { meter: 'answered_call', properties: { outcome: 'full_conversation' } } as const;
const event = (account: string, key: string): UsageEvent => ({ account, key, ...CALL });

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await api.account('harbor');
});
afterAll(() => api?.close());

describe('a client that reaches creditd', () => {
  it('says whether work may run, what it costs and for how often it is enough', async () => {
    const { client } = await clientOf(api);
    expect(await client.check('harbor', { ...CALL, quantity: 3 })).toMatchObject({
      ...{ reached: true, allowed: true, cost: '3', available: '100', times: 33, fired: [] },
    });
    expect(await client.check('harbor', [{ ...CALL, quantity: 60 }, { credits: '60' }])).toMatchObject({
      ...{ reached: true, allowed: false, cost: '120', fired: [{ limit: 'balance' }] },
    });
    expect(await client.check('harbor', { feature: 'nothing-of-the-kind' })).toMatchObject({ allowed: false });
  });

  it('quotes, and tells the balance', async () => {
    const { client } = await clientOf(api);
    expect(await client.quote('harbor', { ...CALL, quantity: 4 })).toMatchObject({ credits: '4' });
    expect(await client.balance('harbor')).toMatchObject({ remaining: '100', available: '100', debt: '0' });
  });

  it('opens a session whose token is that person’s', async () => {
    const { client } = await clientOf(api);
    const wish = { account: 'harbor', member: 'maya', role: 'owner', returnUrl: 'https://shop.example/' } as const;
    const { url, token } = await client.openSession(wish);
    expect(url).toContain(`https://billing.example/billing?return=`);
    const { json } = await api.call('GET', '/v1/session', { token });
    expect(json).toMatchObject({ kind: 'person', account: 'harbor', member: 'maya', role: 'owner' });
  });

  it('throws what creditd does not know, with its stable code', async () => {
    const { client } = await clientOf(api);
    const error = await client.check('nobody', CALL).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 404, code: 'unknown_account' });
    await expect(client.quote('harbor', { meter: 'unheard-of' })).rejects.toMatchObject({ code: 'unknown_meter' });
    const limited = await clientOf(api, { key: await api.key(['read']) });
    await expect(limited.client.track(event('harbor', 'no-scope'))).rejects.toMatchObject({ code: 'scope_missing' });
    expect(limited.told).toMatchObject([{ code: 'scope_missing' }]);
  });

  it('keeps an account’s id in its place in the address', async () => {
    const { client, line } = await clientOf(api);
    const id = 'a/../b?c=1#ü%2e';
    await api.account(id);
    expect(await client.balance(id)).toMatchObject({ remaining: '100' });
    await expect(client.balance('..')).rejects.toThrow('An id must be text other than');
    expect(line.asked).toHaveLength(1);
  });
});

describe('usage by HTTP', () => {
  it('is dated when it was tracked and sent in requests that creditd takes, none lost and none twice', async () => {
    const { client, line } = await clientOf(api);
    api.queue.queued.length = 0;
    const all = Array.from({ length: 1_500 }, (_, at) => event('harbor', `bulk-${at}`));
    expect(await client.track(all)).toEqual({ reached: true, accepted: 1_500, refused: [], waiting: 0, unsent: [] });
    expect(line.asked.map(({ body }) => JSON.parse(body).events.length)).toEqual([1_000, 500]);
    const queued = (api.queue.queued as { events: UsageEvent[] }[]).flatMap(({ events }) => events);
    expect(queued.map(({ key }) => key)).toEqual(all.map(({ key }) => key));
    expect(queued.every(({ occurredAt }) => occurredAt !== undefined)).toBe(true);
  });

  it('is cut by bytes too', async () => {
    const { client, line } = await clientOf(api);
    const properties = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`p${at}`, 'é'.repeat(1_000)]));
    const all = Array.from({ length: 120 }, (_, at) => ({ ...event('harbor', `wide-${at}`), properties }));
    expect(await client.track(all)).toMatchObject({ reached: true, accepted: 120 });
    expect(line.asked.length).toBeGreaterThan(2);
  });

  it('with a mistake in one event is refused whole, in words, before anything is sent', async () => {
    const { client, line, told } = await clientOf(api);
    const bad = { ...event('harbor', 'x'), key: undefined } as unknown as UsageEvent;
    const error = await client.track([event('harbor', 'good'), bad]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidEventError);
    expect(error).toMatchObject({
      field: 'key',
      message: expect.stringContaining('Event 1 of the list: "key" is missing'),
    });
    expect(line.asked).toEqual([]);
    expect(told).toEqual([error]);
  });

  it('that creditd refuses is handed back, and the listener is told', async () => {
    await api.account('elsewhere', { catalog: 'rheos' });
    const { client, told } = await clientOf(api, { key: await api.key(undefined, 'receptionist') });
    const answer = await client.track([event('harbor', 'mine'), event('elsewhere', 'theirs')]);
    expect(answer).toMatchObject({ reached: true, accepted: 1, refused: [{ code: 'unknown_account' }] });
    expect(answer.refused[0]?.event.account).toBe('elsewhere');
    expect(told).toMatchObject([{ name: 'UsageRefusedError', code: 'unknown_account' }]);
  });
});

describe('a client that does not reach creditd', () => {
  it.each([
    ['open', true],
    ['closed', false],
  ] as const)('fails %s in a check, and says so', async (onTrouble, allowed) => {
    const { client, line, told } = await clientOf(api, { onTrouble });
    for (const fault of ['dead', 'busy', 'stranger'] as const) {
      line.mend();
      line.fail(fault);
      expect(await client.check('harbor', CALL)).toMatchObject({ reached: false, allowed });
    }
    expect(told).toHaveLength(3);
    for (const error of told) expect(error).toBeInstanceOf(UnreachableError);
  });

  it('asks again, and the second answer counts', async () => {
    const { client, line, told } = await clientOf(api, { onTrouble: 'closed' });
    line.fail('dead', '', 2);
    expect(await client.check('harbor', CALL)).toMatchObject({ reached: true, allowed: true });
    expect(line.asked).toHaveLength(3);
    expect(told).toEqual([]);
  });

  it('gives up within its time where nothing answers, and says how long it waited', async () => {
    const silent: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const { client } = await clientOf(api, { fetch: silent, tryMs: 40, timeoutMs: 100, onTrouble: 'closed' });
    const before = performance.now();
    expect(await client.check('harbor', CALL)).toMatchObject({
      reached: false,
      reason: expect.stringMatching(/no answer within \d+ ms/),
    });
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('throws where no answer can be made up, without a key in the sentence', async () => {
    const { client, line } = await clientOf(api);
    line.fail('dead');
    const askings = [
      () => client.balance('harbor'),
      () => client.quote('harbor', CALL),
      () => client.openSession({ account: 'harbor', member: 'maya', role: 'owner' }),
    ];
    for (const asking of askings) {
      const error = (await asking().catch((reason: unknown) => reason)) as UnreachableError;
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error.message).toContain('ECONNREFUSED');
      expect(error.message).not.toContain('ck_');
    }
  });

  it('hands back the usage that nobody took: in the answer when it fails open, in the error when closed', async () => {
    const events = [event('harbor', 'away-1'), event('harbor', 'away-2')];
    const open = await clientOf(api, { trackMs: 50 });
    open.line.fail('dead');
    const answer = await open.client.track(events);
    expect(answer).toMatchObject({ reached: false, accepted: 0 });
    expect(answer.unsent.map(({ key }) => key)).toEqual(['away-1', 'away-2']);
    expect(open.told).toMatchObject([{ name: 'UnreachableError', events: answer.unsent }]);

    const closed = await clientOf(api, { trackMs: 50, onTrouble: 'closed' });
    closed.line.fail('dead');
    const error = await closed.client.track(events).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UnreachableError', events: [{ key: 'away-1' }, { key: 'away-2' }] });
  });
});

describe('the options of a client', () => {
  it.each([
    ['url', { url: 'billing.example' }],
    ['url', { url: 'redis://127.0.0.1' }],
    ['key', { key: 'sk_live_1' }],
    ['onTrouble', { onTrouble: 'maybe' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['tryMs', { tryMs: 1.5 }],
  ])('are refused in words: %s', (name, wrong) => {
    const right = { url: 'http://127.0.0.1:4800', key: 'ck_1', onTrouble: 'open' } as const;
    expect(() => creditd({ ...right, ...(wrong as object) })).toThrow(new RegExp(`^${name} must be`));
  });
});
