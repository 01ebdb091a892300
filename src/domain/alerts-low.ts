/** Low balance, at each of the catalog's thresholds, and empty. */
import type { AlertState, Crossing, Told } from './alert-state.js';
import { type Book, balanceOf, settingsOf } from './book.js';
import { planOf } from './catalog.js';
import { type Credits, formatCredits, microCredits, most, NO_CREDITS, plus } from './credits.js';
import { DAY_MS } from './instant.js';
import type { NoticeFacts } from './notice.js';
import { isTopOffOffered, openTopOff, topOffCard, topOffVerdict } from './top-off.js';

/** However often a balance rises and falls, one line is told of at most once in this time. */
export const COOL_DOWN_MS = 7 * DAY_MS;

export interface Line {
  readonly name: string;
  /** Crossed by a balance strictly below this. */
  readonly below: Credits;
  /** Null: the line is emptiness. */
  readonly threshold: Credits | null;
}

const NEVER_SEEN: Crossing = { armed: false, toldAt: null };
const EMPTY = 'empty';
/** Nothing left: the least balance that is not empty is one micro-credit. */
const LEAST = microCredits(1n);

/** The gravest first. A percentage of an allotment of nothing is no line. */
export function linesOf(book: Book): Line[] {
  const { alerts } = book.context.catalog;
  const allotment = planOf(book.context.catalog, settingsOf(book).plan)?.allotment ?? NO_CREDITS;
  const lines: Line[] = alerts.empty ? [{ name: EMPTY, below: LEAST, threshold: null }] : [];
  for (const one of alerts.lowBalance) {
    const below = one.kind === 'credits' ? one.below : microCredits((allotment * BigInt(one.below)) / 100n);
    const name = one.kind === 'credits' ? formatCredits(one.below) : `${one.below}%`;
    if (below > 0n) lines.push({ name, below, threshold: below });
  }
  return lines.sort((a, b) => (a.below < b.below ? -1 : a.below > b.below ? 1 : 0));
}

/**
 * A line that was crossed arms again a tenth above itself, so that a balance that trembles around it does not ring twice;
 * one that was never crossed arms as soon as the balance stands on it. An account begins with nothing and is told nothing.
 */
function rearmsAt({ below, threshold }: Line, before: Crossing): Credits {
  return threshold === null || before.toldAt === null ? below : plus(below, microCredits(threshold / 10n));
}

/**
 * Of several lines crossed at once the gravest alone is told, and stands for all of them. A crossing within the cool-down,
 * or one that automatic top-off is about to mend, is passed over for good: what is told late is no longer a crossing.
 */
export function lowAlerts(book: Book, state: AlertState): Told {
  const balance = balanceOf(book);
  const changed = new Map<string, Crossing>();
  const crossed: Line[] = [];
  for (const line of linesOf(book)) {
    const before = state.crossings[line.name] ?? NEVER_SEEN;
    if (before.armed && balance < line.below) {
      crossed.push(line);
      changed.set(line.name, { ...before, armed: false });
    } else if (!before.armed && balance >= rearmsAt(line, before)) {
      changed.set(line.name, { ...before, armed: true });
    }
  }
  const [gravest] = crossed;
  const facts: NoticeFacts[] = [];
  if (gravest !== undefined && !isCoolingDown(book, state, gravest) && !isMendedByTopOff(book)) {
    for (const line of crossed) changed.set(line.name, { armed: false, toldAt: book.at });
    facts.push(factsOf(gravest, balance));
  }
  if (changed.size === 0) return { state, facts };
  return { state: { ...state, crossings: { ...state.crossings, ...Object.fromEntries(changed) } }, facts };
}

function isCoolingDown(book: Book, state: AlertState, { name }: Line): boolean {
  const toldAt = state.crossings[name]?.toldAt ?? null;
  return toldAt !== null && book.at - toldAt < COOL_DOWN_MS;
}

const factsOf = ({ threshold }: Line, balance: Credits): NoticeFacts =>
  threshold === null
    ? { kind: 'balance_empty', balance: formatCredits(balance) }
    : { kind: 'balance_low', balance: formatCredits(balance), threshold: formatCredits(threshold) };

/**
 * Where automatic top-off is on and nothing keeps it from acting, a low balance is its business: it has just opened a charge
 * or will, at its own threshold, and its success or failure has a mail of its own. Whatever holds it back (no card, a
 * suspension, a pause, a cap) leaves the owner to be told. A charge that was declined once no longer counts as help.
 */
function isMendedByTopOff(book: Book): boolean {
  const wish = settingsOf(book).topOff;
  const open = openTopOff(book);
  if (open !== undefined) return open.failure === null && !open.cancelOwed;
  if (!wish.enabled || wish.amount <= 0n || wish.threshold <= 0n) return false;
  if (wish.suspendedAt !== null || wish.pausedAt !== null) return false;
  if (!isTopOffOffered(book) || topOffCard(book) === undefined) return false;
  return topOffVerdict(book).kind !== 'held_back';
}

/** The highest line that is armed: those below it are crossed after it. */
export function lookBelowLow(book: Book): Credits {
  const { crossings } = settingsOf(book).alerts;
  let highest = NO_CREDITS;
  for (const line of linesOf(book)) if (crossings[line.name]?.armed === true) highest = most(highest, line.below);
  return highest;
}
