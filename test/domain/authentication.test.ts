import { describe, expect, test } from 'vitest';
import { HOUR_MS, isoOf, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.js';
import type { ChargeTask } from '../../src/domain/outcomes.js';
import { grant, said } from './support-commands.js';
import { runDueCharges } from './support-processor.js';
import { agreeWith, chargeOf, claim, opened, paidTimes, type Scene, shortCalls } from './support-scene.js';

const RETURN_URL = 'https://billing.example/pay/back';

async function wanted(): Promise<Scene> {
  const scene = opened();
  await scene.run('wants_authentication');
  return scene;
}
const ask = ({ account, charge }: Scene, anew = false) =>
  account.one({ kind: 'authenticate_charge', charge, returnUrl: RETURN_URL, anew });
function taskOf(scene: Scene, anew = false): ChargeTask {
  const outcome = ask(scene, anew);
  if (outcome.kind !== 'charge_task') throw new Error(`it was answered ${said(outcome)}`);
  return outcome.task;
}
/** The owner goes to the bank's page. */
function goesToBank(scene: Scene): void {
  taskOf(scene);
  agreeWith(scene, { status: 'requires_action' });
}

describe('a demand for the owner', () => {
  test('is told once, with the time that the link works, and waits without asking the processor', async () => {
    const scene = await wanted();
    const until = scene.account.at() + 72 * HOUR_MS;
    expect([scene.state(), scene.open(), scene.mails()]).toEqual([
      ...['action_required', ['authentication_required'], ['action_required']],
    ]);
    expect(scene.account.rows.notices[0]?.facts).toMatchObject({ expiresAt: isoOf(until as never) });
    expect(claim(scene)).toEqual({ do: 'nothing', next: until });
    expect(scene.account.rows.outbox.get(`charge:${scene.charge}`)?.dueAt).toBe(until);
  });

  test('that nobody follows for 72 hours cancels the intent at the processor and fails the charge, not before', async () => {
    const scene = await wanted();
    scene.account.travel(72 * HOUR_MS - 1);
    expect(claim(scene).do).toBe('nothing');
    await scene.run('pays', 1);
    expect([scene.state(), shortCalls(scene).at(-1), scene.open()]).toEqual([
      ...['failed', 'cancel C', ['authentication_required']],
    ]);
    expect(scene.mails()).toEqual(['action_required', 'top_off_suspended authentication_required']);
    expect(said(ask(scene))).toBe('charge_ended');
  });

  test('whose time is over can still be retried by the owner: on another intent, under a key of its own', async () => {
    const scene = await wanted();
    await scene.run('pays', 72 * HOUR_MS);
    expect(chargeOf(scene)).toMatchObject({ intentId: null, course: { canceledIntents: 1 } });
    // Late news of the dead intent changes nothing.
    agreeWith(scene, { status: 'canceled' });
    expect(chargeOf(scene).intentId).toBeNull();
    scene.account.post({ kind: 'retry_charge', charge: scene.charge });
    expect(claim(scene)).toMatchObject({ do: 'create_intent', request: { canceledIntents: 1 } });
  });

  test('ends when the credits come otherwise: the intent is canceled, and the next top-off is free to open', async () => {
    const scene = await wanted();
    scene.account.post(grant('g', 100));
    await runDueCharges(scene.account, scene.processor);
    expect([scene.state(), scene.open(), shortCalls(scene).at(-1)]).toEqual(['canceled', [], 'cancel C']);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
    expect(scene.account.rows.cards[0]?.card.refusedAt).toBeNull();
  });
});

describe('the owner', () => {
  test('confirms the same intent in person, with an address to come back to, frozen before it is sent', async () => {
    const scene = await wanted();
    expect(taskOf(scene)).toMatchObject({
      do: 'confirm',
      request: {
        intentId: `pi_${scene.charge}`,
        idempotencyKey: `${scene.charge}-2`,
        params: { payment_method: 'pm_one', off_session: false, return_url: RETURN_URL },
      },
    });
    expect(scene.account.rows.attempts.at(-1)).toMatchObject({ result: null, attempt: { by: 'owner' } });
    expect(said(ask(scene))).toBe('attempt_under_way');
  });

  test('at the bank’s page is waited for, at first every ten seconds and then more rarely, and told nothing more', async () => {
    const scene = await wanted();
    goesToBank(scene);
    expect([scene.state(), scene.mails()]).toEqual(['action_required', ['action_required']]);
    expect(taskOf(scene).do).toBe('retrieve');
    const waits: number[] = [];
    for (let look = 0; look < 4; look += 1) {
      const outcome = agreeWith(scene, { status: 'requires_action' }, { looked: true });
      const next = outcome.kind === 'agreed' ? (outcome.next ?? 0) : 0;
      waits.push((next - scene.account.at()) / SECOND_MS);
      scene.account.travelTo(isoOf(next as never));
      expect(claim(scene).do).toBe('retrieve');
    }
    expect(waits).toEqual([10, 10, 20, 40]);
  });

  test('who approves pays once: the incident is over and top-offs go on', async () => {
    const scene = await wanted();
    await scene.processor.payments.createIntent({ charge: scene.charge, amountMinor: 5_000n } as never);
    goesToBank(scene);
    const intent = scene.processor.intents.get(scene.charge);
    if (intent !== undefined) intent.status = 'requires_action';
    await scene.run('owner_approves', MINUTE_MS);
    expect([scene.state(), paidTimes(scene), scene.open(), scene.account.balance()]).toEqual([
      'succeeded',
      1,
      [],
      '240',
    ]);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('who gives up, or whose bank says no, is told afresh and may come back to the link', async () => {
    const scene = await wanted();
    goesToBank(scene);
    const lastDecline = {
      code: 'payment_intent_authentication_failure',
      declineCode: null,
      adviceCode: null,
      message: '',
    };
    agreeWith(scene, { status: 'requires_payment_method', lastDecline }, { looked: true });
    expect([scene.state(), scene.open(), scene.mails()]).toEqual([
      ...['action_required', ['authentication_required'], ['action_required', 'action_required']],
    ]);
    expect(scene.account.rows.incidents.size).toBe(2);
    expect(taskOf(scene)).toMatchObject({ do: 'confirm', request: { idempotencyKey: `${scene.charge}-3` } });
  });

  test('whose approved payment has no cover may approve it again until the time is over', async () => {
    const scene = await wanted();
    taskOf(scene);
    const decline = { code: 'card_declined', declineCode: 'insufficient_funds', adviceCode: null, message: '' };
    agreeWith(scene, {}, { decline });
    expect([scene.state(), chargeOf(scene).nextAttemptAt]).toEqual(['action_required', null]);
    expect(taskOf(scene).do).toBe('confirm');
  });

  test('whose bank’s page leads nowhere any more gets another one', async () => {
    const scene = await wanted();
    goesToBank(scene);
    expect(taskOf(scene, true)).toMatchObject({ do: 'confirm', request: { idempotencyKey: `${scene.charge}-3` } });
  });

  test('whose answer is lost is looked after by the charge’s own step', async () => {
    const scene = await wanted();
    const at = scene.account.at();
    taskOf(scene);
    expect(scene.account.rows.outbox.get(`charge:${scene.charge}`)?.dueAt).toBe(at + MINUTE_MS);
    scene.account.travel(MINUTE_MS);
    expect(claim(scene)).toMatchObject({ do: 'confirm', request: { idempotencyKey: `${scene.charge}-2` } });
  });

  test('is not sent to the bank at the bank’s page’s end of time, nor for what is paid', async () => {
    const scene = await wanted();
    goesToBank(scene);
    scene.account.travel(72 * HOUR_MS);
    expect(said(ask(scene))).toBe('charge_ended');
    expect(claim(scene).do).toBe('cancel');
    agreeWith(scene, { status: 'succeeded' });
    expect([scene.state(), said(ask(scene))]).toEqual(['succeeded', 'charge_ended']);
  });
});

test.each(['stopped', 'dry_run'] as const)(
  'while the operator’s switch is at %s nobody is sent to the bank, and the link works again afterwards',
  async (charging) => {
    const scene = await wanted();
    scene.account.context.charging = charging;
    expect(said(ask(scene))).toBe('charging_stopped');
    expect(chargeOf(scene).unanswered).toBeNull();
    scene.account.context.charging = 'on';
    expect(taskOf(scene).do).toBe('confirm');
  },
);

test('an intent that waits at the bank though nobody was there is told to the owner and not left parked', async () => {
  const scene = opened();
  claim(scene);
  agreeWith(scene, {});
  claim(scene);
  agreeWith(scene, { status: 'requires_action' });
  expect([scene.state(), scene.mails()]).toEqual(['action_required', ['action_required']]);
  scene.account.travel(72 * HOUR_MS);
  expect(claim(scene).do).toBe('cancel');
  agreeWith(scene, { status: 'canceled' });
  expect(scene.state()).toBe('failed');
});
