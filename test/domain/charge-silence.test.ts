import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { attach, grant } from './support-commands.js';
import { HARD_DECLINE, type Mood } from './support-processor.js';
import { agreeWith, claim, opened, paidTimes, type Scene, shortCalls } from './support-scene.js';

describe('silence', () => {
  test.each<[string, Mood[], string[]]>([
    ['before the intent was made', ['silent_before', 'pays'], ['create C', 'create C', 'confirm C-1 pm_one']],
    ['after the intent was made', ['silent_after', 'pays'], ['create C', 'create C', 'confirm C-1 pm_one']],
    [
      'no connection',
      ['unavailable', 'unavailable', 'pays'],
      ['create C', 'create C', 'create C', 'confirm C-1 pm_one'],
    ],
  ])('%s asks for the same intent again', async (_, moods, calls) => {
    const scene = opened();
    for (const mood of moods) await scene.run(mood, MINUTE_MS);
    expect(shortCalls(scene)).toEqual(calls);
    expect([scene.state(), paidTimes(scene), scene.account.balance()]).toEqual(['succeeded', 1, '240']);
  });

  test.each<[string, Mood]>([
    ['before the money moved', 'silent_before'],
    ['after the money moved', 'silent_after'],
  ])('%s repeats the attempt with its key and its very parameters, whatever became of the card', async (_, mood) => {
    const scene = opened();
    claim(scene);
    scene.processor.state.mood = 'pays';
    await scene.processor.payments.createIntent({ charge: scene.charge, amountMinor: 5_000n } as never);
    agreeWith(scene, {});
    await scene.run(mood);
    const [card] = scene.account.rows.cards;
    if (card === undefined) throw new Error('there is no card');
    scene.account.post({ kind: 'detach_card', card: card.card.id }, attach('two'));
    await scene.run('pays', MINUTE_MS);
    expect(shortCalls(scene).slice(1)).toEqual(['confirm C-1 pm_one', 'confirm C-1 pm_one']);
    expect([scene.state(), paidTimes(scene), scene.account.balance()]).toEqual(['succeeded', 1, '240']);
  });

  test('an attempt in flight is seen to its end although the need is gone', async () => {
    const scene = opened();
    await scene.run('confirm_unheard');
    expect(scene.state()).toBe('pending');
    scene.account.post(grant('g', 500));
    await scene.run('silent_after', MINUTE_MS);
    await scene.run('pays', MINUTE_MS);
    expect([scene.state(), paidTimes(scene), scene.account.balance()]).toEqual(['succeeded', 1, '740']);
  });

  test.each([
    ['a day less an hour', 23 * HOUR_MS - MINUTE_MS, 'confirm'],
    ['longer', 23 * HOUR_MS, 'retrieve'],
  ])('after %s the attempt is sent again or looked up', (_, ms, what) => {
    const scene = opened();
    claim(scene);
    agreeWith(scene, {});
    claim(scene);
    scene.account.travel(ms);
    expect(claim(scene).do).toBe(what);
  });

  test('a look that finds the money moved settles it, one that finds a decline fails it, one that finds nothing tries anew', () => {
    for (const [view, state] of [
      [{ status: 'succeeded' }, 'succeeded'],
      [{ status: 'requires_payment_method', lastDecline: HARD_DECLINE }, 'failed'],
      [{ status: 'requires_payment_method' }, 'pending'],
      [{ status: 'canceled' }, 'canceled'],
    ] as const) {
      const scene = opened();
      claim(scene);
      agreeWith(scene, {});
      claim(scene);
      agreeWith(scene, view, { looked: true });
      expect(scene.state()).toBe(state);
      expect(scene.account.rows.attempts[0]?.result).not.toBeNull();
      if (state === 'pending') expect(claim(scene)).toMatchObject({ request: { idempotencyKey: `${scene.charge}-2` } });
    }
  });

  test('a key that remembers a failure is looked up, and the next attempt has a key of its own', async () => {
    const scene = opened();
    await scene.run('confirm_unheard');
    await scene.run('fails_and_remembers', MINUTE_MS);
    await scene.run('pays', MINUTE_MS);
    await scene.run('pays', MINUTE_MS);
    expect(scene.state()).toBe('succeeded');
    expect(paidTimes(scene)).toBe(1);
  });

  test.each<[string, Mood]>([
    ['an attempt that is not answered', 'silent_before'],
    ['an intent that is not answered', 'silent_after'],
  ])('%s for five minutes is told once, gone on with, and resolved by a late success', async (_, mood) => {
    const scene = opened();
    if (mood === 'silent_before') {
      claim(scene);
      await scene.processor.payments.createIntent({ charge: scene.charge, amountMinor: 5_000n } as never);
      agreeWith(scene, {});
    }
    await scene.run(mood === 'silent_before' ? 'silent_before' : 'unavailable');
    expect(scene.open()).toEqual([]);
    await scene.run('unavailable', 5 * MINUTE_MS);
    await scene.run('unavailable', 20 * MINUTE_MS);
    expect([scene.open(), scene.mails()]).toEqual([['internal_error'], ['top_off_failed internal_error']]);
    expect(scene.state()).toBe('pending');
    await scene.run('pays', HOUR_MS);
    expect([scene.state(), scene.open()]).toEqual(['succeeded', []]);
    expect(scene.mails()).toEqual(['top_off_failed internal_error', 'top_off_succeeded']);
  });
});

describe('canceling', () => {
  test('is written only after the processor has said so', async () => {
    const scene = opened();
    await scene.run('confirm_unheard');
    claimAnswered(scene);
    scene.account.post(grant('g', 500));
    await scene.run('silent_before', MINUTE_MS);
    expect(scene.state()).toBe('pending');
    await scene.run('silent_after', MINUTE_MS);
    expect(scene.state()).toBe('pending');
    await scene.run('pays', DAY_MS);
    expect([scene.state(), scene.account.balance(), paidTimes(scene)]).toEqual(['canceled', '540', 0]);
  });

  test('of an intent that may exist asks for it first, and cancels it then', async () => {
    const scene = opened();
    await scene.run('silent_after');
    scene.account.post(grant('g', 500));
    await scene.run('pays', MINUTE_MS);
    expect(shortCalls(scene)).toEqual(['create C', 'create C', 'cancel C']);
    expect([scene.state(), paidTimes(scene)]).toEqual(['canceled', 0]);
  });

  test('before the intent was ever asked for needs nobody', async () => {
    const scene = opened();
    scene.account.post(grant('g', 500));
    await scene.run('refuses');
    expect([shortCalls(scene), scene.state()]).toEqual([[], 'canceled']);
    expect(scene.account.rows.outbox.size).toBe(0);
  });

  test('comes too late when the money has moved: it is granted', async () => {
    const scene = opened();
    await scene.run('confirm_unheard');
    await scene.run('silent_after', MINUTE_MS);
    scene.account.post(grant('g', 500));
    await scene.run('pays', MINUTE_MS);
    expect([scene.state(), paidTimes(scene), scene.account.balance()]).toEqual(['succeeded', 1, '740']);
  });
});

/** Closes the attempt that is out as one the processor never ran. */
function claimAnswered(scene: Scene): void {
  scene.account.travel(23 * HOUR_MS);
  claim(scene);
  agreeWith(scene, {}, { looked: true });
}
