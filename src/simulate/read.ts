/** From a value that a parser has read to a scenario that can be played, or to every problem it has. */
import type { Catalog } from '../domain/catalog.js';
import { planOf } from '../domain/catalog.js';
import { orDidYouMean } from '../domain/catalog-suggest.js';
import { accountId } from '../domain/ids.js';
import { type Instant, instant, isoOf } from '../domain/instant.js';
import { boundary } from '../domain/period.js';
import type { AccountStart } from './account.js';
import { type Catalogs, completed } from './inline-catalog.js';
import { type Part, parsedScenario } from './parts.js';
import { type Problem, problem } from './problems.js';
import { resolved } from './scalars.js';
import { type AccountFile, MOST_STEPS } from './scenario.js';
import type { ReadStep } from './step.js';
import { settingsProblem } from './steps-owner.js';

/** One step at its instant; a repeated one stands here once for each time. */
export interface PlacedStep {
  /** As it is written, from 1. */
  readonly number: number;
  readonly step: ReadStep;
  readonly at: Instant;
  readonly key: string;
  /** "-2" for the second time of a repeated step; empty for any other. */
  readonly suffix: string;
}

export interface PlacedAccount {
  readonly start: AccountStart;
  readonly file: AccountFile;
  /** In the order in which they run. */
  readonly steps: readonly PlacedStep[];
}

export interface Scenario {
  readonly name: string | null;
  readonly start: Instant;
  readonly end: Instant;
  readonly catalog: Catalog;
  readonly accounts: readonly PlacedAccount[];
  /** The catalogs that steps bring into force. */
  readonly loads: ReadonlyMap<ReadStep, Catalog>;
}

export type ReadScenario =
  | { readonly kind: 'read'; readonly scenario: Scenario }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

const DEFAULT_START = instant(Date.UTC(2026, 0, 1));
const ONLY_ACCOUNT: AccountFile = { id: 'account' };

export function readScenario(value: unknown, catalogs: Catalogs): ReadScenario {
  const { file, problems } = parsedScenario(value);
  const inline = typeof file?.catalog === 'string' ? null : completed(file?.catalog ?? {});
  const found = inline === null ? catalogs.named(String(file?.catalog)) : catalogs.written(inline.value);
  if (found.kind === 'invalid') problems.push(...found.problems);
  if (file === null || found.kind === 'invalid') return { kind: 'invalid', problems };
  const { catalog } = found;
  const start = file.start ?? earliestOf(file.steps) ?? DEFAULT_START;
  const accounts = file.accounts ?? [{ index: 0, part: ONLY_ACCOUNT }];
  problems.push(...accounts.flatMap((one, at) => accountProblems(one, accounts.slice(0, at), catalog)));
  const loads = loadedCatalogs(file.steps, catalog, catalogs, problems);
  const placed = placedSteps(file.steps, accounts, catalog, start, problems);
  const last = instant(placed.reduce((latest, { at }) => Math.max(latest, at), Number(start)));
  const end = file.until === undefined ? last : resolved(file.until, start);
  if (end < last) problems.push(problem(['until'], `lies before the last step, ${isoOf(last)}`));
  if (problems.length > 0) return { kind: 'invalid', problems };
  const renews = inline === null || inline.hasPlans;
  const ofAccount = new Map<string, PlacedStep[]>(accounts.map(({ part }) => [part.id, []]));
  for (const one of placed) {
    // A catalog comes into force for everybody.
    if (one.step.loads !== undefined) for (const steps of ofAccount.values()) steps.push(one);
    else ofAccount.get(one.step.account ?? accounts[0]?.part.id ?? '')?.push(one);
  }
  return {
    kind: 'read',
    scenario: {
      name: file.name ?? null,
      start,
      end,
      catalog,
      loads,
      accounts: accounts.map(({ part }, at) => ({
        start: startOf(part, at + 1, catalog, start, renews),
        file: part,
        steps: (ofAccount.get(part.id) ?? []).sort(inOrder),
      })),
    },
  };
}

/** What is wrong with one is pushed to `problems`, at its step. */
function loadedCatalogs(
  steps: readonly Part<ReadStep>[],
  first: Catalog,
  catalogs: Catalogs,
  problems: Problem[],
): Map<ReadStep, Catalog> {
  const loads = new Map<ReadStep, Catalog>();
  for (const { index, part: step } of steps) {
    if (step.loads === undefined) continue;
    const found =
      typeof step.loads === 'string' ? catalogs.named(step.loads) : catalogs.written(completed(step.loads).value);
    if (found.kind === 'invalid')
      problems.push(...found.problems.map((one) => ({ ...one, path: `steps[${index}].${one.path}` })));
    else if (found.catalog.key !== first.key)
      problems.push(
        problem(['steps', index, 'catalog'], `is of "${found.catalog.key}", and this scenario of "${first.key}"`),
      );
    else loads.set(step, found.catalog);
  }
  return loads;
}

function earliestOf(steps: readonly Part<ReadStep>[]): Instant | null {
  let first: Instant | null = null;
  for (const { at } of steps.map(({ part }) => part))
    if (at?.kind === 'instant' && (first === null || at.at < first)) first = at.at;
  return first;
}

/** At one instant grants come before everything else; what is of one rank keeps the order it is written in. */
function inOrder(a: PlacedStep, b: PlacedStep): number {
  const rank = (one: PlacedStep): number => (one.step.rank === 'grants' ? 0 : 1);
  return a.at - b.at || rank(a) - rank(b) || a.number - b.number;
}

function startOf(file: AccountFile, no: number, catalog: Catalog, start: Instant, renews: boolean): AccountStart {
  const anchor = file.anchor === undefined ? (renews ? start : null) : file.anchor;
  return {
    id: accountId(file.id),
    no,
    plan: file.plan ?? catalog.plans[0]?.key ?? '',
    zone: file.zone ?? 'UTC',
    anchor: anchor === null || anchor === 'none' ? null : typeof anchor === 'number' ? anchor : resolved(anchor, start),
    start,
  };
}

function accountProblems(
  { index, part: file }: Part<AccountFile>,
  before: readonly Part<AccountFile>[],
  catalog: Catalog,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (before.some(({ part }) => part.id === file.id))
    problems.push(problem(['accounts', index, 'id'], `"${file.id}" is the id of an account before it`));
  if (file.plan !== undefined && planOf(catalog, file.plan) === undefined) {
    const known = catalog.plans.map((plan) => plan.key);
    const hint = `${orDidYouMean(file.plan, known)} It has: ${known.join(', ')}.`;
    problems.push(problem(['accounts', index, 'plan'], `is not a plan of the catalog${hint}`));
  }
  const wrong = settingsProblem(file, catalog);
  if (wrong !== null) problems.push(problem(['accounts', index, wrong.field], wrong.message));
  return problems;
}

/** Every step at its instant, with what is wrong with it pushed to `problems`. */
function placedSteps(
  steps: readonly Part<ReadStep>[],
  accounts: readonly Part<AccountFile>[],
  catalog: Catalog,
  start: Instant,
  problems: Problem[],
): PlacedStep[] {
  const zones = new Map(accounts.map(({ part }) => [part.id, part.zone ?? 'UTC']));
  const known = [...zones.keys()];
  const lots = new Map<string, string>();
  const placed: PlacedStep[] = [];
  let before = start;
  let tooMany = false;
  for (const { index, part: step } of steps) {
    const report = (field: string, message: string): void => {
      problems.push(problem(['steps', index, field], message));
    };
    const at = step.at === undefined ? before : resolved(step.at, start);
    before = at;
    if (at < start) report('at', `lies before the start, ${isoOf(start)}`);
    const owner = ownerOf(step, known, zones);
    if (owner.kind === 'problem' && step.loads === undefined) report('account', owner.message);
    const wrong = step.problem(catalog);
    if (wrong !== null) report(wrong.field, wrong.message);
    if ((step.every === undefined) !== (step.times === undefined))
      report(step.every === undefined ? 'every' : 'times', 'is missing: every and times stand together');
    if (step.lotId !== undefined && owner.kind === 'owner') {
      const name = JSON.stringify([owner.id, step.lotId]);
      const key = step.key ?? `step ${index + 1}`;
      if ((lots.get(name) ?? key) !== key) report('id', `"${step.lotId}" is the id of a lot before it`);
      lots.set(name, key);
    }
    const times = step.times ?? 1;
    if (placed.length + times > MOST_STEPS) {
      if (!tooMany) report('times', `makes more than ${MOST_STEPS} steps`);
      tooMany = true;
      continue;
    }
    const zone = owner.kind === 'owner' ? (zones.get(owner.id) ?? 'UTC') : 'UTC';
    for (let time = 0; time < times; time += 1) {
      const suffix = step.times === undefined ? '' : `-${time + 1}`;
      const then = step.every === undefined ? at : boundary(at, zone, step.every, time);
      placed.push({ number: index + 1, step, at: then, key: `${step.key ?? `step-${index + 1}`}${suffix}`, suffix });
    }
  }
  return placed;
}

function ownerOf({ account }: ReadStep, known: readonly string[], all: ReadonlyMap<string, string>) {
  const [first = ''] = known;
  if (account === undefined) {
    return known.length === 1
      ? ({ kind: 'owner', id: first } as const)
      : ({ kind: 'problem', message: `is missing: say one of ${known.slice(0, 10).join(', ')}` } as const);
  }
  if (all.has(account)) return { kind: 'owner', id: account } as const;
  return { kind: 'problem', message: `is no account of this scenario${orDidYouMean(account, known)}` } as const;
}
