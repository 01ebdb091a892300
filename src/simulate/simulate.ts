/** One scenario in, its result or all its problems out: what the command line and anybody else calls. */
import { withoutNulls } from './absent.js';
import type { Catalogs } from './inline-catalog.js';
import { type Event, playScenario } from './play.js';
import { type Problem, problem } from './problems.js';
import { readScenario } from './read.js';
import { type Report, reportOf } from './report.js';

export type Simulated =
  | { readonly kind: 'played'; readonly report: Report; readonly events: readonly Event[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** Throws nothing for what a scenario says: a refusal is an outcome, and what cannot be read is a problem. */
export function simulate(value: unknown, catalogs: Catalogs): Simulated {
  const said = withoutNulls(value);
  if (said === null)
    return { kind: 'invalid', problems: [problem([], 'nests more deeply than any scenario: write it flatter')] };
  const read = readScenario(said.value, catalogs);
  if (read.kind === 'invalid') return read;
  const played = playScenario(read.scenario);
  if (played.kind === 'invalid') return { kind: 'invalid', problems: [problem(played.path, played.message)] };
  return { kind: 'played', report: reportOf(read.scenario, played.events, played.accounts), events: played.events };
}
