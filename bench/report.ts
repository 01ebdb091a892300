/** What a run says, on the terminal and in the document. */
import { type Goal, isReached, median, type Result, type Series } from './measure.js';

/** A figure that could not be measured, such as a percentile of no answers, is said as a dash. */
export function amount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  return value >= 1_000
    ? Math.round(value).toLocaleString('en-US')
    : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

export const rangeOf = (rounds: readonly number[]): string =>
  rounds.length > 1 ? `${amount(Math.min(...rounds))} to ${amount(Math.max(...rounds))}` : '';

export const boundOf = ({ kind, target, unit }: Goal): string =>
  `${kind === 'least' ? 'at least' : 'at most'} ${amount(target)} ${unit}`;

const seriesLine = ({ name, unit, rounds }: Series): string => {
  const range = rounds.length > 1 ? `  (${rangeOf(rounds)})` : '';
  return `   ${name.padEnd(40)} ${amount(median(rounds)).padStart(10)} ${unit}${range}`;
};

const goalLine = (goal: Goal): string =>
  `   → ${amount(goal.measured)} ${goal.unit} ${goal.what}; ${boundOf(goal)}: ${isReached(goal) ? 'reached' : 'NOT REACHED'}`;

export function tableOf({ id, title, series, goals, integrity }: Result): string {
  const checked =
    integrity === null
      ? []
      : integrity.problems.length === 0
        ? [
            `   exact: ${integrity.sent} sent, ${integrity.accepted} posted, ${integrity.refused} refused, all sums hold`,
          ]
        : integrity.problems.map((problem) => `   WRONG: ${problem}`);
  return [`${id}  ${title}`, ...series.map(seriesLine), ...goals.map(goalLine), ...checked, ''].join('\n');
}

/** Every goal in a line, and what the audit of everything found. */
export function summaryOf(results: readonly Result[], problems: readonly string[]): string {
  const goals = results.flatMap(({ id, goals: some }) => some.map((goal) => ({ id, goal })));
  const lines = goals.map(({ id, goal }) => {
    const measured = `${amount(goal.measured)} ${goal.unit}`;
    return `${id}  ${measured.padStart(10)}  ${boundOf(goal).padEnd(18)}  ${isReached(goal) ? 'yes' : 'NO '}  ${goal.what}`;
  });
  const audit =
    problems.length === 0 ? ['Every sum of every account holds.'] : problems.map((problem) => `WRONG: ${problem}`);
  return [...lines, ...audit].join('\n');
}
