/** What the reconciler asks of charges: to look again, and to come back after the database has lost them. */
import { describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { type ChargeId, chargeId } from '../../src/domain/ids.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { IntentView } from '../../src/domain/payment.js';
import { makeAccount } from './support-account.js';
import { attach, configure, grant, use } from './support-commands.js';

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
