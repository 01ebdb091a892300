/**
 * One account in memory, posted to as the ledger posts: hot row first, cold rows when the decision asks for them. Every
 * decision is made on frozen state, every hot one is made again with the cold rows and must be the same, and after every
 * batch the sums must hold.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import type { AccountState } from '../../src/domain/account.js';
import { NO_ALERTS } from '../../src/domain/alert-state.js';
import type { Charging, DecideContext } from '../../src/domain/book.js';
import type { Catalog } from '../../src/domain/catalog.js';
import type { Command } from '../../src/domain/commands.js';
import { credits, formatCredits, minus, NO_CREDITS } from '../../src/domain/credits.js';
import { type Decision, decide, mayStayHot } from '../../src/domain/decide.js';
import { noEffects } from '../../src/domain/effects.js';
import type { AccountEvent } from '../../src/domain/events.js';
import { accountId, accountNo } from '../../src/domain/ids.js';
import { type Instant, isoOf, later, parseInstant } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { NEW_STANDING } from '../../src/domain/plan-state.js';
import type { ReplacedCatalog } from '../../src/domain/versions.js';
import { template } from '../support/catalogs.js';
import { CATALOG } from './support-commands.js';
import { fold } from './support-fold.js';
import { loadCold, loadHot, newRows, type Rows } from './support-rows.js';
import { brokenSums } from './support-sums.js';

/** Commands as tests write them: the account is the one they are posted to. */
export type Asked = Command extends infer One ? (One extends Command ? Omit<One, 'account'> : never) : never;

export interface TestAccountWish {
  readonly id?: string;
  readonly catalog?: Catalog;
  readonly plan?: string;
  readonly zone?: string;
  /** ISO; null (the default) renews nothing. */
  readonly anchor?: string | null;
  /** ISO; the first of March 2026 at noon where nothing is said. */
  readonly at?: string;
}

export type TestAccount = ReturnType<typeof makeAccount>;

export const instantOf = (iso: string): Instant => {
  const read = parseInstant(iso);
  if (read === null) throw new Error(`${iso} is no instant`);
  return read;
};

/** The account's figures as a person would write them. */
const shownOf = (rows: Rows) => ({
  balance: (): string => formatCredits(minus(rows.hot.lots, rows.hot.debt)),
  held: (): string => formatCredits(rows.hot.held),
  /** "use -10" for each line since `from`, in order. */
  lines: (from = 0): string[] => rows.lines.slice(from).map((line) => `${line.kind} ${formatCredits(line.amount)}`),
});

export function makeAccount(wish: TestAccountWish = {}) {
  let catalog = wish.catalog ?? CATALOG;
  const versions = new Map<string, ReplacedCatalog>();
  const rows = firstRows(wish);
  let at = instantOf(wish.at ?? '2026-03-01T12:00:00Z');
  let ids = 0;
  const events: AccountEvent[] = [];
  const context: { charging: Charging } = { charging: 'on' };
  const decided = (state: AccountState, commands: readonly Command[]) => {
    // Deciding again must name the same ids: they are counted from where the last batch left them.
    let id = ids;
    const newId = (): string => {
      id += 1;
      return uuidOf(id);
    };
    const here: DecideContext = { catalog, versions, deployment: 'test', newId, charging: context.charging };
    return { decision: decide(deepFrozen(state), commands, at, here), ids: id };
  };
  const post = (...asked: Asked[]): readonly Outcome[] => {
    const commands = asked.map((one): Command => ({ ...one, account: rows.account }));
    const state = loadHot(rows, commands);
    const warm = decided(loadCold(rows, state, commands, at), commands);
    const hot = mayStayHot(commands) ? decided(state, commands) : null;
    if (warm.decision.kind !== 'decided') throw new Error('asked for cold rows that it had');
    if (hot?.decision.kind === 'decided') assertSame(hot.decision, warm.decision);
    const chosen = hot?.decision.kind === 'decided' ? hot.decision : warm.decision;
    ids = warm.ids;
    fold(rows, chosen);
    const broken = brokenSums(rows);
    if (broken.length > 0) throw new Error(`after ${inspect(asked)}: ${broken.join('; ')}`);
    last.wasHot = chosen === hot?.decision;
    last.lines = chosen.lines;
    last.effects = chosen.effects;
    events.push(...chosen.effects.events);
    return chosen.outcomes;
  };
  const last: Last = { wasHot: false, lines: [], effects: noEffects() };
  return {
    ...{ rows, post },
    ...shownOf(rows),
    /** What the product's endpoint was told, in order. */
    events,
    /** The operator's switch. */
    context,
    /** The last batch: its lines, and whether it was decided on the hot row alone. */
    last,
    one(command: Asked): Outcome {
      const [outcome] = post(command);
      if (outcome === undefined) throw new Error('a command was not answered');
      return outcome;
    },
    at: (): Instant => at,
    /** Another version of the catalog comes into force. */
    load(next: Catalog): void {
      versions.set(catalog.version, { catalog, replacedAt: at });
      catalog = next;
    },
    travel: (ms: number) => {
      at = later(at, ms);
    },
    travelTo: (iso: string) => {
      at = instantOf(iso);
    },
  };
}

interface Last {
  wasHot: boolean;
  lines: Decision['lines'];
  effects: Decision['effects'];
}

const uuidOf = (count: number): string => `00000000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;

function firstRows({ id, plan, zone, anchor, at }: TestAccountWish): Rows {
  const start = instantOf(at ?? '2026-03-01T12:00:00Z');
  const settled = { settledUntil: start, lookBelow: NO_CREDITS, watched: false, sequence: 0, lastInstant: start };
  return newRows({
    account: accountId(id ?? 'acme'),
    no: accountNo(1),
    customer: 'cus_1',
    hot: { lots: NO_CREDITS, debt: NO_CREDITS, overage: NO_CREDITS, held: NO_CREDITS, ...settled },
    settings: {
      plan: plan ?? 'standard',
      zone: zone ?? 'UTC',
      anchor: anchor ? instantOf(anchor) : null,
      run: 0,
      ordinal: null,
      grantedFor: NO_CREDITS,
      nextPlan: null,
      ending: false,
      standing: NEW_STANDING,
      topOff: {
        enabled: false,
        threshold: credits(50),
        amount: credits(200),
        card: null,
        capDayMinor: null,
        capMonthMinor: null,
        suspendedAt: null,
        suspendedCard: null,
        pausedAt: null,
      },
      overage: { enabled: false, capMinor: null },
      alerts: NO_ALERTS,
      gateClosed: false,
    },
  });
}

/** The hot row's promises may be given earlier than they must, never later; everything else must be the very same. */
function assertSame(hot: Decision, warm: Decision): void {
  const { settledUntil: promised, lookBelow: looks, ...hotRow } = hot.hot;
  const { settledUntil: true_, lookBelow: mustLook, ...warmRow } = warm.hot;
  const same = isDeepStrictEqual({ ...hot, hot: hotRow }, { ...warm, hot: warmRow });
  if (same && looks >= mustLook && (true_ === null || (promised !== null && promised <= true_))) return;
  const show = (one: unknown): string => inspect(one, { depth: 6 });
  throw new Error(`the hot row alone decided otherwise:\n${show(hot)}\nwith the cold rows:\n${show(warm)}`);
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const inside: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value);
  for (const one of inside) deepFrozen(one);
  return value;
}

/** An account of a built-in product on the tenth of April 2026, its allotment granted on the first. */
export function onPlan(key: string, plan: string, wish: TestAccountWish = {}): TestAccount {
  const dates = { anchor: '2026-04-01T00:00:00Z', at: '2026-04-10T00:00:00Z' };
  const account = makeAccount({ catalog: template(key), plan, ...dates, ...wish });
  account.post({ kind: 'settle' });
  return account;
}

/** "2026-03-01": the day of an instant, for tables. */
export const dayOf = (at: Instant): string => isoOf(at).slice(0, 10);
