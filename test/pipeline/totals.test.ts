/** The clock of a real worker counts what its queue has brought. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../support/admin.js';
import { callEvent, openRiver, type River } from '../support/river.js';
import { until } from '../support/wait.js';

let river: River;
beforeAll(async () => {
  river = await openRiver();
});
afterAll(() => river.close());

test('a running worker counts usage by itself, once', { timeout: 90_000 }, async () => {
  await river.account('counted');
  await river.startWorker().ready;
  await river.enqueue({ v: 1, events: Array.from({ length: 30 }, (_, n) => callEvent('counted', `k${n}`)) });
  const events = async (): Promise<number> => {
    const [row] = await query<{ events: number }>(
      river.store.url,
      `select coalesce(sum(t.events), 0)::int as events from usage_totals t join accounts a on a.no = t.account_no
       where a.id = 'counted'`,
    );
    return row?.events ?? 0;
  };
  await until(async () => (await events()) > 0, { timeoutMs: 60_000, what: 'events in the totals' });
  expect(await events()).toBe(30);
});
