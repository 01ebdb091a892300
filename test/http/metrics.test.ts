import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { until } from '../support/wait.js';
import { writeAccount, writeCharge, writeOutbox, writeRefusal } from './rows.js';
import { NOW, type Served, serve } from './served.js';

let database: FreshDatabase;
let served: Served;

beforeAll(async () => {
  database = await freshDatabase();
  served = await serve({ databaseUrl: database.url, queueConfig: { kind: 'postgres', url: database.url } });
});

afterAll(async () => {
  await served?.stop();
  await database?.drop();
});

const scrape = async (): Promise<string> => (await served.get('/metrics')).text();

/** The value of one series, by its whole name. */
const seriesOf = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe('metrics', () => {
  it('count what this process did', async () => {
    const { metrics } = served;
    metrics.usageEvent('used', null);
    metrics.usageEvent('used', null);
    metrics.usageEvent('refused', 'conflict');
    metrics.batch({ size: 7, durationMs: 12, posted: true });
    metrics.charge('succeeded');
    metrics.mail('put_off');
    metrics.parked('notice');
    const text = await scrape();
    expect(seriesOf(text, 'creditd_usage_events_total{outcome="used",reason="none"}')).toBe(2);
    expect(seriesOf(text, 'creditd_usage_events_total{outcome="refused",reason="conflict"}')).toBe(1);
    expect(seriesOf(text, 'creditd_batch_size_bucket{le="5"}')).toBe(0);
    expect(seriesOf(text, 'creditd_batch_size_bucket{le="10"}')).toBe(1);
    expect(seriesOf(text, 'creditd_batch_duration_seconds_bucket{le="0.025",posted="true"}')).toBe(1);
    expect(seriesOf(text, 'creditd_batch_duration_seconds_bucket{le="0.01",posted="true"}')).toBe(0);
    expect(seriesOf(text, 'creditd_charge_results_total{state="succeeded"}')).toBe(1);
    expect(seriesOf(text, 'creditd_mails_total{outcome="put_off"}')).toBe(1);
    expect(seriesOf(text, 'creditd_outbox_parkings_total{topic="notice"}')).toBe(1);
    expect(seriesOf(text, 'process_start_time_seconds')).toBeGreaterThan(0);
  });

  it('show zeros where there is nothing, so that an alarm can be set', async () => {
    const text = await scrape();
    expect(seriesOf(text, 'creditd_charges{state="failed"}')).toBe(0);
    expect(seriesOf(text, 'creditd_outbox_parked{topic="charge"}')).toBe(0);
    expect(seriesOf(text, 'creditd_outbox_due_lag_seconds{topic="notice"}')).toBe(0);
    expect(seriesOf(text, 'creditd_refusals_unsettled')).toBe(0);
    expect(seriesOf(text, 'creditd_queue_jobs{queue="usage",state="waiting"}')).toBe(0);
  });

  it('show what waits in Postgres and in the queues, and forget it when it is gone', async () => {
    const account = await writeAccount(served.prisma, { id: 'acct_1' });
    await writeCharge(served.prisma, account, { state: 'pending' });
    const due = new Date(NOW - 90_000);
    await writeOutbox(served.prisma, account, { topic: 'charge', dueAt: due });
    await writeOutbox(served.prisma, account, {
      ...{ topic: 'charge', dueAt: new Date(NOW - 900_000), heldUntil: new Date(NOW + 1_000) },
    });
    await writeOutbox(served.prisma, account, { topic: 'notice', parkedAt: new Date(NOW - 1_000) });
    const refusal = { account: 'acct_1', message: 'm', at: due };
    await writeRefusal(served.prisma, { ...refusal, key: 'a', reason: 'conflict' });
    await writeRefusal(served.prisma, { ...refusal, key: 'b', reason: 'conflict', settledAt: due });
    const usage = served.queues.all.find(({ name }) => name === 'usage');
    const job = await usage?.add('usage', { v: 1 }, { timestamp: Date.now() - 60_000 });
    const text = await scrape();
    expect(seriesOf(text, 'creditd_charges{state="pending"}')).toBe(1);
    expect(seriesOf(text, 'creditd_outbox_waiting{topic="charge"}')).toBe(2);
    expect(seriesOf(text, 'creditd_outbox_due_lag_seconds{topic="charge"}')).toBe(90);
    expect(seriesOf(text, 'creditd_outbox_parked{topic="notice"}')).toBe(1);
    expect(seriesOf(text, 'creditd_refusals_unsettled')).toBe(1);
    expect(seriesOf(text, 'creditd_refusals_unsettled_by_reason{reason="conflict"}')).toBe(1);
    expect(seriesOf(text, 'creditd_queue_jobs{queue="usage",state="waiting"}')).toBe(1);
    expect(seriesOf(text, 'creditd_queue_oldest_age_seconds{queue="usage"}')).toBeGreaterThanOrEqual(60);

    await job?.remove();
    await served.prisma.refusal.deleteMany();
    const gone = await until(async () => {
      const again = await scrape();
      return seriesOf(again, 'creditd_queue_jobs{queue="usage",state="waiting"}') === 0 ? again : null;
    });
    expect(seriesOf(gone, 'creditd_queue_oldest_age_seconds{queue="usage"}')).toBe(0);
    expect(seriesOf(gone, 'creditd_refusals_unsettled_by_reason{reason="conflict"}')).toBeUndefined();
  });

  it('are served by a process without pages too', async () => {
    const bare = await serve({
      databaseUrl: database.url,
      queueConfig: { kind: 'postgres', url: database.url },
      options: { pages: false },
    });
    try {
      expect((await bare.get('/metrics')).status).toBe(200);
      expect((await bare.get('/activity')).status).toBe(404);
    } finally {
      await bare.stop();
    }
  });
});
