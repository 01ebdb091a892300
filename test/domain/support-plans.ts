/** A product with a free plan and paid ones that have trials, prices at the processor and pay-as-you-go; and its views. */
import { microCredits } from '../../src/domain/credits.js';
import { type Instant, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { InvoiceStatus, InvoiceView, SubscriptionView } from '../../src/domain/plan-state.js';
import { catalogOf } from '../support/catalogs.js';
import { type Asked, instantOf, makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';
import { attach, SETTLE } from './support-commands.js';

export const planCatalog = (plans: string, more = '') =>
  catalogOf(
    `
features: { exports: Exports }
auto_top_off:
  threshold: 50
  amount: 200
  min_amount: 10
  max_amount: 1000
  step: 10
  largest_charge: 250.00
  charges_per_hour: 3
packs: { custom: { by: money, min: 10.00, max: 100.00 } }
meters:
  call: { label: Call, group: Calls, rate: 1 }
  export: { label: Export, group: Calls, rate: 1, feature: exports }
${more}`,
    `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 4, for: 1.00 }
pay_as_you_go: { credits: 4, for: 1.00 }
plans:
${plans}
`,
  );

export const FREE = '  - { key: free, label: Free, allotment: 10, every: month, auto_top_off: true }';
export const paid = (key: string, allotment: number, more: string) =>
  `  - { key: ${key}, label: ${key}, allotment: ${allotment}, stripe_prices: [price_${key}], features: [exports], ${more} }`;

export const PLANS = [
  FREE,
  paid('small', 100, 'price: { amount: 10.00 }, trial: { length: 14 days, credits: 40 }, pay_as_you_go_cap: 20.00'),
  paid('large', 400, 'price: { amount: 40.00 }, trial: { length: 14 days }, pay_as_you_go_cap: 50.00'),
  paid('plain', 500, 'price: { amount: 45.00 }'),
  paid('yearly', 6000, 'price: { amount: 400.00, every: year }, every: year'),
].join('\n');

export const CATALOG = planCatalog(PLANS);

export const to = (plan: string): Asked => ({ kind: 'change_plan', plan });
export const CANCEL: Asked = { kind: 'cancel_plan' };
export const trial = (plan: string): Asked => ({ kind: 'start_trial', plan });
export const close: Asked = { kind: 'close_account', reason: 'the owner asked' };
/** 40 credits for 10.00, by hand. */
export const pack = (key: string): Asked => ({
  kind: 'buy_pack',
  key,
  pack: { kind: 'money', amountMinor: minorUnits(1_000) },
});
export const payAsYouGo = (capMinor: number | null = null): Asked => ({
  kind: 'configure_overage',
  settings: { enabled: true, capMinor: capMinor === null ? null : minorUnits(capMinor) },
});

/** On a plan since the first of April 2026, which has thirty days, with one card. */
export function on(plan: string, wish: TestAccountWish = {}): TestAccount {
  const account = makeAccount({
    catalog: CATALOG,
    plan,
    anchor: '2026-04-01T00:00:00Z',
    at: '2026-04-01T00:00:00Z',
    ...wish,
  });
  account.post(SETTLE);
  account.post(attach('one'));
  return account;
}

export const settle = (account: TestAccount, iso: string): void => {
  account.travelTo(iso);
  account.post(SETTLE);
};

/** Of every allotment lot that is not closed: what is left of it. */
export const allotments = (account: TestAccount): string[] =>
  [...account.rows.lots.values()]
    .filter((lot) => lot.kind === 'allotment' && !lot.closed)
    .map((lot) => whole(lot.remaining));

export const whole = (credits: bigint): string => `${Number(microCredits(credits)) / 1_000_000}`;

export const notices = (account: TestAccount): string[] => account.rows.notices.map(({ facts }) => facts.kind);

type Wish = Partial<Omit<SubscriptionView, 'currentPeriod'>> & { readonly from?: string; readonly until?: string };

/** The processor's view of a subscription to `plan`, active from the account's present instant on unless said. */
export function seen(account: TestAccount, plan: string, wish: Wish = {}): SubscriptionView {
  const { from, until, ...more } = wish;
  const start = from === undefined ? account.at() : instantOf(from);
  return {
    id: 'sub_1',
    status: 'active',
    createdAt: start,
    priceIds: [`price_${plan}`],
    anchor: start,
    currentPeriod: { start, end: until === undefined ? later(start, 30 * 86_400_000) : instantOf(until) },
    trialEnd: null,
    cancelAtPeriodEnd: false,
    cancelAt: null,
    endedAt: null,
    collectionPaused: false,
    ...more,
  };
}

/** Mirrors a view under the version that stands, as whoever fetched it just now would. */
export const mirror = (account: TestAccount, view: SubscriptionView, version?: number) =>
  account.one({
    kind: 'mirror_subscription',
    version: version ?? account.rows.subscriptions.get(view.id)?.version ?? 0,
    view,
  });

export const invoice = (
  id: string,
  status: InvoiceStatus,
  periodStart: Instant,
  subscription: string | null = null,
): Asked => {
  const view: InvoiceView = {
    id,
    subscription,
    status,
    periodStart,
    amountMinor: minorUnits(1_000),
    paidAt: status === 'paid' ? periodStart : null,
  };
  return { kind: 'agree_invoice', view };
};
