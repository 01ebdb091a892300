/** Promises that a catalog alone cannot keep: each is played on the decisions that run in production. */
import { describe, expect, test } from 'vitest';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { bannerOf } from '../../src/domain/incident.js';
import { minorUnits } from '../../src/domain/money.js';
import { quoteUse } from '../../src/domain/versions.js';
import { type Asked, onPlan, type TestAccount } from '../domain/support-account.js';
import { attach, configure, ifCovered, SETTLE, said, use } from '../domain/support-commands.js';
import { by, gate, metered, run } from '../domain/support-limits.js';
import { makeProcessor, runDueCharges } from '../domain/support-processor.js';
import { template } from '../support/catalogs.js';
import { figuresOf } from './support.js';

const buy = (key: string, amountMinor: number): Asked => ({
  kind: 'buy_pack',
  key,
  pack: { kind: 'money', amountMinor: minorUnits(amountMinor) },
});
const charges = (account: TestAccount): string[] =>
  [...account.rows.charges.values()].map((one) => `${one.kind} ${formatCredits(one.credits)} for ${one.amountMinor}`);
const empty = (account: TestAccount, key = 'all'): void => {
  account.post(use(key, account.balance()));
};
const nextPeriod = (account: TestAccount): void => {
  account.travelTo('2026-05-01T00:00:00Z');
  account.post(SETTLE);
};
const payAsYouGo = (enabled = true): Asked => ({ kind: 'configure_overage', settings: { enabled, capMinor: null } });

describe('atlios', () => {
  test('A20 the cost that is shown for a size is what the image of that size uses, and what it cannot tell is refused', () => {
    const account = onPlan('atlios', 'growth');
    for (const [width, height, cost] of [
      [1024, 1, '4'],
      [1, 2048, '5'],
      [2049, 2049, '7'],
    ] as const) {
      const wish = { meter: 'image', properties: { width, height } };
      const shown = quoteUse({ catalog: template('atlios') }, wish, account.at());
      const used = account.one({ kind: 'use', key: `${width}x${height}`, ...wish });
      expect([shown, used].map((one) => ('credits' in one ? formatCredits(one.credits) : one.kind))).toEqual([
        cost,
        cost,
      ]);
    }
    expect(said(account.one(metered('none', 'image', { properties: { width: 1024 } })))).toBe('missing_property');
  });

  test('A28 A29 A31 a pack is charged once, from $10 to $2 000, and its credits are there after the period has ended', async () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'));
    expect(account.post(buy('a', 999), buy('b', 200_001)).map(said)).toEqual([
      'amount_not_allowed',
      'amount_not_allowed',
    ]);
    account.post(buy('c', 1_000), buy('c', 1_000));
    await runDueCharges(account, makeProcessor());
    expect(charges(account)).toEqual(['pack 250 for 1000']);
    nextPeriod(account);
    expect(account.balance()).toBe('750');
    expect(said(onPlan('atlios', 'free').one(buy('d', 1_000)))).toBe('not_offered');
  });

  test('A34 past the balance work goes on up to the plan’s cap and not a credit further; a higher plan raises it', () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'), payAsYouGo());
    empty(account);
    expect(account.post(ifCovered('to the cap', 1_250), ifCovered('beyond', 1)).map(said)).toEqual([
      'used',
      'overage_cap_reached',
    ]);
    expect(figuresOf(account, 'atlios')).toMatchObject({ capUsed: '1250', capLeft: '0' });
    account.post({ kind: 'change_plan', plan: 'scale' });
    empty(account, 'all again');
    expect(said(account.one(ifCovered('beyond', 1)))).toBe('used');
    expect(figuresOf(account, 'atlios').capLeft).toBe('3749');
  });
});

describe('receptionist', () => {
  test('C3 a call dropped at nothing uses none: no credit, and no debt', () => {
    const account = onPlan('receptionist', 'standard');
    empty(account);
    const dropped = metered('dropped', 'answered_call', { properties: { outcome: 'dropped_empty' } });
    expect(account.one(dropped)).toMatchObject({ kind: 'used', credits: 0n, balance: 0n });
    const answered = metered('answered', 'answered_call', { properties: { outcome: 'hung_up' } });
    expect(account.one(answered)).toMatchObject({ kind: 'used', credits: credits(1), balance: credits(-1) });
  });

  test('C8 C9 the owner sets threshold and amount, and it is they that act', async () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure({ threshold: credits(80), amount: credits(120) }));
    account.post(use('to the threshold', 20));
    expect(charges(account)).toEqual([]);
    account.post(use('below it', 1));
    expect(charges(account)).toEqual(['top_off 120 for 3000']);
    await runDueCharges(account, makeProcessor());
    expect(account.balance()).toBe('199');
  });

  test('C10 each top-off sends a confirmation, one mail for one', async () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure());
    for (const key of ['first', 'second']) {
      account.post(use(key, Number(account.balance()) - 49));
      await runDueCharges(account, makeProcessor());
    }
    const confirmed = account.rows.notices.filter(({ facts }) => facts.kind === 'top_off_succeeded');
    expect([charges(account).length, confirmed.length]).toEqual([2, 2]);
  });

  test('C11 credits are bought by hand, without auto top-off', async () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), { kind: 'buy_pack', key: 'p', pack: { kind: 'credits', credits: credits(10) } });
    await runDueCharges(account, makeProcessor());
    expect([charges(account), account.balance()]).toEqual([['pack 10 for 250'], '110']);
  });

  test('C12 a failed top-off puts up a banner that says that future calls may be dropped', async () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure());
    empty(account);
    const processor = makeProcessor();
    processor.state.mood = 'declines_hard';
    await runDueCharges(account, processor);
    const open = [...account.rows.incidents.values()].filter((one) => one.resolvedAt === null);
    const banners = open.map((one) => bannerOf(one, template('receptionist'), 'acme'));
    expect(banners).toMatchObject([
      { kind: 'card_declined', consequence: expect.stringMatching(/future calls may be dropped/i) },
    ]);
  });
});

describe('rheos', () => {
  test('R12 nobody can buy credits: no pack, no top-off, no pay-as-you-go', () => {
    const account = onPlan('rheos', 'business');
    account.post(attach('one'));
    const wishes = [buy('p', 1_000), configure(), payAsYouGo()];
    expect(wishes.map((wish) => said(account.one(wish)))).toEqual(['not_offered', 'not_offered', 'not_offered']);
    expect(charges(account)).toEqual([]);
  });

  test('R14 upgrading removes the watermark at once', () => {
    const account = onPlan('rheos', 'free');
    const unmarked = () => gate(account, { kind: 'feature', feature: 'no_watermark' }, template('rheos')).allowed;
    expect(unmarked()).toBe(false);
    account.post({ kind: 'change_plan', plan: 'business' });
    expect(unmarked()).toBe(true);
  });

  test('R15 R16 at 0 generation is refused until the reset, and publishing is posted', () => {
    const account = onPlan('rheos', 'free');
    empty(account);
    const tried = (key: string, meter: string) => said(account.one(metered(key, meter, { mode: 'if_covered' })));
    expect([tried('i', 'standard_image'), tried('p', 'publishing')]).toEqual(['insufficient_credits', 'used']);
    nextPeriod(account);
    expect(tried('i', 'standard_image')).toBe('used');
  });
});

describe('storewriter', () => {
  test('W2 a run that saves nothing uses nothing: what was held for it is let go', () => {
    const account = onPlan('storewriter', 'pro');
    account.post({ kind: 'hold', key: 'h', meter: 'automation_run' });
    expect(account.held()).toBe('2');
    account.post({ kind: 'release', hold: 'h' });
    expect([account.balance(), account.held()]).toEqual(['100', '0']);
    account.post({ kind: 'hold', key: 'h2', meter: 'automation_run' }, { kind: 'capture', key: 'c', hold: 'h2' });
    expect(account.balance()).toBe('98');
  });

  test('W9 W10 W11 each store has its own 10 a month on Free, and more on every higher plan', () => {
    const [one, other] = [onPlan('storewriter', 'free'), onPlan('storewriter', 'free')];
    one.post(use('some', 7));
    expect([one.balance(), other.balance()]).toEqual(['3', '10']);
    nextPeriod(one);
    expect(one.balance()).toBe('10');
    expect(['pro', 'studio'].map((plan) => onPlan('storewriter', plan).balance())).toEqual(['100', '400']);
  });

  test('W12 a top-up is paid once and comes on top of the allowance, also on Free', async () => {
    const account = onPlan('storewriter', 'free');
    const [preset] = template('storewriter').packs?.presets ?? [];
    account.post(attach('one'), { kind: 'buy_pack', key: 'p', pack: { kind: 'preset', preset: preset?.key ?? '' } });
    await runDueCharges(account, makeProcessor());
    expect([charges(account), account.balance()]).toEqual([['pack 50 for 500'], '60']);
    nextPeriod(account);
    expect([charges(account).length, account.balance()]).toEqual([1, '60']);
  });

  test('W14 automation is stopped on Free with the plan to upgrade to, and runs after the upgrade', () => {
    const account = onPlan('storewriter', 'free');
    const asked = () => gate(account, run({ meter: 'automation_run' }), template('storewriter'));
    expect(asked()).toMatchObject({ allowed: false, fired: [{ limit: 'feature' }] });
    account.post({ kind: 'change_plan', plan: 'pro' });
    expect(asked().allowed).toBe(true);
  });
});

describe('toolbench', () => {
  test('T3 members use one balance, the organization’s', () => {
    const account = onPlan('toolbench', 'team');
    account.post(metered('a', 'keyword_report', by('ann')), metered('b', 'keyword_report', by('ben')));
    expect(account.balance()).toBe('394');
    expect(onPlan('toolbench', 'team').balance()).toBe('400');
  });
});
