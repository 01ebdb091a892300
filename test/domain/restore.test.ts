/** What the reconciler asks of charges: to look again, and to come back after the database has lost them. */
import { describe, expect, test } from 'vitest';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { type ChargeId, chargeId } from '../../src/domain/ids.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { IntentView } from '../../src/domain/payment.js';
import { catalogOf } from '../support/catalogs.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { attach, configure, grant, SETTLE, use } from './support-commands.js';
import { makeProcessor, runDueCharges } from './support-processor.js';

const LOST = chargeId('00000000-0000-7000-8000-0000000000ff');

const paidView = (charge: ChargeId, refunded = 0): IntentView => ({
  intentId: 'pi_lost',
  status: 'succeeded',
  amountMinor: minorUnits(5000),
  currency: currency('usd'),
  deployment: 'test',
  account: null,
  charge,
  payment: {
    processorChargeId: 'ch_lost',
    paidMinor: minorUnits(5000),
    refundedMinor: minorUnits(refunded),
    disputedMinor: minorUnits(0),
    dispute: null,
    brand: 'visa',
    last4: '4242',
    fingerprint: 'fp_one',
    receiptUrl: null,
    receiptNumber: null,
  },
  lastDecline: null,
});

const restore = (kind: 'top_off' | 'pack' | 'overage', view: IntentView) =>
  ({ kind: 'restore_charge', charge: LOST, sold: { kind, credits: credits(200) }, view }) as const;

describe('a charge that the database has lost', () => {
  test('comes back paid, with its credits, once', () => {
    const account = makeAccount();
    account.post(grant('g', 10));
    expect(account.one(restore('pack', paidView(LOST)))).toMatchObject({ kind: 'agreed', state: 'succeeded' });
    expect(account.one(restore('pack', paidView(LOST)))).toMatchObject({ kind: 'agreed', state: 'succeeded' });
    expect(account.balance()).toBe('210');
    expect(account.rows.charges.get(LOST)).toMatchObject({ intentId: 'pi_lost', paidMinor: 5000n, kind: 'pack' });
  });

  test('comes back without what was refunded of it since', () => {
    const account = makeAccount();
    account.one(restore('pack', paidView(LOST, 2500)));
    expect(account.balance()).toBe('100');
  });

  test('as a top-off, it is not in the way of one that is open', () => {
    const account = makeAccount();
    account.post(grant('g', 100), attach('one'), configure());
    account.post(use('a', 60));
    expect(account.rows.charges.size).toBe(1);
    account.one(restore('top_off', paidView(LOST)));
    const states = [...account.rows.charges.values()].map((charge) => charge.state);
    expect(states).toContain('succeeded');
    expect(account.balance()).toBe('240');
  });

  test('does not come back unpaid, nor from another charge’s payment', () => {
    const account = makeAccount();
    const unpaid: IntentView = { ...paidView(LOST), status: 'requires_payment_method', payment: null };
    expect(account.one(restore('pack', unpaid))).toMatchObject({ kind: 'refused', reason: 'invalid' });
    const other = paidView(chargeId('00000000-0000-7000-8000-0000000000fe'));
    expect(account.one(restore('pack', other))).toMatchObject({ kind: 'refused', reason: 'invalid' });
    expect(account.rows.charges.size).toBe(0);
  });
});

/** Pay-as-you-go at 25 credits for 1.00 beyond the ten of the plan, up to 20.00. */
const PAYING = catalogOf(
  'meters:\n  call: { label: Call, group: Calls, rate: 1, mode: happened }',
  `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 25, for: 1.00 }
pay_as_you_go: { credits: 25, for: 1.00 }
plans:
  - { key: standard, label: Standard, price: { amount: 5.00 }, allotment: 10, every: month, pay_as_you_go_cap: 20.00 }
`,
);

/** Older than every charge that a test opens. */
const EARLIER = chargeId('00000000-0000-0000-8000-000000000001');

/** What a copy of the database from the middle of March holds: so much used beyond the balance, and nothing billed. */
function copied(beyond: number): TestAccount {
  const account = makeAccount({ catalog: PAYING, anchor: '2026-03-01T00:00:00Z' });
  account.post(SETTLE);
  account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
  account.post(use('before the copy', 10 + beyond));
  return account;
}

/** The reconciler finds that so much was billed on the first of April, and paid. */
function bringBack(account: TestAccount, billed: number, charge: ChargeId = EARLIER) {
  const view = paidView(charge);
  const { payment } = view;
  const amountMinor = minorUnits(billed * 4);
  return account.one({
    ...{ kind: 'restore_charge', charge, sold: { kind: 'overage', credits: credits(billed) } },
    view: { ...view, amountMinor, payment: payment && { ...payment, paidMinor: amountMinor } },
  });
}

const owing = ({ rows }: TestAccount): string[] =>
  [...rows.charges.values()]
    .filter((one) => one.state !== 'succeeded')
    .map((one) => `${one.state} ${formatCredits(one.credits)}${one.cancelOwed ? ', to be canceled' : ''}`);
const overage = ({ rows }: TestAccount): string => formatCredits(rows.hot.overage);
const returned = ({ rows }: TestAccount) =>
  [...rows.lots.values()]
    .filter((lot) => lot.kind === 'returned')
    .map(({ remaining, expiresAt, paid }) => ({ remaining: formatCredits(remaining), expiresAt, paid }));

describe('pay-as-you-go that was paid after the copy was made', () => {
  /** As an operator restores: nothing is charged until all is compared. */
  function restored(beyond: number): TestAccount {
    const account = copied(beyond);
    account.context.charging = 'stopped';
    account.travelTo('2026-04-01T06:00:00Z');
    return account;
  }
  const goOn = (account: TestAccount): void => {
    account.context.charging = 'on';
    account.post(SETTLE);
  };

  test('comes back once, pays the use that the copy holds, and that use is not billed a second time', () => {
    const account = restored(20);
    expect(bringBack(account, 20)).toMatchObject({ kind: 'agreed', state: 'succeeded' });
    expect([overage(account), account.balance()]).toEqual(['0', '10']);
    expect(account.last.lines.slice(-1).map(({ kind, ref }) => [kind, ref])).toEqual([['bill', EARLIER]]);
    const lines = account.rows.lines.length;
    bringBack(account, 20);
    expect(account.rows.lines.length).toBe(lines);
    goOn(account);
    expect([owing(account), returned(account)]).toEqual([[], []]);
  });

  test('leaves what the copy holds beyond it to be billed', () => {
    const account = restored(40);
    bringBack(account, 25);
    expect(overage(account)).toBe('15');
    goOn(account);
    expect([overage(account), owing(account)]).toEqual(['0', ['pending 15']]);
  });

  test('gives the use that is lost back as credits without an end: sent again, it takes them and is not billed', () => {
    const account = restored(20);
    bringBack(account, 50);
    expect(account.lines(-4)).toEqual(['bill 20', 'begin -30', 'bill 30', 'give_back 30']);
    expect([overage(account), account.balance(), returned(account)]).toEqual([
      ...['0', '40'],
      [{ remaining: '30', expiresAt: null, paid: true }],
    ]);
    goOn(account);
    account.post(use('sent again', 40));
    expect([overage(account), account.balance(), owing(account)]).toEqual(['0', '0', []]);
  });

  test('pays debt first with what it gives back', () => {
    const account = restored(0);
    account.post(use('much', 530));
    expect(account.balance()).toBe('-20');
    bringBack(account, 600);
    expect([account.balance(), overage(account)]).toEqual(['80', '0']);
  });
});

describe('a restored database that has billed again what was paid', () => {
  test('drops its charge in the breath that brings the paid one back, before anything is asked of the card', async () => {
    const account = copied(20);
    const processor = makeProcessor();
    account.travelTo('2026-04-01T06:00:00Z');
    // Time has come for the copy's own bill in this very batch.
    bringBack(account, 50);
    expect([overage(account), owing(account), returned(account)]).toEqual([
      ...['0', ['canceled 20']],
      [{ remaining: '30', expiresAt: null, paid: true }],
    ]);
    await runDueCharges(account, processor);
    expect(processor.intents.size).toBe(0);
  });

  test('cancels its charge at the processor where it was asked for already', async () => {
    const account = copied(20);
    const processor = makeProcessor();
    account.travelTo('2026-04-01T06:00:00Z');
    account.post(SETTLE);
    const [again] = account.rows.charges.keys();
    if (again === undefined) throw new Error('nothing was billed');
    account.one({ kind: 'claim_charge', charge: again });
    bringBack(account, 20);
    expect(owing(account)).toEqual(['pending 20, to be canceled']);
    await runDueCharges(account, processor);
    await runDueCharges(account, processor);
    expect(owing(account)).toEqual(['canceled 20']);
    expect([...processor.intents.values()].map((intent) => intent.payments)).toEqual([0]);
  });

  test('keeps a charge that is older than the one that comes back: that one was for other use', () => {
    const account = copied(20);
    account.travelTo('2026-04-01T06:00:00Z');
    account.post(SETTLE);
    bringBack(account, 30, LOST);
    expect([owing(account), returned(account)]).toEqual([
      ['pending 20'],
      [{ remaining: '30', expiresAt: null, paid: true }],
    ]);
  });
});

describe('waking a charge', () => {
  test('makes an open one’s row due and leaves one that has ended alone', () => {
    const account = makeAccount();
    account.post(grant('g', 100), attach('one'), configure());
    account.post(use('a', 60));
    const [charge] = account.rows.charges.keys();
    if (charge === undefined) throw new Error('no charge was opened');
    const row = account.rows.outbox.get(`charge:${charge}`);
    account.travel(60_000);
    account.one({ kind: 'wake_charge', charge });
    expect(account.rows.outbox.get(`charge:${charge}`)?.dueAt).toBe(account.at());
    expect(row?.asks).toBeGreaterThan(0);
    account.one(restore('pack', paidView(LOST)));
    account.rows.outbox.delete(`charge:${LOST}`);
    account.one({ kind: 'wake_charge', charge: LOST });
    expect(account.rows.outbox.has(`charge:${LOST}`)).toBe(false);
  });
});
