/**
 * Plays a scenario in virtual time. Between two steps everything that falls due is done at its own instant, as the clock
 * of a worker would. At one instant lapses and renewals come first, then grants, both as one batch, then everything else.
 */
import type { DecideContext, Effects, Line } from '../domain/book.js';
import { type Credits, minus } from '../domain/credits.js';
import type { AccountId, ChargeId } from '../domain/ids.js';
import { type Instant, instant } from '../domain/instant.js';
import { producerKey } from '../domain/keys.js';
import type { Outcome } from '../domain/outcomes.js';
import { makeSimulatedAccount, type SimulatedAccount } from './account.js';
import { type Answer, answerCharge } from './processor.js';
import type { PlacedAccount, PlacedStep, Scenario } from './read.js';
import { resolved } from './scalars.js';
import type { Asked, Stage, StepOutcome } from './step.js';
import { cardOf, overageMove, topOffMove } from './steps-owner.js';

/** One row of what happened. */
export interface Event {
  readonly at: Instant;
  readonly account: AccountId;
  /** A step as it is written; null for what time or the processor brought by itself. */
  readonly step: PlacedStep | null;
  readonly by: 'step' | 'time' | 'processor';
  readonly outcome: StepOutcome | null;
  readonly lines: readonly Line[];
  readonly balance: Credits;
  readonly available: Credits;
  /** What was decided beside lines and is told; of a batch of grants with the last of them. */
  readonly effects: readonly Effects[];
}

export interface PlayedAccount {
  readonly file: PlacedAccount;
  readonly account: SimulatedAccount;
}

export type Played =
  | { readonly kind: 'played'; readonly events: readonly Event[]; readonly accounts: readonly PlayedAccount[] }
  /** The scenario cannot be played to its end; the path and the sentence say why. */
  | { readonly kind: 'invalid'; readonly path: readonly (string | number)[]; readonly message: string };

/** Of one account: ten years of hourly renewals, or two centuries of daily ones. More is a mistake in the scenario. */
const MOST_EVENTS_OF_TIME = 100_000;
/** Of all accounts: a year of daily renewals of two thousand. */
const MOST_EVENTS_OF_TIME_TOGETHER = 1_000_000;

export function playScenario(scenario: Scenario): Played {
  const context = contextOf(scenario);
  let left = MOST_EVENTS_OF_TIME_TOGETHER;
  const events: Placed[] = [];
  const accounts: PlayedAccount[] = [];
  for (const [place, file] of scenario.accounts.entries()) {
    const account = makeSimulatedAccount(file.start, context);
    const wrong = setUp(account, file, scenario);
    if (wrong !== null) return { kind: 'invalid', path: ['accounts', place, wrong.field], message: wrong.message };
    const budget = { left: Math.min(left, MOST_EVENTS_OF_TIME) };
    const before = budget.left;
    const isPlayed = playAccount(scenario, file, account, events, budget);
    left -= before - budget.left;
    if (!isPlayed)
      return { kind: 'invalid', path: ['until'], message: 'lies so far off that renewals would never end' };
    accounts.push({ file, account });
  }
  // Each account's own events are in order; those of several accounts are told in the order of time.
  if (accounts.length > 1) events.sort((a, b) => a.at - b.at || a.phase - b.phase || a.number - b.number);
  return { kind: 'played', events, accounts };
}

/** Ids are counted, so that equal scenarios have equal results; those that lots were given are passed over. */
function contextOf({ catalog, accounts }: Scenario): DecideContext {
  const taken = new Set(accounts.flatMap((one) => one.steps.flatMap(({ step }) => step.lotId ?? [])));
  let count = 0;
  const newId = (): string => {
    for (;;) {
      count += 1;
      const id = `id-${count.toString().padStart(6, '0')}`;
      if (!taken.has(id)) return id;
    }
  };
  return { catalog, deployment: 'scenario', newId, unchecked: true };
}

/** What an account has from the first instant on stands before anything happens: it opens no top-off by itself. */
function setUp(
  account: SimulatedAccount,
  { file }: PlacedAccount,
  { catalog, start }: Scenario,
): { readonly field: string; readonly message: string } | null {
  const { rows } = account;
  for (const one of file.cards ?? []) {
    const card = cardOf(typeof one === 'string' ? { card: one } : one);
    const id = `card-${rows.cards.length + 1}` as (typeof rows.cards)[number]['card']['id'];
    rows.cards.push({
      card: { ...card, id, refusedAt: null, toldExpiry: null },
      rank: 0,
      attachedAt: start,
      detachedAt: null,
    });
  }
  const wishes = [
    ['auto_top_off', file.auto_top_off && topOffMove(file.auto_top_off, { account, catalog })],
    ['pay_as_you_go', file.pay_as_you_go && overageMove(file.pay_as_you_go, { account, catalog })],
  ] as const;
  for (const [field, move] of wishes) {
    if (move === undefined || move.kind === 'charge') continue;
    const tried = move.kind === 'answer' ? null : account.tried(start, move.command);
    const outcome = move.kind === 'answer' ? move.outcome : tried?.outcomes[0];
    if (outcome?.kind === 'refused') return { field, message: outcome.message };
    const settings = tried?.effects.settings;
    // Deciding has also settled the account: the wish alone is kept, and the first period is still to come.
    if (settings) rows.settings = { ...rows.settings, topOff: settings.topOff, overage: settings.overage };
  }
  return null;
}

interface Placed extends Event {
  readonly phase: 0 | 1 | 2;
  readonly number: number;
}

/** False where the budget of events that time brings is spent. */
function playAccount(
  scenario: Scenario,
  { steps, file }: PlacedAccount,
  account: SimulatedAccount,
  events: Placed[],
  budget: { left: number },
): boolean {
  const teller = makeTeller(account, events, file.processor ?? 'waits');
  const dueAt = (): Instant => account.nextDue(teller.answersByItself) ?? (Number.POSITIVE_INFINITY as Instant);
  /** Everything due before `until`, each at its own instant. */
  const passTo = (until: Instant): boolean => {
    for (let due = dueAt(); due < until; due = dueAt()) {
      budget.left -= 1;
      if (budget.left < 0) return false;
      teller.batch(instant(Math.max(due, account.rows.hot.lastInstant)), []);
    }
    return true;
  };
  for (let next = 0; next < steps.length; ) {
    const at = steps[next]?.at ?? scenario.end;
    if (!passTo(at)) return false;
    const now = steps.slice(next, endOfInstant(steps, next));
    next += now.length;
    const grants = now.filter(({ step }) => step.rank === 'grants');
    if (grants.length > 0 || dueAt() <= at) teller.batch(at, grants.map(stagedOn(scenario, account)));
    for (const placed of now) {
      if (placed.step.rank === 'grants') continue;
      const loaded = scenario.loads.get(placed.step);
      if (loaded !== undefined) account.load(loaded, at);
      const [, move] = stagedOn(scenario, account)(placed);
      teller.step(placed, move);
    }
  }
  if (!passTo(scenario.end)) return false;
  if (dueAt() <= scenario.end) teller.batch(scenario.end, []);
  return true;
}

function endOfInstant(steps: readonly PlacedStep[], first: number): number {
  let end = first;
  while (end < steps.length && steps[end]?.at === steps[first]?.at) end += 1;
  return end;
}

type Staged = readonly [PlacedStep, ReturnType<PlacedStep['step']['move']>];

const stagedOn =
  ({ start }: Scenario, account: SimulatedAccount) =>
  (placed: PlacedStep): Staged => {
    const stage: Stage = {
      catalog: account.catalog(),
      account,
      at: placed.at,
      key: placed.key,
      named: (name) => `${name}${placed.suffix}`,
      when: (moment) => resolved(moment, start),
    };
    return [placed, placed.step.move(stage)];
  };

const BY_ITSELF: Readonly<Record<'succeeds' | 'declines', Answer>> = {
  succeeds: { kind: 'succeed' },
  declines: { kind: 'decline', code: 'insufficient_funds', advice: null },
};

/** Posts, and tells what came of it. */
function makeTeller(account: SimulatedAccount, events: Placed[], mode: 'waits' | 'succeeds' | 'declines') {
  const { rows } = account;
  let balance = minus(rows.hot.lots, rows.hot.debt);
  const tell = (told: Pick<Placed, 'at' | 'step' | 'by' | 'outcome' | 'lines' | 'phase' | 'number'>): void => {
    balance = told.lines.at(-1)?.balanceAfter ?? balance;
    const available = minus(balance, rows.hot.held);
    events.push({ ...told, account: rows.account, balance, available, effects: account.taken() });
  };
  /** Cancellations are always answered; anything else only where the scenario says how. */
  const processor = (at: Instant, phase: Placed['phase'], number: number): void => {
    const answered = new Set<ChargeId>();
    const next = () => account.dueCharges(at, mode !== 'waits').find((charge) => !answered.has(charge));
    // A payment may not have been enough: what it leads to at the same instant is answered too, each charge once.
    for (let charge = next(); charge !== undefined; charge = next()) {
      answered.add(charge);
      const outcome = answerCharge(account, at, charge, mode === 'waits' ? { kind: 'silent' } : BY_ITSELF[mode]);
      const lines = account.lines();
      tell({ at, step: null, by: 'processor', outcome, lines, phase, number });
    }
  };
  return {
    answersByItself: mode !== 'waits',
    /** What is due at the instant, and the grants of the instant, as one decision. */
    batch(at: Instant, grants: readonly Staged[]): void {
      const asked = grants.map(([, move]) => commandOf(move));
      const [, ...outcomes] = account.post(at, [{ kind: 'settle' }, ...asked]);
      const shares = shared(
        account.lines(),
        asked.map((one) => ('key' in one ? one.key : '')),
      );
      const [byTime = [], ...byGrant] = shares;
      if (grants.length === 0 || byTime.length > 0) {
        const decided = grants.length === 0 && account.isNews();
        if (byTime.length > 0 || decided)
          tell({ at, step: null, by: 'time', outcome: null, lines: byTime, phase: 0, number: 0 });
        else account.taken();
      }
      for (const [place, [placed]] of grants.entries()) {
        const outcome = plain(outcomes[place]);
        tell({ at, step: placed, by: 'step', outcome, lines: byGrant[place] ?? [], phase: 1, number: placed.number });
      }
      processor(at, grants.length === 0 ? 0 : 1, grants.at(-1)?.[0].number ?? 0);
    },
    step(placed: PlacedStep, move: Staged[1]): void {
      const { at, number } = placed;
      const outcome =
        move.kind === 'answer'
          ? move.outcome
          : move.kind === 'charge'
            ? answerCharge(account, at, move.charge, move.answer)
            : plain(account.one(at, move.command));
      tell({ at, step: placed, by: 'step', outcome, lines: account.lines(), phase: 2, number });
      processor(at, 2, number);
    },
  };
}

function commandOf(move: Staged[1]): Asked {
  if (move.kind !== 'command') throw new Error('a grant is one command');
  return move.command;
}

function plain(outcome: Outcome | undefined): StepOutcome {
  if (outcome === undefined || outcome.kind === 'charge_task') throw new Error('a command was not answered');
  return outcome;
}

/** The lines of what time brought, then those of each command; a line that names no key belongs to the one before it. */
function shared(lines: readonly Line[], keys: readonly string[]): Line[][] {
  const shares: Line[][] = [[], ...keys.map(() => [])];
  const places = new Map(keys.map((key, at) => [producerKey(key), at + 1]));
  let place = 0;
  for (const line of lines) {
    place = places.get(line.keyHash) ?? place;
    shares[place]?.push(line);
  }
  return shares;
}
