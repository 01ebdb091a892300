/** Endpoints by the API: made, changed, tried, and sent to again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../../src/domain/credits.js';
import { accountId } from '../../../src/domain/ids.js';
import { openEvents } from '../../../src/wire-upkeep.js';
import { openHook, verify } from '../../support/hook.js';
import { type Api, openApi, used } from './support.js';

let api: Api;
let token: string;
let hook: Awaited<ReturnType<typeof openHook>>;
let keys = 0;
beforeAll(async () => {
  api = await openApi({ allowPrivateEndpoints: true });
  token = await api.key(['events']);
  hook = await openHook();
});
afterAll(async () => {
  await hook?.close();
  await api?.close();
});

const send = (method: string, path: string, body?: object) => {
  keys += 1;
  return api.call(method, `/v1/endpoints${path}`, { token, key: `e${keys}`, ...(body === undefined ? {} : { body }) });
};
const add = async (types: readonly string[] = []) =>
  (await send('POST', '', { url: hook.url, catalog: 'receptionist', types })).json;

describe('an endpoint', () => {
  it('is made with a secret that no later answer holds, changed, turned off and on, and removed', async () => {
    const made = await add(['balance.low']);
    expect(made).toMatchObject({ url: hook.url, types: ['balance.low'], enabled: true, failingSince: null });
    expect(made.secret).toMatch(/^whsec_/);
    const changed = await send('PATCH', `/${made.id}`, { types: [], enabled: false });
    expect(changed.json).toMatchObject({ types: [], enabled: false });
    expect((await send('PATCH', `/${made.id}`, { enabled: true })).json.enabled).toBe(true);
    const list = await send('GET', '');
    expect(list.json.endpoints).toEqual([expect.objectContaining({ id: made.id })]);
    expect(list.text + changed.text).not.toContain('whsec_');
    expect((await send('DELETE', `/${made.id}`)).json).toEqual({ removed: true });
    expect((await send('DELETE', `/${made.id}`)).json.code).toBe('unknown_endpoint');
    expect((await send('GET', `/${made.id}`)).status).toBe(404);
    const log = await api.store.prisma.auditEntry.findMany({ where: { action: { endsWith: '_endpoint' } } });
    expect(log.map(({ action }) => action).sort()).toEqual([
      'add_endpoint',
      'remove_endpoint',
      ...['update_endpoint', 'update_endpoint'],
    ]);
    expect(JSON.stringify(log)).not.toContain('whsec_');
  });

  it.each([
    ['not a url', 'invalid_url'],
    ['ftp://product.example/events', 'invalid_url'],
    ['https://me:secret@product.example/events', 'invalid_url'],
  ])('is refused at %s', async (url, code) => {
    expect((await send('POST', '', { url, catalog: 'receptionist' })).json).toMatchObject({ code, field: 'url' });
    expect((await send('POST', '', { url: hook.url, catalog: 'nowhere' })).json.code).toBe('unknown_catalog');
    expect((await send('POST', '', { url: hook.url, catalog: 'rheos', types: ['no.such'] })).status).toBe(400);
  });

  it('is tried with a signed event, by the new secret and, in its grace, by the old one', async () => {
    const made = await add();
    const rotated = (await send('POST', `/${made.id}/rotate`, { graceHours: 1 })).json;
    expect(rotated.secret).not.toBe(made.secret);
    hook.received.length = 0;
    expect((await send('POST', `/${made.id}/test`)).json).toEqual({ delivered: true, reason: null });
    const [event] = hook.received;
    expect(event?.body).toMatchObject({ type: 'endpoint.test', data: {} });
    for (const { secret } of [made, rotated]) if (event !== undefined) verify(event, secret);
    hook.state.answer = { status: 500 };
    expect((await send('POST', `/${made.id}/test`)).json).toEqual({ delivered: false, reason: 'it answered 500' });
    hook.state.answer = { status: 200 };
    await send('DELETE', `/${made.id}`);
  });

  it('shows what it has not taken, and is sent that again, alone, from the sequence that is asked for', async () => {
    const [one, other] = [await add(), await add()];
    await api.account('told');
    const account = accountId('told');
    await api.post(used('told', 'all', 100), {
      kind: 'grant',
      account,
      key: 'g',
      origin: 'promotion',
      credits: credits(5),
    });
    const { events } = (await send('GET', `/${one.id}/failures`)).json;
    const sequences = events.map(({ sequence }: { sequence: number }) => sequence);
    expect(sequences.length).toBeGreaterThanOrEqual(2);
    expect(events[0]).toMatchObject({ account: 'told', state: 'waiting', attempts: 0 });
    await api.store.prisma.event.updateMany({ data: { state: 'sent', accepted: [one.id, other.id] } });
    expect((await send('GET', `/${one.id}/failures`)).json.events).toEqual([]);
    const from = Math.max(...sequences) - 1;
    const replayed = await send('POST', `/${one.id}/replay`, { account: 'told', fromSequence: from });
    expect(replayed.json).toEqual({ events: 2 });
    const asked = await api.store.prisma.auditEntry.findMany({ where: { action: 'replay_events' } });
    expect(asked.map(({ who, after }) => [who.split(':')[0], (after as { asked: object }).asked])).toEqual([
      ['key', expect.objectContaining({ account: 'told', endpoint: one.id })],
    ]);
    const { no } = await api.store.prisma.account.findUniqueOrThrow({ where: { id: 'told' }, select: { no: true } });
    const found = await openEvents(api.store).find(Number(no) as never, 100, 0 as never);
    const waiting = found.queues.map((queue) => [queue.endpoint.id, queue.events.map(({ sequence }) => sequence)]);
    expect(new Map(waiting as [string, number[]][])).toEqual(
      new Map([
        [one.id, [from, from + 1]],
        [other.id, []],
      ]),
    );
    for (const body of [{}, { fromSequence: 3, undelivered: true }])
      expect((await send('POST', `/${one.id}/replay`, body)).status).toBe(400);
  });
});
