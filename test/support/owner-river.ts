/** The river with a product whose plans are sold by subscriptions: an owner asks by the API, Stripe's double is clicked through. */
import type { LoadedFile } from '../../src/adapters/catalog/registry.js';
import { makeApiKeys } from '../../src/adapters/postgres/api-keys.js';
import { setCharging } from '../../src/adapters/postgres/switch.js';
import { seedDemoPrices, withDemoPrices } from '../../src/cli/demo/prices.js';
import type { Charging } from '../../src/domain/book.js';
import { accountId } from '../../src/domain/ids.js';
import { later } from '../../src/domain/instant.js';
import { makeSessions } from '../../src/http/api/session-token.js';
import { sdk } from '../stripe/double-client.js';
import { query } from './admin.js';
import { type LocalRiver, openLocalRiver, runDry, SESSION_SECRET } from './local-river.js';

export type OwnerRiver = Awaited<ReturnType<typeof openOwnerRiver>>;

export interface Said {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test names what it expects of an answer.
  readonly body: any;
}

const HOUR_MS = 3_600_000;
/** Stripe's instants are whole seconds. */
const SAME_MS = 2_000;

export async function openOwnerRiver(named = 'atlios') {
  const priced = { files: [] as readonly LoadedFile[] };
  const river = await openLocalRiver({
    webhooks: true,
    catalogs: [named, 'receptionist'].filter((key, place, all) => all.indexOf(key) === place),
    changed: (files) => {
      priced.files = withDemoPrices(files);
      return priced.files;
    },
  });
  await seedDemoPrices(river.processor.double, priced.files);
  await river.startWorker();
  const sessions = makeSessions([SESSION_SECRET]);
  return {
    ...{ river, sessions, ...askersOf(river, sessions) },
    control: river.processor.double.control,
    stripe: sdk(river.processor.double),
    /** On the free plan, with no card. */
    async account(id: string, plan = 'free'): Promise<string> {
      const owners = [{ id: 'owner-1', email: `${id}@example.com` }];
      const profile = { name: id, slug: null, catalog: named, plan, zone: 'UTC', billingEmail: null };
      await river.desk.openAccount({ ...profile, id: accountId(id), anchor: await river.store.clock.now(), owners });
      return id;
    },
    /** Both clocks, and what falls due on the way there. */
    async travel(ms: number): Promise<void> {
      river.travel(ms);
      await river.processor.double.control.advance(ms);
    },
    charging: (position: Charging) => setCharging(river.store.prisma, position),
    settled: () => settled(river),
    /** What a test left behind is over: nothing is held back or fails, and both clocks say the same. */
    calm: () => calm(river),
    standing: (account: string) => standingOf(river, account),
  };
}

/** How the API is asked: by the owner's session, and by the product's backend. */
function askersOf(river: LocalRiver, sessions: ReturnType<typeof makeSessions>) {
  let keys = 0;
  const send = async (token: string, method: string, path: string, key: string, body?: unknown): Promise<Said> => {
    const typed = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${river.apiUrl}/v1/accounts/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': key, ...typed },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  return {
    /** As the owner of the account, with a key of its own unless one is given. */
    async ask(account: string, method: string, path: string, body?: unknown, key?: string): Promise<Said> {
      keys += 1;
      const until = later(await river.store.clock.now(), HOUR_MS);
      const token = sessions.mint({ account, member: 'owner-1', role: 'owner', until });
      return send(token, method, `${account}${path}`, key ?? `wish-${keys}`, body);
    },
    async close(account: string): Promise<Said> {
      const keysOf = makeApiKeys(river.store.prisma, river.store.clock, river.store.newId);
      const { secret } = await keysOf.create({ name: 'test', scopes: ['accounts'], catalog: null });
      return send(secret, 'POST', `${account}/close`, `close-${account}`, { reason: 'asked for' });
    },
  };
}

async function calm(river: LocalRiver): Promise<void> {
  const { control } = river.processor.double;
  control.clearFaults();
  await control.webhooks.clear();
  await settled(river);
  const { created } = await sdk(river.processor.double).customers.create({});
  const ahead = Math.round((await river.store.clock.now()) - created * 1_000);
  if (ahead > SAME_MS) await control.advance(ahead);
  if (ahead < -SAME_MS) river.travel(-ahead);
  await settled(river);
}

/** Every event has been taken, and what they asked for is done. */
export async function settled(river: LocalRiver): Promise<void> {
  // What is done may make Stripe say more.
  for (let turn = 0; turn < 2; turn += 1) {
    await river.processor.double.control.webhooks.idle();
    await runDry(river, 30_000, true);
  }
}

export async function customerOf(river: LocalRiver, account: string): Promise<string> {
  const [row] = await query<{ customer: string }>(river.url, 'select customer from accounts where id = $1', [account]);
  return row?.customer ?? '';
}

export const sessionIn = (url: string): string => /cs_test_\w+/.exec(url)?.[0] ?? '';

/** The plan as it stands here, and at Stripe. */
export async function standingOf(river: LocalRiver, account: string) {
  const rows = <Row extends Record<string, unknown>>(sql: string) => query<Row>(river.url, sql, [account]);
  const of = 'join accounts a on a.no = x.account_no where a.id = $1';
  const [settings] = await rows<{
    plan: string;
    next: string | null;
    trial: boolean;
    due: boolean;
    sub: string | null;
  }>(
    `select plan, next_plan as next, trial_ends_at is not null as trial, past_due_since is not null as due,
       subscription as sub from account_settings x ${of}`,
  );
  const [balance] = await rows<{ credits: number }>(
    `select ((lots - debt) / 1000000)::int as credits from balances x ${of}`,
  );
  const periods = await rows<{ plan: string; allotment: number }>(
    `select x.plan, (allotment / 1000000)::int as allotment from periods x ${of} and allotment > 0 order by run, ordinal`,
  );
  const subscriptions = await rows<{ id: string; status: string }>(
    `select x.id, x.status from subscriptions x ${of} order by x.created_at, x.id`,
  );
  return {
    ...{ plan: settings?.plan, next: settings?.next, trial: settings?.trial, pastDue: settings?.due },
    ...{ subscription: settings?.sub ?? null, balance: balance?.credits },
    allotments: periods.map((one) => `${one.plan} ${one.allotment}`),
    statuses: subscriptions.map((one) => one.status),
  };
}
