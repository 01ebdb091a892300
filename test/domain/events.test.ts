import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { microCredits } from '../../src/domain/credits.js';
import type { EventBodies, EventType } from '../../src/domain/events-body.js';
import { check } from '../../src/domain/gate.js';
import { DAY_MS, isoOf, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { IntentView, OpenDispute } from '../../src/domain/payment.js';
import { eventSchema } from '../../src/messages/events.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { opened } from './support-alerts.js';
import { attach, CATALOG, configure, detach, grant, hold, SETTLE, said, use } from './support-commands.js';
import { commandOf, step } from './support-moves.js';
import { close, on, settle, trial } from './support-plans.js';
import { type Mood, makeProcessor, runDueCharges } from './support-processor.js';
import { loadCold, loadHot } from './support-rows.js';

/** What was told since `from`, by type. */
const types = (account: TestAccount, from = 0): string[] => account.events.slice(from).map(({ type }) => type);

const only = <Type extends EventType>(account: TestAccount, type: Type): EventBodies[Type][] =>
  account.events.flatMap((event) => (event.type === type ? [event.data as EventBodies[Type]] : []));

/** Below 50, add 200; 100 credits, and a processor in that mood. */
async function low(mood: Mood, processor = makeProcessor()): Promise<TestAccount> {
  const account = makeAccount();
  processor.state.mood = mood;
  account.post(grant('g', 100), attach('one'), configure());
  account.post(use('u', 60));
  await runDueCharges(account, processor);
  return account;
}

describe('events of the balance', () => {
  test('tell each fall through a line, its lowest alone, and the rise above it again', () => {
    const account = opened('free');
    account.post(grant('g', 100));
    account.post(use('u', 61));
    expect(only(account, 'balance.low')).toEqual([{ balance: '39', threshold: '40' }]);
    account.post(grant('h', 100));
    expect(only(account, 'balance.recovered')).toEqual([{ balance: '139', above: '40' }]);
    account.post(use('v', 139));
    expect(only(account, 'balance.empty')).toEqual([{ balance: '0' }]);
    expect(only(account, 'balance.low')).toHaveLength(1);
  });

  test('tell every crossing, also while the owner’s mail is cooling down', () => {
    const account = opened('free');
    account.post(grant('g', 100));
    account.post(use('u', 70));
    account.post(grant('h', 100));
    account.post(use('v', 100));
    expect(only(account, 'balance.low')).toHaveLength(2);
    expect(account.rows.notices.filter(({ facts }) => facts.kind === 'balance_low')).toHaveLength(1);
  });
});

describe('the gate', () => {
  test('is told to be closed by the use that takes the last credit, with the sentence for the end user, and opened by what comes in', () => {
    const account = makeAccount();
    account.post(grant('g', 10));
    const from = account.events.length;
    account.post(use('a', 9));
    expect(types(account, from)).toEqual([]);
    account.post(use('b', 1));
    expect(only(account, 'gate.closed')).toEqual([{ balance: '0', available: '0', sentence: 'Nothing is left.' }]);
    account.post(use('c', 5));
    expect(only(account, 'gate.closed')).toHaveLength(1);
    account.post(grant('h', 5));
    expect(only(account, 'gate.opened')).toHaveLength(0);
    account.post(grant('i', 1));
    expect(only(account, 'gate.opened')).toEqual([{ balance: '1', available: '1' }]);
  });

  test('is closed by a plain use that leaves only what is held, although credits remain', () => {
    const account = makeAccount();
    account.post(grant('g', 10));
    account.post(hold('h', 4));
    account.post(use('a', 5));
    expect(account.last.wasHot).toBe(true);
    account.post(use('b', 1));
    expect(only(account, 'gate.closed')).toEqual([{ balance: '4', available: '0', sentence: 'Nothing is left.' }]);
    account.travel(16 * MINUTE_MS);
    account.post(SETTLE);
    expect(only(account, 'hold.expired')).toMatchObject([{ amount: '4', captured: '0', meter: null }]);
    expect(only(account, 'gate.opened')).toHaveLength(1);
  });

  test('stays open while a top-off will save the next call, and is closed by its first decline', async () => {
    const account = makeAccount();
    const processor = makeProcessor();
    account.post(grant('g', 100), attach('one'), configure());
    account.post(use('u', 100));
    expect(types(account)).not.toContain('gate.closed');
    processor.state.mood = 'declines';
    await runDueCharges(account, processor);
    expect(only(account, 'gate.closed')).toHaveLength(1);
  });
});

describe('events of charges', () => {
  test('a top-off that is paid is told once, with what it brought', async () => {
    const account = await low('pays');
    expect(only(account, 'top_off.succeeded')).toMatchObject([
      { kind: 'top_off', credits: '200', amountMinor: 5000, currency: 'usd' },
    ]);
    expect(types(account)).not.toContain('top_off.failed');
  });

  test('a soft decline is told once, with when it is tried again; the last rung is told as final, with the suspension', async () => {
    const processor = makeProcessor();
    const account = await low('declines', processor);
    expect(only(account, 'top_off.failed')).toMatchObject([{ reason: 'card_declined', final: false }]);
    expect(only(account, 'top_off.failed')[0]?.nextAttemptAt).not.toBeNull();
    expect(only(account, 'incident.opened')).toMatchObject([{ kind: 'card_declined' }]);
    for (let day = 0; day < 20; day += 1) {
      account.travel(DAY_MS);
      await runDueCharges(account, processor);
    }
    expect(only(account, 'top_off.failed').map(({ final }) => final)).toEqual([false, true]);
    expect(only(account, 'top_off.suspended')).toHaveLength(1);
  });

  test('a suspension that a working card lifts is told as resumed, with the card', async () => {
    const account = await low('declines_hard');
    expect(only(account, 'top_off.suspended')).toHaveLength(1);
    account.post(attach('two'));
    expect(types(account).slice(-2)).toEqual(expect.arrayContaining(['top_off.resumed']));
    expect(only(account, 'card.attached')).toHaveLength(2);
    account.post(detach(account, 'one'));
    expect(only(account, 'card.detached')).toMatchObject([{ brand: 'visa', last4: '4242' }]);
  });

  test('a refund, a dispute and its end are told with the money they moved', async () => {
    const account = await low('pays');
    const says = (funds: Funds) => account.one(agreed(account, funds));
    says({ refunded: 1000 });
    expect(only(account, 'charge.refunded')).toMatchObject([{ refundedMinor: 1000, amountMinor: 5000 }]);
    says({ refunded: 0 });
    expect(only(account, 'charge.refund_failed')).toMatchObject([{ refundedMinor: 0 }]);
    says({ dispute: 'inquiry' });
    says({ dispute: 'dispute', disputed: 5000 });
    says({ disputed: 5000 });
    expect(only(account, 'dispute.opened').map(({ dispute }) => dispute)).toEqual(['inquiry', 'dispute']);
    expect(only(account, 'dispute.closed')).toMatchObject([{ withdrawnMinor: 5000 }]);
  });
});

interface Funds {
  readonly refunded?: number;
  readonly disputed?: number;
  readonly dispute?: OpenDispute;
}

function agreed(account: TestAccount, { refunded = 0, disputed = 0, dispute }: Funds) {
  const [charge] = account.rows.charges.values();
  if (charge === undefined) throw new Error('no charge was opened');
  const view: IntentView = {
    ...{ intentId: charge.intentId ?? 'pi_1', status: 'succeeded', deployment: null, account: null },
    ...{ amountMinor: charge.amountMinor, currency: charge.currency, charge: charge.id, lastDecline: null },
    payment: {
      ...{ processorChargeId: charge.processorChargeId ?? 'ch_1', paidMinor: charge.amountMinor },
      ...{ refundedMinor: minorUnits(refunded), disputedMinor: minorUnits(disputed) },
      dispute: dispute === undefined ? null : { kind: dispute, amountMinor: minorUnits(5000) },
      ...{ brand: 'visa', last4: '4242', fingerprint: 'fp_one', receiptUrl: null, receiptNumber: null },
    },
  };
  return { kind: 'agree', charge: charge.id, version: charge.version, view, decline: null, looked: false } as const;
}

describe('events of plans', () => {
  test('a period, a trial, its end, a change of plan and the closing are told as they happen', () => {
    const account = on('free');
    expect(only(account, 'period.renewed')).toMatchObject([{ plan: 'free', allotment: '10' }]);
    account.post(attach('one'));
    const from = account.events.length;
    const outcome = account.one(trial('small'));
    if (outcome.kind !== 'trial_started') return expect.fail(said(outcome));
    expect(types(account, from)).toEqual(expect.arrayContaining(['plan.changed', 'trial.started']));
    expect(only(account, 'trial.started')).toEqual([{ plan: 'small', endsAt: isoOf(outcome.endsAt) }]);
    settle(account, isoOf(outcome.endsAt));
    expect(only(account, 'trial.ended')).toEqual([{ plan: 'small' }]);
    account.post(close);
    expect(types(account)).toContain('account.closed');
  });
});

test('every event that an account was told is one that the published schema knows', async () => {
  const accounts = await Promise.all([low('pays'), low('declines'), low('declines_hard'), low('wants_authentication')]);
  const told = accounts.flatMap(({ events }) => events);
  expect(new Set(told.map(({ type }) => type)).size).toBeGreaterThan(5);
  for (const [index, event] of told.entries()) {
    const sent = { id: '01890000-0000-7000-8000-000000000001', timestamp: '2026-03-01T12:00:00.000Z', account: 'acme' };
    expect(eventSchema.parse({ ...sent, sequence: index + 1, ...event })).toMatchObject(event);
  }
});

test('the product’s idea of the gate is always the gate’s own: whatever happens, closed and opened take turns and are true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const account = makeAccount({ anchor: '2026-01-31T10:00:00Z' });
      const processor = makeProcessor();
      account.post(grant('start', 60), attach('one', 'fp_1'), configure());
      for (const { waitMs, moves, mood } of steps) {
        account.travel(waitMs);
        for (const one of moves) {
          const command = commandOf(one, account);
          if (command === null) continue;
          account.post(command);
          expect(isToldClosed(account)).toBe(isClosed(account));
        }
        if (mood === null) continue;
        processor.state.mood = mood;
        await runDueCharges(account, processor);
      }
    }),
    { seed: 20_260_302, numRuns: 150 },
  );
});

/** By the last word that the product heard. */
function isToldClosed(account: TestAccount): boolean {
  const words = types(account).filter((type) => type === 'gate.closed' || type === 'gate.opened');
  expect(words.every((word, place) => word === (place % 2 === 0 ? 'gate.closed' : 'gate.opened'))).toBe(true);
  return words.at(-1) === 'gate.closed';
}

/** By asking the gate for the least that can be asked for. */
function isClosed(account: TestAccount): boolean {
  const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
  const context = { catalog: CATALOG, deployment: 'test', newId: () => 'never' };
  const wish = { kind: 'run', list: [{ credits: microCredits(1n) }] } as const;
  const answer = check(state, wish, account.at(), context, 'acme');
  if (answer.kind === 'refused') throw new Error(answer.message);
  return !answer.allowed;
}
