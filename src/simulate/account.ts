/** One account in memory, posted to as the ledger posts: its rows are read into a state, decided on, and written back. */
import { NO_ALERTS } from '../domain/alert-state.js';
import {
  availableOf,
  type Book,
  balanceOf,
  type DecideContext,
  type Effects,
  type Line,
  openBook,
} from '../domain/book.js';
import type { Catalog, CreditRatio } from '../domain/catalog.js';
import { type Charge, isOpen } from '../domain/charge.js';
import type { Command } from '../domain/commands.js';
import { type Credits, minus, NO_CREDITS } from '../domain/credits.js';
import { type Decision, decide, mayStayHot } from '../domain/decide.js';
import { check, type GateAnswer, type GateWish } from '../domain/gate.js';
import { type AccountId, accountNo, type ChargeId, type MemberId, type PaymentMethodId } from '../domain/ids.js';
import { earliest, type Instant } from '../domain/instant.js';
import { type LimitsView, limitsView } from '../domain/limits-view.js';
import { type Outcome, type Refused, refused } from '../domain/outcomes.js';
import { capOf, headroomOf, usedThisPeriod } from '../domain/overage.js';
import { NEW_STANDING } from '../domain/plan-state.js';
import { type Runway, runway } from '../domain/runway.js';
import { fold } from './fold.js';
import type { Processor } from './processor.js';
import { loadCold, loadHot, newRows, type Rows, unansweredOf } from './rows.js';
import type { Asked } from './step.js';
import { recentUseOf } from './usage-rows.js';

export interface SimulatedAccount {
  readonly rows: Rows;
  readonly processor: Processor;
  readonly deployment: string;
  catalog(): Catalog;
  /** Another version of the catalog comes into force. */
  load(catalog: Catalog, at: Instant): void;
  /** Decides commands as one batch and keeps what was decided. Every decision since the last `taken` stays at hand. */
  post(at: Instant, asked: readonly Asked[]): readonly Outcome[];
  one(at: Instant, asked: Asked): Outcome;
  /** Decides and keeps nothing of it. */
  tried(at: Instant, asked: Asked): Decision;
  /**
   * What the decisions since it was last asked for brought beside lines: those that brought something to tell. `lines` and
   * `isNews` look at the same decisions and leave them.
   */
  taken(): readonly Effects[];
  lines(): Line[];
  /** Whether they changed anything that people would want to be told. */
  isNews(): boolean;
  /** When the rows are no longer the whole truth; with the processor, also when a charge is due. */
  nextDue(withCharges: boolean): Instant | null;
  /** Charges to be taken to the processor: cancellations that are owed, and with `all` every one that is due. */
  dueCharges(at: Instant, all: boolean): ChargeId[];
  cardNamed(name: string): PaymentMethodId | undefined;
  charge(id: ChargeId): Charge;
  /** The oldest that the processor may still answer. */
  openCharge(kind: Charge['kind'] | undefined): Charge | undefined;
  /** The one named, else the last one paid. */
  paidCharge(kind: Charge['kind'] | undefined, id: ChargeId | undefined): Charge | undefined;
  figures(at: Instant): Figures;
  /** Asks the gate, which only reads. */
  check(at: Instant, wish: GateWish, viewer?: MemberId): GateAnswer | Refused;
  limits(at: Instant): LimitsView;
  /** For how long the balance lasts; null where nothing burns. */
  runway(at: Instant): Runway | null;
}

/** What an account comes to at an instant that it has been settled to. */
export interface Figures {
  readonly balance: Credits;
  readonly available: Credits;
  readonly held: Credits;
  readonly debt: Credits;
  readonly overageUsed: Credits;
  /** Null: pay-as-you-go is on and has no cap. */
  readonly headroom: Credits | null;
}

export interface AccountStart {
  readonly id: AccountId;
  readonly no: number;
  readonly plan: string;
  readonly zone: string;
  readonly anchor: Instant | null;
  readonly start: Instant;
}

/** What a credit beyond the balance costs, where the catalog has a price for it. */
export const overagePriceIn = (catalog: Catalog): CreditRatio | null => catalog.overagePrice ?? catalog.creditPrice;

/** As the ledger does: most uses need no more than the hot row and the open lots. */
function decideOn(rows: Rows, at: Instant, asked: readonly Asked[], context: DecideContext): Decision {
  const commands = asked.map((one): Command => ({ ...one, account: rows.account }));
  const hot = loadHot(rows, commands);
  if (mayStayHot(commands)) {
    const decision = decide(hot, commands, at, context);
    if (decision.kind === 'decided') return decision;
  }
  const decision = decide(loadCold(rows, hot, commands, at), commands, at, context);
  if (decision.kind !== 'decided') throw new Error('a decision asked for rows that it had');
  return decision;
}

export function makeSimulatedAccount(start: AccountStart, first: DecideContext): SimulatedAccount {
  const rows = firstRows(start, first.catalog);
  let context = first;
  let decisions: Decision[] = [];
  const decided = (at: Instant, asked: readonly Asked[]): Decision => decideOn(rows, at, asked, context);
  const post = (at: Instant, asked: readonly Asked[]): readonly Outcome[] => {
    let decision: Decision;
    try {
      decision = decided(at, asked);
    } catch (thrown) {
      // As in the ledger: a broken assumption is this account's outcome alone, and nothing of it is posted.
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      return asked.map(() => refused('internal', `This is a defect of creditd, please report it: ${why}`));
    }
    fold(rows, decision);
    decisions.push(decision);
    return decision.outcomes;
  };
  const charges = (kind: Charge['kind'] | undefined): Charge[] =>
    [...rows.charges.values()].filter((one) => kind === undefined || one.kind === kind);
  return {
    rows,
    processor: new Map(),
    deployment: first.deployment,
    catalog: () => context.catalog,
    load(catalog, at) {
      const versions = new Map(context.versions);
      versions.set(context.catalog.version, { catalog: context.catalog, replacedAt: at });
      context = { ...context, catalog, versions };
    },
    post,
    one(at, asked) {
      const [outcome] = post(at, [asked]);
      if (outcome === undefined) throw new Error('a command was not answered');
      return outcome;
    },
    tried: (at, asked) => decided(at, [asked]),
    lines: () => decisions.flatMap((one) => one.lines),
    isNews: () => decisions.some(({ effects }) => hasNews(effects)),
    nextDue: (withCharges) => earliest(rows.hot.settledUntil, firstCharge(rows, withCharges)),
    dueCharges: (at, all) => [...rows.charges.values()].filter((one) => isDue(rows, one, at, all)).map((one) => one.id),
    taken() {
      // A scenario has hundreds of thousands of events, and most of them brought nothing: their empty effects are not kept.
      const taken = decisions.map((one) => one.effects).filter((one) => hasNews(one) || one.periods.length > 0);
      decisions = [];
      return taken;
    },
    cardNamed: (name) =>
      rows.cards.find((row) => row.detachedAt === null && row.card.processorId === `pm_${name}`)?.card.id,
    charge(id) {
      const found = rows.charges.get(id);
      if (found === undefined) throw new Error(`no charge ${id}`);
      return found;
    },
    openCharge: (kind) => charges(kind).find(isOpen),
    paidCharge: (kind, id) =>
      charges(kind)
        .filter((one) => one.state === 'succeeded' && (id === undefined || one.id === id))
        .at(-1),
    check: (at, wish, viewer) =>
      check(loadCold(rows, loadHot(rows, []), [], at), wish, at, context, rows.account, viewer),
    limits: (at) => limitsView(loadCold(rows, loadHot(rows, []), [], at), at, context),
    runway: (at) => runway(minus(rows.hot.lots, rows.hot.debt), recentUseOf(rows.usage, at), at, rows.settings.zone),
    figures: (at) => figuresOf(openBook(loadCold(rows, loadHot(rows, []), [], at), at, context)),
  };
}

const hasNews = (effects: Effects): boolean =>
  [effects.newCharges, effects.charges, effects.holds, effects.newIncidents, effects.resolvedIncidents].some(
    (changed) => changed.size > 0,
  ) || effects.notices.length > 0;

/** While an attempt is out nothing can be canceled: its answer comes first. */
const isDue = (rows: Rows, charge: Charge, at: Instant, all: boolean): boolean =>
  isOpen(charge) &&
  ((charge.cancelOwed && unansweredOf(rows, charge.id) === null) ||
    (charge.course.actionUntil !== null && charge.course.actionUntil <= at) ||
    (all && charge.state === 'pending' && (firstAttempt(charge) ?? Number.POSITIVE_INFINITY) <= at));

/** When an attempt at it is due: at once without a rung, else at its rung's time. */
const firstAttempt = (charge: Charge): Instant | null => charge.course.extra?.at ?? charge.nextAttemptAt;

/** When a charge is to be taken to the processor: by itself only where the scenario says how that answers. */
function firstCharge(rows: Rows, withAttempts: boolean): Instant | null {
  let first: Instant | null = null;
  for (const charge of rows.charges.values()) {
    if (!isOpen(charge)) continue;
    first = earliest(first, charge.course.actionUntil, withAttempts ? firstAttempt(charge) : null);
  }
  return first;
}

function figuresOf(book: Book): Figures {
  const on = book.settings?.overage.enabled === true;
  return {
    balance: balanceOf(book),
    available: availableOf(book),
    held: book.held,
    debt: book.debt,
    overageUsed: usedThisPeriod(book),
    headroom: on && capOf(book) === null ? null : headroomOf(book),
  };
}

/** An account as it stands when it is opened: it has an anchor or none, and is due from then on. */
function firstRows({ id, no, plan, zone, anchor, start }: AccountStart, { topOff }: Catalog): Rows {
  const nothing = { lots: NO_CREDITS, debt: NO_CREDITS, overage: NO_CREDITS, held: NO_CREDITS };
  return newRows({
    account: id,
    no: accountNo(no),
    customer: `cus_${no}`,
    hot: { ...nothing, settledUntil: anchor, watched: false, lookBelow: NO_CREDITS, sequence: 0, lastInstant: start },
    settings: {
      plan,
      zone,
      anchor,
      run: 0,
      ordinal: null,
      grantedFor: NO_CREDITS,
      nextPlan: null,
      ending: false,
      standing: NEW_STANDING,
      topOff: {
        enabled: false,
        threshold: topOff?.defaultThreshold ?? NO_CREDITS,
        amount: topOff?.defaultAmount ?? NO_CREDITS,
        card: null,
        capDayMinor: topOff?.defaultCapDayMinor ?? null,
        capMonthMinor: topOff?.defaultCapMonthMinor ?? null,
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
