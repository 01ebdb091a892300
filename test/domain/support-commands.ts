/** Short ways to write commands, and the catalog that the tables of decisions are priced by. */
import type { Use } from '../../src/domain/commands.js';
import { credits, parseCredits } from '../../src/domain/credits.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { catalogOf } from '../support/catalogs.js';
import type { Asked, TestAccount } from './support-account.js';

const FRAME = (extra: string) => `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 4, for: 1.00 }
plans:
  - { key: standard, label: Standard, allotment: 100, every: month, auto_top_off: true }
  - { key: bare, label: Bare, allotment: 100, every: month, auto_top_off: false }
  - { key: daily, label: Daily, allotment: 10, every: day, auto_top_off: true }
${extra}
`;

const SECTIONS = `
meters:
  call: { label: Call, group: Calls, rate: 1, mode: happened }
  render: { label: Render, group: Calls, rate: 10, mode: if_covered, hold_minutes: 15 }
  ping: { label: Ping, group: Calls, rate: free }
auto_top_off:
  threshold: 50
  amount: 200
  min_amount: 10
  max_amount: 1000
  step: 10
  largest_charge: 250.00
  charges_per_hour: 3
`;

export const CATALOG = catalogOf(SECTIONS, FRAME(''));
export const FORGIVING = catalogOf(SECTIONS, FRAME('policies: { debt_at_renewal: forgive }'));

const amount = (text: string | number) => {
  const read = parseCredits(String(text));
  if (read === null) throw new Error(`${text} is no amount of credits`);
  return read;
};

export const use = (key: string, cost: string | number, more: Partial<Use> = {}): Asked => ({
  kind: 'use',
  key,
  credits: amount(cost),
  ...more,
});
export const ifCovered = (key: string, cost: string | number): Asked => use(key, cost, { mode: 'if_covered' });
export const call = (key: string, quantity = 1, more: Partial<Use> = {}): Asked => ({
  kind: 'use',
  key,
  meter: 'call',
  quantity,
  ...more,
});

type Grant = Extract<Asked, { kind: 'grant' }>;
export const grant = (key: string, size: string | number, more: Partial<Grant> = {}): Asked => ({
  kind: 'grant',
  key,
  origin: 'promotion',
  credits: amount(size),
  ...more,
});
export const hold = (key: string, size: string | number): Asked => ({ kind: 'hold', key, credits: amount(size) });
export const capture = (key: string, of: string, size?: string | number, isLast?: boolean): Asked => ({
  kind: 'capture',
  key,
  hold: of,
  ...(size === undefined ? {} : { credits: amount(size) }),
  ...(isLast === undefined ? {} : { last: isLast }),
});
export const reverse = (key: string, of: string, size?: string | number): Asked => ({
  kind: 'reverse',
  key,
  of,
  ...(size === undefined ? {} : { credits: amount(size) }),
});
export const SETTLE: Asked = { kind: 'settle' };

/** "Below 50, add 200", to the account's first card, without caps. */
export const TOP_OFF = {
  enabled: true,
  threshold: credits(50),
  amount: credits(200),
  card: null,
  capDayMinor: null,
  capMonthMinor: null,
} as const;
export const configure = (
  settings: Partial<Extract<Asked, { kind: 'configure_top_off' }>['settings']> = {},
): Asked => ({ kind: 'configure_top_off', settings: { ...TOP_OFF, ...settings } });
export const attach = (name: string, fingerprint = `fp_${name}`): Asked => ({
  kind: 'attach_card',
  card: { processorId: `pm_${name}`, fingerprint, brand: 'visa', last4: '4242', expiryMonth: 12, expiryYear: 2030 },
});

/** Takes off the card of that name, which the account must have. */
export function detach(account: TestAccount, name: string): Asked {
  const row = account.rows.cards.find(
    ({ card, detachedAt }) => card.processorId === `pm_${name}` && detachedAt === null,
  );
  if (row === undefined) throw new Error(`no card "${name}" is attached`);
  return { kind: 'detach_card', card: row.card.id };
}

/** A refusal by its reason, anything else by its kind: what a table says of an outcome. */
export const said = (outcome: Outcome | undefined): string =>
  outcome === undefined ? 'nothing' : outcome.kind === 'refused' ? outcome.reason : outcome.kind;
