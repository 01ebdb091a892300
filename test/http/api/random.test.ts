import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../../src/domain/credits.js';
import { accountId } from '../../../src/domain/ids.js';
import type { Route } from '../../../src/http/api/route.js';
import { TOP_OFF } from '../../support/store.js';
import { broken, jsonSchemaOf, type Known, valid } from './arbitrary.js';
import { type Api, attach, openApi, used } from './support.js';

/** Asked of each route, half of them as described. */
const RUNS = 40;
const IN_FLIGHT = 8;

let api: Api;
let token: string;
let known: readonly Known[];
let answers: Map<string, ValidateFunction>;
beforeAll(async () => {
  api = await openApi({ checkout: true });
  token = await api.key();
  const pools = api.store.catalogs.find('toolbench')?.plans.find((plan) => plan.pools)?.key ?? '';
  await api.account('calls');
  await api.account('stores', { catalog: 'atlios' });
  await api.account('low');
  await api.account('tools', { catalog: 'toolbench', plan: pools });
  for (const account of ['calls', 'stores', 'tools']) await api.post(attach(account), attach(account, '5556'));
  await api.post(used('calls', 'u1', 3), { kind: 'hold', account: accountId('calls'), key: 'h1', credits: credits(5) });
  await api.post({
    kind: 'configure_top_off',
    account: accountId('low'),
    settings: { ...TOP_OFF, threshold: credits(900) },
  });
  await api.post({
    kind: 'buy_pack',
    account: accountId('calls'),
    key: 'b1',
    pack: { kind: 'credits', credits: credits(100) },
  });
  const [incident] = (await api.call('GET', '/v1/accounts/low/incidents', { token })).json.incidents;
  const [charge] = (await api.call('GET', '/v1/accounts/calls/charges', { token })).json.charges;
  const [card, second] = (await api.call('GET', '/v1/accounts/calls/payment-methods', { token })).json.cards;
  const [lot] = (await api.call('GET', '/v1/accounts/calls/lots', { token })).json.lots;
  const { id: endpoint } = await api.doors.endpoints.rows
    .add({ catalog: 'receptionist', url: 'https://product.example/events', types: [] })
    .then((made) => made.endpoint);
  const calls = {
    ...knownOf('receptionist'),
    key: ['h1', 'h2', 'u1'],
    of: ['u1'],
    hold: ['h1'],
    charge: [charge.id],
    lot: [lot.id],
  };
  known = [
    { ...calls, account: ['calls'], card: [card.id], cards: [[second.id, card.id]] },
    { ...knownOf('receptionist'), account: ['low'], incident: [incident.id] },
    { ...knownOf('atlios'), account: ['stores'] },
    { ...knownOf('toolbench'), account: ['tools'] },
    { ...knownOf('rheos'), account: ['nobody'] },
    { ...knownOf('atlios'), account: ['trial'], plan: ['growth'] },
  ];
  const told = { endpoint: [endpoint], url: ['https://product.example/e'], types: [[], ['balance.low']] };
  known = known.map((one) => ({ ...told, ...one }));
  answers = validators((await api.call('GET', '/openapi.json')).json);
});
afterAll(() => api?.close());

/** What is there in an account of this catalog. */
function knownOf(key: string): Known {
  const one = api.store.catalogs.find(key);
  if (one === undefined) throw new Error(`${key} is not loaded`);
  return {
    catalog: [key, 'nowhere'],
    plan: one.plans.map((plan) => plan.key),
    meter: [...one.meters.keys()],
    limit: [...one.limits.keys(), 'unknown'],
    feature: [...one.features.keys(), 'unknown'],
    preset: [...(one.packs?.presets.map((pack) => pack.key) ?? []), 'none'],
    credits: ['1', '10', '0', '200', '1000000000', '9999999999'],
    amount: ['20', '200', '0.5'],
    amountMinor: [1000, 500, 1],
    quantity: [1, 2, 1.5, 0],
    properties: [{ outcome: 'full_conversation' }, { width: 1024, height: 1024 }, { outcome: 'a\0b' }, {}],
    pool: ['team', 'p 1'],
    member: ['owner-1', 'worker'],
    zone: ['Europe/Berlin', 'UTC', 'Mars/Olympus'],
    returnUrl: ['https://product.example/back', 'javascript:alert(1)'],
  };
}

/** By "name status": what the published description says that an answer looks like. */
// biome-ignore lint/suspicious/noExplicitAny: the description is read as any client reads it.
function validators(description: any): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: description.components });
  const found = new Map<string, ValidateFunction>();
  for (const all of Object.values<Record<string, { operationId: string; responses: object }>>(description.paths)) {
    for (const { operationId, responses } of Object.values(all)) {
      for (const [status, one] of Object.entries<{ $ref?: string; content?: Record<string, { schema: object }> }>(
        responses as never,
      )) {
        if (one.$ref !== undefined) continue;
        const schema = JSON.stringify(Object.values(one.content ?? {})[0]?.schema ?? {});
        found.set(
          `${operationId} ${status}`,
          ajv.compile(JSON.parse(schema.replaceAll('#/components', 'api#/components'))),
        );
      }
    }
  }
  found.set('problem', ajv.compile({ $ref: 'api#/components/schemas/Problem' }));
  return found;
}

interface Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly key: string;
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const requests = (one: Route): fc.Arbitrary<Asked> =>
  fc.constantFrom(...known).chain((there) => requestsTo(one, there));

function requestsTo(one: Route, there: Known): fc.Arbitrary<Asked> {
  const params = valid(jsonSchemaOf(one.params), there);
  const query = valid(jsonSchemaOf(one.query), there);
  const events = { type: 'array', minItems: 1, maxItems: 3, items: EVENT };
  const schema = one.name === 'recordUsage' ? { type: 'object', properties: { events }, required: ['events'] } : null;
  const body = one.body === null ? fc.constant(undefined) : valid(schema ?? jsonSchemaOf(one.body), there);
  const good = fc.uuid();
  const key = fc.oneof({ weight: 9, arbitrary: good }, fc.constantFrom('', 'same', 'a b'));
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ params, query, body, key: good }) },
    fc.record({ params: broken(params), query, body, key }),
    fc.record({ params, query: broken(query), body: broken(body), key }),
  );
}

const EVENT = {
  type: 'object',
  required: ['account', 'meter', 'key'],
  properties: {
    account: { type: 'string' },
    meter: { type: 'string' },
    key: { type: 'string', minLength: 1 },
    quantity: { type: 'number' },
    properties: { type: 'object' },
    member: { type: 'string', minLength: 1 },
    lot: { type: 'string', format: 'uuid' },
  },
};

const written = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'x'));

async function ask(one: Route, { params, query, body, key }: Asked) {
  const named = asObject(params);
  const part = (value: unknown): string => encodeURIComponent(written(value).replace(/\p{Surrogate}/gu, '?') || ' ');
  const path = one.path.replace(/:(\w+)/g, (_, name: string) => part(named[name]));
  const search = new URLSearchParams(
    Object.entries(asObject(query)).map(([name, value]): [string, string] => [name, written(value)]),
  );
  const sent = body === undefined || one.method === 'GET' ? {} : { body };
  return api.call(one.method, `${path}?${search}`, { token, key, ...sent });
}

/** What the routes before it have used up. */
async function preparedFor(name: string): Promise<void> {
  if (name === 'releaseHold')
    await api.post({ kind: 'hold', account: accountId('calls'), key: 'h2', credits: credits(1) });
  if (name !== 'startTrial') return;
  await api.account('trial', { catalog: 'atlios' });
  await api.post(attach('trial', '0077'));
}

/** What the server had to say about a fault. */
const lastWords = (): string => {
  const error = api.log.said.at(-1)?.fields.err;
  return error instanceof Error ? `${error.stack}` : '';
};

describe('random requests over the description', () => {
  it('meet no fault of ours and no answer that is not described', async () => {
    const reached = new Map<string, Set<number>>();
    for (const [place, one] of api.routes.entries()) {
      // A flow of events does not end; its answers have a test of their own.
      if (one.produces === 'text/event-stream') continue;
      const statuses = new Set<number>();
      await preparedFor(one.name);
      reached.set(one.name, statuses);
      const meet = async (asked: Asked): Promise<void> => {
        const answer = await ask(one, asked);
        statuses.add(answer.status);
        const what = `${one.name} ${JSON.stringify(asked)}`;
        expect(answer.status, `${what} ${answer.text} ${lastWords()}`).toBeLessThan(500);
        if (answer.status < 400 && one.produces !== undefined) return;
        const check = answers.get(answer.status < 400 ? `${one.name} ${answer.status}` : 'problem');
        expect(check, `${what} ${answer.status} is not described`).toBeDefined();
        expect(check?.(answer.json), `${what} ${JSON.stringify(check?.errors)} ${answer.text}`).toBe(true);
        if (answer.status >= 400) expect(answer.headers.get('content-type')).toContain('application/problem+json');
      };
      // Several at once: each waits for the database far longer than it is worked on.
      const all = fc.sample(requests(one), { numRuns: RUNS, seed: 20_261_120 + place });
      for (let from = 0; from < all.length; from += IN_FLIGHT)
        await Promise.all(all.slice(from, from + IN_FLIGHT).map(meet));
    }
    // The requests were worth asking: nine routes of ten were also asked something that they did.
    const never = [...reached]
      .filter(([, statuses]) => ![...statuses].some((status) => status < 300))
      .map(([name]) => name);
    expect(never.length, never.join(', ')).toBeLessThan(reached.size / 10);
  }, 300_000);
});
