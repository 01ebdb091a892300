import { describe, expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.js';
import { formatCredits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import type { IntentView, OpenDispute } from '../../src/domain/payment.js';
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

interface Funds {
  readonly refunded?: number;
  readonly disputed?: number;
  readonly dispute?: OpenDispute;
}

/** What the processor says of the paid intent once so much of it has been refunded or disputed. */
function pay(account: TestAccount, { refunded = 0, disputed = 0, dispute }: Funds = {}, version?: number) {
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
      refundedMinor: minorUnits(refunded),
      disputedMinor: minorUnits(disputed),
      dispute: dispute === undefined ? null : { kind: dispute, amountMinor: minorUnits(5000) },
      brand: 'visa',
      last4: '4242',
      fingerprint: 'fp_one',
      receiptUrl: null,
      receiptNumber: null,
    },
    lastDecline: null,
  };
  const agree = { kind: 'agree', charge: charge.id, version: version ?? charge.version } as const;
  return account.one({ ...agree, view, decline: null, looked: false });
}

const clawed = (account: TestAccount): string => formatCredits(chargeOf(account).clawed);
const told = (account: TestAccount): string[] => account.rows.notices.map(({ facts }) => facts.kind);

describe('credits follow refunds', () => {
  test('a refund takes back in proportion, from the charge’s own lot first', () => {
    const account = toppedOff();
    expect(account.balance()).toBe('240');
    pay(account, { refunded: 2500 });
    expect([account.balance(), clawed(account)]).toEqual(['140', '100']);
    expect(account.last.lines.map((line) => line.kind)).toEqual(['claw_back']);
  });

  test('the same refund said twice takes back once', () => {
    const account = toppedOff();
    pay(account, { refunded: 2500 });
    const lines = account.rows.lines.length;
    expect(said(pay(account, { refunded: 2500 }))).toBe('agreed');
    expect([account.balance(), account.rows.lines.length]).toEqual(['140', lines]);
  });

  test('a view that is older than what is known changes nothing', () => {
    const account = toppedOff();
    const before = chargeOf(account).version;
    pay(account, { refunded: 2500 });
    expect(said(pay(account, {}, before))).toBe('stale');
    expect([account.balance(), clawed(account)]).toEqual(['140', '100']);
  });

  test('what is no longer there is taken from the other lots, and then becomes debt', () => {
    const account = toppedOff();
    account.post(configure({ enabled: false }));
    account.post(use('b', 230));
    pay(account, { refunded: 5000 });
    expect([account.balance(), clawed(account)]).toEqual(['-190', '200']);
  });

  test('a refund that fails gives back what was taken, paying debt first', () => {
    const account = toppedOff();
    account.post(configure({ enabled: false }));
    account.post(use('b', 230));
    pay(account, { refunded: 5000 });
    pay(account);
    expect([account.balance(), clawed(account)]).toEqual(['10', '0']);
  });

  test('fractions are rounded down, for the owner', () => {
    const account = toppedOff();
    pay(account, { refunded: 1 });
    expect(clawed(account)).toBe('0.04');
    expect(account.balance()).toBe('239.96');
  });

  test('each refund is told once, with what it gave back and what was taken for it', () => {
    const account = toppedOff();
    pay(account, { refunded: 1000 });
    pay(account, { refunded: 2500 });
    pay(account, { refunded: 2500 });
    const facts = account.rows.notices.flatMap((one) => (one.facts.kind === 'refunded' ? [one.facts] : []));
    expect(facts).toMatchObject([
      { refundedMinor: '1000', clawedCredits: '40', balance: '200' },
      { refundedMinor: '1500', clawedCredits: '60', balance: '140' },
    ]);
  });
});

describe('credits follow disputes', () => {
  test('funds that were withdrawn take back, and reinstated they give back, told when it opens and when it closes', () => {
    const account = toppedOff();
    pay(account, { disputed: 5000, dispute: 'dispute' });
    expect([account.balance(), clawed(account)]).toEqual(['40', '200']);
    pay(account);
    expect([account.balance(), clawed(account)]).toEqual(['240', '0']);
    expect(told(account).slice(1)).toEqual(['dispute_opened', 'dispute_closed']);
    expect(account.rows.notices.at(-1)?.facts).toMatchObject({ won: true });
  });

  test('a lost dispute keeps what it took', () => {
    const account = toppedOff();
    pay(account, { disputed: 5000, dispute: 'dispute' });
    pay(account, { disputed: 5000 });
    expect([account.balance(), clawed(account)]).toEqual(['40', '200']);
    expect(account.rows.notices.at(-1)?.facts).toMatchObject({ kind: 'dispute_closed', won: false });
  });

  test('refunded and disputed together take back no more than was granted', () => {
    const account = toppedOff();
    pay(account, { refunded: 2500, disputed: 5000, dispute: 'dispute' });
    expect([account.balance(), clawed(account)]).toEqual(['40', '200']);
    pay(account, { refunded: 2500 });
    expect([account.balance(), clawed(account)]).toEqual(['140', '100']);
  });

  test('an inquiry takes nothing; one that becomes a dispute is told again', () => {
    const account = toppedOff();
    pay(account, { dispute: 'inquiry' });
    expect([account.balance(), clawed(account)]).toEqual(['240', '0']);
    expect(account.rows.notices.at(-1)?.facts).toMatchObject({ kind: 'dispute_opened', isInquiry: true });
    pay(account, { disputed: 5000, dispute: 'dispute' });
    expect(account.rows.notices.at(-1)?.facts).toMatchObject({ kind: 'dispute_opened', isInquiry: false });
    pay(account, { disputed: 5000, dispute: 'dispute' });
    expect(told(account).slice(1)).toEqual(['dispute_opened', 'dispute_opened']);
  });

  test.each(['inquiry', 'dispute'] as const)('an open %s holds auto top-off back until it is closed', (dispute) => {
    const account = toppedOff();
    pay(account, { dispute });
    account.post(use('b', 220));
    expect(account.rows.charges.size).toBe(1);
    pay(account);
    expect([...account.rows.charges.values()].map((charge) => charge.state)).toEqual(['succeeded', 'pending']);
  });

  test('a dispute that was heard of only when it was lost is told as lost', () => {
    const account = toppedOff();
    pay(account, { disputed: 5000 });
    expect(account.balance()).toBe('40');
    expect(told(account).slice(1)).toEqual(['dispute_closed']);
  });
});
