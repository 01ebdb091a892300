import { expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { mayRole } from '../../src/domain/permissions.js';
import { attach, use } from '../domain/support-commands.js';
import { opened } from '../domain/support-scene.js';
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

test('C15 a card that is declined for good is replaced, and the failed charge is retried and paid', async () => {
  const scene = opened();
  await scene.run('declines_hard');
  expect([scene.state(), scene.open()]).toEqual(['failed', ['card_declined']]);
  scene.account.travel(HOUR_MS);
  scene.account.post(attach('two', 'fp_2'));
  await scene.run('pays');
  expect([scene.state(), scene.open()]).toEqual(['succeeded', []]);
  expect(scene.account.rows.charges.size).toBe(1);
  expect(mayRole('owner', 'retry_charge')).toBe(true);
});

test('C16 a payment of which nothing is heard is told as an internal error, and is over once it is answered', async () => {
  const scene = opened();
  await scene.run('confirm_unheard');
  await scene.run('confirm_unheard', 6 * MINUTE_MS);
  expect(scene.open()).toEqual(['internal_error']);
  await scene.run('pays', HOUR_MS);
  expect([scene.state(), scene.open()]).toEqual(['succeeded', []]);
});

test('C17 C18 each failure is an incident of its own that ends with its cause, and a fresh failure is a fresh one', async () => {
  const scene = opened();
  await scene.run('declines_hard');
  const [first] = scene.account.rows.incidents.values();
  scene.account.travel(HOUR_MS);
  scene.account.post(attach('two', 'fp_2'));
  await scene.run('pays');
  expect(scene.account.rows.incidents.get(first?.id as never)?.resolvedAt).not.toBeNull();
  scene.account.travel(HOUR_MS);
  scene.account.post(use('low again', scene.account.balance()));
  await scene.run('declines_hard');
  const failures = [...scene.account.rows.incidents.values()].filter((one) => one.kind === 'card_declined');
  expect(failures.map((one) => one.resolvedAt === null)).toEqual([false, true]);
});
