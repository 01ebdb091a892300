import { describe, expect, test } from 'vitest';
import { HOUR_MS, isoOf } from '../../src/domain/instant.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach, detach, said, use } from './support-commands.js';
import { chargeOf, claim, declineWith, opened, paidTimes, type Scene, shortCalls } from './support-scene.js';

const HARD = { declineCode: 'lost_card' };
const SOFT = { declineCode: 'insufficient_funds' };
const OWNER = { code: 'authentication_required', declineCode: 'authentication_required' };

const cardOf = (account: TestAccount, name: string) => {
  const row = account.rows.cards.find(({ card }) => card.processorId === `pm_${name}`);
  if (row === undefined) throw new Error(`no card "${name}"`);
  return row.card;
};
/** The charge of one card, with so many more attached after it. */
function withCards(...more: string[]): Scene {
  const scene = opened();
  for (const name of more) {
    scene.account.travel(1);
    scene.account.post(attach(name));
  }
  return scene;
}
const cardTried = (scene: Scene): string => {
  const task = claim(scene);
  return task.do === 'confirm' ? task.request.params.payment_method : task.do;
};

describe('a backup card', () => {
  test.each([
    ['soft', SOFT],
    ['hard', HARD],
    ['for its owner', OWNER],
  ])(
    'is tried at once after a decline that is %s, without a rung, an incident, a mail or a suspension',
    (_, decline) => {
      const scene = withCards('two');
      declineWith(scene, decline);
      expect([scene.state(), scene.open(), scene.mails(), chargeOf(scene).course.rung]).toEqual(['pending', [], [], 0]);
      expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
      expect(cardTried(scene)).toBe('pm_two');
    },
  );

  test('is never tried after silence', async () => {
    const scene = withCards('two');
    await scene.run('silent_before');
    await scene.run('confirm_unheard', 60_000);
    await scene.run('pays', 60_000);
    expect(shortCalls(scene).filter((one) => one.includes('pm_two'))).toEqual([]);
    expect(paidTimes(scene)).toBe(1);
  });

  test('that pays settles the charge, and the next one begins with it: the first was refused for good', async () => {
    const scene = withCards('two');
    await scene.run('declines_hard');
    await scene.run('pays');
    expect([scene.state(), paidTimes(scene), scene.mails()]).toEqual(['succeeded', 1, ['top_off_succeeded']]);
    scene.account.post(use('more', 200));
    await scene.run('pays');
    expect(scene.processor.calls.filter((one) => one.startsWith('confirm')).map((one) => one.split(' ')[2])).toEqual([
      'pm_one',
      'pm_two',
      'pm_two',
    ]);
  });

  test('after a soft decline leaves the first card the first again at the next rung', async () => {
    const scene = withCards('two');
    await scene.run('declines');
    await scene.run('declines');
    expect([scene.state(), chargeOf(scene).course.rung, scene.open(), scene.mails()]).toEqual([
      ...['pending', 1],
      ['card_declined'],
      ['top_off_failed card_declined'],
    ]);
    scene.account.travelTo(isoOf(chargeOf(scene).nextAttemptAt ?? (0 as never)));
    await scene.run('pays');
    expect(shortCalls(scene).slice(1)).toEqual(['confirm C-1 pm_one', 'confirm C-2 pm_two', 'confirm C-3 pm_one']);
  });

  test.each([
    ['both hard', HARD, HARD, 'failed'],
    ['hard, then soft: later, with the one that may be tried', HARD, SOFT, 'pending'],
    ['soft, then hard: later', SOFT, HARD, 'pending'],
    ['hard, then for its owner', HARD, OWNER, 'action_required'],
    ['for its owner, then hard', OWNER, HARD, 'action_required'],
  ])('incident, mail and suspension come when it too has declined: %s', (_, first, second, state) => {
    const scene = withCards('two');
    declineWith(scene, first);
    declineWith(scene, second);
    expect(scene.state()).toBe(state);
    expect(scene.open()).toEqual([state === 'action_required' ? 'authentication_required' : 'card_declined']);
    expect(scene.account.rows.settings.topOff.suspendedAt === null).toBe(state === 'pending');
    expect(scene.mails()).toHaveLength(1);
  });

  test('that has the same fingerprint is the same card, and not tried', () => {
    const scene = opened();
    scene.account.post(attach('again', 'fp_one'));
    declineWith(scene, HARD);
    expect(scene.state()).toBe('failed');
    expect(cardOf(scene.account, 'again').refusedAt).not.toBeNull();
  });

  test('each of several is tried once a round, in the order of cards', () => {
    const scene = withCards('two', 'three');
    const { account } = scene;
    const ids = ['one', 'three', 'two'].map((name) => cardOf(account, name).id);
    expect(said(account.one({ kind: 'order_cards', cards: ids }))).toBe('configured');
    declineWith(scene, HARD);
    expect(cardTried(scene)).toBe('pm_three');
  });
});

describe('the order of cards', () => {
  const order = (account: TestAccount, ...names: string[]): Asked => ({
    kind: 'order_cards',
    cards: names.map((name) => cardOf(account, name).id),
  });

  test('must name every card once', () => {
    const { account } = withCards('two');
    for (const names of [['one'], ['one', 'one'], ['one', 'two', 'two']])
      expect(said(account.one(order(account, ...names)))).toBe('card_unknown');
  });

  test('stands when another card comes: it is the last', async () => {
    const scene = withCards('two');
    scene.account.post(order(scene.account, 'two', 'one'));
    scene.account.post(attach('three'));
    expect(cardTried(scene)).toBe('create_intent');
    await scene.run('pays');
    expect(shortCalls(scene).at(-1)).toBe('confirm C-1 pm_two');
  });

  test('is second to the card that was chosen for top-offs', async () => {
    const scene = withCards('two', 'three');
    const { account } = scene;
    expect(said(account.one({ kind: 'choose_top_off_card', card: cardOf(account, 'three').id }))).toBe('configured');
    await scene.run('pays');
    expect(shortCalls(scene).at(-1)).toBe('confirm C-1 pm_three');
  });

  test('a card that is not attached can neither be chosen nor updated', () => {
    const { account } = withCards();
    expect(said(account.one({ kind: 'choose_top_off_card', card: 'nobody' as never }))).toBe('card_unknown');
    const facts = {
      processorId: 'pm_x',
      fingerprint: 'x',
      brand: 'visa',
      last4: '1',
      expiryMonth: 1,
      expiryYear: 2031,
    };
    expect(said(account.one({ kind: 'update_card', card: facts }))).toBe('card_unknown');
  });
});

describe('a change of cards', () => {
  test.each([
    ['a failed one', 'declines_hard'],
    ['one on the ladder', 'declines'],
    ['one that waits for its owner', 'wants_authentication'],
  ] as const)('with another fingerprint makes %s due at once, on its own intent', async (_, mood) => {
    const scene = opened();
    await scene.run(mood);
    scene.account.post(attach('two'));
    expect([scene.state(), scene.account.rows.charges.size, scene.account.rows.settings.topOff.suspendedAt]).toEqual([
      ...['pending', 1, null],
    ]);
    await scene.run('pays');
    expect([scene.state(), paidTimes(scene), scene.open()]).toEqual(['succeeded', 1, []]);
    expect(shortCalls(scene)).toEqual(['create C', 'confirm C-1 pm_one', 'confirm C-2 pm_two']);
  });

  test('begins the ladder anew, and its own first decline is news', async () => {
    const scene = opened();
    await scene.run('declines');
    scene.account.post(attach('two'));
    await scene.run('declines');
    // The first card is the backup of the second.
    await scene.run('declines');
    expect([scene.state(), chargeOf(scene).course.rung]).toEqual(['pending', 1]);
    expect(scene.mails()).toEqual(['top_off_failed card_declined', 'top_off_failed card_declined']);
    expect(scene.account.rows.incidents.size).toBe(2);
    expect(scene.open()).toEqual(['card_declined']);
  });

  test('with the fingerprint that was declined, even detached meanwhile, makes nothing due', async () => {
    const scene = opened();
    await scene.run('declines');
    const next = chargeOf(scene).nextAttemptAt;
    scene.account.post(detach(scene.account, 'one'), attach('again', 'fp_one'));
    expect([chargeOf(scene).nextAttemptAt, chargeOf(scene).course.extra]).toEqual([next, null]);
  });

  test('that the network made mends the card: what failed is due at once', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    const facts = {
      ...{ processorId: 'pm_one', fingerprint: 'fp_new', brand: 'visa', last4: '1881' },
      ...{ expiryMonth: 1, expiryYear: 2034 },
    };
    scene.account.post({ kind: 'update_card', card: facts });
    expect([scene.state(), cardOf(scene.account, 'one').refusedAt]).toEqual(['pending', null]);
    await scene.run('pays');
    expect(paidTimes(scene)).toBe(1);
  });

  test('after which credits are no longer wanted opens nothing, and the incident is over', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    scene.account.post({ kind: 'grant', key: 'gift', origin: 'promotion', credits: 500_000_000n as never });
    expect(scene.open()).toEqual(['card_declined']);
    scene.account.post(attach('two'));
    expect([scene.state(), scene.open()]).toEqual(['failed', []]);
  });

  test('that takes the last card off while auto top-off is on says at once that one is missing', () => {
    const { account, open } = opened();
    account.post(detach(account, 'one'));
    expect(open()).toEqual(['no_payment_method']);
  });

  test('that brings the same card back after it was taken off pays what failed for want of one: nothing stays stopped unsaid', async () => {
    const scene = opened();
    await scene.run('declines');
    scene.account.post(detach(scene.account, 'one'));
    await scene.run('pays', 2 * HOUR_MS);
    expect([scene.state(), scene.open()]).toEqual(['failed', ['no_payment_method']]);
    scene.account.post({ ...attach('again', 'fp_one') });
    await scene.run('pays');
    expect([scene.state(), scene.open(), paidTimes(scene)]).toEqual(['succeeded', [], 1]);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('of which the first one comes pays the charge that failed for want of it, with one incident in all', async () => {
    const scene = opened();
    scene.account.post(detach(scene.account, 'one'));
    await scene.run('pays');
    expect([scene.state(), scene.open()]).toEqual(['failed', ['no_payment_method']]);
    scene.account.post(attach('two'));
    await scene.run('pays');
    expect([scene.state(), scene.open(), scene.account.rows.charges.size]).toEqual(['succeeded', [], 1]);
  });
});
