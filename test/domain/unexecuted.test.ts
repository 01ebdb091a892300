/** Attempts that came to nothing though nobody declined them, and intents that can never be paid any more. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { attach } from './support-commands.js';
import { HARD_DECLINE, runDueCharges } from './support-processor.js';
import { agreeWith, chargeOf, claim, declineWith, opened, type Scene } from './support-scene.js';

/** One attempt that the processor answers with a fault which it then remembers, looked up and found not to have run. */
function comesToNothing(scene: Scene): void {
  const task = claim(scene);
  if (task.do === 'create_intent') agreeWith(scene, {});
  expect((task.do === 'create_intent' ? claim(scene) : task).do).toBe('confirm');
  agreeWith(scene, {}, { looked: true });
}
const waits = (scene: Scene): number => {
  const due = chargeOf(scene).course.extra?.at ?? chargeOf(scene).nextAttemptAt ?? 0;
  return (due - scene.account.at()) / MINUTE_MS;
};

describe('an attempt that the processor did not run', () => {
  test('is made anew at once, and after that more and more rarely, at most every quarter of an hour', () => {
    const scene = opened();
    const waited: number[] = [];
    for (let time = 0; time < 8; time += 1) {
      comesToNothing(scene);
      waited.push(waits(scene));
      if (waits(scene) > 0) {
        scene.account.travel(waits(scene) * MINUTE_MS - 1);
        expect(claim(scene)).toMatchObject({ do: 'nothing' });
        scene.account.travel(1);
      }
    }
    expect(waited).toEqual([0, 1, 2, 4, 8, 15, 15, 15]);
  });

  test('again and again for five minutes is told once as an error of ours, and costs the card nothing', () => {
    const scene = opened();
    for (let time = 0; time < 5; time += 1) {
      comesToNothing(scene);
      scene.account.travel(waits(scene) * MINUTE_MS);
    }
    expect([scene.open(), scene.mails()]).toEqual([['internal_error'], ['top_off_failed internal_error']]);
    expect(chargeOf(scene).course.rung).toBe(0);
  });

  test('of the owner’s asking waits as well, and stays the owner’s', () => {
    const scene = opened();
    declineWith(scene, {});
    scene.account.post({ kind: 'retry_charge', charge: scene.charge });
    for (let time = 0; time < 3; time += 1) {
      comesToNothing(scene);
      scene.account.travel(waits(scene) * MINUTE_MS);
    }
    expect(scene.account.rows.attempts.slice(1).map((row) => row.attempt.by)).toEqual(['owner', 'owner', 'owner']);
  });

  test('begins from at once again when another one between them was answered', () => {
    const scene = opened();
    comesToNothing(scene);
    comesToNothing(scene);
    scene.account.travel(MINUTE_MS);
    declineWith(scene, {});
    scene.account.travel(2 * HOUR_MS);
    comesToNothing(scene);
    expect(waits(scene)).toBe(0);
  });
});

describe('an intent of a customer that was deleted', () => {
  const orphan = (customer: string | null): Scene => {
    const scene = opened();
    declineWith(scene, {});
    scene.account.rows.customer = customer;
    scene.account.post(attach('next'));
    expect(claim(scene).do).toBe('confirm');
    return scene;
  };

  test('takes no card of the next customer: the card stays, the intent is canceled and another pays the charge', () => {
    const scene = orphan('cus_next');
    agreeWith(scene, { customer: 'cus_before' }, { looked: true, isCardGone: true });
    expect(scene.account.rows.cards.map((row) => row.detachedAt)).toEqual([null, null]);
    expect(claim(scene)).toMatchObject({ do: 'cancel', intentId: `pi_${scene.charge}` });
    agreeWith(scene, { customer: 'cus_before', status: 'canceled' });
    expect(claim(scene)).toMatchObject({ do: 'create_intent', request: { canceledIntents: 1, customer: 'cus_next' } });
    agreeWith(scene, { intentId: 'pi_next', customer: 'cus_next' });
    expect(claim(scene)).toMatchObject({ do: 'confirm', request: { params: { payment_method: 'pm_next' } } });
    agreeWith(scene, { ...paidView(scene), intentId: 'pi_next', customer: 'cus_next' });
    expect([scene.state(), scene.account.balance(), scene.open()]).toEqual(['succeeded', '240', []]);
  });

  test('is told apart from a card that is gone, and from an intent whose customer is not known', () => {
    for (const customer of ['cus_next', null]) {
      const scene = orphan('cus_next');
      agreeWith(scene, { customer }, { looked: true, isCardGone: true });
      expect(scene.account.rows.cards.filter((row) => row.detachedAt !== null)).toHaveLength(1);
      expect(scene.state()).toBe('pending');
    }
  });

  test('of an account that is closed meanwhile is canceled, and nothing is asked for anew', () => {
    const scene = orphan('cus_next');
    scene.account.post({ kind: 'close_account', reason: 'asked for' });
    agreeWith(scene, { customer: 'cus_before' }, { looked: true, isCardGone: true });
    agreeWith(scene, { customer: 'cus_before', status: 'canceled' });
    expect(claim(scene)).toMatchObject({ do: 'nothing' });
    expect(scene.state()).toBe('canceled');
  });
});

const paidView = (scene: Scene) => ({
  status: 'succeeded' as const,
  payment: {
    ...{ processorChargeId: 'ch_next', paidMinor: chargeOf(scene).amountMinor, refundedMinor: 0n as never },
    ...{ disputedMinor: 0n as never, dispute: null, brand: 'visa', last4: '4242', fingerprint: null },
    ...{ receiptUrl: null, receiptNumber: null },
  },
});

test('an attempt whose answer was lost while it was under way, and that has failed since, is a decline and no doubt', async () => {
  const scene = opened();
  scene.processor.state.mood = 'confirm_unheard';
  await runDueCharges(scene.account, scene.processor);
  const { payments } = scene.processor;
  scene.account.travel(10 * MINUTE_MS);
  const failed = { ...HARD_DECLINE, declineCode: 'insufficient_funds', processorChargeId: 'ch_failed_late' };
  const replayed: typeof payments.confirmIntent = async (request) => {
    const seen = await payments.retrieveIntent(request.intentId);
    if (seen.kind !== 'seen') throw new Error('the intent was not read');
    return { ...seen, view: { ...seen.view, lastDecline: failed }, looked: true };
  };
  scene.processor.state.mood = 'pays';
  await runDueCharges(scene.account, { ...scene.processor, payments: { ...payments, confirmIntent: replayed } });
  expect([scene.state(), chargeOf(scene).course.rung, chargeOf(scene).unanswered]).toEqual(['pending', 1, null]);
  expect(scene.open()).toEqual(['card_declined']);
});

test('a decline of what is to be canceled is told to nobody, and the cancellation follows', () => {
  const scene = opened();
  claim(scene);
  agreeWith(scene, {});
  claim(scene);
  scene.account.post({ kind: 'close_account', reason: 'asked for' });
  agreeWith(scene, {}, { decline: HARD_DECLINE });
  expect([scene.mails(), scene.open()]).toEqual([[], []]);
  expect(claim(scene).do).toBe('cancel');
  expect(scene.account.rows.attempts[0]?.result).toBe('declined');
});
