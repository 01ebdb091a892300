/** Work under a hold: what is held, what is used, and what becomes of it when the line breaks at each place. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeQueues, type Queues } from '../../src/adapters/queue/queues.js';
import { UnsettledError, type Work } from '../../src/client.js';
import { readUsageJob } from '../../src/messages.js';
import { listeningLog, QUEUE_SERVERS, type QueueServer } from '../contract/queue-servers.js';
import { type Api, openApi } from '../http/api/support.js';
import { until } from '../support/wait.js';
import { clientOf } from './line.js';

const CALL = { meter: 'answered_call', quantity: 10, properties: { outcome: 'full_conversation' } } as const;

let api: Api;
let account: string;
let count = 0;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api?.close());
/** Its own hundred credits for every test. */
beforeEach(async () => {
  count += 1;
  account = await api.account(`shop-${count}`);
});

const balance = async () => {
  const { json } = await api.call('GET', `/v1/accounts/${account}/balance`, { token: await api.key() });
  return [json.remaining, json.held];
};
const ROOM = ['100', '0'];

describe('work under a hold', () => {
  it('has its credits reserved while it runs and used when it has run', async () => {
    const { client } = await clientOf(api);
    const done = await client.withHold(account, CALL, async ({ credits }) => [credits, await balance()]);
    expect(done).toMatchObject({ ran: true, reached: true, recorded: 'now', credits: '10', balance: '90' });
    expect(done).toMatchObject({ result: ['10', ['100', '10']] });
    expect(await balance()).toEqual(['90', '0']);
  });

  it('uses what it says it came to, more or less or nothing', async () => {
    const { client } = await clientOf(api);
    await client.withHold(account, CALL, (work) => work.used({ quantity: 3 }));
    expect(await balance()).toEqual(['97', '0']);
    await client.withHold(account, CALL, (work) => work.used({ credits: '20' }));
    expect(await balance()).toEqual(['77', '0']);
    await client.withHold(account, CALL, (work) => work.used({ properties: { outcome: 'dropped_empty' } }));
    expect(await balance()).toEqual(['77', '0']);
    expect(await client.withHold(account, CALL, (work) => work.usedNothing())).toMatchObject({ recorded: 'nothing' });
    expect(await balance()).toEqual(['77', '0']);
  });

  it('that says it used what cannot be priced keeps its result, and the listener is told', async () => {
    const { client, told } = await clientOf(api);
    const run = (work: Work) => {
      work.used({ properties: { outcome: 'eaten' } });
      return 'kept';
    };
    expect(await client.withHold(account, CALL, run)).toMatchObject({ result: 'kept', recorded: 'refused' });
    expect(told).toMatchObject([{ name: 'UnsettledError', cause: { code: 'unknown_value' } }]);
  });

  it('does not run where it is not covered, and the answer says which limit', async () => {
    const { client, told } = await clientOf(api);
    const done = await client.withHold(account, { ...CALL, quantity: 500 }, () => expect.unreachable());
    expect(done).toMatchObject({ ran: false, reached: true, code: 'insufficient_credits' });
    expect(await balance()).toEqual(ROOM);
    expect(told).toEqual([]);
  });

  it('that throws uses nothing, and its own error comes out', async () => {
    const { client } = await clientOf(api);
    const mistake = new Error('the printer is on fire');
    await expect(client.withHold(account, CALL, () => Promise.reject(mistake))).rejects.toBe(mistake);
    expect(await balance()).toEqual(ROOM);
  });

  it('run again under its key, after it had failed or after it had run, is used once', async () => {
    const { client } = await clientOf(api);
    const key = 'article-17';
    await expect(client.withHold(account, CALL, () => Promise.reject(new Error()), { key })).rejects.toThrow();
    expect(await client.withHold(account, CALL, () => 1, { key })).toMatchObject({ recorded: 'now', key });
    expect(await client.withHold(account, CALL, () => 2, { key })).toMatchObject({ result: 2, recorded: 'before' });
    expect(await balance()).toEqual(['90', '0']);
  });

  it('that runs longer than its hold keeps its credits reserved', async () => {
    const { client, line } = await clientOf(api);
    const done = await client.withHold(
      account,
      CALL,
      () => until(() => line.asked.filter(({ path }) => path.endsWith('/extend')).length > 1),
      { holdMs: 1_000 },
    );
    expect(done).toMatchObject({ ran: true, recorded: 'now', credits: '10' });
    const keys = line.asked.filter(({ path }) => path.endsWith('/extend')).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('throws before it runs for what creditd does not know', async () => {
    const { client } = await clientOf(api);
    const run = () => expect.unreachable();
    await expect(client.withHold(account, { meter: 'unheard-of' }, run)).rejects.toMatchObject({
      code: 'unknown_meter',
    });
    await expect(client.withHold(account, CALL, run, { key: 'no blanks' })).rejects.toThrow('visible ASCII');
    await expect(client.withHold(account, CALL, run, { holdMs: 10 })).rejects.toThrow('holdMs');
  });
});

describe('work under a hold on a line that breaks', () => {
  it('is held once and captured once where both answers are lost and asked for again', async () => {
    const { client, line } = await clientOf(api, { onTrouble: 'closed' });
    line.fail('lost', '/holds', 1);
    line.fail('lost', '/capture', 1);
    expect(await client.withHold(account, CALL, () => 'done')).toMatchObject({ result: 'done', recorded: 'now' });
    expect(await balance()).toEqual(['90', '0']);
    const captures = line.asked.filter(({ path }) => path.endsWith('/capture'));
    expect(captures).toHaveLength(2);
    expect(new Set(captures.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
  });

  it('does not run where the client fails closed, and what was held unheard is let go', async () => {
    const { client, line, told } = await clientOf(api, { onTrouble: 'closed' });
    line.fail('lost', '/holds', 4);
    const done = await client.withHold(account, CALL, () => expect.unreachable());
    expect(done).toMatchObject({ ran: false, reached: false, reason: expect.stringContaining('could not be reached') });
    expect(told).toMatchObject([{ name: 'UnreachableError' }]);
    await until(async () => (await balance())[1] === '0', { what: 'the hold to be released' });
  });

  it.each(['dead', 'lost'] as const)(
    'runs where the client fails open, and its use is recorded once (%s)',
    async (fault) => {
      const { client, line, told } = await clientOf(api, { onTrouble: 'open' });
      line.fail(fault, '/holds', 4);
      const done = await client.withHold(account, CALL, ({ credits }) => credits);
      expect(done).toMatchObject({ ran: true, reached: false, result: null, recorded: 'now', credits: '10' });
      expect(await balance()).toEqual(['90', '0']);
      expect(told).toMatchObject([{ name: 'UnreachableError' }]);
    },
  );

  it('has its result at once while its capture is tried behind, until it is in the ledger, once', async () => {
    const { client, line } = await clientOf(api);
    line.fail('lost', '/capture', 6);
    expect(await client.withHold(account, CALL, () => 'kept')).toMatchObject({ result: 'kept', recorded: 'later' });
    expect(client.pending).toBe(1);
    await client.close();
    expect(client.pending).toBe(0);
    expect(await balance()).toEqual(['90', '0']);
  });

  it('that could not be recorded before the client was closed is told with all that a person needs', async () => {
    const { client, line, told } = await clientOf(api);
    const done = await client.withHold(
      account,
      CALL,
      (work) => {
        line.fail('dead');
        work.used({ quantity: 2 });
        return 'kept';
      },
      { key: 'article-18' },
    );
    expect(done).toMatchObject({ result: 'kept', recorded: 'later' });
    await client.close({ timeoutMs: 100 });
    const last = told.at(-1);
    expect(last).toBeInstanceOf(UnsettledError);
    expect(last).toMatchObject({ account, key: 'article-18', used: { quantity: 2 } });
  });
});

describe.each(QUEUE_SERVERS)('with the queue on $on', ({ start }) => {
  let server: QueueServer;
  let queues: Queues;
  beforeAll(async () => {
    server = await start();
    queues = await makeQueues(server.config, listeningLog());
  });
  afterAll(async () => {
    await queues.close();
    await server.stop();
  });
  const queued = async () => {
    const jobs = await queues.ask('usage', (queue) => queue.getJobs(['waiting'], 0, -1, true));
    await queues.ask('usage', (queue) => queue.drain());
    return jobs.flatMap(({ data }) => {
      const read = readUsageJob(data);
      return read.kind === 'read' ? read.events.map((one) => (one.kind === 'event' ? one.event : one)) : [];
    });
  };

  it('usage goes into the queue, and no request is made', async () => {
    const { client, line } = await clientOf(api, { queue: server.config.url });
    const events = Array.from({ length: 250 }, (_, at) => ({ account, key: `q-${at}`, ...CALL }));
    expect(await client.track(events)).toMatchObject({ reached: true, accepted: 250, waiting: 0 });
    await client.close();
    expect((await queued()).map(({ key }) => key)).toEqual(events.map(({ key }) => key));
    expect(line.asked).toEqual([]);
  });

  it('the use of work that ran is in the queue when no capture was answered', async () => {
    const { client, line } = await clientOf(api, { queue: { connection: server.config.url } });
    line.fail('dead', '/capture');
    const done = await client.withHold(account, CALL, (work) => work.used({ quantity: 4 }), { key: 'article-19' });
    expect(done).toMatchObject({ ran: true, recorded: 'later' });
    await client.close();
    expect(await queued()).toMatchObject([{ account, key: 'article-19', mode: 'happened', quantity: 4 }]);
  });
});

describe('a queue that is away', () => {
  it('keeps the events in the process, says so, and hands them back at the end', async () => {
    const { client, told } = await clientOf(api, { queue: 'redis://127.0.0.1:1', trackMs: 50 });
    const events = [1, 2].map((at) => ({ account, key: `away-${at}`, ...CALL }));
    expect(await client.track(events)).toMatchObject({ reached: false, accepted: 0, waiting: 2, unsent: [] });
    await expect(client.close({ timeoutMs: 50 })).rejects.toMatchObject({ name: 'UnavailableError', events });
    expect(told.map(({ name }) => name)).toContain('UnreachableError');
  });
});
