import { describe, expect, test } from 'vitest';
import { formatCredits, minus, NO_CREDITS } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import { catalogOf } from '../support/catalogs.js';
import { makeAccount } from './support-account.js';
import { attach, call, ifCovered, reverse, SETTLE, said, use } from './support-commands.js';
import { makeProcessor, runDueCharges } from './support-processor.js';

/** 25 credits for 1.00; 10 included; at most 2.00 (50 credits) beyond them. */
const CATALOG = catalogOf(
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
  - { key: standard, label: Standard, price: { amount: 5.00 }, allotment: 10, every: month, pay_as_you_go_cap: 2.00 }
  - { key: bare, label: Bare, price: { amount: 9.00 }, allotment: 10, every: month }
`,
);

const on = (capMinor: number | null = null) =>
  ({
    kind: 'configure_overage',
    settings: { enabled: true, capMinor: capMinor === null ? null : minorUnits(capMinor) },
  }) as const;
const off = { kind: 'configure_overage', settings: { enabled: false, capMinor: null } } as const;

function payingAccount() {
  const account = makeAccount({ catalog: CATALOG, anchor: '2026-03-01T00:00:00Z' });
  account.post(SETTLE);
  account.post(attach('one'), on());
  return account;
}
const overage = (account: ReturnType<typeof makeAccount>): string => formatCredits(account.rows.hot.overage);
const debt = (account: ReturnType<typeof makeAccount>): string =>
  formatCredits(minus(account.rows.hot.debt, NO_CREDITS));
const charges = (account: ReturnType<typeof makeAccount>) =>
  [...account.rows.charges.values()].map(
    (one) => `${one.kind} ${one.state} ${formatCredits(one.credits)} ${one.amountMinor}`,
  );

describe('pay-as-you-go', () => {
  test('begins when the lots are used up, leaves the balance alone and ends at the cap; what has happened beyond is debt', () => {
    const account = payingAccount();
    account.post(use('a', 30));
    expect([account.balance(), overage(account), debt(account)]).toEqual(['0', '20', '0']);
    account.post(call('b', 40));
    expect([account.balance(), overage(account), debt(account)]).toEqual(['-10', '50', '10']);
  });

  test('an if_covered use may take what is left of the cap, whole or not at all, and the refusal names the cap', () => {
    const account = payingAccount();
    expect(said(account.one(ifCovered('a', 60)))).toBe('used');
    expect(said(account.one(ifCovered('b', 1)))).toBe('overage_cap_reached');
    expect([account.balance(), overage(account)]).toEqual(['0', '50']);
  });

  test('the owner may lower the cap, and not raise it above the plan’s', () => {
    const account = payingAccount();
    expect(said(account.one(on(300)))).toBe('amount_not_allowed');
    expect(said(account.one(on(100)))).toBe('configured');
    expect(said(account.one(ifCovered('a', 36)))).toBe('overage_cap_reached');
    expect(said(account.one(ifCovered('b', 35)))).toBe('used');
  });

  test('needs a card and a plan that offers it', () => {
    const bare = makeAccount({ catalog: CATALOG, plan: 'bare', anchor: '2026-03-01T00:00:00Z' });
    bare.post(SETTLE, attach('one'));
    expect(said(bare.one(on()))).toBe('not_offered');
    const cardless = makeAccount({ catalog: CATALOG, anchor: '2026-03-01T00:00:00Z' });
    expect(said(cardless.one(on()))).toBe('not_offered');
  });

  test('switched off it takes nothing back, and what was run up is billed when the period ends', () => {
    const account = payingAccount();
    account.post(use('a', 35));
    account.post(off);
    expect(said(account.one(ifCovered('b', 1)))).toBe('insufficient_credits');
    account.travelTo('2026-04-01T00:00:00Z');
    account.post(SETTLE);
    expect(overage(account)).toBe('0');
    expect(charges(account)).toEqual(['overage pending 25 100']);
    expect(account.balance()).toBe('10');
  });

  test('below the processor’s minimum the lot stays, outside the next period’s cap, and is billed with the next', () => {
    const account = payingAccount();
    account.post(use('a', 15));
    account.travelTo('2026-04-01T00:00:00Z');
    account.post(SETTLE);
    expect([overage(account), charges(account)]).toEqual(['5', []]);
    expect(said(account.one(ifCovered('b', 60)))).toBe('used');
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(SETTLE);
    expect([overage(account), charges(account)]).toEqual(['0', ['overage pending 55 220']]);
  });

  test('given back before it is billed it raises the lot, afterwards it becomes credits that never lapse', () => {
    const account = payingAccount();
    account.post(use('a', 40));
    account.post(reverse('r1', 'a', 10));
    expect(overage(account)).toBe('20');
    account.travelTo('2026-04-01T00:00:00Z');
    account.post(SETTLE);
    account.post(reverse('r2', 'a', 20));
    const returned = [...account.rows.lots.values()].filter((lot) => lot.kind === 'returned');
    expect(returned.map((lot) => [formatCredits(lot.remaining), lot.expiresAt])).toEqual([['20', null]]);
    expect(account.balance()).toBe('30');
  });

  test('is not given on a plan that offers none, whatever the owner’s own cap says, and is billed when it is left', () => {
    const account = payingAccount();
    account.post(on(100));
    account.post(use('a', 35));
    account.post({ kind: 'change_plan', plan: 'bare' });
    expect([overage(account), charges(account)]).toEqual(['0', ['overage pending 25 100']]);
    expect(said(account.one(ifCovered('b', 1)))).toBe('insufficient_credits');
    account.post(use('c', 1));
    expect([account.balance(), overage(account)]).toEqual(['-1', '0']);
  });

  test('below the minimum it is written off, visibly, after the last: when the plan is left or is over', () => {
    const left = payingAccount();
    left.post(use('a', 15));
    left.post({ kind: 'change_plan', plan: 'bare' });
    expect([overage(left), charges(left), left.lines().at(-1)]).toEqual(['0', [], 'forgive 5']);
    const over = payingAccount();
    over.post(use('a', 15), { kind: 'cancel_plan' });
    over.travelTo('2026-04-01T00:00:00Z');
    over.post(SETTLE);
    expect([overage(over), charges(over), over.lines().at(-1)]).toEqual(['0', [], 'forgive 5']);
    expect(over.rows.lines.at(-1)).toMatchObject({ reason: 'too little to be charged', balanceAfter: 0n });
  });

  test('a canceled plan’s end bills all of it', () => {
    const account = payingAccount();
    account.post(use('a', 40), { kind: 'cancel_plan' });
    account.travelTo('2026-04-02T00:00:00Z');
    account.post(SETTLE);
    expect([overage(account), charges(account)]).toEqual(['0', ['overage pending 30 120']]);
  });

  test('is not given once the card is gone', () => {
    const account = payingAccount();
    const [card] = account.rows.cards;
    if (card === undefined) return expect.fail('a card was attached');
    account.post({ kind: 'detach_card', card: card.card.id });
    expect(said(account.one(ifCovered('a', 11)))).toBe('insufficient_credits');
  });

  test('is not given from the first decline of its charge until that is paid', async () => {
    const account = payingAccount();
    account.post(use('a', 60));
    account.travelTo('2026-04-01T00:00:00Z');
    account.post(SETTLE);
    expect(said(account.one(ifCovered('b', 20)))).toBe('used');
    const processor = makeProcessor();
    processor.state.mood = 'declines';
    await runDueCharges(account, processor);
    expect(said(account.one(ifCovered('c', 1)))).toBe('insufficient_credits');
    expect([...account.rows.charges.values()].map((one) => one.failure)).toEqual(['card_declined']);
  });

  test('is not given after five minutes in which its charge was not answered', async () => {
    const account = payingAccount();
    account.post(use('a', 60));
    account.travelTo('2026-04-01T00:00:00Z');
    account.post(SETTLE);
    const processor = makeProcessor();
    processor.state.mood = 'silent_after';
    await runDueCharges(account, processor);
    account.travelTo('2026-04-01T00:04:59Z');
    expect(said(account.one(ifCovered('b', 15)))).toBe('used');
    account.travelTo('2026-04-01T00:05:01Z');
    expect(said(account.one(ifCovered('c', 1)))).toBe('insufficient_credits');
  });
});

test.each(['stopped', 'dry_run'] as const)(
  'while the operator’s switch is at %s it is not billed, and is once it is on again',
  (charging) => {
    const account = payingAccount();
    account.post(use('u', 35));
    account.context.charging = charging;
    account.travelTo('2026-04-01T00:00:01Z');
    account.post(SETTLE);
    expect([account.rows.charges.size, overage(account)]).toEqual([0, '25']);
    expect(account.last.effects.wouldCharge.some((one) => one.amountMinor === 100n)).toBe(charging === 'dry_run');
    account.context.charging = 'on';
    account.post(SETTLE);
    expect([...account.rows.charges.values()].map((charge) => charge.amountMinor)).toEqual([100n]);
  },
);

test('in a currency of three decimals it is asked for at its last whole step, and never below what is taken', async () => {
  const dinars = catalogOf(
    'meters:\n  call: { label: Call, group: Calls, rate: 1, mode: happened }',
    `
format: 1
key: test
currency: kwd
brand: { name: Test }
words: { out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 1, for: 0.007 }
pay_as_you_go: { credits: 1, for: 0.007 }
plans:
  - { key: standard, label: Standard, price: { amount: 5.000 }, allotment: 10, every: month, pay_as_you_go_cap: 2.000 }
`,
  );
  const billed = async (uses: number) => {
    const account = makeAccount({ catalog: dinars, anchor: '2026-03-01T00:00:00Z' });
    account.post(SETTLE);
    account.post(attach('one'), on());
    account.post(use('u', uses));
    account.travelTo('2026-04-01T00:00:01Z');
    account.post(SETTLE);
    return [...account.rows.charges.values()].map((charge) => [charge.amountMinor, formatCredits(charge.credits)]);
  };
  // 83 beyond the ten included cost 0.581, and 71 of them 0.497: less than is taken at once.
  expect([await billed(93), await billed(81)]).toEqual([[[580n, '83']], []]);
});
