import { describe, expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.js';
import { formatCredits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import type { IntentView } from '../../src/domain/payment.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { attach, configure, grant, said, use } from './support-commands.js';

/** An account whose top-off of 200 credits for 50.00 has been paid: 40 left of a promotion, and the 200. */
function toppedOff() {
  const account = makeAccount();
  account.post(grant('g', 100), attach('one'), configure());
  account.post(use('a', 60));
  pay(account);
  return account;
}

function chargeOf(account: TestAccount): Charge {
  const [charge] = account.rows.charges.values();
  if (charge === undefined) throw new Error('no charge was opened');
  return charge;
}

/** What the processor says of the paid intent once so much of it has been refunded. */
function pay(account: TestAccount, refundedMinor = 0) {
  const charge = chargeOf(account);
  const view: IntentView = {
    intentId: 'pi_1',
    status: 'succeeded',
    amountMinor: charge.amountMinor,
    currency: charge.currency,
    deployment: null,
    account: null,
    charge: charge.id,
    payment: {
      processorChargeId: 'ch_1',
      paidMinor: charge.amountMinor,
      refundedMinor: minorUnits(refundedMinor),
      brand: 'visa',
      last4: '4242',
      fingerprint: 'fp_one',
      receiptUrl: null,
      receiptNumber: null,
    },
    lastDecline: null,
  };
  return account.one({ kind: 'agree', charge: charge.id, version: charge.version, view, decline: null, looked: false });
}

const clawed = (account: TestAccount): string => formatCredits(chargeOf(account).clawed);

describe('credits follow funds', () => {
  test('a refund takes back in proportion, from the charge’s own lot first', () => {
    const account = toppedOff();
    expect(account.balance()).toBe('240');
    pay(account, 2500);
    expect([account.balance(), clawed(account)]).toEqual(['140', '100']);
    expect(account.last.lines.map((line) => line.kind)).toEqual(['claw_back']);
  });

  test('the same refund said twice takes back once', () => {
    const account = toppedOff();
    pay(account, 2500);
    const lines = account.rows.lines.length;
    expect(said(pay(account, 2500))).toBe('agreed');
    expect([account.balance(), account.rows.lines.length]).toEqual(['140', lines]);
  });

  test('what is no longer there is taken from the other lots, and then becomes debt', () => {
    const account = toppedOff();
    account.post(configure({ enabled: false }));
    account.post(use('b', 230));
    pay(account, 5000);
    expect([account.balance(), clawed(account)]).toEqual(['-190', '200']);
  });

  test('a refund that fails gives back what was taken, paying debt first', () => {
    const account = toppedOff();
    account.post(configure({ enabled: false }));
    account.post(use('b', 230));
    pay(account, 5000);
    pay(account, 0);
    expect([account.balance(), clawed(account)]).toEqual(['10', '0']);
  });

  test('fractions are rounded down, for the owner', () => {
    const account = toppedOff();
    pay(account, 1);
    expect(clawed(account)).toBe('0.04');
    expect(account.balance()).toBe('239.96');
  });
});
