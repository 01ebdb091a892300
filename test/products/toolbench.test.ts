import { expect, test } from 'vitest';
import { linkTo } from '../../src/domain/catalog.js';
import { credits } from '../../src/domain/credits.js';
import { mayRole, PERMISSIONS, ROLES } from '../../src/domain/permissions.js';
import { price } from '../../src/domain/pricing.js';
import { costs, template } from '../support/catalogs.js';

const toolbench = template('toolbench');

test('T3 T5 the balance is the organization’s, and its billing page lies under its slug', () => {
  expect(toolbench.words.account.one).toBe('organization');
  expect(linkTo(toolbench.words.links.billing, 'your-slug')).toMatch(/\/org\/your-slug\/billing$/);
});

test('T4 every tool and model advertises the credits of a standard run', () => {
  for (const meter of toolbench.meters.values()) {
    if (!meter.standardRun) return expect.fail(`${meter.key} has no standard run`);
    const run = price(toolbench, meter, meter.standardRun.quantity, meter.standardRun.properties);
    expect(run).toMatchObject({ kind: 'priced' });
  }
});

test('T8 rates stand under text, image and video, and differ by model', () => {
  expect([...new Set([...toolbench.meters.values()].map((meter) => meter.group))]).toEqual([
    'Text',
    'Image',
    'Video',
    'Tools',
  ]);
  const tokens = { input_tokens: 1000, output_tokens: 1000 };
  expect(costs(toolbench, 'text_generation', { model: 'swift', ...tokens })).toBe('0.25');
  expect(costs(toolbench, 'text_generation', { model: 'deep', ...tokens })).toBe('2.5');
});

test('T9 text is priced by the token batch, images by the asset, video by the second', () => {
  const text = (input_tokens: number) =>
    costs(toolbench, 'text_generation', { model: 'swift', input_tokens, output_tokens: 0 });
  expect([0, 1, 1000, 1001].map(text)).toEqual(['0', '0.05', '0.05', '0.1']);
  expect(costs(toolbench, 'image_generation', { model: 'studio' }, 3)).toBe('18');
  expect(costs(toolbench, 'video_generation', { model: 'clip', seconds: 4.2 })).toBe('7.5');
  expect(costs(toolbench, 'video_generation', { model: 'film', seconds: 1 })).toBe('20');
});

test('T13 top-ups come in blocks of ten', () => {
  expect(toolbench.packs?.custom).toMatchObject({ kind: 'by_credits', min: credits(10), step: credits(10) });
});

test('T15 T16 T17 T18 T19 organizations, projects, seats and runs are limited, by plan', () => {
  const levels = ['organizations_owned', 'organizations_joined', 'projects', 'seats'];
  expect(levels.map((key) => toolbench.limits.get(key)?.kind)).toEqual(Array(4).fill('level'));
  expect(toolbench.limits.get('runs_per_minute')).toMatchObject({ kind: 'window', window: { kind: 'minute' } });
  expect(toolbench.limits.get('trend_preview')).toMatchObject({ kind: 'window', window: { kind: 'until' } });
  for (const plan of toolbench.plans) expect(plan.limits.get('runs_per_minute')).toBeGreaterThan(0);
});

test('T6 earmarked pools depend on the plan', () => {
  expect(toolbench.plans.map((plan) => plan.pools)).toEqual([false, true, true]);
});

test('T22 refunds, renewals and sales tax are left to the legal page', () => {
  expect(toolbench.words.links.legal).toMatch(/^https:/);
});

test('T1 T2 T10 owners manage subscription, payment methods, purchases and spend controls; others read', () => {
  const own = ['change_plan', 'manage_cards', 'buy', 'set_top_off', 'set_overage', 'set_pools'] as const;
  for (const action of own) expect(PERMISSIONS[action].roles, action).toEqual(['owner']);
  const read = ['read_billing', 'read_activity', 'read_charges'] as const;
  for (const action of read)
    expect(
      ROLES.every((role) => mayRole(role, action)),
      action,
    ).toBe(true);
});

test('T11 the matrix has an exact price for every tool, by every model that it offers', () => {
  for (const meter of toolbench.meters.values()) {
    const run = meter.standardRun;
    if (run === null) return expect.fail(`${meter.key} has no standard run`);
    const model = meter.properties.get('model');
    const models = model?.kind === 'choice' ? model.oneOf : [undefined];
    for (const one of models) {
      const properties = one === undefined ? run.properties : { ...run.properties, model: one };
      expect(price(toolbench, meter, run.quantity, properties), `${meter.key} ${one}`).toMatchObject({
        kind: 'priced',
      });
    }
  }
});
