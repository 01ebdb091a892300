/**
 * A scenario whose broken accounts and steps are set aside, so that one typing mistake does not hide the next: the rest is
 * still held against the catalog and against each other.
 */
import { explained, type Path, type Problem } from './problems.js';
import { type AccountFile, type ScenarioFile, scenarioFile } from './scenario.js';
import type { ReadStep } from './step.js';

/** An account or a step with its place in the file, from 0. */
export interface Part<One> {
  readonly index: number;
  readonly part: One;
}

export interface ScenarioParts extends Omit<ScenarioFile, 'accounts' | 'steps'> {
  readonly accounts: readonly Part<AccountFile>[] | undefined;
  readonly steps: readonly Part<ReadStep>[];
}

/** The file is null where nothing of it can be read. */
export function parsedScenario(value: unknown): { readonly file: ScenarioParts | null; readonly problems: Problem[] } {
  const parsed = scenarioFile.safeParse(value);
  if (parsed.success) return { file: inParts(parsed.data, [], []), problems: [] };
  const { issues } = parsed.error;
  const problems = explained(issues);
  if (!isMap(value)) return { file: null, problems };
  const broken = issues.flatMap((issue): Path[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    return issue.code === 'unrecognized_keys' && path.length === 0 ? issue.keys.map((key) => [key]) : [path];
  });
  const rest = scenarioFile.safeParse(withStandIns(value, broken));
  if (!rest.success) return { file: null, problems };
  return { file: inParts(rest.data, brokenIn('accounts', broken), brokenIn('steps', broken)), problems };
}

function inParts(
  { accounts, steps, ...file }: ScenarioFile,
  brokenAccounts: readonly number[],
  brokenSteps: readonly number[],
): ScenarioParts {
  const ofFile = accounts?.map((part, index) => ({ index, part }));
  return {
    ...file,
    // A broken account keeps its place: its steps are not those of an unknown one.
    accounts: ofFile?.map((one) => (brokenAccounts.includes(one.index) ? { ...one, part: { id: one.part.id } } : one)),
    steps: steps.map((part, index) => ({ index, part })).filter(({ index }) => !brokenSteps.includes(index)),
  };
}

const brokenIn = (section: string, broken: readonly Path[]): number[] =>
  broken.flatMap(([name, index]) => (name === section && typeof index === 'number' ? [index] : []));

/** What stands in for the smallest parts that are broken; what may be left out is left out. */
function withStandIns(file: Record<string, unknown>, broken: readonly Path[]): Record<string, unknown> {
  const value: Record<string, unknown> = { ...file };
  for (const [name, index] of broken) {
    const section = String(name);
    const inside = value[section];
    if (typeof index === 'number' && Array.isArray(inside)) {
      const standIn = section === 'steps' ? { do: 'advance' } : { id: idOf(inside[index]) ?? `account ${index + 1}` };
      value[section] = inside.map((one, at) => (at === index ? standIn : one));
    } else if (section === 'steps') value.steps = [];
    else delete value[section];
  }
  return value;
}

const idOf = (account: unknown): string | undefined =>
  isMap(account) && typeof account.id === 'string' && /^[^\p{Cc}]{1,200}$/u.test(account.id) ? account.id : undefined;

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
