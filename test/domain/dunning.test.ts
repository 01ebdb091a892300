import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, isoOf, later, MINUTE_MS } from '../../src/domain/instant.js';
import { ladderProblem, rungAt } from '../../src/domain/retry.js';
import { template } from '../support/catalogs.js';
import { attach, CATALOG, configure, grant, use } from './support-commands.js';
import { runDueCharges } from './support-processor.js';
import { agreeWith, chargeOf, claim, declineWith, opened, paidTimes, type Scene, shortCalls } from './support-scene.js';

const RUNGS = [1, 6, 24, 72];

/** Moves time to the attempt that waits, and answers how many hours that took. */
function toNextAttempt(scene: Scene): number {
  const next = chargeOf(scene).nextAttemptAt;
  if (next === null) throw new Error('no attempt waits');
  const hours = (next - scene.account.at()) / HOUR_MS;
  scene.account.travelTo(isoOf(next));
  return hours;
}

describe('the ladder', () => {
  test('tries a softly declined charge after 1, 6, 24 and 72 hours and a little, on one intent, then fails and suspends', async () => {
    const scene = opened();
    await scene.run('declines');
    for (const hours of RUNGS) {
      expect([scene.state(), scene.account.rows.settings.topOff.suspendedAt]).toEqual(['pending', null]);
      const waited = toNextAttempt(scene);
      expect(waited).toBeGreaterThanOrEqual(hours);
      expect(waited).toBeLessThan(hours * 1.1);
      await scene.run('declines');
    }
    expect([scene.state(), chargeOf(scene).nextAttemptAt]).toEqual(['failed', null]);
    expect(scene.account.rows.settings.topOff).toMatchObject({
      suspendedAt: scene.account.at(),
      suspendedCard: 'fp_one',
    });
    expect(shortCalls(scene)).toEqual([
      'create C',
      ...['confirm C-1', 'confirm C-2', 'confirm C-3', 'confirm C-4', 'confirm C-5'].map((one) => `${one} pm_one`),
    ]);
  });

  test('raises one incident and sends one mail at the first decline, and one more when it has come to its end', async () => {
    const scene = opened();
    await scene.run('declines');
    expect([scene.open(), scene.mails()]).toEqual([['card_declined'], ['top_off_failed card_declined']]);
    const [notice] = scene.account.rows.notices;
    expect(notice?.facts).toMatchObject({
      nextAttemptAt: isoOf(chargeOf(scene).nextAttemptAt ?? later(0 as never, 0)),
    });
    const [incident] = scene.account.rows.incidents.keys();
    for (const _ of RUNGS) {
      toNextAttempt(scene);
      await scene.run('declines');
    }
    expect(scene.mails()).toEqual(['top_off_failed card_declined', 'top_off_suspended card_declined']);
    expect([...scene.account.rows.incidents.keys()]).toEqual([incident]);
  });

  test('is never early: a step that wakes before its time does nothing and says when', async () => {
    const scene = opened();
    await scene.run('declines');
    const next = chargeOf(scene).nextAttemptAt;
    scene.account.travel(HOUR_MS - MINUTE_MS);
    expect(claim(scene)).toEqual({ do: 'nothing', next });
  });

  test('is the same however often it is decided, and other for another charge', () => {
    const hours = [1];
    const at = (name: string) => rungAt(name as never, 1, later(0 as never, 0), hours);
    expect(at('a')).toBe(at('a'));
    expect(new Set(['a', 'b', 'c', 'd', 'e'].map(at)).size).toBe(5);
    expect(rungAt('a' as never, 2, later(0 as never, 0), hours)).toBeNull();
  });

  test('that is answered in the end pays once, resolves the incident and goes back to its start', async () => {
    const scene = opened();
    await scene.run('declines');
    toNextAttempt(scene);
    await scene.run('pays');
    expect([scene.state(), paidTimes(scene), scene.open(), scene.account.balance()]).toEqual([
      'succeeded',
      1,
      [],
      '240',
    ]);
  });

  test('of a hard decline on a later rung ends at once', async () => {
    const scene = opened();
    await scene.run('declines');
    toNextAttempt(scene);
    await scene.run('declines_hard');
    expect([scene.state(), scene.open()]).toEqual(['failed', ['card_declined']]);
  });

  test('of a demand for the owner on a later rung is news: another incident in place of the first', async () => {
    const scene = opened();
    await scene.run('declines');
    toNextAttempt(scene);
    await scene.run('wants_authentication');
    expect([scene.state(), scene.open()]).toEqual(['action_required', ['authentication_required']]);
    expect(scene.mails()).toEqual(['top_off_failed card_declined', 'action_required']);
  });

  test('burns no rung on silence, outages and faults of ours', async () => {
    const scene = opened();
    await scene.run('declines');
    toNextAttempt(scene);
    for (const mood of ['unavailable', 'confirm_unheard', 'refuses'] as const) {
      await scene.run(mood, 20 * MINUTE_MS);
      expect(chargeOf(scene).course.rung).toBe(1);
    }
    await scene.run('declines', 20 * MINUTE_MS);
    expect(chargeOf(scene).course.rung).toBe(2);
    expect(shortCalls(scene).filter((one) => one.startsWith('confirm C-2')).length).toBeGreaterThan(1);
    expect(shortCalls(scene).some((one) => one.startsWith('confirm C-3'))).toBe(false);
  });
});

describe('before a rung the need is decided again', () => {
  test.each([
    ['credits have come in', grant('g', 100)],
    ['auto top-off was switched off', configure({ enabled: false })],
  ])('%s: the intent is canceled at the processor, then the charge, and its incident is over', async (_, command) => {
    const scene = opened();
    await scene.run('declines');
    scene.account.post(command);
    await runDueCharges(scene.account, scene.processor);
    expect([scene.state(), scene.open(), shortCalls(scene).at(-1)]).toEqual(['canceled', [], 'cancel C']);
  });

  test('and stands: the attempt is made although the balance moved meanwhile', async () => {
    const scene = opened();
    await scene.run('declines');
    scene.account.post(grant('g', 5), use('v', 4));
    toNextAttempt(scene);
    await scene.run('pays');
    expect([scene.state(), paidTimes(scene)]).toEqual(['succeeded', 1]);
  });

  test('under the lock, even where the batch that ended the need could not know', async () => {
    const scene = opened();
    await scene.run('declines');
    // As a release before this one would have left it: the balance is back, and nobody has marked the charge.
    const { account } = scene;
    account.rows.settings = { ...account.rows.settings, topOff: { ...account.rows.settings.topOff, enabled: false } };
    toNextAttempt(scene);
    expect(claim(scene).do).toBe('cancel');
  });
});

test('from the first decline the gate lends nothing more, though the charge is still open', async () => {
  const scene = opened();
  scene.account.post(use('v', 40));
  expect(scene.gate().grace).toBe(true);
  await scene.run('declines');
  expect([scene.state(), scene.gate().allowed, scene.gate().grace]).toEqual(['pending', false, false]);
});

describe('what card networks allow', () => {
  test.each([
    ['visa', 15, 30 * DAY_MS],
    ['mastercard', 10, DAY_MS],
    ['amex', 10, DAY_MS],
  ])('%s: after %i declines the next attempt waits until they are old enough', (brand, most, ms) => {
    const scene = opened();
    const [row] = scene.account.rows.cards;
    if (row === undefined) throw new Error('there is no card');
    row.card = { ...row.card, brand };
    declineWith(scene, {});
    const [first] = scene.account.rows.attempts;
    if (first === undefined) throw new Error('no attempt was made');
    for (let more = 1; more < most; more += 1) {
      scene.account.rows.attempts.push({
        ...first,
        charge: 'other' as never,
        attempt: { ...first.attempt, ordinal: more },
      });
    }
    toNextAttempt(scene);
    const free = first.attempt.firstSentAt + ms;
    expect(claim(scene)).toEqual({ do: 'nothing', next: free });
    expect(chargeOf(scene).nextAttemptAt).toBe(free);
    scene.account.travelTo(isoOf(free as never));
    expect(claim(scene).do).toBe('confirm');
  });

  test('are kept by every built-in catalog’s ladder, and a ladder that breaks them is named', () => {
    for (const key of ['receptionist', 'rheos', 'atlios', 'storewriter', 'toolbench'])
      expect(ladderProblem(template(key).policies)).toBeNull();
    const { policies } = CATALOG;
    expect(ladderProblem({ ...policies, retryHours: Array.from({ length: 15 }, () => 48) })).toMatch(/16 times/);
    expect(ladderProblem({ ...policies, retryHours: [1, 1, 1, 1], ownerRetriesPerDay: 6 })).toMatch(/11 times a day/);
    expect(ladderProblem({ ...policies, retryHours: [1, 1, 1, 1], ownerRetriesPerDay: 5 })).toBeNull();
  });
});

test('an old decline that still stands on the intent is not the answer to an attempt that was never executed', () => {
  const scene = opened();
  declineWith(scene, { processorChargeId: 'ch_failed_first' });
  toNextAttempt(scene);
  claim(scene);
  scene.account.travel(23 * HOUR_MS);
  expect(claim(scene).do).toBe('retrieve');
  const lastDecline = { ...{ code: 'card_declined', declineCode: 'lost_card', adviceCode: null, message: '' } };
  agreeWith(scene, { lastDecline: { ...lastDecline, processorChargeId: 'ch_failed_first' } }, { looked: true });
  expect([scene.state(), chargeOf(scene).course.rung]).toEqual(['pending', 1]);
  claim(scene);
  agreeWith(scene, { lastDecline: { ...lastDecline, processorChargeId: 'ch_failed_second' } }, { looked: true });
  expect(scene.state()).toBe('failed');
});

test('a card that the processor no longer knows is taken off, and the next one is tried with a key of its own', async () => {
  const scene = opened();
  scene.account.post(attach('two'));
  await scene.run('card_is_gone');
  expect(scene.account.rows.cards.map((row) => row.detachedAt === null)).toEqual([false, true]);
  await scene.run('pays');
  expect([scene.state(), paidTimes(scene), shortCalls(scene).at(-1)]).toEqual(['succeeded', 1, 'confirm C-2 pm_two']);
});

test('and where it was the only one, the charge fails for want of a card, with one incident', async () => {
  const scene = opened();
  await scene.run('card_is_gone');
  await scene.run('pays');
  expect([scene.state(), scene.open(), scene.mails()]).toEqual([
    'failed',
    ['no_payment_method'],
    ['top_off_failed no_payment_method'],
  ]);
});
