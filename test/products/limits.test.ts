/** What the pages promise about limits: levels, windows and pools, on the very decisions that run in production. */
import { describe, expect, test } from 'vitest';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { later, MINUTE_MS } from '../../src/domain/instant.js';
import { type Asked, onPlan, type TestAccount } from '../domain/support-account.js';
import { said, use } from '../domain/support-commands.js';
import { by, gate, metered, pool, run, scan, viewOf } from '../domain/support-limits.js';
import { template } from '../support/catalogs.js';

const atlios = template('atlios');
const toolbench = template('toolbench');

const set = (limit: string, value: number): Asked => ({ kind: 'set_level', limit, value });
const add = (key: string, limit: string): Asked => ({ kind: 'change_level', key, limit, add: 1 });
const mostOf = (plan: string, limit: string, catalog = toolbench): number =>
  catalog.plans.find((one) => one.key === plan)?.limits.get(limit) ?? Number.NaN;
const audit = (key: string, more: object = {}): Asked =>
  metered(key, 'site_audit', { properties: { pages: 25 }, ...more });

describe('atlios', () => {
  test('A4 the plan sets how many stores and products there may be, the monthly credits and the features', () => {
    const free = onPlan('atlios', 'free');
    expect(said(free.one(add('s1', 'stores')))).toBe('level');
    const over = free.one(add('s2', 'stores'));
    expect(over).toMatchObject({ reason: 'level_reached' });
    expect(over.kind === 'refused' && over.message).toContain('The Growth plan allows 3.');
    free.post(set('products', mostOf('free', 'products', atlios)));
    expect(said(free.one(add('p', 'products')))).toBe('level_reached');
    const growth = onPlan('atlios', 'growth');
    expect(growth.post(add('a', 'stores'), add('b', 'stores')).map(said)).toEqual(['level', 'level']);
    expect(Number(growth.balance())).toBeGreaterThan(Number(free.balance()));
    expect(gate(free, { kind: 'feature', feature: 'scheduled_scans' }, atlios).allowed).toBe(false);
    expect(gate(growth, { kind: 'feature', feature: 'scheduled_scans' }, atlios).allowed).toBe(true);
  });

  test('A43 stores and products are told against the plan’s limit, from none on and also when there are more', () => {
    const account = onPlan('atlios', 'growth');
    const levels = () => viewOf(account, undefined, atlios).levels.map((one) => [one.label, one.count, one.most]);
    expect(levels()).toEqual([
      ['Stores', 0, 3],
      ['Products', 0, 1000],
    ]);
    account.post(set('stores', 5), set('products', 812));
    expect(levels()).toEqual([
      ['Stores', 5, 3],
      ['Products', 812, 1000],
    ]);
  });

  test('A44 scans run today are told and bounded for each store, and start anew with the local day', () => {
    const account = onPlan('atlios', 'growth', { zone: 'America/New_York' });
    const most = mostOf('growth', 'scans_per_day', atlios);
    account.post(...Array.from({ length: most }, (_, n) => scan(`k${n}`, 'shop-1')), scan('other', 'shop-2'));
    expect(said(account.one(scan('over', 'shop-1')))).toBe('window_reached');
    const scans = () =>
      viewOf(account, undefined, atlios).windows.map((one) => [one.label, one.subject, one.count, one.most]);
    expect(scans()).toEqual([
      ['Scans today', 'store=shop-1', most, most],
      ['Scans today', 'store=shop-2', 1, most],
    ]);
    account.travelTo('2026-04-10T04:00:00Z');
    expect(scans()).toEqual([]);
    expect(said(account.one(scan('over', 'shop-1')))).toBe('used');
  });
});

describe('toolbench', () => {
  const earmarked = (): TestAccount => {
    const account = onPlan('toolbench', 'team');
    account.post(pool('growth', 100, ['ann'], { label: 'Growth team' }));
    return account;
  };
  const ann = { pool: 'growth', ...by('ann') };

  test('T6 a pool is earmarked without exposing the entire balance to the members it confines', () => {
    const account = earmarked();
    expect(account.balance()).toBe('400');
    const answers = [
      gate(account, run({ meter: 'keyword_report', ...ann }), toolbench),
      gate(account, { kind: 'feature', feature: 'video_models' }, toolbench, 'ann'),
      gate(account, { kind: 'level', limit: 'projects', by: 1 }, toolbench, 'ann'),
    ];
    expect(answers.map((one) => [formatCredits(one.available), formatCredits(one.spendable)])).toEqual([
      ['100', '100'],
      ['100', '100'],
      ['100', '100'],
    ]);
    const seen = viewOf(account, 'ann', toolbench);
    expect(seen.pools.map((one) => [one.label, formatCredits(one.worth)])).toEqual([['Growth team', '100']]);
    // Every sentence that stops a confined member, whatever stops them: none of them tells what the account has.
    const told: string[] = [];
    const tell = (): void => {
      const answer = gate(account, run({ credits: credits(101), ...ann }), toolbench);
      const refusals = account.post(
        { ...use(`a${told.length}`, 101), ...ann, mode: 'if_covered' } as Asked,
        { ...use(`b${told.length}`, 1), ...by('ann'), mode: 'if_covered' } as Asked,
      );
      expect(refusals.map((one) => one.kind)).toEqual(['refused', 'refused']);
      told.push(
        ...answer.fired.map((one) => one.sentence),
        ...refusals.map((one) => ('message' in one ? one.message : '')),
      );
    };
    tell();
    account.post(use('most', 333));
    tell();
    expect(formatCredits(gate(account, run({ credits: credits(1), ...ann }), toolbench).available)).toBe('67');
    expect(told.length).toBeGreaterThan(4);
    for (const sentence of told) expect(sentence).not.toMatch(/\b(400|300|333|34)\b/);
    expect(viewOf(account, 'owner', toolbench).pools).toHaveLength(1);
  });

  test('T15 how many organizations a person may own, apart from those joined', () => {
    const person = onPlan('toolbench', 'free');
    expect(person.post(add('a', 'organizations_owned'), add('b', 'organizations_owned')).map(said)).toEqual([
      'level',
      'level_reached',
    ]);
    const joining = ['c', 'd', 'e', 'f'].map((key) => add(key, 'organizations_joined'));
    expect(person.post(...joining).map(said)).toEqual(['level', 'level', 'level', 'level_reached']);
    // On the highest plan nothing is said of joining.
    expect(said(onPlan('toolbench', 'business').one({ ...add('j', 'organizations_joined'), add: 500 } as Asked))).toBe(
      'level',
    );
  });

  test('T16 T17 projects at the same time, and seats with their pending invitations, up to the plan’s', () => {
    for (const limit of ['projects', 'seats']) {
      const account = onPlan('toolbench', 'team');
      account.post(set(limit, mostOf('team', limit) - 1));
      expect(account.post(add('last', limit), add('over', limit)).map(said)).toEqual(['level', 'level_reached']);
      account.post({ kind: 'change_level', key: 'gone', limit, add: -1 });
      expect(said(account.one(add('again', limit)))).toBe('level');
    }
  });

  test('T18 tools have frequency caps: runs a minute of each member, audits a day of the organization', () => {
    const account = onPlan('toolbench', 'free');
    expect(account.post(audit('a', by('ann')), audit('b', by('ben'))).map(said)).toEqual(['used', 'window_reached']);
    const reports = Array.from({ length: 5 }, (_, n) => metered(`r${n}`, 'keyword_report', by('ann')));
    expect(account.post(...reports).map(said)).toEqual([...Array(4).fill('used'), 'window_reached']);
    account.travel(MINUTE_MS);
    expect(said(account.one(metered('r9', 'keyword_report', by('ann'))))).toBe('used');
  });

  test('T19 an experimental tool has a ceiling, of none on the free plan, and ends at its date', () => {
    expect(said(onPlan('toolbench', 'free').one(metered('a', 'trend_preview')))).toBe('window_reached');
    const account = onPlan('toolbench', 'team');
    const most = mostOf('team', 'trend_preview');
    expect(said(account.one(metered('a', 'trend_preview', { quantity: most })))).toBe('used');
    expect(said(account.one(metered('b', 'trend_preview')))).toBe('window_reached');
    const fresh = onPlan('toolbench', 'business');
    fresh.travelTo('2027-12-31T00:00:00Z');
    expect(fresh.one(metered('c', 'trend_preview'))).toMatchObject({
      reason: 'window_reached',
      message: expect.stringContaining('ended on 2027-12-31'),
    });
  });

  test('T20 which limit fired is called out, with a way onward', () => {
    const account = onPlan('toolbench', 'team');
    account.post(...Array.from({ length: 20 }, (_, n) => metered(`k${n}`, 'keyword_report', by('ann'))));
    const answer = gate(account, run({ meter: 'keyword_report', ...by('ann') }), toolbench);
    expect(answer.fired).toMatchObject([
      {
        limit: 'window',
        key: 'runs_per_minute',
        resetsAt: later(account.at(), MINUTE_MS - (account.at() % MINUTE_MS)),
      },
    ]);
    expect(answer.fired[0]?.sentence).toContain('Tool runs a minute (member ann): 20 of 20 are used.');
    expect(answer.remedies).toMatchObject([
      { code: 'upgrade', who: 'owner', url: expect.stringContaining('/org/acme/billing') },
      { code: 'wait', who: 'anybody' },
    ]);
  });
});
