/** The API over a database of the test's own, wired as a process wires it; keys, sessions and accounts to ask it with. */

import { readCatalogs } from '../../../src/adapters/catalog/registry.js';
import { makeApiKeys } from '../../../src/adapters/postgres/api-keys.js';
import type { Command } from '../../../src/domain/commands.js';
import { accountId, chargeId, memberId } from '../../../src/domain/ids.js';
import { DAY_MS, later } from '../../../src/domain/instant.js';
import type { Outcome } from '../../../src/domain/outcomes.js';
import { type Role, SCOPES, type Scope } from '../../../src/domain/permissions.js';
import type { Doors } from '../../../src/http/api/deps.js';
import { allRoutes } from '../../../src/http/api/routes.js';
import type { CheckoutDoor } from '../../../src/http/api/routes-checkout.js';
import type { ApiDeps } from '../../../src/http/api/serve.js';
import { makeSessions } from '../../../src/http/api/session-token.js';
import { makeHttpServer } from '../../../src/http/server.js';
import { makeLifecycle } from '../../../src/lifecycle.js';
import type { Ledger } from '../../../src/ports.js';
import { openLedger, openStore, type Store } from '../../../src/wire.js';
import { type DoorParts, openDoors } from '../../../src/wire-doors.js';
import { listeningLog } from '../../contract/queue-servers.js';
import { freshDatabase } from '../../support/database.js';
import { CARD } from '../../support/store.js';

export const SECRET = 'a secret of the tests that is long enough';
export const CATALOGS = ['atlios', 'receptionist', 'toolbench', 'rheos'];
const DEPLOYMENT = '00000000-0000-7000-8000-000000000002';

export interface Call {
  readonly token?: string;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test names what it expects of an answer.
  readonly json: any;
}

export type Api = Awaited<ReturnType<typeof openApi>>;

/** A queue that remembers what it took; `away` makes it answer nobody. */
function makeQueue() {
  const queue = { away: false, queued: [] as unknown[] };
  const ask: DoorParts['queues']['ask'] = async (_name, question) => {
    if (queue.away) throw new Error('the queue is away');
    const add = async (_job: string, data: unknown) => {
      queue.queued.push(data);
    };
    return question({ add } as never);
  };
  return { queue, ask };
}

/** Where the processor would be asked: these suites are about who gets there, others about what comes of it. */
const checkout: CheckoutDoor = {
  buy: async () => ({ ...AWAY, charge: chargeId('0190a0a0-0000-7000-8000-00000000000c') }),
  addCard: async () => AWAY,
  portal: async () => AWAY,
  choosePlan: async ({ wish }) => ({ kind: 'done', plan: 'plan' in wish ? wish.plan : '', note: null }),
  endSubscription: async () => ({ kind: 'done' }),
  authenticate: async () => ({ kind: 'go', url: AWAY.url }),
};
const AWAY = { kind: 'go', url: 'https://checkout.example/session', expiresAt: null } as const;

/** Nothing leaves this machine where anything at all is asked for. */
const unsent = ({ endpoints }: Doors): Doors['endpoints'] => ({
  ...endpoints,
  tryOut: async (id) => ((await endpoints.rows.find(id)) === null ? null : { delivered: false, reason: 'not sent' }),
});

export interface ApiWish {
  readonly queues?: DoorParts['queues'];
  /** Whose pages may hold the elements. */
  readonly billingOrigins?: readonly string[];
  readonly allowPrivateEndpoints?: boolean;
  /** With the routes that lead to the processor. */
  readonly checkout?: boolean;
  /** Where how often somebody asks is what is tested. */
  readonly limits?: ApiDeps['limits'];
}

export async function openApi(wish: ApiWish = {}) {
  const database = await freshDatabase();
  const log = listeningLog();
  const lifecycle = makeLifecycle(log);
  const files = readCatalogs(CATALOGS);
  if (files.kind === 'invalid') throw new Error(files.problems.join('\n'));
  const time = { offsetMs: 0 };
  const offsetMs = () => time.offsetMs;
  const store = await openStore({ databaseUrl: database.url, catalogs: files.files, log, offsetMs }, lifecycle);
  const stamp = { deployment: DEPLOYMENT, demo: false };
  const { queue, ask } = makeQueue();
  const made = openDoors(
    {
      ...{ store, stamp, sessionSecrets: [SECRET], publicUrl: () => 'https://billing.example' },
      queues: wish.queues ?? { ask },
      allowPrivateEndpoints: wish.allowPrivateEndpoints === true,
    },
    lifecycle,
  );
  const doors: Doors = wish.checkout === true ? { ...made.doors, checkout, endpoints: unsent(made.doors) } : made.doors;
  // Tests ask as fast as they can; what is limited is asked for by a test of its own.
  const limits = wish.limits ?? { key: { take: () => 0 }, person: { take: () => 0 } };
  const server = await makeHttpServer({
    ...{ host: '127.0.0.1', port: 0, operatorPassword: 'correct horse battery', pages: false, log, clock: store.clock },
    ...{ catalogs: store.catalogs, metrics: store.metrics, views: {} as never },
    queues: { all: [], states: async () => [] },
    ready: { postgres: async () => null, migrations: async () => null, queue: async () => null },
    billingOrigins: wish.billingOrigins ?? [],
    api: { doors, deps: { ...made.deps, limits } },
  });
  return {
    ...{ store, server, queue, time, log, doors, routes: allRoutes(doors), call: makeCall(server.url) },
    ...makeIdentities(store),
    ...makeAccounts(store, doors, openLedger(store, stamp)),
    async close() {
      await server.close();
      await lifecycle.close();
      await database.drop();
    },
  };
}

const makeCall =
  (url: string) =>
  async (method: string, path: string, { token, body, key, headers }: Call = {}): Promise<Answered> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
  };

function makeIdentities(store: Store) {
  const keys = makeApiKeys(store.prisma, store.clock, store.newId);
  const sessions = makeSessions([SECRET]);
  return {
    sessions,
    async key(scopes: readonly Scope[] = SCOPES, catalog: string | null = null): Promise<string> {
      return (await keys.create({ name: 'test', scopes, catalog })).secret;
    },
    async session(account: string, role: Role, member = `${role}-1`, lastsMs = 600_000): Promise<string> {
      return sessions.mint({ account, member, role, until: later(await store.clock.now(), lastsMs) });
    },
  };
}

function makeAccounts(store: Store, doors: Doors, ledger: Ledger) {
  return {
    /** An account of the receptionist unless said otherwise, with its allotment. */
    async account(id: string, wish: { catalog?: string; plan?: string } = {}): Promise<string> {
      const catalog = store.catalogs.find(wish.catalog ?? 'receptionist');
      const anchor = later(await store.clock.now(), -DAY_MS);
      const account = {
        ...{ id: accountId(id), name: id, slug: null, zone: 'UTC', anchor, billingEmail: null },
        ...{ catalog: catalog?.key ?? '', plan: wish.plan ?? catalog?.plans[0]?.key ?? '' },
        owners: [{ id: 'owner-1', email: `${encodeURIComponent(id)}@example.com` }],
      };
      await doors.open(account, 'test');
      return id;
    },
    async post(...commands: Command[]): Promise<readonly Outcome[]> {
      const result = await ledger.post(commands);
      if (result.kind === 'unavailable') throw new Error(result.reason);
      return result.outcomes;
    },
  };
}

export const attach = (account: string, last4 = '4242'): Command => ({
  kind: 'attach_card',
  account: accountId(account),
  card: { ...CARD, processorId: `pm_${last4}`, fingerprint: `fp_${last4}`, last4 },
});

export const used = (account: string, key: string, quantity = 1, member?: string, pool?: string): Command => ({
  kind: 'use',
  account: accountId(account),
  ...{ key, meter: 'answered_call', quantity, properties: { outcome: 'full_conversation' } },
  ...(member === undefined ? {} : { member: memberId(member) }),
  ...(pool === undefined ? {} : { pool }),
});
