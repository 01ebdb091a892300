/**
 * Which lot is used first, as other systems publish it: each rule in our words, with figures of our own and the source it was
 * read in. Where a system orders by something that we do not, its order is said by priority.
 */
import { grant, use } from '../support.js';

export interface BurnDown {
  readonly source: string;
  readonly rule: string;
  readonly steps: readonly object[];
  /** What is left of each lot. */
  readonly left: Readonly<Record<string, string>>;
  /** Other figures of the account, where they matter. */
  readonly also?: object;
  readonly accounts?: readonly object[];
}

const STRIPE = 'docs.stripe.com/billing/subscriptions/usage-based/billing-credits';
const STIGG = 'docs.stigg.io, credit consumption logic';
const ORB = 'docs.withorb.com/product-catalog/credit-systems';
const METRONOME = 'docs.metronome.com, prioritization rules';
const OPENMETER = 'openmeter.io/docs/monetize/entitlements/grant';
const KONG = 'developer.konghq.com/metering-and-billing/credits/consumption-and-expiration';
const LAGO = 'getlago.com/docs/guide/wallet-and-prepaid-credits';
const FLEXPRICE = 'mintlify.com/flexprice/flexprice/concepts/credits';

const paid = (id: string, credits: number | string, more: object = {}) =>
  grant(id, credits, { kind: 'purchase', ...more });
const PAY_AS_YOU_GO = [{ id: 'a', pay_as_you_go: { on: true } }];

export const BURN_DOWN: readonly BurnDown[] = [
  {
    ...{ source: STRIPE, rule: 'a lower priority is the more urgent one, before any expiry' },
    steps: [grant('late', 100, { priority: 50, expires: '+1d' }), grant('first', 100, { priority: 10 }), use(150)],
    left: { first: '0', late: '50' },
  },
  {
    ...{ source: STRIPE, rule: 'what says no priority stands at 50' },
    steps: [grant('at 51', 10, { priority: 51 }), grant('unsaid', 10), grant('at 49', 10, { priority: 49 }), use(15)],
    left: { 'at 49': '0', unsaid: '5', 'at 51': '10' },
  },
  {
    ...{ source: STRIPE, rule: 'of one priority the sooner expiry goes first, and what never expires last' },
    steps: [grant('never', 10), grant('later', 10, { expires: '+9d' }), grant('soon', 10, { expires: '+3d' }), use(25)],
    left: { soon: '0', later: '0', never: '5' },
  },
  {
    ...{ source: STRIPE, rule: 'of one expiry the promotional grant goes before the paid one' },
    steps: [paid('paid', 10, { expires: '+9d' }), grant('gift', 10, { expires: '+9d' }), use(12)],
    left: { gift: '0', paid: '8' },
  },
  {
    ...{ source: STRIPE, rule: 'then the one that has been effective for longer' },
    steps: [paid('younger', 10, { effective: '-1d' }), paid('older', 10, { effective: '-2d' }), use(12)],
    left: { older: '0', younger: '8' },
  },
  {
    ...{ source: STRIPE, rule: 'then the one that was created first' },
    steps: [paid('younger', 10, { created: '-1d' }), paid('older', 10, { created: '-2d' }), use(12)],
    left: { older: '0', younger: '8' },
  },
  {
    ...{ source: STRIPE, rule: 'a grant that was voided is not applied, also one that has not become effective' },
    steps: [
      ...[grant('gone', 10), grant('never begun', 10, { effective: '+2d' }), grant('stays', 10)],
      { do: 'void', lot: 'gone' },
      { at: '+1d', do: 'void', lot: 'never begun' },
      { at: '+3d', ...use(4) },
    ],
    left: { gone: '0', 'never begun': '0', stays: '6' },
    also: { balance: '6' },
  },
  {
    ...{
      source: STRIPE,
      rule: 'a grant counts from the instant it is effective, and to the one it expires at without it',
    },
    steps: [
      ...[grant('ends', 10, { expires: '+1h' }), grant('begins', 10, { effective: '+1h' })],
      { at: '+1h', ...use(3, { mode: 'if_covered' }) },
    ],
    left: { ends: '0', begins: '7' },
  },
  {
    ...{ source: STIGG, rule: 'one use that spans grants takes each to its end, in the order of all five rules' },
    steps: [
      paid('A', 50, { priority: 1, expires: '2026-09-01T00:00:00Z' }),
      grant('B', 20, { priority: 1, expires: '2026-09-01T00:00:00Z' }),
      grant('C', 100, { priority: 2, expires: '2026-08-15T00:00:00Z' }),
      use(100),
    ],
    left: { B: '0', A: '0', C: '70' },
  },
  {
    ...{ source: ORB, rule: 'blocks are used soonest expiry first, then the cheaper, then the older' },
    steps: [
      paid('bought, June', 10, { expires: '2026-06-01T00:00:00Z' }),
      grant('free, June', 10, { expires: '2026-06-01T00:00:00Z' }),
      paid('bought, May', 10, { expires: '2026-05-01T00:00:00Z' }),
      ...[paid('bought, never', 10), use(25)],
    ],
    left: { 'bought, May': '0', 'free, June': '0', 'bought, June': '5', 'bought, never': '10' },
  },
  {
    ...{ source: ORB, rule: 'the balance is what is left of the blocks that have not expired' },
    steps: [grant('expired', 70, { expires: '+1d' }), paid('kept', 30), { at: '+2d', ...use(40) }],
    left: { expired: '0', kept: '0' },
    also: { balance: '-10', debt: '10' },
  },
  {
    ...{
      source: METRONOME,
      rule: 'free before paid whatever the expiry: said by priority, because ours asks expiry first',
    },
    steps: [
      paid('paid, sooner', 10, { priority: 50, expires: '+3d' }),
      grant('free, later', 10, { priority: 40, expires: '+9d' }),
      use(12),
    ],
    left: { 'free, later': '0', 'paid, sooner': '8' },
  },
  {
    ...{ source: METRONOME, rule: 'all else equal, the earlier start goes first' },
    steps: [
      grant('second', 10, { effective: '-1d', expires: '+9d' }),
      grant('first', 10, { effective: '-3d', expires: '+9d' }),
      use(5),
    ],
    left: { first: '5', second: '10' },
  },
  {
    ...{ source: OPENMETER, rule: 'priority 1 is used up before priority 2, then the grant that expires sooner' },
    steps: [
      grant('two', 10, { priority: 2, expires: '+1d' }),
      grant('one, later', 10, { priority: 1, expires: '+20d' }),
      grant('one, sooner', 10, { priority: 1, expires: '+10d' }),
      use(24),
    ],
    left: { 'one, sooner': '0', 'one, later': '0', two: '6' },
  },
  {
    ...{ source: OPENMETER, rule: 'what is left of a grant is lost when it expires' },
    steps: [grant('month', 100, { for: '31d' }), use(30), { at: '+31d', do: 'advance' }],
    left: { month: '0' },
    also: { balance: '0', debt: '0' },
  },
  {
    ...{ source: KONG, rule: 'credit, then invoice: of 100 used with 40 there, 60 are billed' },
    accounts: PAY_AS_YOU_GO,
    steps: [paid('credit', 40), use(100, { mode: 'if_covered' })],
    left: { credit: '0' },
    also: { balance: '0', overageUsed: '60', debt: '0' },
  },
  {
    ...{ source: KONG, rule: 'credit only: what is not covered whole is refused whole' },
    steps: [paid('credit', 40), use(100, { mode: 'if_covered' }), use(40, { mode: 'if_covered' })],
    left: { credit: '0' },
    also: { balance: '0', overageUsed: '0', debt: '0' },
  },
  {
    ...{ source: LAGO, rule: 'wallets are used by their priority from 1 to 50' },
    steps: [
      grant('50', 10, { priority: 50 }),
      grant('1', 10, { priority: 1 }),
      grant('9', 10, { priority: 9 }),
      use(15),
    ],
    left: { '1': '0', '9': '5', '50': '10' },
  },
  {
    ...{ source: FLEXPRICE, rule: 'what expires goes before what does not, and of these the oldest' },
    steps: [
      ...[grant('new', 10), grant('old', 10, { created: '-9d' }), grant('expiring', 10, { expires: '+90d' })],
      use(15),
    ],
    left: { expiring: '0', old: '5', new: '10' },
  },
  {
    ...{ source: 'community.openai.com', rule: 'what was used beyond the balance comes off the next purchase' },
    steps: [paid('first', 5), use(8), { at: '+1d', ...paid('second', 10) }],
    left: { first: '0', second: '7' },
    also: { balance: '7', debt: '0' },
  },
];
