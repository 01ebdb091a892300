/** Used of the included credits: amber, then red, each once a period. */
import type { AlertState, PeriodAlert, Told } from './alert-state.js';
import { type Book, balanceOf, settingsOf } from './book.js';
import { type Credits, formatCredits, microCredits, minus, NO_CREDITS, plus } from './credits.js';
import { isStopped } from './cycle.js';
import { type Included, includedOf } from './included.js';

type Level = 'amber' | 'red';

/** A period is known by its run and ordinal; where none has begun there is nothing to tell of it. */
export const periodName = (book: Book): string => {
  const { run, ordinal } = settingsOf(book);
  return `${run}:${ordinal ?? '-'}`;
};

export const toldThisPeriod = (book: Book, { period }: AlertState): readonly PeriodAlert[] =>
  period.name === periodName(book) ? period.told : [];

export const withTold = (book: Book, state: AlertState, more: readonly PeriodAlert[]): AlertState => ({
  ...state,
  period: { name: periodName(book), told: [...toldThisPeriod(book, state), ...more] },
});

const percentOf = (book: Book, level: Level): number => {
  const { usedAmberPercent, usedRedPercent } = book.context.catalog.alerts;
  return level === 'red' ? usedRedPercent : usedAmberPercent;
};

/** What is left of the included credits when the level is just reached. */
const leftAt = (percent: number, { included }: Included): Credits =>
  microCredits((included * BigInt(100 - percent)) / 100n);

/** The gravest first. */
const LEVELS: readonly Level[] = ['red', 'amber'];

/** Of both at once red alone is told and stands for amber. An upgrade that widens the bar rings nothing a second time. */
export function includedAlerts(book: Book, state: AlertState): Told {
  const now = includedOf(book);
  const told = toldThisPeriod(book, state);
  // What lapsed because the plan is not paid was not used, and that mail is another.
  if (now === null || told.includes('red') || isStopped(book)) return { state, facts: [] };
  const level = LEVELS.find((one) => now.left <= leftAt(percentOf(book, one), now));
  if (level === undefined || told.includes(level)) return { state, facts: [] };
  const fact = {
    kind: 'included_used',
    percent: percentOf(book, level),
    used: formatCredits(now.used),
    included: formatCredits(now.included),
    level,
  } as const;
  return {
    state: withTold(book, state, level === 'red' && !told.includes('amber') ? ['amber', 'red'] : [level]),
    facts: [fact],
  };
}

/**
 * From a balance of B with R left of the allotment, a level that lies at T can only be reached by using R − T or more,
 * whatever burns first: so by no batch that leaves more than B − (R − T).
 */
export function lookBelowIncluded(book: Book): Credits {
  const now = includedOf(book);
  const told = toldThisPeriod(book, settingsOf(book).alerts);
  if (now === null || told.includes('red')) return NO_CREDITS;
  const next: Level = told.includes('amber') ? 'red' : 'amber';
  const needed = minus(now.left, leftAt(percentOf(book, next), now));
  return plus(minus(balanceOf(book), needed), microCredits(1n));
}
