/** Ledger lines gathered into what a person calls one thing: a use that drew on two lots is one use. */
import { type Credits, NO_CREDITS, plus } from '../domain/credits.js';
import type { LedgerLineView } from '../ports.js';

export interface Entry extends LedgerLineView {
  /** What came in among the lines: paying a debt moves credits and changes no balance. */
  readonly moved: Credits;
}

/** Newest first, as the lines are given. */
export function entriesOf(lines: readonly LedgerLineView[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    const moved = line.amount > 0n ? line.amount : NO_CREDITS;
    const last = entries.at(-1);
    if (last === undefined || last.entry !== line.entry || last.kind !== line.kind) entries.push({ ...line, moved });
    else {
      // The lines of one entry run backwards: the newest says the balance, the oldest how the use described itself.
      const { sequence, balanceAfter } = last;
      entries[entries.length - 1] = {
        ...line,
        sequence,
        balanceAfter,
        amount: plus(last.amount, line.amount),
        moved: plus(last.moved, moved),
      };
    }
  }
  return entries;
}
