/** The result of a scenario as text: what happened as a table, then how each account stands. */
import { limitRows } from './limits-report.js';
import type { Event } from './play.js';
import type { AccountReport, Report } from './report.js';
import { chargeWords, furtherWords, outcomeWords, timeWords } from './words.js';

export function textOf(report: Report, events: readonly Event[]): string[] {
  const { catalog, start, end } = report;
  const title = report.name === null ? 'Scenario' : report.name;
  const many = Object.keys(report.accounts).length > 1;
  return [
    `${title}  (catalog ${catalog.key} ${catalog.version}, ${catalog.currency.toUpperCase()})`,
    `${timeWords(start)} to ${timeWords(end)}`,
    '',
    ...stepTable(report, events, many),
    ...Object.entries(report.accounts).flatMap(([id, account]) => ['', ...accountText(id, account, report.end)]),
  ];
}

function stepTable(report: Report, events: readonly Event[], many: boolean): string[] {
  const head = ['at', 'step', ...(many ? ['account'] : []), '', 'outcome', 'balance'];
  const rows = report.events.map((told, at) => {
    const event = events[at];
    const what = event?.step ? `${told.do} ${event.step.step.summary}`.trim() : told.do;
    const outcome = event?.outcome ? outcomeWords(event.outcome) : '';
    const cells = [
      timeWords(told.at),
      told.step === null ? '' : `${told.step}`,
      ...(many ? [told.account] : []),
      what,
      outcome,
    ];
    return { cells: [...cells, told.balance], further: event ? furtherWords(event, told) : [] };
  });
  const cells = [head, ...rows.map((row) => row.cells)];
  const widths = widthsOf(cells);
  const indent = ' '.repeat(widths.slice(0, many ? 3 : 2).reduce((sum, width) => sum + width + 2, 2));
  const line = (row: readonly string[]): string => aligned(row, widths, [1, row.length - 1]);
  return [line(head), ...rows.flatMap((row) => [line(row.cells), ...row.further.map((more) => `${indent}${more}`)])];
}

function accountText(id: string, account: AccountReport, end: string): string[] {
  const { balance, available, headroom, overageUsed, debt, held, period } = account;
  const lots = Object.entries(account.lots);
  return [
    `${id} at ${timeWords(end)}`,
    ...pairs([
      ['balance', balance],
      ['available', `${available}${held === '0' ? '' : ` (${held} held)`}`],
      ['headroom', headroom ?? 'no cap'],
      ['overage used', overageUsed],
      ['debt', debt],
      [
        'period',
        period === null ? 'none' : `${period.ordinal}, ${timeWords(period.start)} to ${timeWords(period.end)}`,
      ],
      ...runwayRow(account),
    ]),
    ...section(
      'lots, in burn order',
      ['id', 'kind', 'state', 'remaining', 'of', 'priority', 'begins', 'expires'],
      lots.map(([name, lot]) =>
        [
          name,
          lot.kind,
          lot.state,
          lot.remaining,
          lot.amount,
          lot.priority,
          lot.effectiveAt,
          lot.expiresAt ?? 'never',
        ].map(String),
      ),
      [3, 4, 5],
    ),
    ...section(
      'holds',
      ['key', 'state', 'open', 'captured', 'expires'],
      account.holds.map((hold) => [hold.key, hold.state, hold.open, hold.captured, hold.expiresAt].map(String)),
      [2, 3],
    ),
    ...section('limits', null, limitRows(account.limits), []),
    ...section(
      'charges asked for',
      null,
      account.charges.map((charge) => [charge.id, chargeWords(charge), charge.state.replace('_', ' ')]),
      [],
    ),
    ...section(
      'notices',
      null,
      account.notices.map((facts) => [facts.kind, 'charge' in facts ? `charge ${facts.charge}` : '']),
      [],
    ),
    ...section(
      'incidents',
      null,
      account.incidents.map((one) => [
        String(one.kind),
        `since ${one.openedAt}`,
        one.resolvedAt === null ? 'open' : `resolved ${one.resolvedAt}`,
      ]),
      [],
    ),
  ];
}

/** Nothing where nothing burns, or where it is too early to tell. */
function runwayRow({ runway }: AccountReport): [string, string][] {
  if (runway?.kind !== 'lasts') return [];
  return [['runway', `${runway.days} days at ${runway.perDay} a day`]];
}

const pairs = (rows: readonly (readonly [string, string])[]): string[] =>
  rows.map(([name, value]) => `  ${name.padEnd(12)}  ${value}`);

/** Nothing at all where there is nothing to list. */
function section(
  title: string,
  head: readonly string[] | null,
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  if (rows.length === 0) return [];
  const all = [...(head === null ? [] : [head]), ...rows.map((row) => row.map(timeWords))];
  const widths = widthsOf(all);
  return [`  ${title}`, ...all.map((row) => `  ${aligned(row, widths, right)}`)];
}

const widthsOf = (rows: readonly (readonly string[])[]): number[] =>
  (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));

/** Two blanks between columns and at the start; numbers to the right. */
function aligned(row: readonly string[], widths: readonly number[], right: readonly number[]): string {
  const cells = row.map((cell, column) => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  });
  return `  ${cells.join('  ')}`.trimEnd();
}
