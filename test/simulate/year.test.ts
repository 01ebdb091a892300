import { describe, expect, it } from 'vitest';
import { yearOf } from '../../bench/year-scenario.js';
import { BUILT_IN } from '../../src/adapters/catalog/built-in.js';
import { playScenario } from '../../src/simulate/play.js';
import { readScenario } from '../../src/simulate/read.js';
import { brokenSums } from '../domain/support-sums.js';
import { template } from '../support/catalogs.js';

/** Every plan in every zone, on many days of the month; the thousand that are measured are more of the same. */
const ACCOUNTS = 15;

describe.each(BUILT_IN)('a year of accounts on %s', (key) => {
  const catalog = template(key);
  const found = { kind: 'found', catalog } as const;
  const read = readScenario(yearOf(catalog, { accounts: ACCOUNTS, useEveryDays: 3 }), {
    named: () => found,
    written: () => found,
  });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const played = playScenario(read.scenario);
  if (played.kind === 'invalid') throw new Error(played.message);
  const { accounts, events } = played;

  it('leaves every sum true', () => {
    expect(accounts).toHaveLength(ACCOUNTS);
    for (const { account } of accounts) expect(brokenSums(account.rows), account.rows.account).toEqual([]);
  });

  it('never meets a defect, and uses what it was given', () => {
    const refusals = events.flatMap(({ outcome }) => (outcome?.kind === 'refused' ? [outcome.reason] : []));
    expect(refusals).not.toContain('internal');
    const done = new Set(events.map(({ outcome }) => outcome?.kind));
    for (const kind of ['used', 'granted', 'held', 'given_back', 'configured']) expect(done, kind).toContain(kind);
  });

  it('grants each account an allotment for every period, one for each run and ordinal', () => {
    for (const { account } of accounts) {
      const named = account.rows.periods.map(({ run, ordinal }) => `${run}:${ordinal}`);
      expect(new Set(named).size).toBe(named.length);
      expect(named.length).toBeGreaterThanOrEqual(12);
    }
  });
});
