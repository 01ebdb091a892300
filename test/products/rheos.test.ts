import { expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { quoteUse } from '../../src/domain/versions.js';
import { onPlan } from '../domain/support-account.js';
import { costs, template } from '../support/catalogs.js';
import { activityOf, figuresOf } from './support.js';

const rheos = template('rheos');

test('R3 400, 1 500 and 4 000 credits a month', () => {
  const allotments = rheos.plans.map((plan) => [plan.label, formatCredits(plan.allotment), plan.every.unit]);
  expect(allotments).toEqual([
    ['Free', '400', 'month'],
    ['Business', '1500', 'month'],
    ['Team', '4000', 'month'],
  ]);
});

test('R7 a standard image uses 5 credits, a pro image 10, a website scrape 20', () => {
  expect(['standard_image', 'pro_image', 'website_scrape'].map((meter) => costs(rheos, meter))).toEqual([
    '5',
    '10',
    '20',
  ]);
});

test('R8 R19 writing and publishing use none, however much', () => {
  expect(costs(rheos, 'writing', {}, 10_000)).toBe('0');
  expect(costs(rheos, 'publishing', {}, 10_000)).toBe('0');
});

test('R12 there are no packs, nor any other way to buy credits', () => {
  expect(rheos).toMatchObject({ packs: null, topOff: null, creditPrice: null, overagePrice: null });
  expect(rheos.plans.some((plan) => plan.packs || plan.topOff || plan.overageCapMinor !== null)).toBe(false);
});

test('R14 the paid plans remove the watermark', () => {
  expect(rheos.plans.map((plan) => plan.features.has('no_watermark'))).toEqual([false, true, true]);
});

test('R16 publishing is not stopped by an empty balance', () => {
  expect(rheos.policies.freeNeedsBalance).toBe(false);
});

test('R20 the support address is the page’s', () => {
  expect(rheos.words.supportEmail).toBe('support@rheos.app');
});

test('R9 the cost shown where an action is run is what it uses, for every action', () => {
  const account = onPlan('rheos', 'team');
  for (const key of rheos.meters.keys()) {
    const shown = quoteUse({ catalog: rheos }, { meter: key }, account.at());
    const used = account.one({ kind: 'use', key, meter: key });
    if (shown.kind !== 'quoted' || used.kind !== 'used') return expect.fail(`${key} has no price`);
    expect(used.credits, key).toBe(shown.credits);
  }
});

test('R10 R11 what remains is one number, and recent usage says what has been costing what', () => {
  const account = onPlan('rheos', 'free');
  account.post({ kind: 'use', key: 'a', meter: 'pro_image' }, { kind: 'use', key: 'b', meter: 'website_scrape' });
  expect(figuresOf(account, 'rheos')).toMatchObject({ remaining: '370', available: '370' });
  expect(activityOf(account)).toEqual(['grant allotment 400', 'use pro_image -10', 'use website_scrape -20']);
});
