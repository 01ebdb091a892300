import { expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import { creditsFor, moneyFor } from '../../src/domain/pricing.js';
import { costs, priced, template } from '../support/catalogs.js';

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
