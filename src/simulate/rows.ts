/** The rows of one account as Postgres would hold them, and how a decision's state is read from them. */
import type {
  AccountState,
  ColdRows,
  FundsLine,
  Hold,
  HotRow,
  Incident,
  KnownKey,
  Settings,
  UseRows,
} from '../domain/account.js';
import type { Line, NewPeriod, NewReversal } from '../domain/book.js';
import type { Attempt, AttemptResult, Charge } from '../domain/charge.js';
import { fundsKeys } from '../domain/claw-back.js';
import type { Command } from '../domain/commands.js';
import { type Credits, NO_CREDITS, plus } from '../domain/credits.js';
import type { AccountId, AccountNo, ChargeId, HoldId, IncidentId, KeyHash, LotId, NoticeId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import { producerKey } from '../domain/keys.js';
import { type LimitBook, NO_LIMITS, openLimits } from '../domain/limits-state.js';
import type { Lot } from '../domain/lots.js';
import type { NoticeFacts } from '../domain/notice.js';
import type { Card } from '../domain/payment.js';
import type { Invoice, Subscription } from '../domain/plan-state.js';
import { chargeRowsOf } from './charge-rows.js';
import { limitRowsOf } from './fold-limits.js';
import { newUsageRows, recentUseOf, type UsageRows } from './usage-rows.js';

export interface AttemptRow {
  readonly charge: ChargeId;
  readonly attempt: Attempt;
  result: AttemptResult | null;
}

export interface CardRow {
  card: Card;
  rank: number;
  readonly attachedAt: Instant;
  detachedAt: Instant | null;
}

export interface OutboxRow {
  readonly topic: 'charge' | 'notice';
  readonly subject: string;
  dueAt: Instant;
  asks: number;
}

export type PostedLine = Line & { readonly postedAt: Instant };

export interface Rows {
  readonly account: AccountId;
  readonly no: AccountNo;
  customer: string | null;
  hot: HotRow;
  settings: Settings;
  readonly lots: Map<LotId, Lot>;
  /** Those that are not closed: what is loaded for every decision, however many have been emptied before. */
  readonly openLots: Map<LotId, Lot>;
  /** Σ amount of allotments by "run:ordinal". */
  readonly allotments: Map<string, Credits>;
  /** What unique indexes hold. */
  readonly unique: Set<string>;
  readonly lines: PostedLine[];
  readonly byKey: Map<KeyHash, PostedLine[]>;
  readonly holds: Map<HoldId, Hold>;
  readonly charges: Map<ChargeId, Charge>;
  readonly attempts: AttemptRow[];
  readonly cards: CardRow[];
  readonly incidents: Map<IncidentId, Incident>;
  readonly notices: { readonly id: NoticeId; readonly facts: NoticeFacts }[];
  readonly periods: NewPeriod[];
  readonly reversals: Map<KeyHash, NewReversal>;
  readonly limits: LimitBook;
  readonly outbox: Map<string, OutboxRow>;
  readonly subscriptions: Map<string, Subscription>;
  readonly invoices: Map<string, Invoice>;
  /** Fingerprints that have had a trial, this account's and others'. */
  readonly trialCards: Set<string>;
  readonly usage: UsageRows;
}

/** The rows of an account that nothing has happened to yet. */
export const newRows = (first: Pick<Rows, 'account' | 'no' | 'customer' | 'hot' | 'settings'>): Rows => ({
  ...first,
  lots: new Map(),
  openLots: new Map(),
  allotments: new Map(),
  unique: new Set(),
  lines: [],
  byKey: new Map(),
  holds: new Map(),
  charges: new Map(),
  attempts: [],
  cards: [],
  incidents: new Map(),
  notices: [],
  periods: [],
  reversals: new Map(),
  limits: openLimits(NO_LIMITS),
  outbox: new Map(),
  subscriptions: new Map(),
  invoices: new Map(),
  trialCards: new Set(),
  usage: newUsageRows(),
});

/** What is loaded for every account of a batch: the hot row, open lots, keys that were posted, reversals that wait. */
export function loadHot(rows: Rows, commands: readonly Command[]): AccountState {
  const keys = new Set(keysOf(commands));
  const known = new Map<KeyHash, KnownKey>();
  for (const key of keys) {
    const lines = rows.byKey.get(key);
    if (lines !== undefined) known.set(key, knownOf(lines));
  }
  const waiting = [...rows.reversals.values()]
    .filter((one) => one.appliedAt === null && (keys.has(one.useKeyHash) || keys.has(one.keyHash)))
    .map(({ keyHash, useKeyHash, amount, reason }) => ({ keyHash, useKeyHash, amount, reason }));
  const lots = [...rows.openLots.values()].map((lot) => ({ ...lot }));
  return { account: rows.account, no: rows.no, hot: { ...rows.hot }, lots, known, waiting, cold: null };
}

function knownOf(lines: readonly Line[]): KnownKey {
  let amount = NO_CREDITS;
  for (const line of lines) amount = plus(amount, line.amount);
  return { contentHash: lines[0]?.contentHash ?? null, amount, balanceAfter: lines.at(-1)?.balanceAfter ?? NO_CREDITS };
}

function keysOf(commands: readonly Command[]): KeyHash[] {
  return commands.flatMap((command) => [
    ...('key' in command ? [producerKey(command.key)] : []),
    ...(command.kind === 'reverse' ? [producerKey(command.of)] : []),
  ]);
}

/** What is loaded when the hot row is not enough. */
export function loadCold(rows: Rows, state: AccountState, commands: readonly Command[], now: Instant): AccountState {
  const holdKeys = new Set<KeyHash>();
  const useKeys = new Set<KeyHash>(state.waiting.map((one) => one.useKeyHash));
  for (const command of commands) {
    if (command.kind === 'hold') holdKeys.add(producerKey(command.key));
    if ('hold' in command) holdKeys.add(producerKey(command.hold));
    if (command.kind === 'reverse') useKeys.add(producerKey(command.of));
  }
  const uses = usesOf(rows, useKeys);
  const funds = fundsOf(rows, commands);
  const named = new Set([...uses.values()].flatMap((use) => use.lines.map((line) => line.lot)));
  for (const line of [...funds.values()].flat()) named.add(line.lot);
  for (const command of commands) if ('lot' in command && command.lot !== undefined) named.add(command.lot);
  for (const { lot } of rows.settings.standing.pastDue?.lapsed ?? []) named.add(lot);
  const closed = [...named].flatMap((id) => {
    const lot = id === null ? undefined : rows.lots.get(id);
    return lot?.closed ? [lot] : [];
  });
  const cold: ColdRows = {
    settings: rows.settings,
    customer: rows.customer,
    holds: [...rows.holds.values()]
      .filter((hold) => hold.state === 'open' || holdKeys.has(hold.keyHash))
      .map((hold) => ({ ...hold })),
    ...chargeRowsOf(rows, commands, now),
    cards: attachedCards(rows),
    allotments: grantedOf(rows),
    recentUse: recentUseOf(rows.usage, now),
    uses,
    funds,
    limits: limitRowsOf(rows.limits),
    plans: {
      subscriptions: [...rows.subscriptions.values()],
      invoices: [...rows.invoices.values()],
      trialCards: rows.trialCards,
    },
  };
  return { ...state, lots: [...state.lots, ...closed.map((lot) => ({ ...lot }))], cold };
}

function grantedOf({ settings: { run, ordinal }, allotments }: Rows): ColdRows['allotments'] {
  return { run, ordinal, granted: allotments.get(`${run}:${ordinal}`) ?? NO_CREDITS };
}

export const attachedCards = (rows: Rows): Card[] =>
  rows.cards
    .filter((one) => one.detachedAt === null)
    .sort((a, b) => a.rank - b.rank || a.attachedAt - b.attachedAt || (a.card.id < b.card.id ? -1 : 1))
    .map((one) => one.card);

export const unansweredOf = (rows: Rows, charge: ChargeId): Attempt | null =>
  rows.attempts.find((one) => one.charge === charge && one.result === null)?.attempt ?? null;

function usesOf(rows: Rows, keys: ReadonlySet<KeyHash>) {
  const uses = new Map<KeyHash, UseRows>();
  for (const key of keys) {
    const lines = (rows.byKey.get(key) ?? []).filter((line) => line.kind === 'use');
    if (lines.length === 0) continue;
    let givenBack = NO_CREDITS;
    let reversed = false;
    for (const one of rows.reversals.values()) {
      if (one.useKeyHash !== key || one.appliedAt === null) continue;
      givenBack = plus(givenBack, one.amount ?? NO_CREDITS);
      reversed = true;
    }
    uses.set(key, { lines, givenBack, reversed });
  }
  return uses;
}

/** Lines of the claw-backs, and of what undid them, of the charges that the commands name. */
function fundsOf(rows: Rows, commands: readonly Command[]): ColdRows['funds'] {
  const found = new Map<ChargeId, FundsLine[]>();
  for (const command of commands) {
    const charge = 'charge' in command ? rows.charges.get(command.charge) : undefined;
    if (charge === undefined || charge.clawed === 0n) continue;
    const lines = fundsKeys(charge).flatMap((key) => rows.byKey.get(key) ?? []);
    found.set(charge.id, lines.sort((a, b) => a.sequence - b.sequence).filter(isFundsLine));
  }
  return found;
}

const isFundsLine = <Posted extends Line>(line: Posted): line is Posted & FundsLine =>
  line.kind === 'claw_back' || line.kind === 'give_back';
