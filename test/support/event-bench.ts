/** A ledger whose events go to an endpoint of the test's own: what was told, what waits, and the steps that send it. */
import { v7 as newId } from 'uuid';
import { makeHttpCourier } from '../../src/adapters/courier/http-courier.js';
import { makeEndpoints } from '../../src/adapters/postgres/endpoints.js';
import { makeEvents } from '../../src/adapters/postgres/events.js';
import { credits } from '../../src/domain/credits.js';
import type { AccountId } from '../../src/domain/ids.js';
import { makeSendEvents } from '../../src/flow/send-events.js';
import { query } from './admin.js';
import { openHook } from './hook.js';
import { call, openTestStore } from './store.js';

export type EventBench = Awaited<ReturnType<typeof openEventBench>>;

export async function openEventBench() {
  const store = await openTestStore();
  const hook = await openHook();
  const endpoints = makeEndpoints(store.prisma, store.clock, newId);
  const events = makeEvents(store.prisma, store.pool, store.clock, newId);
  const courier = makeHttpCourier({ timeoutMs: 1_000, allowPrivate: true });
  const { outbox, clock, log } = store;
  const send = makeSendEvents({ outbox, events, courier, clock, log, random: () => 0, beginUntilMs: 30_000 });
  return {
    ...{ store, hook, endpoints, events, send },
    /** Nothing waits from before, and nobody listens. */
    async clear(): Promise<void> {
      await store.prisma.webhookEndpoint.deleteMany();
      await store.prisma.outbox.deleteMany();
      hook.state.answer = { status: 200 };
      hook.received.length = 0;
    },
    add: (types: readonly string[] = [], url = hook.url) => endpoints.add({ catalog: 'receptionist', url, types }),
    /** Runs the steps that are due, as a worker would, until none is; answers how many ran. */
    async runDue(): Promise<number> {
      let ran = 0;
      for (;;) {
        const due = await outbox.takeDue('event', 50);
        if (due.length === 0) return ran;
        for (const ref of due) await send(ref);
        ran += due.length;
      }
    },
    eventsOf: (account: string) =>
      query<{ sequence: number; type: string; state: string; attempts: number; result: string | null }>(
        store.url,
        `select e.sequence::int, e.type, e.state, e.attempts, e.result from events e join accounts a on a.no = e.account_no
         where a.id = $1 order by e.sequence`,
        [account],
      ),
    outboxOf: (account: string) =>
      query<{ no: number; id: string; due_ms: number; note: string | null }>(
        store.url,
        `select o.account_no::int as no, o.id, extract(epoch from o.due_at)::float8 * 1000 as due_ms, o.note
         from outbox o join accounts a on a.no = o.account_no where a.id = $1 and o.topic = 'event'`,
        [account],
      ),
    /** Closes the gate and opens it again, `times` times. */
    async toggle(account: AccountId, times: number, name = 't'): Promise<void> {
      for (let turn = 0; turn < times; turn += 1) {
        await store.post(call(account, `${name}-${turn}`, 1));
        await store.post({
          kind: 'grant',
          account,
          key: `${name}-g-${turn}`,
          origin: 'promotion',
          credits: credits(1),
        });
      }
    },
    /** An account that one call closes; what was told of it before has been sent. */
    async nearlyEmpty(id: string): Promise<AccountId> {
      const account = await store.account(id);
      await store.post(call(account, 'first', 99));
      await store.prisma.outbox.deleteMany();
      await query(store.url, "update events set state = 'sent' where state = 'waiting'");
      return account;
    },
    async close(): Promise<void> {
      await hook.close();
      await store.close();
    },
  };
}
