import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTotals, type TotalsLimits } from '../../src/adapters/postgres/totals.js';
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import type { AccountId } from '../../src/domain/ids.js';
import { DAY_MS, HOUR_MS, later } from '../../src/domain/instant.js';
import { runway } from '../../src/domain/runway.js';
import { makeTotalUsage } from '../../src/flow/total-usage.js';
import { query } from '../support/admin.js';
import { CARD, call, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Small slices, so that every test crosses their seams. */
const SMALL: TotalsLimits = { page: 3, accounts: 2, lines: 6 };
const totalsOf = () => makeTotals(store.prisma, store.pool, store.clock, SMALL);
const countAll = () => makeTotalUsage(totalsOf())();
const used = (account: AccountId, key: string, size: number, more: object = {}): Command =>
  ({ ...call(account, key, size), ...more }) as Command;

describe('rates made of what was counted', () => {
  test('the runway is learning at first, and then says how long the balance lasts at the recent net burn', async () => {
    const account = await store.account('t-runway');
    const now = await store.clock.now();
    const nine = Array.from({ length: 9 }, (_, back) =>
      used(account, `d${back}`, 4, { occurredAt: later(now, -(back + 1) * DAY_MS) }),
    );
    await store.post(nine[0] as Command);
    await countAll();
    const first = await totalsOf().recentUse(account);
    expect(first && runway(credits(64), first.use, first.at, first.zone)).toEqual({ kind: 'learning' });
    await store.post(...nine.slice(1));
    await countAll();
    const then = await totalsOf().recentUse(account);
    expect(then && runway(credits(64), then.use, then.at, then.zone)).toMatchObject({
      kind: 'lasts',
      days: 16,
      perDay: credits(4),
    });
  });

  test('the brake adds what no clock has counted yet to the hour, and pauses before anything is charged', async () => {
    const account = await store.account('t-brake');
    await store.post({ kind: 'grant', account, key: 'g', origin: 'promotion', credits: credits(900) });
    const now = await store.clock.now();
    const past = [26, 27, 28, 29].map((hours) =>
      used(account, `h${hours}`, 10, { occurredAt: later(now, -hours * HOUR_MS) }),
    );
    await store.post(...past);
    // This hour lies in two halves: one that was counted, one that was not, with a reversal in each.
    await store.post(used(account, 'a', 60), used(account, 'a2', 20), {
      kind: 'reverse',
      account,
      key: 'ra',
      of: 'a2',
    });
    await countAll();
    await store.post(
      { kind: 'attach_card', account, card: CARD } as Command,
      { kind: 'configure_top_off', account, settings: { ...TOP_OFF, threshold: credits(50) } },
      used(account, 'b', 30),
      used(account, 'b2', 15),
      { kind: 'reverse', account, key: 'rb', of: 'b2' },
    );
    await store.post(used(account, 'c', 780), used(account, 'd', 60));
    const incidents = await query(
      store.url,
      `select kind from incidents i join accounts a on a.no = i.account_no where a.id = 't-brake'`,
    );
    const charges = await query(
      store.url,
      `select c.id from charges c join accounts a on a.no = c.account_no where a.id = 't-brake'`,
    );
    const [notice] = await query<{ facts: object }>(
      store.url,
      `select facts from notices n join accounts a on a.no = n.account_no where a.id = 't-brake' and kind = 'unusual_usage'`,
    );
    expect({ incidents, charges, facts: notice?.facts }).toEqual({
      incidents: [{ kind: 'unusual_usage' }],
      charges: [],
      facts: { kind: 'unusual_usage', hourCredits: '930', usualCredits: '10' },
    });
    await store.post({ kind: 'resume_top_off', account });
    const after = await query(
      store.url,
      `select c.state from charges c join accounts a on a.no = c.account_no where a.id = 't-brake'`,
    );
    expect(after).toEqual([{ state: 'pending' }]);
  });
});
