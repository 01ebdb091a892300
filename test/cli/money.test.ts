/** Operators' commands that move money or rights: they ask first, say it as one object, and leave a line in the audit log. */
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stampDatabase } from '../../src/adapters/postgres/stamp.js';
import { readCharging } from '../../src/adapters/postgres/switch.js';
import { chargingCommand } from '../../src/cli/charging.js';
import { endpointCommand } from '../../src/cli/endpoint.js';
import { eventsCommand } from '../../src/cli/events.js';
import { keyCommand } from '../../src/cli/key.js';
import { reconcileCommand } from '../../src/cli/reconcile.js';
import { replayCommand } from '../../src/cli/replay.js';
import { Plain } from '../../src/cli/setting-up.js';
import { accountId } from '../../src/domain/ids.js';
import { query } from '../support/admin.js';
import { CARD, call, DEPLOYMENT, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(['receptionist']);
  const processor = { kind: 'double', account: null, livemode: false };
  await stampDatabase(store.prisma, processor as never, true, () => DEPLOYMENT, new Date());
  vi.stubEnv('DATABASE_URL', store.url);
  vi.stubEnv('CATALOG', 'receptionist');
});
afterAll(() => {
  vi.unstubAllEnvs();
  return store?.close();
});

const VERBS = {
  charging: chargingCommand,
  endpoint: endpointCommand,
  events: eventsCommand,
  key: keyCommand,
  reconcile: reconcileCommand,
  replay: replayCommand,
};

/** As `creditd` runs a verb, in this process and without a terminal. */
async function creditd(verb: keyof typeof VERBS, ...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  try {
    return { code: await VERBS[verb](args, (line) => lines.push(line)), said: lines.join('\n') };
  } catch (error) {
    if (!(error instanceof Plain)) throw error;
    return { code: 1, said: [...lines, error.message].join('\n') };
  }
}

const me = `operator:${userInfo().username}`;
const log = (...actions: string[]) =>
  query<{ who: string; action: string; before: unknown; after: unknown }>(
    store.url,
    'select who, action, before, after from audit_log where account_no is null and action = any($1) order by at, id',
    [actions],
  );
const remaining = async (id: string) =>
  (await store.prisma.account.findUnique({ where: { id }, include: { balance: true } }))?.balance?.lots;

describe('creditd replay', () => {
  test('says how many and asks: nothing is debited without --yes', async () => {
    await store.post(call(accountId('replayed'), 'early'));
    await store.account('replayed');
    const asked = await creditd('replay');
    expect(asked).toEqual({ code: 1, said: expect.stringContaining('Send 1 refused events again?') });
    expect(asked.said).toContain('say --yes');
    expect(await remaining('replayed')).toBe(100_000_000n);
    expect(await log('replay_refused')).toEqual([]);
  });

  test('says it as one object, and who asked for what stands in the log', async () => {
    expect(JSON.parse((await creditd('replay', '--dry-run', '--json')).said)).toMatchObject({ sent: 1, posted: 0 });
    const { code, said } = await creditd('replay', '--account', 'replayed', '--yes', '--json');
    expect([code, JSON.parse(said)]).toEqual([0, { sent: 1, posted: 1, refused: 0, reasons: {} }]);
    expect(await remaining('replayed')).toBe(99_000_000n);
    expect(await log('replay_refused')).toEqual([
      { who: me, action: 'replay_refused', before: null, after: { asked: { account: 'replayed', events: 1 } } },
    ]);
    // Nothing is left to ask about.
    expect(await creditd('replay')).toEqual({ code: 0, said: expect.stringContaining('0 sent again') });
  });

  test('--parked asks before a charge’s step goes on, and makes the rows of one topic due', async () => {
    const account = await store.account('parked');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
      call(account, 'low', 60),
    );
    await query(store.url, "update outbox set parked_at = due_at, starts = 20 where topic = 'charge'");
    const stand = () => query(store.url, "select 1 from outbox where parked_at is not null and topic = 'charge'");
    expect((await creditd('replay', '--parked')).said).toContain('Make 1 parked step due again?');
    expect(await stand()).toHaveLength(1);
    expect(JSON.parse((await creditd('replay', '--parked', 'notice', '--json')).said)).toEqual({ parked: 0, sent: 0 });
    const { said } = await creditd('replay', '--parked', 'charge', '--yes', '--json');
    expect(JSON.parse(said)).toEqual({ parked: 1, sent: 1 });
    expect(await stand()).toHaveLength(0);
    expect(await log('replay_parked')).toEqual([
      { who: me, action: 'replay_parked', before: null, after: { asked: { topic: 'charge', parked: 1 } } },
    ]);
  });
});

describe('creditd charging', () => {
  test('stops at once without asking, asks before it lets charges go on, and each turn stands in the log', async () => {
    expect(JSON.parse((await creditd('charging', 'stop', '--json')).said)).toEqual({
      charging: 'stopped',
      before: 'on',
    });
    expect(await creditd('charging', 'on')).toEqual({ code: 1, said: expect.stringContaining('say --yes') });
    expect(await readCharging(store.prisma)).toBe('stopped');
    expect((await creditd('charging')).said).toContain('Charging is stopped');
    expect((await creditd('charging', 'on', '--yes')).said).toBe('Charging is on.');
    expect((await creditd('charging', 'on')).code).toBe(0);
    expect(await log('set_charging')).toEqual([
      { who: me, action: 'set_charging', before: { charging: 'on' }, after: { charging: 'stopped' } },
      { who: me, action: 'set_charging', before: { charging: 'stopped' }, after: { charging: 'on' } },
    ]);
  });
});

describe('creditd reconcile', () => {
  test('asks before it settles anything', async () => {
    vi.stubEnv('STRIPE_SECRET_KEY', 'sk_test_double');
    vi.stubEnv('STRIPE_API_BASE', 'http://127.0.0.1:1');
    const { code, said } = await creditd('reconcile', '--json');
    expect([code, said]).toEqual([1, expect.stringContaining('settle what was paid and not credited')]);
    expect(said).toContain('say --yes');
    expect(await log('reconcile')).toEqual([]);
  });
});

describe('who may come in, and where events go', () => {
  test('a key that is made, rotated or revoked leaves who did it and its rights, and never its secret', async () => {
    const made = JSON.parse((await creditd('key', 'create', '--name', 'shop', '--scope', 'read', '--json')).said);
    const rotated = JSON.parse((await creditd('key', 'rotate', made.id, '--json')).said);
    expect((await creditd('key', 'revoke', rotated.id)).code).toBe(0);
    const lines = await log('create_key', 'rotate_key', 'revoke_key');
    const rights = (key: string) => ({ key, name: 'shop', scopes: ['read'], catalog: null });
    expect(lines).toEqual([
      { who: me, action: 'create_key', before: null, after: rights(made.id) },
      {
        ...{ who: me, action: 'rotate_key', before: rights(made.id) },
        after: { ...rights(rotated.id), oldEndsAt: expect.any(String) },
      },
      { who: me, action: 'revoke_key', before: rights(rotated.id), after: null },
    ]);
    for (const secret of [made.secret, rotated.secret]) expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test('an endpoint that is removed leaves where it led', async () => {
    const added = JSON.parse((await creditd('endpoint', 'add', 'https://product.example/in', '--json')).said);
    await creditd('endpoint', 'remove', added.id);
    const [line] = await log('remove_endpoint');
    expect(line).toMatchObject({
      who: me,
      before: { catalog: 'receptionist', url: 'https://product.example/in', types: [] },
      after: { endpoint: added.id },
    });
  });

  test('events that are sent again are told as one object too', async () => {
    expect(JSON.parse((await creditd('events', 'replay', '--undelivered', '--json')).said)).toEqual({
      sent: expect.any(Number),
    });
    expect(await log('replay_events')).toEqual([
      { who: me, action: 'replay_events', before: null, after: { asked: { undelivered: true } } },
    ]);
  });
});

test('the sums hold after all of it', async () => {
  expect(await brokenSums(store.url)).toEqual([]);
});
