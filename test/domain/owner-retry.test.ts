import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, isoOf, MINUTE_MS } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { grant, said } from './support-commands.js';
import { chargeOf, opened, paidTimes, type Scene } from './support-scene.js';

const retry = ({ account, charge }: Scene): Outcome => account.one({ kind: 'retry_charge', charge });

describe('the owner’s retry', () => {
  test.each(['declines', 'declines_hard', 'wants_authentication'] as const)(
    'after a charge that %s is one attempt at once on the same intent, and lifts the suspension',
    async (mood) => {
      const scene = opened();
      await scene.run(mood);
      expect(retry(scene)).toMatchObject({ kind: 'charge_opened', charge: scene.charge, state: 'pending' });
      expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
      await scene.run('pays');
      expect([scene.state(), paidTimes(scene), scene.open()]).toEqual(['succeeded', 1, []]);
    },
  );

  test('burns no rung: the ladder goes on where it stood', async () => {
    const scene = opened();
    await scene.run('declines');
    const { nextAttemptAt } = chargeOf(scene);
    scene.account.travel(10 * MINUTE_MS);
    retry(scene);
    await scene.run('declines');
    expect([scene.state(), chargeOf(scene).nextAttemptAt, chargeOf(scene).course.rung]).toEqual([
      ...['pending', nextAttemptAt, 1],
    ]);
  });

  test('that is declined is a fresh incident and a fresh mail, and suspends again what had failed', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    scene.account.travel(HOUR_MS);
    retry(scene);
    await scene.run('declines');
    expect([scene.state(), scene.open(), scene.mails()]).toEqual([
      'failed',
      ['card_declined'],
      ['top_off_failed card_declined', 'top_off_failed card_declined'],
    ]);
    expect(scene.account.rows.incidents.size).toBe(2);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBe(scene.account.at());
  });

  test('is refused while an attempt is under way, and twice at once', async () => {
    const scene = opened();
    expect(said(retry(scene))).toBe('attempt_under_way');
    await scene.run('confirm_unheard');
    expect(said(retry(scene))).toBe('attempt_under_way');
    await scene.run('declines', MINUTE_MS);
    expect(said(retry(scene))).toBe('charge_opened');
    expect(said(retry(scene))).toBe('attempt_under_way');
  });

  test('is allowed five times a day, counted from each', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    for (let time = 0; time < 5; time += 1) {
      scene.account.travel(HOUR_MS);
      expect(said(retry(scene))).toBe('charge_opened');
      await scene.run('declines_hard');
    }
    expect(said(retry(scene))).toBe('too_many_retries');
    scene.account.travelTo(isoOf((scene.account.at() - 4 * HOUR_MS + DAY_MS - 1) as never));
    expect(said(retry(scene))).toBe('too_many_retries');
    scene.account.travel(1);
    expect(said(retry(scene))).toBe('charge_opened');
  });

  test('of what is not wanted any more charges nothing: the charge is canceled, its incident over, the way free', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    scene.account.post(grant('g', 100));
    expect(said(retry(scene))).toBe('charge_opened');
    await scene.run('pays');
    expect([scene.state(), scene.open(), paidTimes(scene)]).toEqual(['canceled', [], 0]);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('is refused in words for what is paid, canceled, unknown or without a card', async () => {
    const paid = opened();
    await paid.run('pays');
    expect(said(retry(paid))).toBe('charge_ended');
    const gone = opened();
    gone.account.post(grant('g', 100));
    expect(said(retry(gone))).toBe('charge_ended');
    await gone.run('pays');
    expect(said(retry(gone))).toBe('charge_ended');
    expect(said(paid.account.one({ kind: 'retry_charge', charge: 'nobody' as never }))).toBe('charge_unknown');
    const bare = opened();
    await bare.run('declines_hard');
    for (const row of bare.account.rows.cards) row.detachedAt = bare.account.at();
    expect(said(retry(bare))).toBe('card_unknown');
  });

  test('takes with it the rung whose time has come meanwhile: no second attempt follows, and the next rung stands', async () => {
    const scene = opened();
    await scene.run('declines');
    const next = chargeOf(scene).nextAttemptAt ?? 0;
    scene.account.travelTo(isoOf((next - MINUTE_MS) as never));
    retry(scene);
    scene.account.travelTo(isoOf(next as never));
    await scene.run('declines');
    expect(scene.account.rows.attempts.map(({ attempt }) => attempt.by)).toEqual(['rung', 'owner']);
    expect([scene.state(), chargeOf(scene).course.rung]).toEqual(['pending', 2]);
    expect((chargeOf(scene).nextAttemptAt ?? 0) - scene.account.at()).toBeGreaterThanOrEqual(6 * HOUR_MS);
  });
});
