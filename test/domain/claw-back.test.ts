import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import type { TestAccount } from './support-account.js';
import { configure, said, use } from './support-commands.js';
import { chargeOf, pay, toppedOff } from './support-funds.js';

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

  test('a full refund of a top-off lowers the balance like anything else: below the threshold the next one is due', () => {
    const account = toppedOff();
    pay(account, { refunded: 5000 });
    expect(account.balance()).toBe('40');
    expect([...account.rows.charges.values()].map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'top_off succeeded',
      'top_off pending',
    ]);
  });

  test('a refund opens no top-off beyond the owner’s cap: the refunded charge counts towards it all the same', () => {
    const account = toppedOff({ capDayMinor: minorUnits(5000) });
    pay(account, { refunded: 5000 });
    expect(account.balance()).toBe('40');
    expect([...account.rows.charges.values()].map((charge) => charge.state)).toEqual(['succeeded']);
    expect([...account.rows.incidents.values()].map((one) => one.kind)).toEqual(['spending_cap_reached']);
  });

  test('a refund opens no top-off where it was switched off before', () => {
    const account = toppedOff();
    account.post(configure({ enabled: false }));
    pay(account, { refunded: 5000 });
    expect(account.rows.charges.size).toBe(1);
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
