/** Fills in the documents from the results that are kept: the table of bench/README.md between its markers, and the plot. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { machineLine } from './machine.js';
import { isReached, median, type Result } from './measure.js';
import { plotOf } from './plot.js';
import { amount, boundOf, rangeOf } from './report.js';
import { ROOT, type Run, readResults } from './results.js';

const BEGIN = '<!-- results: written by npm run bench -- --write -->';
const END = '<!-- end of results -->';

export function writeDocuments(): void {
  const run = readResults();
  if (run === null) throw new Error('There are no results to write.');
  const readme = path.join(ROOT, 'bench/README.md');
  writeFileSync(readme, filledIn(readFileSync(readme, 'utf8'), sectionOf(run)));
  writeFileSync(path.join(ROOT, 'docs/bench.svg'), plotOf(run));
}

/** Everything between the markers is replaced. */
export function filledIn(text: string, section: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('bench/README.md has lost the markers of its results.');
  return `${text.slice(0, begin + BEGIN.length)}\n\n${section}\n\n${text.slice(end)}`;
}

function sectionOf({ at, machine, results }: Run): string {
  const day = at.slice(0, 10);
  const goals = results.flatMap(({ id, goals: some }) =>
    some.map((goal) => {
      const reached = isReached(goal) ? 'yes' : '**no**';
      return `| ${id} | ${goal.what} | ${amount(goal.measured)} ${goal.unit} | ${boundOf(goal)} | ${reached} |`;
    }),
  );
  return [
    `Measured on ${day}: ${machineLine(machine)}.`,
    ['| | measured | figure | to reach | reached |', '| --- | --- | --- | --- | --- |', ...goals].join('\n'),
    ...results.map(detailsOf),
  ].join('\n\n');
}

function detailsOf({ id, title, series, integrity }: Result): string {
  const rows = series.map(
    ({ name, unit, rounds }) => `| ${name} | ${amount(median(rounds))} ${unit} | ${rangeOf(rounds)} |`,
  );
  const exact =
    integrity === null
      ? ''
      : `\n\n${amount(integrity.sent)} events sent, ${amount(integrity.accepted)} posted, ${amount(integrity.refused)} refused: ${
          integrity.problems.length === 0 ? 'exact.' : integrity.problems.join(' ')
        }`;
  return `**${id}. ${title}**\n\n| | median | range |\n| --- | --- | --- |\n${rows.join('\n')}${exact}`;
}
