import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeQueues } from '../../../src/adapters/queue/queues.js';
import { readUsageJob, USAGE_QUEUE } from '../../../src/messages.js';
import { listeningLog } from '../../contract/queue-servers.js';
import { freshDatabase } from '../../support/database.js';
import { type Api, openApi } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
  await api.account('harbor');
});
afterAll(() => api?.close());
beforeEach(() => {
  api.queue.away = false;
  api.queue.queued.length = 0;
});

const event = (key: string, more: object = {}) => ({
  ...{ account: 'harbor', meter: 'answered_call', key, properties: { outcome: 'full_conversation' } },
  ...more,
});
const send = (events: unknown[], wait = false) =>
  api.call('POST', `/v1/usage${wait ? '?wait=true' : ''}`, { token, body: { events } });
const remaining = async (): Promise<string> =>
  (await api.call('GET', '/v1/accounts/harbor/balance', { token })).json.remaining;

describe('usage', () => {
  it('goes into the queue and is answered 202, dated by when it came', async () => {
    const answer = await send([event('q1'), event('q2')]);
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ accepted: 2, via: 'queue', done: [], refused: [] });
    const [job] = api.queue.queued as { v: number; events: { key: string; occurredAt: string }[] }[];
    expect(job?.v).toBe(1);
    expect(job?.events.map((one) => one.key)).toEqual(['q1', 'q2']);
    expect(Date.parse(job?.events[0]?.occurredAt ?? '')).toBeGreaterThan(0);
  });

  it('with wait=true is answered after the commit with what it cost and the balance it left', async () => {
    const answer = await send([event('w1', { quantity: 3 })], true);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ accepted: 1, via: 'ledger' });
    expect(answer.json.done).toEqual([{ place: 0, key: 'w1', credits: '3', balance: '97', replayed: false }]);
    expect(await remaining()).toBe('97');
  });

  it('sent twice is used once, and the second answer says so', async () => {
    await send([event('twice')], true);
    const before = await remaining();
    const again = await send([event('twice')], true);
    expect(again.json.done[0]).toMatchObject({ key: 'twice', credits: '1', replayed: true });
    expect(await remaining()).toBe(before);
  });

  it('with other content under a used key is refused, and the others of the list are posted', async () => {
    await send([event('same')], true);
    const answer = await send([event('same', { quantity: 2 }), event('fresh')], true);
    expect(answer.json.refused).toEqual([expect.objectContaining({ place: 0, key: 'same', reason: 'conflict' })]);
    expect(answer.json.done.map((one: { key: string }) => one.key)).toEqual(['fresh']);
  });

  it('that cannot be read is refused by its place, with the others taken', async () => {
    const answer = await send(
      [event('good'), { account: 'harbor', key: 'bad' }, 'nonsense', event('more', { odd: 1 })],
      true,
    );
    expect(answer.json.done.map((one: { place: number }) => one.place)).toEqual([0]);
    expect(answer.json.refused.map((one: { place: number; reason: string }) => [one.place, one.reason])).toEqual([
      [1, 'invalid'],
      [2, 'invalid'],
      [3, 'invalid'],
    ]);
  });

  it('of which nothing can be read is one problem with its reason', async () => {
    const answer = await send([{ account: 'harbor' }]);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid']);
    expect(answer.json.detail).toContain('meter');
    expect(answer.json.field).toBe('events.0.meter');
    expect((await send([event('odd', { odd: 1 })])).json.field).toBe('events.0.odd');
    expect((await send(['nonsense'])).json.field).toBe('events.0');
  });

  it('of a foreign catalog’s account looks unknown to a key that is confined to its own', async () => {
    const own = await api.key(['usage'], 'atlios');
    const answer = await api.call('POST', '/v1/usage?wait=true', { token: own, body: { events: [event('foreign')] } });
    expect([answer.status, answer.json.code]).toEqual([400, 'unknown_account']);
  });

  it('carries a full job’s worth of events, and not more', async () => {
    const many = Array.from({ length: 1_000 }, (_, place) => event(`many-${place}`));
    expect((await send(many)).status).toBe(202);
    expect((await send([...many, event('one-more')])).status).toBe(400);
    const fat = Array.from({ length: 1_000 }, (_, place) =>
      event(`fat-${place}`, { properties: { outcome: 'x'.repeat(999) } }),
    );
    const answer = await send(fat);
    expect([answer.status, answer.json.code]).toEqual([413, 'too_large']);
  });
});

describe('holds', () => {
  const hold = (key: string, body: object) => api.call('POST', '/v1/accounts/harbor/holds', { token, key, body });

  it('lower what is available, are listed in flight, and are captured for what it came to', async () => {
    const before = (await api.call('GET', '/v1/accounts/harbor/balance', { token })).json;
    const placed = await hold('h1', { credits: '10' });
    expect(placed.status).toBe(200);
    const during = (await api.call('GET', '/v1/accounts/harbor/balance', { token })).json;
    expect(Number(during.available)).toBe(Number(before.available) - 10);
    expect(during.remaining).toBe(before.remaining);
    const listed = (await api.call('GET', '/v1/accounts/harbor/holds', { token })).json.holds;
    expect(listed).toEqual([expect.objectContaining({ id: placed.json.hold, credits: '10', open: '10' })]);
    const captured = await api.call('POST', '/v1/accounts/harbor/holds/h1/capture', {
      token,
      key: 'c1',
      body: { credits: '4' },
    });
    expect(captured.json).toMatchObject({ credits: '4', balance: String(Number(before.remaining) - 4) });
    const ended = await api.call('POST', '/v1/accounts/harbor/holds/h1/release', { token, key: 'r1' });
    expect([ended.status, ended.json.code]).toEqual([409, 'hold_ended']);
  });

  it('that are not covered are refused whole as 402', async () => {
    const answer = await hold('h2', { credits: '100000' });
    expect([answer.status, answer.json.code]).toEqual([402, 'insufficient_credits']);
  });

  it('are extended and released once', async () => {
    await hold('h3', { credits: '1' });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const longer = await api.call('POST', '/v1/accounts/harbor/holds/h3/extend', {
      token,
      key: 'e1',
      body: { expiresAt: until },
    });
    expect(longer.json).toMatchObject({ state: 'open', expiresAt: until });
    const freed = await api.call('POST', '/v1/accounts/harbor/holds/h3/release', { token, key: 'r3' });
    expect(freed.json.state).toBe('released');
  });

  it('a use is given back by its key, and a reversal that comes first is kept', async () => {
    await send([event('wrong', { quantity: 2 })], true);
    const before = Number(await remaining());
    const back = await api.call('POST', '/v1/accounts/harbor/reversals', { token, key: 'rev1', body: { of: 'wrong' } });
    expect(back.json).toEqual({ state: 'given_back', credits: '2', balance: String(before + 2) });
    const early = await api.call('POST', '/v1/accounts/harbor/reversals', {
      token,
      key: 'rev2',
      body: { of: 'not-yet' },
    });
    expect(early.json).toEqual({ state: 'kept', credits: null, balance: null });
  });
});

// Last, because a queue that did not answer is not asked again for a while.
describe('while the queue is away', () => {
  it('usage is posted directly, and the answer says so', async () => {
    api.queue.away = true;
    const answer = await send([event('direct')]);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ via: 'ledger', accepted: 1, done: [{ key: 'direct' }] });
    expect(api.queue.queued).toEqual([]);
  });
});

describe('the real queue', () => {
  it('holds the events as one job that a worker can read', { timeout: 60_000 }, async () => {
    const database = await freshDatabase();
    const queues = await makeQueues({ kind: 'postgres', url: database.url }, listeningLog());
    const own = await openApi({ queues });
    try {
      await own.account('harbor');
      const body = { events: [event('r1'), event('r2')] };
      const answer = await own.call('POST', '/v1/usage', { token: await own.key(['usage']), body });
      expect([answer.status, answer.json.via]).toEqual([202, 'queue']);
      const [job] = await queues.ask(USAGE_QUEUE, (queue) => queue.getWaiting());
      const read = readUsageJob(job?.data);
      expect(read.kind === 'read' && read.events.map((one) => one.kind === 'event' && one.event.key)).toEqual([
        'r1',
        'r2',
      ]);
    } finally {
      await own.close();
      await queues.close();
      await database.drop();
    }
  });
});
