import { expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { mayRole, ROLES } from '../../src/domain/permissions.js';
import { onPlan } from '../domain/support-account.js';
import { grant } from '../domain/support-commands.js';
import { costs, template } from '../support/catalogs.js';
import { activityOf } from './support.js';

const storewriter = template('storewriter');

test('W1 a draft and a regeneration use 2 credits each', () => {
  expect([costs(storewriter, 'draft'), costs(storewriter, 'regeneration')]).toEqual(['2', '2']);
});

test('W2 an automation run that saves a draft uses 2', () => {
  expect(costs(storewriter, 'automation_run')).toBe('2');
});

test('W3 a cover image and a rewrite use 1 each', () => {
  expect([costs(storewriter, 'cover_image'), costs(storewriter, 'rewrite')]).toEqual(['1', '1']);
});

test('W4 content together with its cover uses 3', () => {
  expect(costs(storewriter, 'draft', { with_cover: true })).toBe('3');
  expect(costs(storewriter, 'draft', { with_cover: false })).toBe('2');
});

test('W5 topic research uses none', () => {
  expect(costs(storewriter, 'research', {}, 500)).toBe('0');
});

test('W9 W10 the store’s Free plan starts with 10 credits a month', () => {
  expect(storewriter.words.account.one).toBe('store');
  expect(formatCredits(storewriter.plans[0]?.allotment ?? expect.fail('no plan'))).toBe('10');
});

test('W11 each paid plan increases the allowance', () => {
  const allotments = storewriter.plans.map((plan) => plan.allotment);
  expect(allotments.slice(1).every((one, index) => one > (allotments[index] ?? 0n))).toBe(true);
});

test('W12 top-ups are sold on every plan', () => {
  expect(storewriter.packs?.presets.length).toBeGreaterThan(0);
  expect(storewriter.plans.every((plan) => plan.packs)).toBe(true);
});

test('W14 automation needs a paid plan', () => {
  expect(storewriter.meters.get('automation_run')?.feature).toBe('automation');
  expect(storewriter.plans.map((plan) => plan.features.has('automation'))).toEqual([false, true, true]);
});

test('W13 the Activity Ledger shows debits and grants, and the whole team may read it', () => {
  const account = onPlan('storewriter', 'pro');
  account.post(grant('pack', 50, { origin: 'purchase' }), { kind: 'use', key: 'd', meter: 'draft' });
  expect(activityOf(account)).toEqual(['grant allotment 100', 'grant purchase 50', 'use draft -2']);
  expect(ROLES.every((role) => mayRole(role, 'read_activity'))).toBe(true);
  expect(storewriter.words.ledger).toBe('Activity Ledger');
});
