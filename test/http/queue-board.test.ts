import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BillingQueue } from '../../src/adapters/queue/backend.js';
import { QUEUE_SERVERS, type QueueServer } from '../contract/queue-servers.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { until } from '../support/wait.js';
import { type Served, SIGNED_IN, serve } from './served.js';

interface BoardQueue {
  readonly name: string;
  readonly readOnlyMode: boolean;
  readonly counts: Record<string, number>;
  readonly jobs: readonly { readonly id: string; readonly data: unknown }[];
}

describe.each(QUEUE_SERVERS.map((one) => [one.on, one] as const))('the queue dashboard on %s', (_on, on) => {
  let database: FreshDatabase;
  let queueServer: QueueServer;
  let served: Served;

  beforeAll(async () => {
    database = await freshDatabase();
    queueServer = await on.start();
    served = await serve({ databaseUrl: database.url, queueConfig: queueServer.config });
    await until(async () => (await served.get('/readyz')).status === 200);
  });

  afterAll(async () => {
    await served?.stop();
    await queueServer?.stop();
    await database?.drop();
  });

  const queue = (name: string): BillingQueue => {
    const found = served.queues.all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no queue ${name}`);
    return found;
  };
  const board = async (query = ''): Promise<readonly BoardQueue[]> => {
    const answer = await served.get(`/ops/queues/api/queues${query}`);
    return ((await answer.json()) as { readonly queues: readonly BoardQueue[] }).queues;
  };
  const ask = (method: string, path: string) =>
    fetch(`${served.server.url}/ops/queues/api/${path}`, { method, headers: SIGNED_IN });

  /** Takes one job and fails it for good, as a worker does with one that nobody can read. */
  const failOne = async (name: string): Promise<string> => {
    const { id } = await queue(name).add('x', { unreadable: true });
    const { backend } = served.queues;
    const worker = new backend.classes.Worker(name, null, { connection: 'ours', prefix: backend.prefix });
    worker.on('error', () => undefined);
    await worker.waitUntilReady();
    const job = await worker.getNextJob('token');
    await job?.moveToFailed(new Error('unreadable'), 'token', false);
    await worker.close();
    return String(id);
  };

  it('is a page with every queue, its schedulers, and links to what waits in Postgres', async () => {
    const page = await (await served.get('/ops/queues')).text();
    for (const path of ['/activity', '/ops/outbox', '/ops/refusals']) expect(page).toContain(`href="${path}"`);
    const scripts = [...page.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, src]) => src);
    expect(scripts.length).toBeGreaterThan(0);
    for (const src of scripts) expect((await served.get(`/ops/queues/${src}`)).status).toBe(200);
    await queue('clock').upsertJobScheduler('renew', { every: 60_000 }, { name: 'renew', data: {} });
    const schedulers = await (await served.get('/ops/queues/api/job-schedulers')).json();
    expect(JSON.stringify(schedulers)).toContain('"renew"');
    expect((await board()).map(({ name }) => name).sort()).toEqual([
      'charge',
      'clock',
      'event',
      'notice',
      'usage',
      'webhook',
    ]);
  });

  it('shows a usage job with what it carries, and no button while nothing has failed', async () => {
    const job = await queue('usage').add('usage', { v: 1, event: { key: 'call_1' } });
    const usage = (await board('?activeQueue=usage')).find(({ name }) => name === 'usage');
    expect(usage?.jobs[0]?.data).toEqual({ v: 1, event: { key: 'call_1' } });
    expect((await board()).every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    await job.remove();
  });

  it('may try a failed usage job again, and nothing else', async () => {
    const id = await failOne('usage');
    expect((await board()).find(({ name }) => name === 'usage')?.readOnlyMode).toBe(false);
    for (const path of [
      `queues/usage/${id}/clean`,
      'queues/usage/pause',
      'queues/usage/clean/failed',
      'queues/pause',
    ]) {
      expect((await ask('PUT', path)).status, path).toBe(405);
    }
    expect((await ask('POST', 'queues/usage/add')).status).toBe(405);
    expect(await queue('usage').isPaused()).toBe(false);
    expect((await ask('PUT', `queues/usage/${id}/retry`)).status).toBe(204);
    expect(await (await queue('usage').getJob(id))?.getState()).toBe('waiting');
    expect((await ask('PUT', `queues/usage/${id}/retry`)).status).toBe(405);
    await queue('usage').remove(id);
  });

  it('leaves jobs of other queues to their outbox rows', async () => {
    const id = await failOne('charge');
    expect((await ask('PUT', `queues/charge/${id}/retry`)).status).toBe(405);
    expect((await ask('PUT', 'queues/charge/retry/failed')).status).toBe(405);
    expect(await (await queue('charge').getJob(id))?.getState()).toBe('failed');
  });
});
