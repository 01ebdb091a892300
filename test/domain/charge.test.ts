import { describe, expect, test } from 'vitest';
import { chargeId } from '../../src/domain/ids.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import type { IntentView } from '../../src/domain/payment.js';
import { attach, detach, said, use } from './support-commands.js';
import { viewOf } from './support-processor.js';
import { agreeWith, claim, opened, paidTimes, shortCalls } from './support-scene.js';

describe('paying', () => {
  test('the intent comes first, then one attempt; one payment, one grant, one mail, and nothing left to do', async () => {
    const scene = opened();
    await scene.run('pays');
    expect(shortCalls(scene)).toEqual(['create C', 'confirm C-1 pm_one']);
    expect([scene.state(), scene.account.balance(), paidTimes(scene)]).toEqual(['succeeded', '240', 1]);
    expect(scene.mails()).toEqual(['top_off_succeeded']);
    expect([...scene.account.rows.outbox.values()].map((row) => row.topic)).toEqual(['notice']);
    expect([...scene.account.rows.charges.values()]).toMatchObject([
      { paidMinor: 5_000n, cardLast4: '4242', receiptUrl: 'https://receipt.example/1', failure: null },
    ]);
  });

  test('what was paid pays debt first', async () => {
    const scene = opened();
    scene.account.post(use('v', 140));
    await scene.run('pays');
    expect(scene.account.lines(3)).toEqual(['use -100', 'grant 200', 'pay_debt -100', 'pay_debt 100']);
  });

  test('claiming commits that the intent is asked for before it is, and an attempt before it is sent', () => {
    const scene = opened();
    expect(claim(scene)).toMatchObject({ do: 'create_intent', request: { charge: scene.charge, amountMinor: 5_000n } });
    expect([...scene.account.rows.charges.values()]).toMatchObject([
      { intentAskedAt: scene.account.at(), intentId: null },
    ]);
    expect(claim(scene)).toMatchObject({ do: 'create_intent' });
    agreeWith(scene, { status: 'requires_payment_method' });
    const task = claim(scene);
    expect(task).toMatchObject({ do: 'confirm', request: { idempotencyKey: `${scene.charge}-1` } });
    expect(scene.account.rows.attempts).toMatchObject([
      {
        charge: scene.charge,
        result: null,
        attempt: { ordinal: 1, fingerprint: 'fp_one', firstSentAt: scene.account.at() },
      },
    ]);
    // A second step would send the same attempt again, and no other.
    expect(claim(scene)).toEqual(task);
    expect(scene.account.rows.attempts).toHaveLength(1);
  });
});

describe('a decline', () => {
  test('that is hard fails the charge with one incident and one mail, and suspends that card', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    expect([scene.state(), scene.open(), scene.mails()]).toEqual([
      'failed',
      ['card_declined'],
      ['top_off_failed card_declined'],
    ]);
    expect(scene.account.rows.settings.topOff).toMatchObject({
      suspendedAt: scene.account.at(),
      suspendedCard: 'fp_one',
    });
    expect([...scene.account.rows.outbox.values()].map((row) => row.topic)).toEqual(['notice']);
    expect(claim(scene)).toEqual({ do: 'nothing', next: null });
  });

  test('counts against the card that was charged, not against the one that has taken its place', async () => {
    const scene = opened();
    await scene.run('confirm_unheard');
    scene.account.post(attach('two'));
    scene.account.post(detach(scene.account, 'one'));
    await scene.run('declines_hard', MINUTE_MS);
    expect(scene.account.rows.cards.find(({ card }) => card.fingerprint === 'fp_two')?.card.refusedAt).toBeNull();
    await scene.run('pays');
    expect([scene.state(), paidTimes(scene)]).toEqual(['succeeded', 1]);
  });

  test('after doubt resolves the doubt and is told by its own name', async () => {
    const scene = opened();
    await scene.run('unavailable');
    await scene.run('unavailable', 10 * MINUTE_MS);
    await scene.run('declines_hard', HOUR_MS);
    expect([scene.open(), scene.mails()]).toEqual([
      ['card_declined'],
      ['top_off_failed internal_error', 'top_off_failed card_declined'],
    ]);
  });

  test('the next card’s success resolves what the first one’s decline raised', async () => {
    const scene = opened();
    await scene.run('declines');
    scene.account.post(attach('two'));
    await scene.run('pays', MINUTE_MS);
    expect([scene.open(), scene.account.balance()]).toEqual([[], '240']);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('paid beats it: a success that comes to light later is granted once', async () => {
    const scene = opened();
    await scene.run('declines');
    agreeWith(scene, { status: 'succeeded' });
    expect(agreeWith(scene, { status: 'succeeded' })).toMatchObject({ kind: 'agreed', state: 'succeeded' });
    expect([scene.state(), scene.account.balance(), scene.open()]).toEqual(['succeeded', '240', []]);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('that is told again by another way raises and mails nothing again', () => {
    const scene = opened();
    claim(scene);
    agreeWith(scene, {});
    claim(scene);
    agreeWith(scene, { status: 'requires_action' });
    agreeWith(scene, { status: 'requires_action' });
    expect([scene.state(), scene.mails()]).toEqual(['action_required', ['action_required']]);
    expect(scene.account.rows.settings.topOff.suspendedCard).toBe('fp_one');
    expect(scene.account.rows.incidents.size).toBe(1);
  });

  test('without a card left, or without a customer, the charge fails and nothing is sent', async () => {
    const gone = opened();
    const [card] = gone.account.rows.cards;
    if (card === undefined) throw new Error('there is no card');
    gone.account.post({ kind: 'detach_card', card: card.card.id });
    const stranger = opened();
    stranger.account.rows.customer = null;
    for (const scene of [gone, stranger]) {
      await scene.run('pays');
      expect([scene.state(), shortCalls(scene)]).toEqual(['failed', []]);
      expect([...scene.account.rows.charges.values()]).toMatchObject([{ intentAskedAt: null }]);
      expect(scene.mails()).toEqual(['top_off_failed no_payment_method']);
    }
  });
});

describe('a payment that the processor works on', () => {
  test('is looked at again until it is paid', async () => {
    const scene = opened();
    await scene.run('processes');
    expect(scene.state()).toBe('processing');
    await scene.run('processes', MINUTE_MS);
    await scene.run('pays', MINUTE_MS);
    expect([scene.state(), paidTimes(scene), scene.account.balance()]).toEqual(['succeeded', 1, '240']);
    expect(shortCalls(scene).filter((one) => one.startsWith('confirm'))).toHaveLength(1);
  });

  test('and gives up is a decline like any other', async () => {
    const scene = opened();
    await scene.run('processes');
    await scene.run('processing_fails', MINUTE_MS);
    expect([scene.state(), scene.open()]).toEqual(['pending', ['card_declined']]);
    expect(scene.account.rows.charges.get(scene.charge)?.course.rung).toBe(1);
  });
});

describe('agreeing', () => {
  test('with what was fetched under an older version changes nothing', () => {
    const scene = opened();
    claim(scene);
    const before = [...scene.account.rows.charges.values()];
    expect(agreeWith(scene, { status: 'succeeded' }, { version: 1 })).toEqual({ kind: 'stale' });
    expect([...scene.account.rows.charges.values()]).toEqual(before);
    expect(scene.account.balance()).toBe('40');
  });

  test('twice in one batch: the second finds the version grown', () => {
    const scene = opened();
    const { account, charge } = scene;
    claim(scene);
    const version = account.rows.charges.get(charge)?.version ?? 0;
    const view = {
      ...viewOf({ id: 'pi', charge, amountMinor: 5_000n, status: 'succeeded', payments: 1, lastDecline: null }),
    };
    const agree = { kind: 'agree', charge, version, view, decline: null, looked: false } as const;
    expect(account.post(agree, agree).map(said)).toEqual(['agreed', 'stale']);
    expect(account.balance()).toBe('240');
  });

  test('with another charge’s intent, or with a second intent of this one, is refused', () => {
    const scene = opened();
    claim(scene);
    const other = chargeId('00000000-0000-7000-8000-00000000dead');
    expect(said(agreeWith(scene, { charge: other, status: 'succeeded' }))).toBe('charge_unknown');
    agreeWith(scene, {});
    expect(said(agreeWith(scene, { intentId: 'pi_second', charge: null, status: 'succeeded' }))).toBe('charge_unknown');
    expect([scene.state(), scene.account.balance()]).toEqual(['pending', '40']);
  });

  test.each<[string, Partial<IntentView>]>([
    ['paid, and nobody says by which payment', { status: 'succeeded', payment: null }],
    ['not paid, not declined, and not looked up', { status: 'requires_confirmation' }],
    ['being worked on', { status: 'processing' }],
  ])('that an open charge is %s always says when to look again', (_, view) => {
    const scene = opened();
    claim(scene);
    agreeWith(scene, {});
    claim(scene);
    const outcome = agreeWith(scene, view);
    expect(outcome).toMatchObject({ kind: 'agreed' });
    expect(outcome.kind === 'agreed' && outcome.next !== null && outcome.next > scene.account.at()).toBe(true);
  });
});

test('a refusal of our own request is told once, costs the card nothing, and is tried again', async () => {
  const scene = opened();
  await scene.run('refuses');
  await scene.run('refuses', 10 * MINUTE_MS);
  expect([scene.state(), scene.open(), scene.mails()]).toEqual([
    'pending',
    ['internal_error'],
    ['top_off_failed internal_error'],
  ]);
  expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  await scene.run('pays', 10 * MINUTE_MS);
  expect([scene.state(), scene.open(), scene.account.balance()]).toEqual(['succeeded', [], '240']);
});

test('a charge that nobody knows is refused in words, by every command that names one', () => {
  const { account } = opened();
  const charge = chargeId('00000000-0000-7000-8000-00000000dead');
  const view = viewOf({ id: 'pi', charge, amountMinor: 1n, status: 'succeeded', payments: 1, lastDecline: null });
  expect(said(account.one({ kind: 'claim_charge', charge }))).toBe('charge_unknown');
  expect(said(account.one({ kind: 'charge_refused', charge, version: 1, code: 'x' }))).toBe('charge_unknown');
  expect(said(account.one({ kind: 'agree', charge, version: 1, view, decline: null, looked: false }))).toBe(
    'charge_unknown',
  );
});
