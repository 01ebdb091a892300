/** A catalog with a limit of every kind, and short ways to ask about them. */
import { credits, formatCredits } from '../../src/domain/credits.js';
import { check, type GateAnswer, type GateWish } from '../../src/domain/gate.js';
import { memberId } from '../../src/domain/ids.js';
import { type LimitsView, limitsView } from '../../src/domain/limits-view.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { catalogOf } from '../support/catalogs.js';
import { type Asked, makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';

const FRAME = `
format: 1
key: limited
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: "/billing/{slug}" } }
credit_price: { credits: 4, for: 1.00 }
`;

export const LIMITED = catalogOf(
  `
limits:
  seats: { kind: level, label: Seats }
  drafts: { kind: level, label: Drafts, of: member }
  a_minute: { kind: window, label: Runs a minute, per: minute }
  an_hour: { kind: window, label: Runs an hour, per: hour }
  a_day: { kind: window, label: Scans a day, per: day }
  a_period: { kind: window, label: Reports a period, per: period }
  ever: { kind: window, label: Trials, per: lifetime }
  preview: { kind: window, label: Previews, until: 2026-04-20T00:00:00Z }
plans:
  - { key: free, label: Free, allotment: 100, auto_top_off: false, limits: { seats: 2, drafts: 1, a_minute: 2, an_hour: 3, a_day: 2, a_period: 3, ever: 1, preview: 2 } }
  - key: team
    label: Team
    price: { amount: 10.00, every: month }
    allotment: 200
    pools: true
    auto_top_off: true
    limits: { seats: 5, a_minute: 4, an_hour: 30, a_day: 20 }
  - key: firm
    label: Firm
    price: { amount: 50.00, every: month }
    allotment: 1000
    pools: true
    auto_top_off: false
    limits: { a_minute: 10 }
auto_top_off: { threshold: 50, amount: 200, min_amount: 10, max_amount: 1000, step: 10, largest_charge: 250.00, charges_per_hour: 3 }
meters:
  run: { label: Run, group: Runs, rate: 1, mode: if_covered, counts_toward: [{ limit: a_minute, by: member }, { limit: an_hour }] }
  scan:
    label: Scan
    group: Runs
    rate: free
    mode: if_covered
    properties: { store: { type: text } }
    counts_toward: [{ limit: a_day, by: store }]
  report: { label: Report, group: Runs, rate: 5, mode: if_covered, counts_toward: [{ limit: a_period }] }
  trial: { label: Trial, group: Runs, rate: 1, mode: if_covered, counts_toward: [{ limit: ever }] }
  preview: { label: Preview, group: Runs, rate: 1, mode: if_covered, counts_toward: [{ limit: preview }] }
  plain: { label: Plain, group: Runs, rate: 1, mode: if_covered }
`,
  FRAME,
);

/** On the tenth of April 2026, its period begun on the first. */
export function limited(plan = 'free', wish: TestAccountWish = {}): TestAccount {
  const dates = { anchor: '2026-04-01T00:00:00Z', at: '2026-04-10T12:00:00Z' };
  const account = makeAccount({ catalog: LIMITED, plan, ...dates, ...wish });
  account.post({ kind: 'settle' });
  return account;
}

type UseOf = Extract<Asked, { kind: 'use' }>;
export const metered = (key: string, meter: string, more: Partial<UseOf> = {}): Asked => ({
  kind: 'use',
  key,
  meter,
  ...more,
});
export const scan = (key: string, store: string, more: Partial<UseOf> = {}): Asked =>
  metered(key, 'scan', { properties: { store }, ...more });
export const happened = { mode: 'happened' } as const;
export const by = (name: string) => ({ member: memberId(name) });

export const pool = (
  key: string,
  size: number,
  members: readonly string[],
  more: Partial<Extract<Asked, { kind: 'configure_pool' }>> = {},
): Asked => ({
  kind: 'configure_pool',
  pool: key,
  credits: credits(size),
  members: members.map(memberId),
  whenUsed: 'stop',
  ...more,
});
export const budget = (name: string, size: number | null): Asked => ({
  kind: 'set_budget',
  member: memberId(name),
  credits: size === null ? null : credits(size),
});

const context = (catalog = LIMITED) => ({ catalog, deployment: 'test', newId: () => 'unused' });
const stateOf = (account: TestAccount) => loadCold(account.rows, loadHot(account.rows, []), [], account.at());

/** What the gate answers; throws where it refuses to. */
export function gate(account: TestAccount, wish: GateWish, catalog = LIMITED, viewer?: string): GateAnswer {
  const who = viewer === undefined ? undefined : memberId(viewer);
  const answer = check(stateOf(account), wish, account.at(), context(catalog), 'acme', who);
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer;
}
export const run = (...list: Extract<GateWish, { kind: 'run' }>['list']): GateWish => ({ kind: 'run', list });

export const viewOf = (account: TestAccount, viewer?: string, catalog = LIMITED): LimitsView =>
  limitsView(
    stateOf(account),
    account.at(),
    context(catalog),
    ...(viewer === undefined ? [] : ([memberId(viewer)] as const)),
  );

/** "a_minute member=ann 2 of 4" for each window. */
export const windowsOf = (account: TestAccount, catalog = LIMITED): string[] =>
  viewOf(account, undefined, catalog).windows.map((one) =>
    [one.limit, one.subject, `${one.count} of ${one.most}`].filter((part) => part !== '').join(' '),
  );
/** "design: 30 of 40, worth 20". */
export const poolsOf = (account: TestAccount, viewer?: string): string[] =>
  viewOf(account, viewer).pools.map(
    (one) =>
      `${one.pool}: ${formatCredits(one.used)} of ${formatCredits(one.credits)}, worth ${formatCredits(one.worth)}`,
  );
