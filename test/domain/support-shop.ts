/** A product that sells packs, an account that buys them by hand, and what the processor answers. */
import { catalogOf } from '../support/catalogs.js';
import { type Asked, makeAccount, type TestAccount } from './support-account.js';
import { attach, grant } from './support-commands.js';
import { type Mood, makeProcessor, runDueCharges } from './support-processor.js';

export const CATALOG = catalogOf(
  `
meters: { call: { label: Call, group: Calls, rate: 1 } }
auto_top_off: { threshold: 50, amount: 200, min_amount: 10, max_amount: 1000, step: 10, largest_charge: 250.00, charges_per_hour: 3 }
packs:
  presets: [{ key: small, label: Small, credits: 100, amount: 20.00 }]
  custom: { by: money, min: 5.00, max: 100.00, step: 5.00 }
`,
  `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 4, for: 1.00 }
plans:
  - { key: standard, label: Standard, allotment: 100, every: month, auto_top_off: true, packs: true }
  - { key: bare, label: Bare, allotment: 100, every: month, packs: false }
`,
);

export type Pack = Extract<Asked, { kind: 'buy_pack' }>['pack'];
export const SMALL: Pack = { kind: 'preset', preset: 'small' };
export const buy = (key: string, pack: Pack = SMALL): Asked => ({ kind: 'buy_pack', key, pack });

export function shop(plan = 'standard'): TestAccount {
  const account = makeAccount({ catalog: CATALOG, plan });
  account.post(grant('start', 40), attach('one'));
  return account;
}
export async function answer(account: TestAccount, mood: Mood, processor = makeProcessor()) {
  processor.state.mood = mood;
  await runDueCharges(account, processor);
  return processor;
}
export const mails = (account: TestAccount): string[] => account.rows.notices.map(({ facts }) => facts.kind);
export const lastCharge = (account: TestAccount) => {
  const charge = [...account.rows.charges.values()].at(-1);
  if (charge === undefined) throw new Error('nothing was bought');
  return charge;
};
