import { expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { costs, template } from '../support/catalogs.js';

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
