/**
 * When a wallet buys by itself, and how much, as other systems publish it. Ours buys whole amounts strictly below its
 * threshold; where another system says it otherwise the case shows how that is said here.
 */
import { grant, use } from '../support.js';

export interface Wallet {
  readonly source: string;
  readonly rule: string;
  readonly settings: object;
  /** How charges are answered that no step answers. */
  readonly processor?: 'succeeds' | 'waits';
  readonly topOff?: object;
  readonly steps: readonly object[];
  readonly until?: string;
  /** "100 for 1000 succeeded", in the order in which they were asked for. */
  readonly charges: readonly string[];
  readonly balance: string;
  readonly incidents?: readonly string[];
}

const AMPERE = 'ampere.app/help/billing-and-credits/set-up-auto-recharge';
const PLAYCODE = 'playcode.cc/help/auto-recharge';
const OPENAI = 'community.openai.com, auto recharge and negative balances';
const ANTHROPIC = 'trendingtopics.eu, of the auto-reload of model makers';
const PERPLEXITY = 'trendingtopics.eu, of auto-refill';
const LAGO = 'getlago.com/changelog/recurring-wallet-top-ups';
const FLEXPRICE = 'docs.flexprice.io/docs/wallet/auto-top-up';
const ONLYOFFICE = 'api.onlyoffice.com, wallet top-up settings';

/** 10 credits cost 1.00. */
const below = (threshold: number | string, amount: number, more: object = {}) => ({ threshold, amount, ...more });

export const WALLETS: readonly Wallet[] = [
  {
    ...{ source: AMPERE, rule: 'nothing is bought at the threshold' },
    settings: below(10_000, 5_000),
    steps: [grant('start', 12_000), use(2_000)],
    ...{ charges: [], balance: '10000' },
  },
  {
    ...{ source: AMPERE, rule: 'when the balance drops below it the chosen number is bought' },
    settings: below(10_000, 5_000),
    steps: [grant('start', 12_000), use('2000.000001')],
    ...{ charges: ['5000 for 50000 succeeded'], balance: '14999.999999' },
  },
  {
    ...{ source: AMPERE, rule: 'no more than the maximum of a calendar month; the next month buys again' },
    settings: below(100, 100, { cap_per_month: '15.00' }),
    steps: [grant('start', 100), use(50), { at: '+1d', ...use(100) }],
    until: '2026-06-01T00:00:00Z',
    ...{ charges: ['100 for 1000 succeeded', '100 for 1000 succeeded'], balance: '150' },
    incidents: ['spending_cap_reached'],
  },
  {
    ...{ source: AMPERE, rule: 'without a saved payment method nothing is charged, and that is said at once' },
    settings: { ...below(100, 100), on: true },
    topOff: { cards: [] },
    steps: [use(10)],
    ...{ charges: [], balance: '-10', incidents: ['no_payment_method'] },
  },
  {
    ...{ source: PLAYCODE, rule: 'from 25 down to 4 with a threshold of 5: 20 are bought' },
    settings: below(5, 20),
    steps: [grant('start', 25), use(21)],
    ...{ charges: ['20 for 200 succeeded'], balance: '24' },
  },
  {
    ...{
      source: PLAYCODE,
      rule: 'the monthly limit is kept: of three refills of 2.00 a limit of 5.00 lets two through',
    },
    settings: below(5, 20, { cap_per_month: '5.00' }),
    steps: [grant('start', 25), use(21), { at: '+1d', ...use(20) }, { at: '+2d', ...use(20) }],
    ...{ charges: ['20 for 200 succeeded', '20 for 200 succeeded'], balance: '4', incidents: ['spending_cap_reached'] },
  },
  {
    ...{ source: OPENAI, rule: 'what was used below zero comes off the purchase' },
    settings: below(5, 10),
    steps: [grant('start', 8), use(11)],
    ...{ charges: ['10 for 100 succeeded'], balance: '7' },
  },
  {
    ...{ source: OPENAI, rule: 'far below zero one charge brings the balance back to the threshold' },
    settings: below(50, 100),
    steps: [grant('start', 100), use(251)],
    ...{ charges: ['300 for 3000 succeeded'], balance: '149' },
  },
  {
    ...{ source: OPENAI, rule: 'exactly as many as are missing, and not one more' },
    settings: below(50, 100),
    steps: [grant('start', 100), use(250)],
    ...{ charges: ['200 for 2000 succeeded'], balance: '50' },
  },
  {
    ...{
      source: OPENAI,
      rule: 'a spike after quiet hours is bought for as any other use: no brake that is not said pauses it',
    },
    settings: below(50, 100),
    steps: [
      ...[grant('start', 150), { at: '+1h', ...use(10) }, { at: '+2h', ...use(10) }, { at: '+3h', ...use(10) }],
      { at: '+4h', ...use(500) },
    ],
    ...{ charges: ['500 for 5000 succeeded'], balance: '120' },
  },
  {
    ...{ source: OPENAI, rule: 'where one charge may be no larger, as many as are needed follow each other' },
    settings: below(5, 10),
    topOff: { amount: 10, largest_charge: '1.00' },
    steps: [use(27)],
    ...{ charges: Array(4).fill('10 for 100 succeeded'), balance: '13' },
  },
  {
    ...{ source: ANTHROPIC, rule: 'a daily limit ends it until the next day' },
    settings: below(50, 100, { cap_per_day: '10.00' }),
    steps: [grant('start', 100), use(60), { at: '+1h', ...use(100) }],
    until: '2026-05-02T00:00:00Z',
    ...{ charges: ['100 for 1000 succeeded', '100 for 1000 succeeded'], balance: '140' },
    incidents: ['spending_cap_reached'],
  },
  {
    ...{ source: ANTHROPIC, rule: 'while one purchase is on its way no other begins' },
    ...{ settings: below(50, 100), processor: 'waits' },
    steps: [grant('start', 100), use(60), { at: '+1m', ...use(30) }],
    ...{ charges: ['100 for 1000 pending'], balance: '10' },
  },
  {
    ...{ source: ANTHROPIC, rule: 'what was used while it was on its way is bought after it' },
    ...{ settings: below(50, 100), processor: 'waits' },
    steps: [grant('start', 100), use(60), { at: '+1m', ...use(120) }, { do: 'charge', answer: 'succeed' }],
    ...{ charges: ['100 for 1000 succeeded', '100 for 1000 pending'], balance: '20' },
  },
  {
    ...{ source: PERPLEXITY, rule: 'below 500 more is bought, up to a cap of money a month' },
    settings: below(500, 2_000, { cap_per_month: '200.00' }),
    steps: [grant('month', 10_000), use(9_501)],
    ...{ charges: ['2000 for 20000 succeeded'], balance: '2499' },
  },
  {
    ...{ source: FLEXPRICE, rule: 'at or below the threshold: said as a threshold of the smallest amount more' },
    settings: below('50.000001', 100),
    steps: [grant('start', 100), use(50)],
    ...{ charges: ['100 for 1000 succeeded'], balance: '150' },
  },
  {
    ...{ source: LAGO, rule: 'back to a target that is the threshold itself: amounts of one' },
    settings: below(100, 1),
    topOff: { price: { credits: 1, for: '1.00' } },
    steps: [grant('start', 120), use(57)],
    ...{ charges: ['37 for 3700 succeeded'], balance: '100' },
  },
  {
    ...{ source: ONLYOFFICE, rule: 'switched off it buys nothing; switched on again it looks at once' },
    settings: { ...below(50, 100), on: false },
    steps: [grant('start', 100), use(60), { at: '+1d', do: 'auto_top_off', on: true }],
    ...{ charges: ['100 for 1000 succeeded'], balance: '140' },
  },
  {
    ...{ source: 'docs.stripe.com/declines', rule: 'a card refused for good is not charged again; another card is' },
    ...{ settings: below(50, 100), processor: 'waits' },
    steps: [
      ...[grant('start', 100), use(60), { do: 'charge', answer: 'decline', code: 'stolen_card' }],
      { at: '+1d', ...use(10) },
      { at: '+2d', do: 'attach_card', card: 'another' },
      { do: 'charge', answer: 'succeed' },
    ],
    ...{ charges: ['100 for 1000 succeeded'], balance: '130', incidents: ['card_declined'] },
  },
  {
    ...{ source: 'docs.stripe.com/declines', rule: 'a purchase that nobody needs any more is not tried again' },
    ...{ settings: below(50, 100), processor: 'waits' },
    steps: [
      ...[grant('start', 100), use(60), { do: 'charge', answer: 'decline', code: 'insufficient_funds' }],
      { at: '+30m', ...grant('gift', 10) },
    ],
    ...{ charges: ['100 for 1000 canceled'], balance: '50', incidents: ['card_declined'] },
  },
];
