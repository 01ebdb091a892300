/** Levels, windows, pools and budgets in the real tables: what one worker wrote is what the next decides on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadStates, lockAccounts } from '../../src/adapters/postgres/load.js';
import { readLimits } from '../../src/adapters/postgres/load-limits.js';
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { type AccountId, accountNo, memberId } from '../../src/domain/ids.js';
import { DAY_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { openTestStore, type TestStore } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(['toolbench']);
});
afterEach(async () => {
  expect(await brokenSums(store.url)).toEqual([]);
});
afterAll(() => store.close());

const toolbench = (id: string, plan = 'team'): Promise<AccountId> => store.account(id, { catalog: 'toolbench', plan });
const said = (outcomes: readonly { kind: string; reason?: string }[]): string[] =>
  outcomes.map((one) => one.reason ?? one.kind);

const audit = (account: AccountId, key: string, more: object = {}): Command => ({
  ...{ kind: 'use', account, key, meter: 'site_audit', properties: { pages: 25 } },
  ...more,
});
const countersOf = (account: string) =>
  query<{ kind: string; name: string; subject: string; count: number }>(
    store.url,
    `select c.kind, c.name, c.subject, (c.count / 1000000)::int as count from counters c
     join accounts a on a.no = c.account_no where a.id = $1 order by 1, 2, 3, c.starts_at`,
    [account],
  );
const numberOf = async (account: string) => {
  const [row] = await query<{ no: number }>(store.url, 'select no::int as no from accounts where id = $1', [account]);
  return accountNo(row?.no ?? 0);
};

describe('windows', () => {
  test('what one transaction counted the next sees, for each member and for the account', async () => {
    const account = await toolbench('w-seen', 'free');
    const ann = { member: memberId('ann') };
    expect(said(await store.post(audit(account, 'a', ann)))).toEqual(['used']);
    expect(said(await store.post(audit(account, 'b', ann)))).toEqual(['window_reached']);
    expect(said(await store.post(audit(account, 'a', ann)))).toEqual(['used']);
    expect(await countersOf('w-seen')).toEqual([
      { kind: 'window', name: 'audits_per_day', subject: '', count: 1 },
      { kind: 'window', name: 'runs_per_minute', subject: 'member=ann', count: 1 },
    ]);
  });

  test('twenty workers that race for the last unit of a window: one gets it', async () => {
    const account = await toolbench('w-race');
    await store.post(audit(account, 'first', { quantity: 9, mode: 'happened' }));
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => store.post(audit(account, `k${n}`))));
    const all = said(outcomes.flat()).sort();
    expect(all).toEqual(['used', ...Array(19).fill('window_reached')]);
    expect(await countersOf('w-race')).toContainEqual({
      kind: 'window',
      name: 'audits_per_day',
      subject: '',
      count: 10,
    });
  });

  test('two that race with holds for the last unit: one holds it, and its end gives it to the next', async () => {
    const account = await toolbench('w-holds', 'free');
    const hold = (key: string): Command => ({
      kind: 'hold',
      account,
      key,
      meter: 'site_audit',
      properties: { pages: 25 },
    });
    const outcomes = (await Promise.all([store.post(hold('h1')), store.post(hold('h2'))])).flat();
    expect(said(outcomes).sort()).toEqual(['held', 'window_reached']);
    const won = outcomes[0]?.kind === 'held' ? 'h1' : 'h2';
    expect(said(await store.post({ kind: 'release', account, hold: won }, hold('h3')))).toEqual([
      'hold_changed',
      'held',
    ]);
    expect(said(await store.post({ kind: 'capture', account, key: 'c', hold: 'h3' }))).toEqual(['used']);
    expect(said(await store.post(audit(account, 'late')))).toEqual(['window_reached']);
    const [line] = await query(
      store.url,
      `select e.quantity::float as quantity, e.properties from ledger_entries e join accounts a on a.no = e.account_no
       where a.id = 'w-holds' and e.meter = 'site_audit'`,
    );
    expect(line).toEqual({ quantity: 1, properties: { pages: 25 } });
  });

  test('a reversal in a later transaction takes the count back, of the day the use was counted in', async () => {
    const account = await toolbench('w-back', 'free');
    await store.post(audit(account, 'a'));
    expect(said(await store.post({ kind: 'reverse', account, key: 'r', of: 'a' }))).toEqual(['given_back']);
    expect(said(await store.post({ kind: 'reverse', account, key: 'r2', of: 'a' }))).toEqual(['given_back']);
    expect(said(await store.post(audit(account, 'b')))).toEqual(['used']);
    expect(said(await store.post(audit(account, 'c')))).toEqual(['window_reached']);
  });

  test('a thousand events that have happened are counted in one transaction, and none is lost between two', async () => {
    const account = await toolbench('w-many');
    const batch = (name: string) =>
      Array.from({ length: 500 }, (_, n) =>
        audit(account, `${name}${n}`, { mode: 'happened', member: memberId(`m${n % 7}`) }),
      );
    await Promise.all([store.post(...batch('a')), store.post(...batch('b'))]);
    expect(await countersOf('w-many')).toContainEqual({
      ...{ kind: 'window', name: 'audits_per_day', subject: '', count: 1_000 },
    });
  });

  test('windows that can no longer be asked for are swept by whoever counts next', async () => {
    const account = await toolbench('w-swept');
    await store.post(audit(account, 'a'));
    store.travel(40 * DAY_MS);
    await store.post(audit(account, 'b'));
    expect((await countersOf('w-swept')).map((one) => one.name)).toEqual(['audits_per_day', 'runs_per_minute']);
  });
});

describe('levels', () => {
  test('twenty that race for the last place: one gets it, and its key gets its first answer for ever', async () => {
    const account = await toolbench('l-race', 'free');
    const add = (key: string): Command => ({ kind: 'change_level', account, key, limit: 'projects', add: 1 });
    const outcomes = (await Promise.all(Array.from({ length: 20 }, (_, n) => store.post(add(`k${n}`))))).flat();
    expect(said(outcomes).sort()).toEqual(['level', ...Array(19).fill('level_reached')]);
    const won = outcomes.findIndex((one) => one.kind === 'level');
    expect(await store.post(add(`k${won}`))).toMatchObject([{ kind: 'level', value: 1, replayed: true }]);
    expect(said(await store.post({ ...add(`k${won}`), add: -1 } as Command))).toEqual(['conflict']);
  });

  test('what the product reports is recorded over any limit', async () => {
    const account = await toolbench('l-set', 'free');
    await store.post({ kind: 'set_level', account, limit: 'seats', value: 9 });
    expect(await store.post({ kind: 'set_level', account, limit: 'seats', value: 8 })).toMatchObject([
      { kind: 'level', value: 8, most: 2 },
    ]);
    const now = await store.clock.now();
    expect((await readLimits(store.pool, await numberOf('l-set'), now)).levels).toEqual([
      { limit: 'seats', member: null, value: 8 },
    ]);
  });
});

describe('pools and budgets', () => {
  const configure = (account: AccountId, size: number): Command => ({
    ...{ kind: 'configure_pool', account, pool: 'design', label: 'Design', credits: credits(size), whenUsed: 'stop' },
    members: [memberId('ann')],
    unconfined: [memberId('cid')],
  });
  const spend = (account: AccountId, key: string, size: number): Command => ({
    ...{ kind: 'use', account, key, credits: credits(size), mode: 'if_covered' },
    ...{ pool: 'design', member: memberId('ann') },
  });

  test('are kept, changed and removed, and the hot row says whether there are any', async () => {
    const account = await toolbench('p-kept');
    const watched = async () => (await hotOf('p-kept')).watched;
    expect(await watched()).toBe(false);
    await store.post(configure(account, 60), {
      kind: 'set_budget',
      account,
      member: memberId('ann'),
      credits: credits(50),
    });
    expect(await watched()).toBe(true);
    expect(said(await store.post(spend(account, 'a', 50)))).toEqual(['used']);
    expect(said(await store.post(spend(account, 'b', 5)))).toEqual(['budget_reached']);
    await store.post({ kind: 'set_budget', account, member: memberId('ann'), credits: null }, configure(account, 70));
    expect(said(await store.post(spend(account, 'b', 21)))).toEqual(['pool_empty']);
    const rows = await readLimits(store.pool, await numberOf('p-kept'), await store.clock.now());
    expect(rows.pools).toMatchObject([
      {
        label: 'Design',
        credits: credits(70),
        members: [
          { member: 'ann', confined: true },
          { member: 'cid', confined: false },
        ],
      },
    ]);
    expect(rows.budgets).toEqual([]);
    await store.post({ kind: 'remove_pool', account, pool: 'design' });
    expect(await watched()).toBe(false);
    expect(said(await store.post(spend(account, 'b', 21)))).toEqual(['used']);
  });

  test('ten that race for the last credits of a pool: what it pays is never more than its credits', async () => {
    const account = await toolbench('p-race');
    await store.post(configure(account, 35));
    const outcomes = (
      await Promise.all(Array.from({ length: 10 }, (_, n) => store.post(spend(account, `k${n}`, 10))))
    ).flat();
    expect(said(outcomes).sort()).toEqual([...Array(7).fill('pool_empty'), ...Array(3).fill('used')]);
    expect(await countersOf('p-race')).toContainEqual({ kind: 'pool', name: 'design', subject: '', count: 30 });
  });

  test('a hold in a pool counts until it ends, whoever loads it', async () => {
    const account = await toolbench('p-held');
    await store.post(configure(account, 30));
    await store.post({
      kind: 'hold',
      account,
      key: 'h',
      credits: credits(30),
      pool: 'design',
      member: memberId('ann'),
    });
    expect(said(await store.post(spend(account, 'a', 1)))).toEqual(['pool_empty']);
    store.travel(16 * MINUTE_MS);
    expect(said(await store.post(spend(account, 'a', 1)))).toEqual(['used']);
  });
});

const hotOf = async (id: string) => {
  const no = await numberOf(id);
  const client = await store.pool.connect();
  try {
    await client.query('begin');
    const hot = await lockAccounts(client, [no]);
    const states = await loadStates(client, [{ account: id as AccountId, no, commands: [], places: [] }], hot);
    await client.query('rollback');
    const state = states.get(no);
    if (state === undefined) throw new Error(`${id} has no balance row`);
    return state.hot;
  } finally {
    client.release();
  }
};

describe('the walls', () => {
  test('no count and no level falls below zero, whatever wrote it', async () => {
    const account = await toolbench('walls');
    await store.post(audit(account, 'a'), { kind: 'set_level', account, limit: 'seats', value: 1 });
    await expect(query(store.url, 'update counters set count = -1')).rejects.toThrow(/counters_not_negative/);
    await expect(query(store.url, 'update levels set value = -1')).rejects.toThrow(/levels_value_not_negative/);
  });
});
