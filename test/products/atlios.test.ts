import { expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import { PERMISSIONS } from '../../src/domain/permissions.js';
import { creditsFor, moneyFor } from '../../src/domain/pricing.js';
import { onPlan } from '../domain/support-account.js';
import { attach, SETTLE, use } from '../domain/support-commands.js';
import { makeProcessor, runDueCharges } from '../domain/support-processor.js';
import { costs, priced, template } from '../support/catalogs.js';
import { activityOf, figuresOf } from './support.js';

const atlios = template('atlios');

test('A18 one fix uses one credit', () => {
  expect(costs(atlios, 'fix')).toBe('1');
  expect(costs(atlios, 'fix', {}, 12)).toBe('12');
});

test.each([
  [1024, 1024, '4'],
  [1025, 1, '5'],
  [1, 1025, '5'],
  [2048, 2048, '5'],
  [2049, 100, '7'],
  [100, 2049, '7'],
  [1, 1, '4'],
])('A19 an image of %i by %i px uses the credits of its longest side: %s', (width, height, expected) => {
  expect(costs(atlios, 'image', { width, height })).toBe(expected);
});

test('A20 an image whose size is not known has no price to show', () => {
  expect(priced(atlios, 'image', { width: 800 })).toMatchObject({ reason: 'missing_property', field: 'height' });
  expect(priced(atlios, 'image', { width: 0, height: 800 })).toMatchObject({ reason: 'out_of_bounds' });
});

test('A29 packs go from $10 to $2 000, by preset or own amount', () => {
  expect(atlios.packs?.custom).toMatchObject({ kind: 'by_money', min: 1_000n, max: 200_000n });
  expect(atlios.packs?.presets.length).toBeGreaterThan(0);
});

test('A30 A33 a credit costs $0.04, in packs and beyond the balance', () => {
  for (const ratio of [atlios.packs?.ratio, atlios.overagePrice]) {
    if (!ratio) return expect.fail('both must be for sale');
    expect(moneyFor(ratio, credits(1))).toEqual({ kind: 'exact', amountMinor: 4n });
    expect(creditsFor(ratio, minorUnits(1_000))).toEqual({ kind: 'exact', credits: credits(250) });
  }
});

test('A34 paid plans offer pay-as-you-go up to a cap that rises with the plan; the free plan has none', () => {
  const caps = atlios.plans.map((plan) => plan.overageCapMinor);
  expect(caps[0]).toBeNull();
  expect(caps.slice(1).every((cap, index) => cap !== null && cap > (caps[index] ?? 0n))).toBe(true);
});

test('A2 plan changes, the portal, buying and pay-as-you-go are the owner’s alone', () => {
  const own = ['change_plan', 'manage_cards', 'buy', 'set_overage'] as const;
  for (const action of own) expect(PERMISSIONS[action].roles, action).toEqual(['owner']);
  expect(PERMISSIONS.read_billing.roles).toContain('viewer');
});

test('A11 the plan renews on its date, or is told to end there once it is canceled', () => {
  const account = onPlan('atlios', 'growth');
  expect(figuresOf(account, 'atlios')).toMatchObject({ resetsAt: '2026-05-01T00:00:00.000Z', next: null });
  account.post({ kind: 'cancel_plan' });
  expect(figuresOf(account, 'atlios')).toMatchObject({ resetsAt: '2026-05-01T00:00:00.000Z', next: 'free' });
  account.travelTo('2026-05-01T00:00:00Z');
  account.post(SETTLE);
  expect(account.rows.settings.plan).toBe('free');
});

test('A14 in a trial nothing is charged before it ends', () => {
  const account = onPlan('atlios', 'free');
  account.post(attach('one'));
  expect(account.one({ kind: 'start_trial', plan: 'growth' })).toMatchObject({ kind: 'trial_started', plan: 'growth' });
  account.post(
    { kind: 'configure_overage', settings: { enabled: true, capMinor: null } },
    use('all', Number(account.balance()) + 50),
  );
  const endsAt = account.rows.settings.standing.trialEndsAt;
  if (endsAt === null) return expect.fail('no trial began');
  expect((endsAt - account.at()) / 86_400_000).toBe(14);
  account.travel(endsAt - account.at() - 1);
  account.post(SETTLE);
  expect([...account.rows.charges.values()]).toEqual([]);
});

test('A22 A23 A24 what remains, how much of the included amount is used, and when it resets', () => {
  const account = onPlan('atlios', 'growth');
  account.post(use('some', 120));
  expect(figuresOf(account, 'atlios')).toMatchObject({
    remaining: '380',
    included: '500',
    used: '120',
    resetsAt: '2026-05-01T00:00:00.000Z',
  });
});

test('A25 the bar of included credits turns amber, and then red', () => {
  const account = onPlan('atlios', 'growth');
  const levels = (): unknown[] =>
    account.rows.notices.flatMap(({ facts }) => (facts.kind === 'included_used' ? [facts.level] : []));
  account.post(use('below', 374));
  expect(levels()).toEqual([]);
  account.post(use('amber', 1));
  expect(levels()).toEqual(['amber']);
  account.post(use('still amber', 74));
  expect(levels()).toEqual(['amber']);
  account.post(use('red', 1));
  expect(levels()).toEqual(['amber', 'red']);
});

test('A35 how much of the cap is used', () => {
  const account = onPlan('atlios', 'growth');
  account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
  account.post(use('beyond', 500 + 250));
  // A cap of $50.00 is 1 250 credits at $0.04 each.
  expect(figuresOf(account, 'atlios')).toMatchObject({ remaining: '0', capUsed: '250', capLeft: '1000' });
});

test('A45 the activity list has fixes, images, monthly grants and purchases', async () => {
  const account = onPlan('atlios', 'growth');
  account.post(attach('one'), { kind: 'buy_pack', key: 'p', pack: { kind: 'money', amountMinor: minorUnits(1_000) } });
  await runDueCharges(account, makeProcessor());
  account.post(
    { kind: 'use', key: 'f', meter: 'fix' },
    { kind: 'use', key: 'i', meter: 'image', properties: { width: 2000, height: 100 } },
  );
  expect(activityOf(account)).toEqual(['grant allotment 500', 'grant purchase 250', 'use fix -1', 'use image -5']);
});
