import { expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { costs, priced, template } from '../support/catalogs.js';

const receptionist = template('receptionist');

test('C1 one credit per answered call, whatever its length', () => {
  for (const seconds of [10, 600]) {
    expect(costs(receptionist, 'answered_call', { outcome: 'full_conversation', seconds })).toBe('1');
  }
});

test('C2 a full conversation and a caller who hung up at once both use one credit', () => {
  expect(costs(receptionist, 'answered_call', { outcome: 'full_conversation' })).toBe('1');
  expect(costs(receptionist, 'answered_call', { outcome: 'hung_up' })).toBe('1');
});

test('C3 a call dropped because the balance was empty uses none', () => {
  expect(costs(receptionist, 'answered_call', { outcome: 'dropped_empty' })).toBe('0');
});

test('C5 the subscription includes a monthly call allotment', () => {
  expect(receptionist.plans.every((plan) => plan.allotment > 0n && plan.every.unit === 'month')).toBe(true);
});

test('C8 threshold 50 and amount 200 are what auto top-off starts from', () => {
  expect(receptionist.topOff).toMatchObject({ defaultThreshold: credits(50), defaultAmount: credits(200) });
  expect(receptionist.plans.every((plan) => plan.topOff)).toBe(true);
});

test('C11 credits can be bought by hand', () => {
  expect(receptionist.words.buyCredits).toBe('Buy Credits');
  expect(receptionist.plans.every((plan) => plan.packs)).toBe(true);
});

test('C12 a failed top-off says that future calls may be dropped', () => {
  expect(receptionist.words.topOffFailed).toMatch(/future calls may be dropped/i);
});

test('a call reported without its outcome is refused rather than guessed', () => {
  expect(priced(receptionist, 'answered_call')).toMatchObject({ reason: 'missing_property', field: 'outcome' });
});
