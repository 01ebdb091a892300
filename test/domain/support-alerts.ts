/** The catalog that the tables of alerts are played on, and a short way to tell what was mailed. */
import { catalogOf } from '../support/catalogs.js';
import { makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';
import { SETTLE } from './support-commands.js';

export const CATALOG = catalogOf(
  '',
  `
format: 1
key: alerts
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 10, for: 1.00 }
pay_as_you_go: { credits: 10, for: 1.00 }
plans:
  - { key: free, label: Free, allotment: 0, every: month, auto_top_off: true }
  - { key: small, label: Small, price: { amount: 10, every: month }, allotment: 100, every: month, auto_top_off: true, pay_as_you_go_cap: 10.00 }
  - { key: tried, label: Tried, price: { amount: 20, every: month }, trial: { length: 14 days, credits: 50 }, allotment: 200, every: month }
  - { key: large, label: Large, price: { amount: 50, every: month }, allotment: 500, every: month, auto_top_off: true, pay_as_you_go_cap: 50.00 }
meters: {}
auto_top_off: { threshold: 5, amount: 200, min_amount: 10, max_amount: 1000, step: 10, largest_charge: 250.00, charges_per_hour: 9 }
alerts: { low_balance: [{ credits: 40 }, { percent: 10 }], used_amber_percent: 75, used_red_percent: 90, cap_near_percent: 80, expiring_days: 7 }
`,
);

const DATES = { anchor: '2026-04-01T00:00:00Z', at: '2026-04-01T00:00:00Z' };

export function opened(plan: string, wish: TestAccountWish = {}): TestAccount {
  const account = makeAccount({ catalog: CATALOG, plan, ...DATES, ...wish });
  account.post(SETTLE);
  return account;
}

/** "balance_low 38 of 40": each mail since `from`, as short as it can be told. */
export const mails = (account: TestAccount, from = 0): string[] =>
  account.rows.notices.slice(from).map(({ facts }) => {
    switch (facts.kind) {
      case 'balance_low':
        return `low ${facts.balance} of ${facts.threshold}`;
      case 'balance_empty':
        return `empty ${facts.balance}`;
      case 'included_used':
        return `${facts.level} ${facts.used} of ${facts.included}`;
      case 'cap_near':
      case 'cap_reached':
        return `${facts.kind} ${facts.usedMinor} of ${facts.capMinor}`;
      case 'credits_expiring':
        return `expiring ${facts.credits} at ${facts.expiresAt}`;
      default:
        return facts.kind;
    }
  });
